package world

import (
	"context"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/activity"
)

const (
	matchPage = 500
	// maxScan bounds how many records are read one by one where the store
	// cannot answer a condition; beyond it the count says "at least".
	maxScan   = 20_000
	maxSample = 5
)

// Matching counts the records of a form that fit a condition over a flow's
// subject, in a person's view. The store answers what it can; conditions on the
// customer or the account behind an invoice are judged record by record on the
// same document that a running flow would see.
func (w *World) Matching(ctx context.Context, a policies.Actor, formKey string, e filter.Expr, keep func([]flows.Candidate) ([]flows.Candidate, error)) (flows.Matches, error) {
	m, err := w.matcher(ctx, a, formKey, e)
	if err != nil {
		return flows.Matches{}, err
	}
	out := flows.Matches{Sample: []flows.Subject{}}
	if m.rest == nil && keep == nil {
		return w.counted(ctx, m)
	}
	q := store.Query{Filter: m.stored, Limit: matchPage}
	for scanned := 0; ; {
		page, err := m.col.Find(ctx, q)
		if err != nil {
			return out, err
		}
		list, err := m.fit(ctx, page.Docs)
		if err != nil {
			return out, err
		}
		if keep != nil && len(list) > 0 {
			if list, err = keep(list); err != nil {
				return out, err
			}
		}
		out.Count += int64(len(list))
		for _, c := range list[:min(len(list), maxSample-len(out.Sample))] {
			out.Sample = append(out.Sample, c.Subject)
		}
		if scanned += len(page.Docs); page.Next == "" {
			return out, nil
		}
		if scanned >= maxScan {
			out.AtLeast = true
			return out, nil
		}
		q.After = page.Next
	}
}

func (w *World) counted(ctx context.Context, m *matcher) (flows.Matches, error) {
	out := flows.Matches{Sample: []flows.Subject{}}
	n, err := m.col.Count(ctx, m.stored, 0)
	if err != nil {
		return out, err
	}
	out.Count = n
	page, err := m.col.Find(ctx, store.Query{Filter: m.stored, Limit: maxSample})
	if err != nil {
		return out, err
	}
	for _, d := range page.Docs {
		c, err := m.candidate(d)
		if err != nil {
			return out, err
		}
		out.Sample = append(out.Sample, c.Subject)
	}
	return out, nil
}

// matcher is a condition split into what the store answers and the rest.
type matcher struct {
	w       *World
	ws      string
	form    string
	col     store.Collection
	stored  filter.Expr
	rest    filter.Expr
	account bool // the rest asks for the account
}

