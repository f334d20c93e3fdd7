package api

import (
	"context"
	"sort"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/workspace"
)

type figures struct {
	Currency         value.Currency `json:"currency"`
	Outstanding      int64          `json:"outstanding"`
	Overdue          int64          `json:"overdue"`
	Unapplied        int64          `json:"unapplied"`
	OverdueCustomers int64          `json:"overdueCustomers"`
	OpenInvoices     int64          `json:"openInvoices"`
}

type planned struct {
	Customer ref               `json:"customer"`
	At       string            `json:"at"`
	Flow     flowRef           `json:"flow"`
	Sentence map[string]string `json:"sentence"`
	Items    int               `json:"items"`
	Amount   int64             `json:"amount"`
	Currency value.Currency    `json:"currency"`
}

type heldOut struct {
	Customer ref     `json:"customer"`
	Reason   *reason `json:"reason"`
	Until    string  `json:"until,omitempty"`
}

type promiseOut struct {
	Customer ref            `json:"customer"`
	ID       string         `json:"id"`
	Amount   int64          `json:"amount"`
	Currency value.Currency `json:"currency"`
	Date     string         `json:"date"`
	Status   string         `json:"status"`
}

type todayCounts struct {
	Planned   int   `json:"planned"`
	SentToday int64 `json:"sentToday"`
	Held      int   `json:"held"`
	Parked    int   `json:"parked"`
	Tasks     int64 `json:"tasks"`
	Promises  int   `json:"promises"`
	Unknown   int64 `json:"unknown"`
}

type todayOut struct {
	Clock     clockOut          `json:"clock"`
	Figures   []figures         `json:"figures"`
	Ageing    []ledger.AgeingOf `json:"ageing"`
	Planned   []planned         `json:"planned"`
	SentToday []messageOut      `json:"sentToday"`
	Held      []heldOut         `json:"held"`
	Parked    []runOut          `json:"parked"`
	Tasks     []taskOut         `json:"tasks"`
	Promises  []promiseOut      `json:"promises"`
	Unknown   []messageOut      `json:"unknown"`
	Counts    todayCounts       `json:"counts"`
}

// shown is how many of each list Today shows; the counts say how many there are.
const shown = 20

// maxToday bounds what Today looks through.
const maxToday = 500

func (s *Server) getToday(ctx context.Context, a policies.Actor, _ *nothing) (*reply[todayOut], error) {
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	_, today := s.Spaces.Now(w)
	out := todayOut{
		Clock: s.clock(w), Figures: []figures{}, Ageing: []ledger.AgeingOf{}, Planned: []planned{}, SentToday: []messageOut{}, Held: []heldOut{},
		Parked: []runOut{}, Tasks: []taskOut{}, Promises: []promiseOut{}, Unknown: []messageOut{},
	}
	// Each part is there for those who may see it.
	parts := []func(context.Context, policies.Actor, *workspace.Workspace, value.Date, *todayOut) error{
		s.todayFigures, s.todayRuns, s.todayMessages, s.todayTasks, s.todayPromises,
	}
	for _, part := range parts {
		if err := part(ctx, a, w, today, &out); err != nil && !fault.Is(err, fault.Denied) {
			return nil, err
		}
	}
	return &reply[todayOut]{out}, nil
}

// todayFigures sums up the open invoices in the actor's view by grouping in the
// store: by currency and due date; only invoices that are late with several
// instalments are read one by one.
func (s *Server) todayFigures(ctx context.Context, a policies.Actor, _ *workspace.Workspace, today value.Date, out *todayOut) error {
	v, err := s.Access.View(ctx, a, "invoice", "read")
	if err != nil || v.Masked["amounts"] {
		return err
	}
	scope := records.Stamped(v.Scope)
	open := filter.And(filter.Gt("open", 0), scope)
	rows, err := s.Store.In(a.Workspace, records.Prefix+"invoice").Group(ctx, store.GroupQuery{Filter: open, By: []string{"currency", "nextDue"}, Sum: "open", Limit: 10_000})
	if err != nil {
		return err
	}
	ageing := ledger.NewAgeing(today, nil)
	by := map[value.Currency]*figures{}
	get := func(c value.Currency) *figures {
		if by[c] == nil {
			by[c] = &figures{Currency: c}
		}
		return by[c]
	}
	for _, r := range rows {
		cur, _ := r.Keys[0].(string)
		dueText, _ := r.Keys[1].(string)
		due, _ := value.ParseDate(dueText)
		ageing.AddGroup(value.Currency(cur), due, r.Count, r.Sum)
		f := get(value.Currency(cur))
		f.Outstanding += r.Sum
		f.OpenInvoices += r.Count
		if due != 0 && due < today {
			f.Overdue += r.Sum
		}
	}
	err = s.Records.FurtherParts(ctx, a.Workspace, open, today, func(c value.Currency, due value.Date, count, amount int64) {
		ageing.NotYetDue(c, due, count, amount)
		get(c).Overdue -= amount
	})
	if err != nil {
		return err
	}
	err = s.Records.LateParts(ctx, a.Workspace, open, today, func(c value.Currency, parts []ledger.Part) {
		ageing.SplitGroup(c, parts)
		for _, p := range parts {
			if p.Due >= today {
				get(c).Overdue -= p.Amount
			}
		}
	})
	if err != nil {
		return err
	}
	if err := s.todayUnapplied(ctx, a, get, ageing, scope); err != nil && !fault.Is(err, fault.Denied) {
		return err
	}
	for _, f := range by {
		out.Figures = append(out.Figures, *f)
	}
	sort.Slice(out.Figures, func(i, j int) bool { return out.Figures[i].OpenInvoices > out.Figures[j].OpenInvoices })
	out.Ageing = ageing.Rows()
	late, err := s.Store.In(a.Workspace, records.Prefix+"invoice").Group(ctx, store.GroupQuery{
		Filter: filter.And(open, filter.Lt("nextDue", today.String())), By: []string{"currency", "customer"}, Limit: 10_000,
	})
	if err != nil {
		return err
	}
	for _, r := range late {
		cur, _ := r.Keys[0].(string)
		for i := range out.Figures {
			if string(out.Figures[i].Currency) == cur {
				out.Figures[i].OverdueCustomers++
			}
		}
	}
	return nil
}
