package flows

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
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
	// What a rehearsal needs to let the run go on from where it is.
	Entered string            `json:"entered,omitempty"`
	Planned string            `json:"planned,omitempty"`
	Visits  map[string]int    `json:"visits,omitempty"`
	Vars    map[string]string `json:"vars,omitempty"`
}

// runID is a run's id in the index: unique over customers, and free of slashes.
func runID(customer, id string) string { return customer + "~" + strings.ReplaceAll(id, "/", "~") }

// about is what the index copies from records.
type about struct {
	name  string
	acct  json.RawMessage
	label string
}

func (s *Service) about(ctx context.Context, ws, customer, formKey string, subjects []string) (map[string]about, error) {
	out := map[string]about{}
	read := func(formKey string, ids []string, f func(id string, b map[string]json.RawMessage)) error {
		docs, err := s.store.In(ws, "r_"+formKey).GetMany(ctx, ids)
		if err != nil {
			return err
		}
		for id, d := range docs {
			var b map[string]json.RawMessage
			if err := json.Unmarshal(d.Body, &b); err != nil {
				return err
			}
			f(id, b)
		}
		return nil
	}
	str := func(raw json.RawMessage) string {
		var v string
		_ = json.Unmarshal(raw, &v)
		return v
	}
	var base about
	err := read("customer", []string{customer}, func(_ string, b map[string]json.RawMessage) {
		base.name = str(b["name"])
		acct := map[string]json.RawMessage{}
		for _, k := range []string{"owner", "team", "tier", "region"} {
			if b[k] != nil {
				acct[k] = b[k]
			}
		}
		base.acct, _ = json.Marshal(acct)
	})
	if err != nil {
		return nil, err
	}
	for _, id := range subjects {
		out[id] = about{base.name, base.acct, base.name}
	}
	if formKey == "invoice" {
		err = read("invoice", subjects, func(id string, b map[string]json.RawMessage) {
			out[id] = about{base.name, base.acct, str(b["number"])}
		})
	}
	return out, err
}

// startRuns puts new runs into the index and tells the account's workflow.
// A run that exists is left alone, unless nobody took it up.
func (s *Service) startRuns(ctx context.Context, ws string, d *run.Definition, customer string, subjects []string, entry string) (int, error) {
	w, err := s.spaces.Get(ctx, ws)
	if err != nil {
		return 0, err
	}
	now, _ := s.spaces.Now(w)
	info, err := s.about(ctx, ws, customer, d.Flow.Subject.Form, subjects)
	if err != nil {
		return 0, err
	}
	writes := make([]store.Write, 0, len(subjects))
	for _, subject := range subjects {
		r := run.NewRun(d, subject, entry, now)
		doc := RunDoc{
			Run: r.ID, Customer: customer, CustomerName: info[subject].name, Acct: info[subject].acct, Flow: r.Flow, Hash: r.Hash,
			Form: r.Form, Subject: subject, Label: info[subject].label, Node: r.Node, Status: Starting,
			Started: value.Instant(now), Updated: value.Instant(now), Entry: entry,
		}
		body, err := json.Marshal(doc)
		if err != nil {
			return 0, err
		}
		writes = append(writes, store.Write{Op: store.Insert, Collection: Runs, Doc: store.Doc{ID: runID(customer, r.ID), Body: body}})
	}
	_, errs := s.store.Apply(ctx, ws, writes)
	var start []string
	there := map[string]string{} // subjects of runs that exist, by id
	for i, err := range errs {
		switch {
		case err == nil:
			start = append(start, subjects[i])
		case fault.KeyOf(err) == "store.exists":
			there[writes[i].Doc.ID] = subjects[i]
		default:
			return 0, err
		}
	}
	again, err := s.notTaken(ctx, ws, there)
	if err != nil {
		return 0, err
	}
	if start = append(start, again...); len(start) == 0 {
		return 0, nil
	}
	return len(start), s.engine.Tell(ctx, ws, customer, []run.Note{{Kind: run.NoteStart, Hash: d.Hash, Form: d.Flow.Subject.Form, Ids: start, Entry: entry}})
}

// notTaken gives the subjects, of runs by id, that no workflow took up yet.
func (s *Service) notTaken(ctx context.Context, ws string, runs map[string]string) ([]string, error) {
	if len(runs) == 0 {
		return nil, nil
	}
	ids := slices.Sorted(maps.Keys(runs))
	docs, err := s.store.In(ws, Runs).GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, id := range ids {
		var r RunDoc
		if d, ok := docs[id]; !ok {
			continue
		} else if err := json.Unmarshal(d.Body, &r); err != nil {
			return nil, err
		}
		if r.Status == Starting {
			out = append(out, runs[id])
		}
	}
	return out, nil
}

