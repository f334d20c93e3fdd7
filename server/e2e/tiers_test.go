package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/desk"
	"github.com/dueflow/dueflow/server/tiers"
)

// paid books invoices of a customer that were paid some days after they were due.
func (s *space) paid(customer string, late value.Date, n int) {
	s.t.Helper()
	due := s.today() - 30
	for k := range n {
		number := fmt.Sprintf("%s-%d", customer[len(customer)-6:], k)
		id := s.invoice(customer, number, 100_00, due)
		s.create("payment", map[string]any{
			"customer": customer, "amount": 100_00, "currency": "CNY", "valueDate": (due + late).String(), "invoices": []string{id},
		})
	}
}

func (s *space) tier(customer string) (c struct {
	tiers.Card
	ByName string
},
) {
	s.t.Helper()
	must(s.t, s.c.Do(s.t.Context(), "GET", "/customers/"+customer+"/tier", nil, &c))
	return c
}

func (s *space) notices(user string) []desk.Notice {
	s.t.Helper()
	list, _, _, err := s.srv.Desk.Notices(s.t.Context(), policies.Actor{ID: user, Workspace: s.key}, "", 50)
	must(s.t, err)
	return list
}

// nightOver waits for the computation that a new workspace has on its first day,
// so that it does not come in between.
func (s *space) nightOver() {
	s.t.Helper()
	w, err := s.srv.Spaces.Get(s.t.Context(), s.key)
	must(s.t, err)
	if now, _ := s.srv.Spaces.Now(w); now.In(w.Location()).Hour() < 2 {
		return // it comes at two
	}
	must(s.t, s.srv.House.Start(s.t.Context(), s.key))
	s.eventually("the night's scores", func() bool {
		r, err := s.srv.Tiers.LastRun(s.t.Context(), s.key)
		must(s.t, err)
		return r.Finished != ""
	})
}

// A customer's score follows payments by itself; a fall warns the owner, once,
// with the reasons; a fall after a recovery is another.
func TestTierFallWarnsOwner(t *testing.T) {
	s := newSpace(t, nil)
	owner := s.member("owner", []string{"sales"}, nil)
	c := s.create("customer", map[string]any{"name": "Good", "owner": owner.ID}).ID
	s.paid(c, 0, 4)
	s.eventually("scored by itself", func() bool { return s.tier(c).Current == "A" })
	if len(s.notices(owner.ID)) != 0 {
		t.Fatalf("a first score is no fall: %+v", s.notices(owner.ID))
	}
	late := s.invoice(c, "LATE", 5000_00, s.today()-70)
	s.eventually("fallen", func() bool { return s.tier(c).Current == "C" })
	var warned []desk.Notice
	s.eventually("warned", func() bool { warned = s.notices(owner.ID); return len(warned) > 0 })
	if warned[0].Kind != desk.KindRisk || !strings.Contains(warned[0].Text, "fell from A to C") || !strings.Contains(warned[0].Text, "more than 60 days overdue") {
		t.Errorf("notice %+v", warned[0])
	}
	task := s.oneTask(c)
	if task.Assignee == nil || task.Assignee.ID != owner.ID {
		t.Errorf("task %+v", task)
	}
	for range 2 { // computed again, the fall is the same
		must(t, s.c.Do(t.Context(), "POST", "/customers/"+c+"/tier", map[string]any{}, nil))
	}
	if n := s.notices(owner.ID); len(n) != 1 {
		t.Errorf("%d notices of one fall and one task: %+v", len(n), n)
	}
	s.oneTask(c)
	// It pays, recovers and falls again.
	s.create("payment", map[string]any{"customer": c, "amount": 5000_00, "currency": "CNY", "valueDate": (s.today() - 69).String(), "invoices": []string{late}})
	s.eventually("recovered", func() bool { return s.tier(c).Current == "A" })
	s.invoice(c, "LATE2", 9000_00, s.today()-75)
	s.eventually("warned anew", func() bool { return len(s.notices(owner.ID)) == 2 })
	if list := s.tasks("status=open&customer=" + c); len(list) != 2 {
		t.Errorf("tasks %+v", list)
	}
}

