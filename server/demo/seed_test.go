package demo_test

import (
	"encoding/json"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/accounts"
	"github.com/dueflow/dueflow/server/accounts/accountstest"
	"github.com/dueflow/dueflow/server/demo"
	"github.com/dueflow/dueflow/server/forms"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store/sqlitetest"
	"github.com/dueflow/dueflow/server/vault"
	"github.com/dueflow/dueflow/server/workspace"
)

const ws = "demo"

var actor = policies.SystemActor(ws, "test")

type kit struct {
	demo.Deps
	day atomic.Int64 // days after the start
}

var start = time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)

func open(t testing.TB) *kit {
	t.Helper()
	st := sqlitetest.Open(t, "")
	specs := slices.Concat(accounts.Specs, forms.Specs, records.Specs)
	for _, f := range form.Builtin() {
		specs = append(specs, records.Spec(f))
	}
	k := &kit{}
	spaces := workspace.New(st, func() time.Time { return start.AddDate(0, 0, int(k.day.Load())) }, specs, vault.Temporary())
	acc, relay := accountstest.New(st, spaces)
	rec := records.New(st, spaces, forms.New(st), acc, nil)
	acc.UseArchivist(rec)
	relay.Add(rec.Project)
	accountstest.Start(t, relay, spaces, ws)
	k.Deps = demo.Deps{Spaces: spaces, Records: rec, Accounts: acc, Owner: func(email string) string { return "id-" + email }}
	return k
}

// figures are what a ledger says of the whole workspace.
type figures struct {
	Accounts, Invoices, Open, Overdue, Soon, Instalments, PartPaid  int
	Disputes, Promises, Holds, Stops, Unapplied, MaxDPD, Currencies int
	Events                                                          int64
}

func measure(t testing.TB, k *kit, today value.Date) figures {
	t.Helper()
	var f figures
	seen := map[value.Currency]bool{}
	err := k.Accounts.Each(t.Context(), ws, func(_ string, events []ledger.Event, st *ledger.State) error {
		f.Accounts++
		f.Events += st.Seq
		for _, i := range st.Items {
			seen[i.Currency] = true
			f.Invoices++
			f.Disputes += len(i.Disputes)
			if len(i.Parts) > 0 {
				f.Instalments++
			}
			if i.Open() == 0 {
				continue
			}
			f.Open++
			dpd := i.DPD(today)
			f.MaxDPD = max(f.MaxDPD, dpd)
			switch {
			case dpd > 0:
				f.Overdue++
			case dpd >= -3:
				f.Soon++
			}
			if i.Status() == "partPaid" {
				f.PartPaid++
			}
		}
		f.Promises += len(st.Promises)
		if st.Hold != nil {
			f.Holds++
		}
		if st.StopWish != nil {
			f.Stops++
		}
		if len(st.Unapplied()) > 0 {
			f.Unapplied++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	f.Currencies = len(seen)
	return f
}

func TestSeed(t *testing.T) {
	k := open(t)
	began := time.Now()
	if err := demo.Seed(t.Context(), k.Deps, ws); err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	today := value.MustDate("2026-11-20")
	f := measure(t, k, today)
	t.Logf("seeded in %s: %+v", took.Round(time.Millisecond), f)
	if took > 30*time.Second { // one second on a laptop; the bound leaves room for the race detector
		t.Errorf("seeding took %s", took)
	}
	if f.Accounts != 60 || f.Invoices != 400 || f.Currencies < 3 || f.Disputes != 5 || f.Promises != 5 || f.Holds != 1 || f.Stops != 1 || f.Unapplied != 4 {
		t.Errorf("%+v", f)
	}
	if f.Overdue < 60 || f.Soon < 40 || f.Instalments < 8 || f.PartPaid < 8 || f.MaxDPD < 60 || f.MaxDPD > 100 {
		t.Errorf("%+v", f)
	}
	looks(t, k)
	if err := demo.Seed(t.Context(), k.Deps, ws); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(f, measure(t, k, today)); diff != "" {
		t.Errorf("seeding again changed something:\n%s", diff)
	}
	other := open(t)
	if err := demo.Seed(t.Context(), other.Deps, ws); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(f, measure(t, other, today)); diff != "" {
		t.Errorf("another seed of the day differs:\n%s", diff)
	}
}

// looks judges the customers' records.
func looks(t *testing.T, k *kit) {
	t.Helper()
	tiers, regions, owners, names := map[string]int{}, map[string]int{}, map[string]int{}, map[string]bool{}
	err := k.Records.Each(t.Context(), actor, "customer", records.ListQuery{}, func(r records.Record) error {
		tiers[r.Text("tier")]++
		regions[r.Text("region")]++
		owners[r.Text("owner")]++
		names[r.Text("name")] = true
		if !strings.HasSuffix(r.Text("email"), "@example.com") {
			t.Errorf("%s is written to at %s", r.Text("name"), r.Text("email"))
		}
		if _, err := value.Location(r.Text("timezone")); err != nil {
			t.Error(err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(tiers, regions, owners)
	if len(tiers) != 3 || len(regions) != 5 || len(owners) != 3 || len(names) != 60 {
		t.Errorf("%v %v %v, %d names", tiers, regions, owners, len(names))
	}
	for o := range owners {
		if !slices.ContainsFunc(demo.People(), func(p demo.Person) bool { return "id-"+p.Email == o && p.Role == "sales" }) {
			t.Errorf("nobody is %s", o)
		}
	}
}

func TestLifeGoesOn(t *testing.T) {
	k := open(t)
	if err := demo.Seed(t.Context(), k.Deps, ws); err != nil {
		t.Fatal(err)
	}
	first := value.MustDate("2026-11-20")
	kinds := map[string]int{}
	var longest time.Duration
	for n := range 30 {
		k.day.Store(int64(n))
		time.Sleep(2 * time.Millisecond)
		began := time.Now()
		done, err := demo.Simulate(t.Context(), k.Deps, ws, first+value.Date(n))
		if err != nil {
			t.Fatalf("day %d: %v", n, err)
		}
		longest = max(longest, time.Since(began))
		for _, d := range done {
			kinds[d.Kind]++
		}
		again, err := demo.Simulate(t.Context(), k.Deps, ws, first+value.Date(n))
		if err != nil || len(again) > 0 {
			t.Fatalf("day %d again: %v, %v", n, again, err)
		}
	}
	f := measure(t, k, first+29)
	t.Logf("after 30 days: %v, longest day %s, %+v", kinds, longest.Round(time.Millisecond), f)
	if kinds[demo.Pays] < 60 || kinds[demo.Orders] < 60 || kinds[demo.Promises] < 3 || kinds[demo.PaysPart] < 3 {
		t.Errorf("%v", kinds)
	}
	n, err := k.Records.Count(t.Context(), actor, "payment", filter.StartsWith("reference", "TT-demo-2026"), 0)
	if err != nil || int(n) != kinds[demo.Pays]+kinds[demo.PaysPart] {
		t.Errorf("%d payments, %v", n, err)
	}
	if _, err := demo.Simulate(t.Context(), k.Deps, ws, first+31); err == nil {
		t.Error("a day to come happened")
	}
}

func TestEventsOfADay(t *testing.T) {
	day := value.MustDate("2026-11-23")
	a, _ := json.Marshal(demo.Events(day))
	b, _ := json.Marshal(demo.Events(day))
	c, _ := json.Marshal(demo.Events(day + 1))
	if string(a) != string(b) || string(a) == string(c) {
		t.Error("a day must have its own events, the same every time")
	}
}
