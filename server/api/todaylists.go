package api

import (
	"context"
	"sort"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/server/messages"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/tasks"
	"github.com/dueflow/dueflow/server/workspace"
)

func (s *Server) todayUnapplied(ctx context.Context, a policies.Actor, get func(value.Currency) *figures, ageing *ledger.Ageing, _ filter.Expr) error {
	v, err := s.Access.View(ctx, a, "payment", "read")
	if err != nil {
		return err
	}
	rows, err := s.Store.In(a.Workspace, records.Prefix+"payment").Group(ctx, store.GroupQuery{
		Filter: filter.And(filter.Gt("unapplied", 0), records.Stamped(v.Scope)), By: []string{"currency"}, Sum: "unapplied",
	})
	if err != nil {
		return err
	}
	for _, r := range rows {
		cur, _ := r.Keys[0].(string)
		f := get(value.Currency(cur))
		f.Unapplied += r.Sum
		f.Outstanding -= r.Sum
		ageing.AddUnapplied(value.Currency(cur), r.Sum)
	}
	return nil
}

// todayRuns lists what acts today, merged per customer, what is held back, and
// what is parked.
func (s *Server) todayRuns(ctx context.Context, a policies.Actor, w *workspace.Workspace, today value.Date, out *todayOut) error {
	v, err := s.Access.View(ctx, a, "run", "read")
	if err != nil {
		return err
	}
	scope := records.Stamped(v.Scope)
	_, end := dayBounds(w, today)
	due, _, err := s.Flows.ListRuns(ctx, a.Workspace, flows.RunQuery{Status: "active", WakeBefore: value.Instant(end), Scope: scope, Limit: maxToday, Sort: []store.SortKey{{Field: "wake"}}})
	if err != nil {
		return err
	}
	names := s.flowNames(ctx, a.Workspace)
	merged := map[string]int{}
	for _, r := range due {
		key := r.Customer + "/" + r.Flow
		if i, ok := merged[key]; ok {
			out.Planned[i].Items++
			continue
		}
		merged[key] = len(out.Planned)
		o := s.showRun(ctx, a.Workspace, r, names)
		out.Planned = append(out.Planned, planned{Customer: o.Customer, At: r.Wake, Flow: o.Flow, Sentence: o.Sentence, Items: 1})
	}
	out.Counts.Planned = len(out.Planned)
	out.Planned = out.Planned[:min(shown, len(out.Planned))]
	if err := s.withAmounts(ctx, a, out.Planned, today); err != nil {
		return err
	}
	if err := s.todayHeld(ctx, a, scope, out); err != nil {
		return err
	}
	parked, _, err := s.Flows.ListRuns(ctx, a.Workspace, flows.RunQuery{Status: "parked", Scope: scope, Limit: maxToday})
	if err != nil {
		return err
	}
	out.Counts.Parked = len(parked)
	for _, r := range parked[:min(shown, len(parked))] {
		out.Parked = append(out.Parked, s.showRun(ctx, a.Workspace, r, names))
	}
	return nil
}

// withAmounts adds what each customer owes in its main currency.
func (s *Server) withAmounts(ctx context.Context, a policies.Actor, list []planned, today value.Date) error {
	v, err := s.Access.View(ctx, a, "account", "read")
	if err != nil || v.Masked["amounts"] {
		return nil //nolint:nilerr // amounts are left out for those who may not see them
	}
	ids := make([]string, len(list))
	for i, p := range list {
		ids[i] = p.Customer.ID
	}
	accounts, err := s.Accounts.LoadMany(ctx, a.Workspace, ids)
	if err != nil {
		return err
	}
	for i := range list {
		for _, b := range accounts[list[i].Customer.ID].Balances(today) {
			if b.Open > list[i].Amount {
				list[i].Amount, list[i].Currency = b.Open, b.Currency
			}
		}
	}
	return nil
}