// A tier set by hand stays until its last day or until somebody ends it.
func TestTierByHand(t *testing.T) {
	s := newSpace(t, nil)
	c := s.customer("Hand")
	s.paid(c, 0, 3)
	set := func(body map[string]any) error {
		return s.c.Do(t.Context(), "POST", "/customers/"+c+"/tier", body, nil)
	}
	must(t, set(map[string]any{"tier": "C", "until": (s.today() + 5).String(), "reason": "asked for delay"}))
	if got := s.tier(c); got.Current != "C" || got.Source != tiers.ByHand || got.Reason != "asked for delay" {
		t.Errorf("by hand: %+v", got)
	}
	must(t, set(map[string]any{}))
	if got := s.tier(c); got.Current != "C" || got.Tier != "A" {
		t.Errorf("computing anew overruled a person: %+v", got)
	}
	must(t, set(map[string]any{"score": true}))
	if got := s.tier(c); got.Current != "A" || got.Source != tiers.ByScore || got.Until != 0 {
		t.Errorf("the score decides again: %+v", got)
	}
	// On the record itself, it is a tier set by hand too.
	r := record{}
	must(t, s.c.Do(t.Context(), "GET", "/records/customer/"+c, nil, &r))
	r.Data["tier"] = json.RawMessage(`"B"`)
	must(t, s.c.Do(t.Context(), "PUT", "/records/customer/"+c, map[string]any{"data": r.Data}, nil, "If-Match", fmt.Sprintf("%q", fmt.Sprint(r.Version))))
	must(t, set(map[string]any{}))
	if got := s.tier(c); got.Current != "B" || got.Source != tiers.ByHand {
		t.Errorf("set on the form: %+v", got)
	}
}

// Other weights are judged, previewed, stored and applied to all, and warn nobody.
func TestTierSettings(t *testing.T) {
	s := newSpace(t, nil)
	s.nightOver()
	owner := s.member("boss", []string{"sales"}, nil)
	slow := s.create("customer", map[string]any{"name": "Slow", "owner": owner.ID}).ID
	s.paid(slow, 15, 3)
	fast := s.create("customer", map[string]any{"name": "Fast", "owner": owner.ID}).ID
	s.paid(fast, 0, 3)
	fresh := s.customer("Fresh")
	s.eventually("scored", func() bool { return s.tier(slow).Current == "A" && s.tier(fast).Current == "A" })
	var set struct {
		Version int64
		Scoring ledger.Scoring
	}
	must(t, s.c.Do(t.Context(), "GET", "/tiers/settings", nil, &set))
	etag := fmt.Sprintf("%q", fmt.Sprint(set.Version))
	strict := set.Scoring
	strict.PerDay = 3
	bad := strict
	bad.TierB, bad.OldDays = 90, 61
	if err := s.c.Do(t.Context(), "POST", "/tiers/preview", map[string]any{"scoring": bad}, nil); pointers(err) != "/scoring/oldDays enum, /scoring/tierA tierRange" {
		t.Errorf("bad weights: %v", err)
	}
	var p tiers.Outlook
	must(t, s.c.Do(t.Context(), "POST", "/tiers/preview", map[string]any{"scoring": strict}, &p))
	if p.Counted != 3 || p.Changed != 1 || p.Unscored != 1 || len(p.Moves) != 1 || p.Moves[0].From != "A" || p.Moves[0].To != "B" || p.Moves[0].Examples[0].Name != "Slow" || p.Moves[0].Examples[0].Next != 60 {
		t.Errorf("preview %+v", p)
	}
	for _, role := range []string{"finance-manager", "sales"} {
		if err := s.as(role).Do(t.Context(), "POST", "/tiers/preview", map[string]any{"scoring": strict}, nil); keyOf(err) != "policy.denied" {
			t.Errorf("%s previews: %v", role, err)
		}
	}
	if err := s.c.Do(t.Context(), "PUT", "/tiers/settings", map[string]any{"scoring": strict}, nil, "If-Match", `"99"`); keyOf(err) != "store.version" {
		t.Errorf("an old page: %v", err)
	}
	must(t, s.c.Do(t.Context(), "PUT", "/tiers/settings", map[string]any{"scoring": strict}, nil, "If-Match", etag))
	s.eventually("all scored anew", func() bool { return s.tier(slow).Current == "B" })
	var last struct{ Last tiers.Round }
	s.eventually("finished", func() bool {
		must(t, s.c.Do(t.Context(), "GET", "/tiers/settings", nil, &last))
		return last.Last.Finished != ""
	})
	if last.Last.Cause != tiers.CauseSettings || last.Last.Seen != 3 || last.Last.Fell != 1 {
		t.Errorf("run %+v", last.Last)
	}
	if n := s.notices(owner.ID); len(n) != 0 {
		t.Errorf("new weights warned: %+v", n)
	}
	if got := s.tier(fresh); got.Current != "B" || got.Measures == nil {
		t.Errorf("a customer without invoices: %+v", got)
	}
	var log struct {
		Items []struct{ Action, Object string }
	}
	must(t, s.c.Do(t.Context(), "GET", "/audit?limit=5", nil, &log))
	if len(log.Items) == 0 || log.Items[0].Object != "tierSettings" {
		t.Errorf("audit %+v", log.Items)
	}
}

