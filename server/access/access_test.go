package access_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/access"
	"github.com/dueflow/dueflow/server/audit"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/store/sqlitetest"
)

const ws = "acme"

var _ records.Policy = (*access.Service)(nil)

type members []policies.Actor

func (m members) Members(context.Context, string) ([]policies.Actor, error) { return m, nil }

func as(id string, roles ...string) policies.Actor {
	return policies.Actor{ID: id, Workspace: ws, Roles: roles}
}

var (
	ann    = as("ann", "admin")
	sam    = as("sam", "sales")
	people = members{ann, sam}
)

func open(t testing.TB) (*store.Store, *audit.Service) {
	t.Helper()
	st := sqlitetest.Open(t, ws, slices.Concat(access.Specs, audit.Specs)...)
	return st, audit.New(st, time.Now)
}

func none(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestStartsAsShipped(t *testing.T) {
	st, log := open(t)
	s := access.New(st, people, log)
	p, version, err := s.Rules(t.Context(), ws)
	none(t, err)
	if diff := cmp.Diff(policies.Shipped(), p); diff != "" || version != 0 {
		t.Errorf("version %d, rules (-shipped +got):\n%s", version, diff)
	}
	v, err := s.View(t.Context(), sam, "customer", "read")
	if err != nil || filter.String(v.Scope) != `{"field":"owner","op":"eq","value":"sam"}` {
		t.Errorf("View = %+v, %v", v, err)
	}
	for _, a := range []policies.Actor{{}, {ID: "x", Workspace: "UP PER", Roles: []string{"admin"}}} {
		if _, err := s.View(t.Context(), a, "customer", "read"); !fault.Is(err, fault.Denied) {
			t.Errorf("View of %+v: %v", a, err)
		}
	}
	if err := s.Must(t.Context(), sam, "role", "update"); fault.KeyOf(err) != "policy.denied" {
		t.Errorf("Must = %v", err)
	}
	if ok, err := s.Can(t.Context(), policies.SystemActor("", "cli"), "role", "update"); err != nil || !ok {
		t.Errorf("the system may not: %v", err)
	}
}

// A change counts on this node at once, and on another within a second.
func TestChangeReachesOtherNodes(t *testing.T) {
	st, log := open(t)
	one, two := access.New(st, people, log), access.New(st, people, log)
	ctx := t.Context()
	can := func(s *access.Service) bool {
		ok, err := s.Can(ctx, sam, "customer", "export")
		none(t, err)
		return ok
	}
	if can(one) || can(two) {
		t.Fatal("sales may export as shipped")
	}
	p, version, err := one.Rules(ctx, ws)
	none(t, err)
	p.Rules = append(slices.Clone(p.Rules), policies.Rule{Role: "sales", Object: "customer", Action: "export", Scope: policies.Own, Effect: policies.Allow})
	version, err = one.SetRules(ctx, ann, p, version)
	none(t, err)
	if !can(one) {
		t.Error("the change does not count here")
	}
	changed := time.Now()
	for !can(two) {
		if time.Since(changed) > time.Second {
			t.Fatal("the change does not count there after a second")
		}
		time.Sleep(20 * time.Millisecond)
	}
	if got, v, err := two.Rules(ctx, ws); err != nil || v != version || !cmp.Equal(p, got) {
		t.Errorf("rules there: version %d of %d, %v", v, version, err)
	}
	page, err := log.List(ctx, ws, audit.Query{})
	none(t, err)
	if len(page.Entries) != 1 || string(page.Entries[0].After) != `{"roles":[],"rules":[{"role":"sales","object":"customer","action":"export","scope":"own","effect":"allow"}],"masks":[]}` {
		t.Errorf("log = %+v", page.Entries)
	}
}

func TestSetRulesRefuses(t *testing.T) {
	st, log := open(t)
	s := access.New(st, people, log)
	s.Fields = func(context.Context, string) (policies.Fields, error) {
		return func(f string) (filter.Type, bool) { return filter.Text, f == "owner" || f == "tier" }, nil
	}
	ctx := t.Context()
	shipped := policies.Shipped()
	with := func(r policies.Rule) policies.Policy {
		p := policies.Shipped()
		p.Rules = append(p.Rules, r)
		return p
	}
	lost := policies.Policy{Roles: shipped.Roles, Rules: shipped.Rules[1:]}
	for _, tt := range []struct {
		name    string
		by      policies.Actor
		p       policies.Policy
		version int64
		kind    fault.Kind
		key     string
	}{
		{"not allowed", sam, shipped, 0, fault.Denied, "policy.denied"},
		{"no manager left", ann, lost, 0, fault.Conflict, "policy.noManager"},
		{"managers denied", ann, with(policies.Rule{Role: "admin", Object: "role", Action: "*", Scope: "all", Effect: "deny"}), 0, fault.Conflict, "policy.noManager"},
		{"unknown field", ann, with(policies.Rule{Role: "sales", Object: "customer", Action: "read", Scope: `{"field":"mood","op":"eq","value":"x"}`, Effect: "allow"}), 0, fault.Invalid, "invalid.fields"},
		{"old version", ann, shipped, 7, fault.Conflict, "store.version"},
	} {
		if _, err := s.SetRules(ctx, tt.by, tt.p, tt.version); !fault.Is(err, tt.kind) || fault.KeyOf(err) != tt.key {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	v, err := s.SetRules(ctx, ann, shipped, 0)
	none(t, err)
	if _, err := s.SetRules(ctx, ann, shipped, 0); fault.KeyOf(err) != "store.version" {
		t.Errorf("first write twice: %v", err)
	}
	if v2, err := s.SetRules(ctx, ann, shipped, v); err != nil || v2 != v+1 {
		t.Errorf("second version %d, %v", v2, err)
	}
}

// Without anybody who manages before, nothing is lost.
func TestRepairOfAPolicyWithoutManager(t *testing.T) {
	st, log := open(t)
	s := access.New(st, members{}, log)
	p := policies.Shipped()
	p.Rules = p.Rules[1:]
	if _, err := s.SetRules(t.Context(), policies.SystemActor(ws, "cli"), p, 0); err != nil {
		t.Error(err)
	}
	none(t, s.KeepsManager(t.Context(), ws, people, nil))
}

func TestGrants(t *testing.T) {
	st, log := open(t)
	s := access.New(st, people, log)
	ctx := t.Context()
	none(t, s.Known(ctx, ws, []string{"sales", "admin"}))
	if err := s.Known(ctx, ws, []string{"sales", "king"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("Known: %v", err)
	}
	none(t, s.MayGrant(ctx, ann, []string{"sales"}))
	none(t, s.MayGrant(ctx, sam, []string{"sales", "gone"}))
	if err := s.MayGrant(ctx, sam, []string{"sales", "admin"}); fault.KeyOf(err) != "policy.grant" {
		t.Errorf("MayGrant: %v", err)
	}
	if err := s.KeepsManager(ctx, ws, people, members{sam}); fault.KeyOf(err) != "policy.noManager" {
		t.Errorf("KeepsManager: %v", err)
	}
	none(t, s.KeepsManager(ctx, ws, people, members{ann}))
}

func TestExplain(t *testing.T) {
	st, log := open(t)
	s := access.New(st, people, log)
	x, err := s.Explain(t.Context(), sam, "invoice", "read", map[string]any{"owner": "kim"})
	none(t, err)
	if x.Allowed || x.Reason != "none" || len(x.Rules) != 1 || x.Rules[0].Holds || x.Rules[0].Object != "invoice" {
		t.Errorf("Explain = %+v", x)
	}
}

// An engine that cannot be renewed is not used on.
func TestOutageDenies(t *testing.T) {
	st, log := open(t)
	s := access.New(st, people, log)
	if ok, err := s.Can(t.Context(), ann, "customer", "read"); err != nil || !ok {
		t.Fatal(ok, err)
	}
	time.Sleep(600 * time.Millisecond)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("gone"))
	if ok, err := s.Can(ctx, ann, "customer", "read"); ok || !fault.Is(err, fault.Unavailable) {
		t.Errorf("Can = %v, %v", ok, err)
	}
}

func BenchmarkView(b *testing.B) {
	st, log := open(b)
	s := access.New(st, people, log)
	var n atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := s.View(b.Context(), sam, "customer", "read"); err == nil {
				n.Add(1)
			}
		}
	})
}