// todayHeld lists customers whose reminders wait for something: runs that the
// ledger deferred or refused.
func (s *Server) todayHeld(ctx context.Context, a policies.Actor, scope filter.Expr, out *todayOut) error {
	runs, err := s.Flows.HeldRuns(ctx, a.Workspace, scope, maxToday)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, r := range runs {
		if seen[r.Customer] {
			continue
		}
		seen[r.Customer] = true
		out.Counts.Held++
		if len(out.Held) < shown {
			out.Held = append(out.Held, heldOut{ref{r.Customer, r.CustomerName}, reasonOf(r.Reason, r.Wake), r.Wake})
		}
	}
	return nil
}

func (s *Server) todayMessages(ctx context.Context, a policies.Actor, w *workspace.Workspace, today value.Date, out *todayOut) error {
	v, err := s.Access.View(ctx, a, "message", "read")
	if err != nil {
		return err
	}
	scope := records.Stamped(v.Scope)
	start, _ := dayBounds(w, today)
	names := s.flowNames(ctx, a.Workspace)
	for _, part := range []struct {
		q     messages.Query
		to    *[]messageOut
		count *int64
	}{
		{messages.Query{Since: value.Instant(start), Status: ledger.IntentSent, Scope: scope}, &out.SentToday, &out.Counts.SentToday},
		{messages.Query{Status: ledger.IntentUnknown, Scope: scope}, &out.Unknown, &out.Counts.Unknown},
	} {
		if *part.count, err = s.Messages.Count(ctx, a.Workspace, part.q, maxCount); err != nil {
			return err
		}
		part.q.Limit = shown
		list, _, err := s.Messages.List(ctx, a.Workspace, part.q)
		if err != nil {
			return err
		}
		for _, m := range list {
			*part.to = append(*part.to, showMessage(m, names, v))
		}
	}
	return nil
}

func (s *Server) todayTasks(ctx context.Context, a policies.Actor, _ *workspace.Workspace, _ value.Date, out *todayOut) error {
	v, err := s.Access.View(ctx, a, "task", "read")
	if err != nil {
		return err
	}
	q := tasks.Query{Status: tasks.Open, Scope: records.Stamped(v.Scope), Limit: shown}
	if out.Counts.Tasks, err = s.Tasks.Count(ctx, a.Workspace, q, maxCount); err != nil {
		return err
	}
	list, _, err := s.Tasks.List(ctx, a.Workspace, q)
	if err != nil {
		return err
	}
	out.Tasks, err = s.showTasks(ctx, a, v, list...)
	return err
}

// todayPromises lists open promises by date. Accounts with one are found by
// the day on which time alone changes them.
func (s *Server) todayPromises(ctx context.Context, a policies.Actor, _ *workspace.Workspace, today value.Date, out *todayOut) error {
	v, err := s.Access.View(ctx, a, "account", "read")
	if err != nil {
		return err
	}
	states, err := s.Accounts.Ticking(ctx, a.Workspace, today+14, maxToday)
	if err != nil {
		return err
	}
	ids := make([]string, 0, len(states))
	for _, st := range states {
		ids = append(ids, st.ID)
	}
	names, err := s.Records.Names(ctx, a.Workspace, ids, v.Scope)
	if err != nil {
		return err
	}
	for _, st := range states {
		name, ok := names[st.ID]
		if !ok {
			continue
		}
		for id, p := range st.Promises {
			if p.Status != ledger.PromiseOpen {
				continue
			}
			o := promiseOut{ref{st.ID, name}, id, p.Amount, p.Currency, p.Date.String(), p.Status}
			if v.Masked["amounts"] {
				o.Amount = 0
			}
			out.Promises = append(out.Promises, o)
		}
	}
	sort.Slice(out.Promises, func(i, j int) bool { return out.Promises[i].Date < out.Promises[j].Date })
	out.Counts.Promises = len(out.Promises)
	out.Promises = out.Promises[:min(shown, len(out.Promises))]
	return nil
}
