package flows

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/run"
)

// Starting is the state of a run whose workflow has not taken it up yet.
const Starting = "starting"

var openRuns = filter.In("status", Starting, run.Active, run.Paused, run.Parked)

// RunDoc is a run as the index keeps it; the engine has the run itself.
type RunDoc struct {
	Run          string          `json:"run"`
	Customer     string          `json:"customer"`
	CustomerName string          `json:"customerName,omitempty"`
	Acct         json.RawMessage `json:"_acct,omitempty"`
	Flow         string          `json:"flow"`
	Hash         string          `json:"hash"`
	Form         string          `json:"form"`
	Subject      string          `json:"subject"`
	Label        string          `json:"label,omitempty"`
	Node         string          `json:"node"`
	Status       string          `json:"status"`
	Reason       string          `json:"reason,omitempty"`
	Outcome      string          `json:"outcome,omitempty"`
	Wake         string          `json:"wake,omitempty"`
	On           []string        `json:"on,omitempty"`
	Started      string          `json:"started"`
	Updated      string          `json:"updated"`
	Entry        string          `json:"entry,omitempty"`
	// What the run needs to go on from where it is: in a rehearsal, in another
	// engine, or because the goal that ended it is no longer reached.
	Entered string            `json:"entered,omitempty"`
	Planned string            `json:"planned,omitempty"`
	Meant   string            `json:"meant,omitempty"` // where it differs from Planned
	Ended   string            `json:"ended,omitempty"`
	Resumed string            `json:"resumed,omitempty"`
	Visits  map[string]int    `json:"visits,omitempty"`
	Vars    map[string]string `json:"vars,omitempty"`
}

// runID is a run's id in the index: unique over customers, and free of slashes.
func runID(customer, id string) string { return customer + "~" + strings.ReplaceAll(id, "/", "~") }

// RunQuery asks for a page of runs; Scope limits it to what the actor may see.
type RunQuery struct {
	Status, Flow, Customer, Node string
	Scope                        filter.Expr
	WakeBefore                   string
	Sort                         []store.SortKey
	Limit                        int
	Cursor                       string
}

// RunEntry is a run of the index with its id.
type RunEntry struct {
	ID string
	RunDoc
}

// ListRuns gives a page of runs.
func (s *Service) ListRuns(ctx context.Context, ws string, q RunQuery) ([]RunEntry, string, error) {
	var where []filter.Expr
	add := func(field, v string) {
		if v != "" {
			where = append(where, filter.Eq(field, v))
		}
	}
	if q.Status == "open" {
		where = append(where, openRuns)
	} else {
		add("status", q.Status)
	}
	add("flow", q.Flow)
	add("customer", q.Customer)
	add("node", q.Node)
	if q.WakeBefore != "" {
		where = append(where, filter.Gt("wake", ""), filter.Lt("wake", q.WakeBefore))
	}
	where = append(where, q.Scope)
	page, err := s.store.In(ws, Runs).Find(ctx, store.Query{Filter: filter.And(where...), Sort: q.Sort, Limit: q.Limit, After: q.Cursor})
	if err != nil {
		return nil, "", err
	}
	out := make([]RunEntry, 0, len(page.Docs))
	for _, d := range page.Docs {
		r := RunEntry{ID: d.ID}
		if err := json.Unmarshal(d.Body, &r.RunDoc); err != nil {
			return nil, "", err
		}
		out = append(out, r)
	}
	return out, page.Next, nil
}

// Counts gives the number of runs by flow and status, within a scope.
func (s *Service) Counts(ctx context.Context, ws string, scope filter.Expr) (map[string]map[string]int64, error) {
	rows, err := s.store.In(ws, Runs).Group(ctx, store.GroupQuery{Filter: scope, By: []string{"flow", "status"}})
	if err != nil {
		return nil, err
	}
	out := map[string]map[string]int64{}
	for _, r := range rows {
		f, _ := r.Keys[0].(string)
		st, _ := r.Keys[1].(string)
		if out[f] == nil {
			out[f] = map[string]int64{}
		}
		out[f][st] += r.Count
	}
	return out, nil
}

// RunRef names a run of a customer.
type RunRef struct{ Customer, Run string }

// InvoiceOf gives, for runs that are about an invoice, its number; of more than
// store.MaxIDs runs, for some.
func (s *Service) InvoiceOf(ctx context.Context, ws string, refs []RunRef) (map[RunRef]string, error) {
	ids := make([]string, 0, len(refs))
	for _, r := range refs {
		ids = append(ids, runID(r.Customer, r.Run))
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	docs, err := s.store.In(ws, Runs).GetMany(ctx, ids[:min(len(ids), store.MaxIDs)])
	if err != nil {
		return nil, err
	}
	out := make(map[RunRef]string, len(docs))
	for _, d := range docs {
		r, ok, err := runIn(d, nil)
		if err != nil {
			return nil, err
		}
		if ok && r.Form == "invoice" {
			out[RunRef{r.Customer, r.Run}] = r.Label
		}
	}
	return out, nil
}

// ControlRuns puts a person's hand on runs. Ids are of the index; those outside
// the scope are not found.
func (s *Service) ControlRuns(ctx context.Context, ws string, ids []string, action, by string, scope filter.Expr) (done int, failed map[string]error, err error) {
	docs, err := s.store.In(ws, Runs).GetMany(ctx, ids)
	if err != nil {
		return 0, nil, err
	}
	failed = map[string]error{}
	byCustomer := map[string][]string{}
	for _, id := range ids {
		d, ok := docs[id]
		var r RunDoc
		if ok {
			if r, ok, err = runIn(d, scope); err != nil {
				return 0, nil, err
			}
		}
		switch {
		case !ok:
			failed[id] = noRun(id)
		case r.Status == run.Done:
			failed[id] = fault.New(fault.Conflict, "run.done", nil)
		default:
			byCustomer[r.Customer] = append(byCustomer[r.Customer], r.Run)
		}
	}
	for customer, runs := range byCustomer {
		if err := s.engine.Tell(ctx, ws, customer, []run.Note{{Kind: run.NoteControl, Action: action, Ids: runs, By: by}}); err != nil {
			return done, failed, err
		}
		done += len(runs)
	}
	return done, failed, nil
}

// runIn reads a run of the index, and tells whether it is within a scope.
func runIn(d store.Doc, scope filter.Expr) (r RunDoc, ok bool, err error) {
	var plain map[string]any
	if err := errors.Join(decodeInto(d, &plain), decodeInto(d, &r)); err != nil {
		return r, false, err
	}
	return r, filter.Match(scope, plain), nil
}

func noRun(id string) error {
	return fault.New(fault.NotFound, "run.none", fault.Params{"run": id})
}
