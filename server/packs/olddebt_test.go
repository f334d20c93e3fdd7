package packs_test

import (
	"encoding/json"
	"maps"
	"testing"

	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/packs"
	"github.com/dueflow/dueflow/workflows/builtin"
	"github.com/dueflow/dueflow/workflows/node"
	"github.com/dueflow/dueflow/workflows/run"
)

// TestOldDebtsInShippedPacks: whichever shipped flow is published where debts are
// old already, a customer of any tier gets at most one message at once and no
// heap of tasks, and no message that was written for the time before the due date.
func TestOldDebtsInShippedPacks(t *testing.T) {
	all, err := pack.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	nodes := builtin.Nodes()
	day := value.MustDate("2026-11-23") // a Monday, with no holiday around
	for _, p := range all {
		for _, f := range p.Of(pack.Flow) {
			t.Run(f.Key, func(t *testing.T) {
				early := map[string]bool{}
				for _, m := range played(t, p, f.Key, nodes, day, day+20).Messages {
					early[m.Template] = early[m.Template] || m.Items[0].DPD <= 0
				}
				for _, m := range played(t, p, f.Key, nodes, day, day-1).Messages {
					if m.Items[0].DPD > 2 {
						delete(early, m.Template) // said after it as well
					}
				}
				for _, age := range []value.Date{2, 12, 25, 53} {
					r := played(t, p, f.Key, nodes, day, day-age)
					messages, tasks := map[string]int{}, map[string]int{}
					for _, m := range r.Messages {
						if value.DateOf(m.At) < day+2 { // later ones keep the flow's own distances
							messages[m.Customer]++
						}
						if early[m.Template] {
							t.Errorf("%d days past due, %s reads %s", age, m.Customer, m.Template)
						}
					}
					for _, x := range r.Tasks {
						if value.DateOf(x.At) < day+3 {
							tasks[x.Customer]++
						}
					}
					for customer, n := range messages {
						if n > 1 {
							t.Errorf("%d days past due, %s: %d messages at once", age, customer, n)
						}
					}
					for customer, n := range tasks {
						if n > 2 { // one may be a question that comes before the other
							t.Errorf("%d days past due, %s: %d tasks at once", age, customer, n)
						}
					}
				}
			})
		}
	}
}

// played rehearses a flow from a day on with the customers of its pack's sample, in
// each tier, who have one invoice with a due date and do nothing.
func played(t *testing.T, p *pack.Pack, key string, nodes *node.Registry, day, due value.Date) *run.Report {
	t.Helper()
	o, ok := p.Find(pack.Sample, "en")
	if !ok {
		t.Fatal("no sample")
	}
	s, err := pack.ReadSamples(o.Raw, day)
	if err != nil {
		t.Fatal(err)
	}
	var accounts []pack.Account
	for _, a := range s.Accounts {
		for _, tier := range []string{"A", "B", "C"} {
			c := maps.Clone(a.Customer)
			c["id"], c["tier"] = a.ID()+" "+tier, tier
			i := a.Invoices[0]
			i.Issue, i.Due, i.Parts = due-60, due, nil
			accounts = append(accounts, pack.Account{Customer: c, Invoices: []pack.Invoice{i}})
		}
	}
	raw, err := json.Marshal(map[string]any{"flow": key, "from": day, "to": day + 60, "calendar": "cn", "timezone": "UTC", "accounts": accounts})
	if err != nil {
		t.Fatal(err)
	}
	r, _, err := packs.RunFixture(t.Context(), p, pack.Object{Kind: pack.Test, Key: "old", Raw: raw}, nodes)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