func (w *World) matcher(ctx context.Context, a policies.Actor, formKey string, e filter.Expr) (*matcher, error) {
	reach, err := w.Records.Reach(ctx, a, formKey)
	if err != nil {
		return nil, err
	}
	customer, err := w.Records.Reach(ctx, a, "customer")
	if err != nil {
		return nil, err
	}
	account, err := w.mayAskAccount(ctx, a)
	if err != nil {
		return nil, err
	}
	sp, err := w.Space(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	e = filter.OnDay(e, sp.Now(), sp.Loc)
	m := &matcher{w: w, ws: a.Workspace, form: formKey, col: w.Store.In(a.Workspace, records.Prefix+formKey)}
	stored := filter.Expr(nil)
	for _, part := range conjuncts(e) {
		able := true
		for _, path := range filter.Fields(part) {
			group, name, _ := strings.Cut(path, ".")
			var ok bool
			switch {
			case group == formKey && path != "invoice.promise":
				_, ok = reach.Field(name)
			case group == "customer":
				_, ok = customer.Field(name)
				able = able && (name == "id" || slices.Contains(records.ScopeFields, name))
			default:
				ok, able = account, false
				m.account = true
			}
			if !ok {
				return nil, fault.At("/filter", "unknownField", path)
			}
		}
		if able {
			stored = filter.And(stored, part)
		} else {
			m.rest = filter.And(m.rest, part)
		}
	}
	m.stored = filter.And(reach.Scope, reach.Stored(filter.Rename(stored, func(path string) string { return columnOf(formKey, path) })))
	return m, nil
}

// mayAskAccount tells whether a person may ask for figures of accounts.
func (w *World) mayAskAccount(ctx context.Context, a policies.Actor) (bool, error) {
	if a.System {
		return true, nil
	}
	v, err := w.Policy.View(ctx, a, "account", "read")
	if fault.Is(err, fault.Denied) {
		return false, nil
	}
	return err == nil && !v.Masked["amounts"], err
}

func conjuncts(e filter.Expr) []filter.Expr {
	if e == nil {
		return nil
	}
	if all, ok := e.(filter.All); ok {
		var out []filter.Expr
		for _, x := range all {
			out = append(out, conjuncts(x)...)
		}
		return out
	}
	return []filter.Expr{e}
}

// columnOf is where a subject's field is stored.
func columnOf(formKey, path string) string {
	group, name, _ := strings.Cut(path, ".")
	if group == formKey {
		return name
	}
	if name == "id" {
		return "customer"
	}
	return "_acct." + name
}

func (m *matcher) candidate(d store.Doc) (flows.Candidate, error) {
	b, err := plain(d.Body)
	if err != nil {
		return flows.Candidate{}, err
	}
	return m.named(d.ID, b), nil
}

func (m *matcher) named(id string, b map[string]any) flows.Candidate {
	c := flows.Candidate{Subject: flows.Subject{ID: id}, Customer: id}
	if m.form == "customer" {
		c.Label, _ = b["name"].(string)
		return c
	}
	number, _ := b["number"].(string)
	name, _ := b["customerName"].(string)
	c.Customer, _ = b["customer"].(string)
	c.Label = strings.TrimPrefix(number+" · "+name, " · ")
	return c
}

// fit gives the documents of a page that fit the rest of the condition.
func (m *matcher) fit(ctx context.Context, docs []store.Doc) ([]flows.Candidate, error) {
	out := make([]flows.Candidate, 0, len(docs))
	bodies := make([]map[string]any, len(docs))
	var customers []string
	for k, d := range docs {
		b, err := plain(d.Body)
		if err != nil {
			return nil, err
		}
		bodies[k] = b
		c := m.named(d.ID, b)
		out = append(out, c)
		if !slices.Contains(customers[max(0, len(customers)-1):], c.Customer) {
			customers = append(customers, c.Customer)
		}
	}
	if m.rest == nil {
		return out, nil
	}
	doc, err := m.documents(ctx, customers)
	if err != nil {
		return nil, err
	}
	kept := out[:0]
	for k, c := range out {
		d, err := doc(c, bodies[k])
		if err != nil {
			return nil, err
		}
		if filter.Match(m.rest, d) {
			kept = append(kept, c)
		}
	}
	return kept, nil
}

// documents makes the documents that conditions see, for a page of customers.
func (m *matcher) documents(ctx context.Context, customers []string) (func(flows.Candidate, map[string]any) (map[string]any, error), error) {
	slices.Sort(customers)
	customers = slices.Compact(customers)
	people := map[string]map[string]any{}
	docs, err := m.w.Store.In(m.ws, records.Prefix+"customer").GetMany(ctx, customers)
	if err != nil {
		return nil, err
	}
	for id, d := range docs {
		if people[id], err = plain(d.Body); err != nil {
			return nil, err
		}
		people[id]["id"] = id
	}
	if !m.account {
		return func(c flows.Candidate, b map[string]any) (map[string]any, error) {
			out := map[string]any{"customer": people[c.Customer]}
			if m.form != "customer" {
				b["id"] = c.ID
				out[m.form] = b
			}
			return out, nil
		}, nil
	}
	states, err := m.w.Accounts.LoadMany(ctx, m.ws, customers)
	if err != nil {
		return nil, err
	}
	s, err := m.w.Spaces.Get(ctx, m.ws)
	if err != nil {
		return nil, err
	}
	now, _ := m.w.Spaces.Now(s)
	space := SpaceOf(s, nil)
	return func(c flows.Candidate, b map[string]any) (map[string]any, error) {
		f := activity.BuildFacts(space, now, states[c.Customer], people[c.Customer], map[string]map[string]any{c.ID: b})
		return f.Doc(m.form, c.ID), nil
	}, nil
}
