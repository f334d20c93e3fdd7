package packs_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/packs"
	"github.com/dueflow/dueflow/workflows/builtin"
	"github.com/dueflow/dueflow/workflows/node"
)

// TestShippedSamples: every pack that ships shows what it does on sample data in
// both languages, whatever the day on which one looks, and has a board.
func TestShippedSamples(t *testing.T) {
	all, err := pack.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	nodes := builtin.Nodes()
	for _, p := range all {
		t.Run(p.ID, func(t *testing.T) {
			if len(p.Of(pack.Board)) == 0 {
				t.Error("no board view")
			}
			for _, lang := range []string{"zh-CN", "en"} {
				o, ok := p.Find(pack.Sample, lang)
				if !ok {
					t.Errorf("no sample data in %s", lang)
					continue
				}
				fits(t, p, o)
				start := value.MustDate("2026-01-02")
				for day := start; day < start+366; day += 13 {
					tried(t, nodes, p, o, lang, day)
				}
			}
		})
	}
}

// tried rehearses the sample on a day. What is said of quiet customers must be so.
func tried(t *testing.T, nodes *node.Registry, p *pack.Pack, o pack.Object, lang string, day value.Date) {
	t.Helper()
	s, err := pack.ReadSamples(o.Raw, day)
	if err != nil {
		t.Fatal(err)
	}
	got, err := packs.Try(t.Context(), p, nodes, lang, day, packs.Words{Company: "Dueflow 示范"})
	if err != nil {
		t.Fatal(lang, day, err)
	}
	if got.Language != lang || got.From != day || len(got.Accounts) != len(s.Accounts) {
		t.Fatalf("%s: %+v", lang, got)
	}
	for k, a := range got.Accounts {
		ours := slices.DeleteFunc(slices.Clone(a.Moments), func(m packs.Moment) bool { return m.Kind != packs.MomentMessage && m.Kind != packs.MomentTask })
		if s.Accounts[k].Quiet != (len(ours) == 0) {
			t.Errorf("%s from %s: %s is quiet: %v, and gets %d messages and tasks", lang, day, a.Name, s.Accounts[k].Quiet, len(ours))
		}
		for _, m := range ours {
			if m.Title[lang] == "" {
				t.Errorf("%s: %s on %s has no name", a.Name, m.Kind, m.On)
			}
			if m.Kind == packs.MomentMessage && (strings.TrimSpace(m.Text) == "" || strings.Contains(m.Text, "{{")) {
				t.Errorf("%s on %s: %q", a.Name, m.On, m.Text)
			}
		}
	}
}

// fits checks the sample's records against the forms that the pack makes.
func fits(t *testing.T, p *pack.Pack, o pack.Object) {
	t.Helper()
	s, err := pack.ReadSamples(o.Raw, 0)
	if err != nil {
		t.Fatal(err)
	}
	if s.Language != o.Key || len(s.Accounts) < 3 || len(s.Accounts) > 8 {
		t.Errorf("%s in %s: %d accounts", o.Key, s.Language, len(s.Accounts))
	}
	forms := map[string]*form.Compiled{}
	for _, key := range []string{"customer", "invoice"} {
		f := form.Builtin()[key].Form
		for _, o := range p.Of(pack.Form) {
			var x pack.Extension
			if json.Unmarshal(o.Raw, &x) == nil && x.Form == key {
				if f, err = pack.Extend(f, x); err != nil {
					t.Fatal(err)
				}
			}
		}
		if forms[key], err = form.Compile(f); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]bool{}
	for _, a := range s.Accounts {
		if a.About == "" || a.Customer["language"] != s.Language {
			t.Errorf("%s: says %q, speaks %v", a.ID(), a.About, a.Customer["language"])
		}
		customer := map[string]any{}
		for k, v := range a.Customer {
			if k != "id" {
				customer[k] = v
			}
		}
		valid(t, forms["customer"], a.ID(), customer)
		for _, i := range a.Invoices {
			data := map[string]any{"number": i.ID, "customer": a.ID(), "issueDate": i.Issue, "dueDate": i.Due, "amount": i.Amount, "currency": i.Currency}
			for k, v := range i.Fields {
				data[k] = v
			}
			valid(t, forms["invoice"], i.ID, data)
			if seen[i.ID] {
				t.Errorf("%s is there twice", i.ID)
			}
			seen[i.ID] = true
		}
	}
}

func valid(t *testing.T, f *form.Compiled, id string, data map[string]any) {
	t.Helper()
	raw, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	v, err := form.Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Validate(v); err != nil {
		t.Errorf("%s: %s", id, fmt.Sprint(err))
	}
}