// The night's run goes over all customers by pages; one that is cut off is gone
// on with where it was, and one that comes later takes its place.
func TestScoresOfAll(t *testing.T) {
	s := newSpace(t, nil)
	s.nightOver()
	const many = 230
	for n := range many {
		s.create("customer", map[string]any{"name": fmt.Sprint("N", n)})
	}
	one := s.customer("One")
	s.paid(one, 0, 3)
	s.eventually("scored after its payments", func() bool { return s.tier(one).Current == "A" })
	ctx := t.Context()
	first, err := s.srv.Tiers.Begin(ctx, s.key, tiers.CauseAsked, "")
	must(t, err)
	more, err := s.srv.Tiers.Page(ctx, s.key, first.ID)
	must(t, err)
	r, err := s.srv.Tiers.LastRun(ctx, s.key)
	must(t, err)
	if !more || r.Seen != 100 || r.Finished != "" || r.Cursor == "" {
		t.Fatalf("first page %+v", r)
	}
	// The night finds it under way and goes on with it.
	night, err := s.srv.House.ScoreAll(ctx, s.key, tiers.CauseNight, "")
	must(t, err)
	if night.ID != first.ID {
		t.Errorf("a second run beside %+v", night)
	}
	s.eventually("finished", func() bool {
		r, err = s.srv.Tiers.LastRun(ctx, s.key)
		must(t, err)
		return r.Finished != ""
	})
	if r.Seen != many+1 || r.Failed != 0 {
		t.Errorf("run %+v", r)
	}
	if got := s.tier(one); got.Current != "A" || got.At == "" {
		t.Errorf("card %+v", got)
	}
	next, err := s.srv.Tiers.Begin(ctx, s.key, tiers.CauseSettings, "")
	must(t, err)
	if more, err := s.srv.Tiers.Page(ctx, s.key, first.ID); more || err != nil || next.ID == first.ID {
		t.Errorf("the old run goes on: %v %v", more, err)
	}
	// New settings stay the cause of whatever goes on with them.
	asked, err := s.srv.Tiers.Begin(ctx, s.key, tiers.CauseAsked, "")
	must(t, err)
	if asked.ID == next.ID || asked.Cause != tiers.CauseSettings {
		t.Errorf("after settings %+v", asked)
	}
}

// A computation that stood still over a night (the server was down) gives way to
// the new day's: else the customers it had seen would keep yesterday's scores.
func TestScoresOfYesterdayGiveWay(t *testing.T) {
	s := newSpace(t, fastDays(3))
	ctx := t.Context()
	left, err := s.srv.Tiers.Begin(ctx, s.key, tiers.CauseAsked, "")
	must(t, err)
	s.eventually("another day", func() bool {
		w, err := s.srv.Spaces.Get(ctx, s.key)
		must(t, err)
		_, today := s.srv.Spaces.Now(w)
		return today > left.Date
	})
	night, err := s.srv.Tiers.Begin(ctx, s.key, tiers.CauseNight, "")
	must(t, err)
	if night.ID == left.ID || night.Date <= left.Date || night.Cause != tiers.CauseNight {
		t.Errorf("the night goes on with yesterday's: %+v", night)
	}
}

// Every night of a workspace's own time all are scored, without being asked.
func TestNightOfScores(t *testing.T) {
	s := newSpace(t, fastDays(1.5))
	c := s.customer("Night")
	must(t, s.srv.House.Start(t.Context(), s.key))
	dates := map[value.Date]bool{}
	s.eventually("two nights", func() bool {
		r, err := s.srv.Tiers.LastRun(t.Context(), s.key)
		must(t, err)
		if r.Cause == tiers.CauseNight && r.Finished != "" {
			dates[r.Date] = true
		}
		return len(dates) >= 2
	})
	if got := s.tier(c); got.At == "" {
		t.Errorf("card %+v", got)
	}
}