// SaveStep stores what a step changed: the index of runs and one document of
// facts. Scope and names in the index stay as they are.
func (s *Service) SaveStep(ctx context.Context, ws, customer string, changed []*run.Run, facts []run.Fact) error {
	ids := make([]string, len(changed))
	for i, r := range changed {
		ids[i] = runID(customer, r.ID)
	}
	docs, err := s.store.In(ws, Runs).GetMany(ctx, ids)
	if err != nil {
		return err
	}
	w, err := s.spaces.Get(ctx, ws)
	if err != nil {
		return err
	}
	now, _ := s.spaces.Now(w)
	writes := make([]store.Write, 0, len(changed)+1)
	index := make(map[string]RunDoc, len(changed))
	for i, r := range changed {
		doc := RunDoc{Run: r.ID, Customer: customer, Started: value.Instant(r.Started)}
		op := store.Insert
		if d, ok := docs[ids[i]]; ok {
			op = store.Replace
			if err := json.Unmarshal(d.Body, &doc); err != nil {
				return err
			}
		}
		doc.take(r, now)
		index[ids[i]] = doc
		body, err := json.Marshal(doc)
		if err != nil {
			return err
		}
		writes = append(writes, store.Write{Op: op, Collection: Runs, Doc: store.Doc{ID: ids[i], Body: body}})
	}
	for some := range slices.Chunk(facts, maxFacts) {
		body, err := json.Marshal(stepDoc{Customer: customer, At: value.Instant(some[0].At), Facts: some})
		if err != nil {
			return err
		}
		writes = append(writes, store.Write{Op: store.Insert, Collection: Steps, Doc: store.Doc{ID: customer + "~" + uuid.Must(uuid.NewV7()).String(), Body: body}})
	}
	held, err := s.heldWrites(ctx, ws, customer, facts, index)
	if err != nil {
		return err
	}
	_, errs := s.store.Apply(ctx, ws, append(writes, held...))
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	if s.OnRuns != nil {
		s.OnRuns(ws, customer)
	}
	return nil
}

// maxFacts is how many facts one document holds: an account with thousands of
// runs has as many in one step.
const maxFacts = 1000

type stepDoc struct {
	Customer string     `json:"customer"`
	At       string     `json:"at"`
	Facts    []run.Fact `json:"facts"`
}

func (d *RunDoc) take(r *run.Run, at time.Time) {
	d.Flow, d.Hash, d.Form, d.Subject, d.Node = r.Flow, r.Hash, r.Form, r.Subject, r.Node
	d.Status, d.Reason, d.Outcome, d.On, d.Updated = r.Status, r.Reason, r.Outcome, r.On, value.Instant(at)
	d.Wake, d.Planned, d.Entered = instantOf(r.Wake), instantOf(r.Planned), instantOf(r.Entered)
	d.Visits, d.Vars = r.Visits, r.Vars
	if r.Status == run.Done {
		d.Entered, d.Planned, d.Visits = "", "", nil
	}
}

func instantOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return value.Instant(t)
}

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
			var plain map[string]any
			if err := json.Unmarshal(d.Body, &plain); err != nil {
				return 0, nil, err
			}
			if err := json.Unmarshal(d.Body, &r); err != nil {
				return 0, nil, err
			}
			ok = filter.Match(scope, plain)
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

func noRun(id string) error {
	return fault.New(fault.NotFound, "run.none", fault.Params{"run": id})
}

func factsOf(page store.Page) ([]run.Fact, string, error) {
	var out []run.Fact
	for _, d := range page.Docs {
		var s stepDoc
		if err := json.Unmarshal(d.Body, &s); err != nil {
			return nil, "", err
		}
		out = append(out, s.Facts...)
	}
	sort.SliceStable(out, func(a, b int) bool { return out[a].At.After(out[b].At) })
	return out, page.Next, nil
}

// FactsBetween gives the facts of an account within [from, to).
func (s *Service) FactsBetween(ctx context.Context, ws, customer string, from, to time.Time) ([]run.Fact, error) {
	page, err := s.store.In(ws, Steps).Find(ctx, store.Query{
		Filter: filter.And(filter.Eq("customer", customer), filter.Gte("at", value.Instant(from)), filter.Lt("at", value.Instant(to))),
		Sort:   []store.SortKey{{Field: "at"}}, Limit: 500,
	})
	if err != nil {
		return nil, err
	}
	out, _, err := factsOf(page)
	return out, err
}
