package e2e

import (
	"fmt"
	"log/slog"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/app"
	"github.com/dueflow/dueflow/server/client"
	"github.com/dueflow/dueflow/server/config"
	"github.com/dueflow/dueflow/server/identity"
	"github.com/dueflow/dueflow/server/tasks"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/node"
)

type taskLine struct {
	ID       string
	Due      string
	Assignee *struct{ ID, Name string }
	Customer struct{ ID string }
}

func (s *space) tasks(query string) []taskLine {
	s.t.Helper()
	var page struct{ Items []taskLine }
	must(s.t, s.c.Do(s.t.Context(), "GET", "/tasks?limit=200&"+query, nil, &page))
	return page.Items
}

// give makes a task that waits for a role, so that rules decide.
func (s *space) give(customer string, more map[string]any) error {
	body := map[string]any{"customer": customer, "title": map[string]string{"en": "Call them"}, "role": "collector"}
	for k, v := range more {
		body[k] = v
	}
	return s.c.Do(s.t.Context(), "POST", "/tasks", body, nil)
}

func (s *space) oneTask(customer string) taskLine {
	s.t.Helper()
	list := s.tasks("status=open&customer=" + customer)
	if len(list) != 1 {
		s.t.Fatalf("%d tasks of %s", len(list), customer)
	}
	return list[0]
}

func (s *space) member(name string, roles, teams []string) identity.User {
	s.t.Helper()
	u, err := s.srv.Identity.CreateUser(s.t.Context(), sysActor(s.key), identity.NewUser{
		Email: name + "@" + s.key + ".example", Name: name, Password: testPassword, Roles: roles, Teams: teams,
	})
	must(s.t, err)
	return u
}

// TestTaskRules: the first rule that an account fits decides; a team takes
// turns; who is away is stood in for; who has gone gets nothing.
func TestTaskRules(t *testing.T) {
	s := newSpace(t, nil)
	all := []string{"finance-manager"}
	vip, a, b, c := s.member("vip", all, nil), s.member("a", all, []string{"north"}), s.member("b", all, []string{"north"}), s.member("c", all, []string{"north"})
	gone := s.member("gone", all, []string{"north"})
	rules := map[string]any{
		"rules": []any{
			map[string]any{"name": "Best", "when": map[string]any{"field": "tier", "op": "eq", "value": "A"}, "to": "user", "user": vip.ID},
			map[string]any{"name": "Large", "when": map[string]any{"field": "open", "op": "gte", "value": 100000}, "to": "owner"},
			map[string]any{"name": "North", "when": map[string]any{"field": "region", "op": "eq", "value": "华北"}, "to": "team", "team": "north"},
		}, "dueDays": 3, "remindDays": 0, "escalateDays": 2, "escalateTo": "finance-manager",
	}
	must(t, s.c.Do(t.Context(), "PUT", "/tasks/settings", rules, nil, "If-Match", `"0"`))
	if err := s.c.Do(t.Context(), "PUT", "/tasks/settings", map[string]any{
		"rules":   []any{map[string]any{"name": "x", "to": "user", "user": "nobody"}, map[string]any{"name": "y", "to": "team", "when": map[string]any{"field": "nothing", "op": "eq", "value": 1}}},
		"dueDays": 1, "remindDays": 0, "escalateDays": 0, "escalateTo": "",
	}, nil, "If-Match", `"1"`); pointers(err) != "/rules/0/user reference, /rules/1/team required, /rules/1/when unknownField" {
		t.Errorf("bad rules: %v", pointers(err))
	}
	must(t, s.c.Do(t.Context(), "PUT", "/users/"+gone.ID, map[string]any{"disabled": true}, nil))
	north := func(n int) string {
		return s.create("customer", map[string]any{"name": fmt.Sprint("N", n), "tier": "B", "region": "华北"}).ID
	}
	best := s.create("customer", map[string]any{"name": "Best", "tier": "A", "region": "华北"}).ID
	large := s.create("customer", map[string]any{"name": "Large", "tier": "B", "owner": b.ID}).ID
	s.invoice(large, "TR-1", 200000, s.today()+9)
	s.settled(large)
	plain := s.create("customer", map[string]any{"name": "Plain", "tier": "C"}).ID
	for customer, want := range map[string]string{best: vip.ID, large: b.ID, plain: ""} {
		must(t, s.give(customer, nil))
		got := s.oneTask(customer)
		if want == "" && got.Assignee != nil || want != "" && (got.Assignee == nil || got.Assignee.ID != want) {
			t.Errorf("%s went to %+v, want %q", customer, got.Assignee, want)
		}
		if got.Due != (s.today() + 3).String() {
			t.Errorf("due %s", got.Due)
		}
	}
	// a is away, c stands in: the team's turns go to b and c only, a task that
	// names a goes to c.
	must(t, s.c.Do(t.Context(), "PUT", "/absences/"+a.ID, map[string]any{"from": s.today().String(), "to": (s.today() + 5).String(), "deputy": c.ID}, nil))
	turns := map[string]int{}
	for n := range 6 {
		id := north(n)
		must(t, s.give(id, nil))
		if got := s.oneTask(id); got.Assignee != nil {
			turns[got.Assignee.ID]++
		}
	}
	if turns[b.ID] != 3 || turns[c.ID] != 3 {
		t.Errorf("turns %v", turns)
	}
	forA := s.create("customer", map[string]any{"name": "For A"}).ID
	must(t, s.give(forA, map[string]any{"assignee": a.ID}))
	if got := s.oneTask(forA); got.Assignee == nil || got.Assignee.ID != c.ID {
		t.Errorf("a task for who is away went to %+v", got.Assignee)
	}
	for what, err := range map[string]error{
		"who was disabled": s.give(plain, map[string]any{"assignee": gone.ID}),
		"an unknown":       s.give(plain, map[string]any{"assignee": "nobody"}),
		"reassigned":       s.c.Do(t.Context(), "PATCH", "/tasks/"+got1(s, plain), map[string]any{"assignee": gone.ID}, nil),
	} {
		if pointers(err) != "/assignee reference" {
			t.Errorf("%s: %v", what, err)
		}
	}
	low := s.enter(s.member("low", []string{"sales"}, nil))
	refused(t, "somebody else's absence", low.do(t, "PUT", "/absences/"+a.ID, map[string]any{"from": s.today().String(), "to": s.today().String()}, nil), "policy.denied")
	if err := s.c.Do(t.Context(), "PUT", "/absences/"+b.ID, map[string]any{"from": s.today().String(), "to": (s.today() - 1).String(), "deputy": gone.ID}, nil); pointers(err) != "/to afterStart, /deputy reference" {
		t.Errorf("a bad absence: %v", err)
	}
	// The team's queue is what those around one have to do.
	mine := signIn(t, s, b.Email, testPassword)
	var team struct{ Items []taskLine }
	must(t, mine.do(t, "GET", "/tasks?status=open&team=true&limit=200", nil, &team))
	if len(team.Items) != 8 { // six turns, the large one, and the one that c has for a
		t.Errorf("%d tasks around b", len(team.Items))
	}
}

func got1(s *space, customer string) string { return s.oneTask(customer).ID }

// TestTurnsTogether: many tasks at once still go round evenly.
func TestTurnsTogether(t *testing.T) {
	s := newSpace(t, nil)
	people := []string{}
	for n := range 3 {
		people = append(people, s.member(fmt.Sprint("p", n), []string{"finance-manager"}, []string{"all"}).ID)
	}
	must(t, s.c.Do(t.Context(), "PUT", "/tasks/settings", map[string]any{
		"rules": []any{map[string]any{"name": "All", "to": "team", "team": "all"}}, "dueDays": 1, "remindDays": 0, "escalateDays": 0, "escalateTo": "",
	}, nil, "If-Match", `"0"`))
	c := s.customer("Many")
	errs := make(chan error, 12)
	for range 12 {
		go func() { errs <- s.give(c, nil) }()
	}
	for range 12 {
		must(t, <-errs)
	}
	turns := map[string]int{}
	for _, task := range s.tasks("status=open") {
		turns[task.Assignee.ID]++
	}
	for _, p := range people {
		if turns[p] != 4 {
			t.Errorf("turns %v", turns)
		}
	}
}

// TestRemindersSurvive: on a fast clock and through the real engine an owner is
// told on the day that a task is due, and the managers two working days later,
// each once; the server is stopped in between.
func TestRemindersSurvive(t *testing.T) {
	dir := t.TempDir()
	start := func() *app.Server {
		cfg, err := config.Load(map[string]string{"data": dir, "listen": "127.0.0.1:0", "entry-limit": "1000"})
		must(t, err)
		srv, err := app.Start(t.Context(), cfg, "test", slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})))
		must(t, err)
		return srv
	}
	srv := start()
	open := true
	defer func() {
		if open {
			srv.Close()
		}
	}()
	s := newSpaceOn(t, srv, "remind", fastDays(3))
	owner, boss := s.member("owner", []string{"finance"}, nil), s.member("chief", []string{"finance-manager"}, nil)
	c := s.customer("Slow")
	must(t, s.c.Do(t.Context(), "PUT", "/tasks/settings", map[string]any{"rules": []any{}, "dueDays": 1, "remindDays": 0, "escalateDays": 2, "escalateTo": "finance-manager"}, nil, "If-Match", `"0"`))
	b := s.enter(owner)
	must(t, b.do(t, "PUT", "/notices/settings", map[string]any{"kinds": map[string]any{"due": map[string]any{"app": true, "mail": "never"}}}, nil))
	must(t, s.give(c, map[string]any{"assignee": owner.ID, "due": (s.today() + 1).String()}))
	s.eventually("the owner is told", func() bool { return kinds(b.notices(t))["due"] == 1 })
	srv.Close()
	open = false
	srv = start()
	open = true
	s.srv = srv
	s.c = &client.Client{URL: srv.URL, Token: s.c.Token, Language: "en"}
	b, chief := s.enter(owner), s.enter(boss)
	s.eventually("the manager is told", func() bool { return kinds(chief.notices(t))["late"] == 1 })
	time.Sleep(7 * time.Second) // two more days
	if k := kinds(b.notices(t)); k["due"] != 1 || k["task"] != 1 || k["late"] != 0 {
		t.Errorf("the owner was told %v", k)
	}
	if k := kinds(chief.notices(t)); k["late"] != 1 {
		t.Errorf("the manager was told %v", k)
	}
	var queue struct{ Items []taskLine }
	must(t, chief.do(t, "GET", "/tasks?status=open&queue=true", nil, &queue))
	if len(queue.Items) != 1 {
		t.Errorf("%d late tasks in the manager's queue", len(queue.Items))
	}
}

// TestTasksWithoutDate: what is due comes before what has no date, on Today
// and on every page of the list, and what has no date is never called late.
func TestTasksWithoutDate(t *testing.T) {
	s := newSpace(t, nil)
	customer := s.customer("Undated")
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	give := func(key string, due value.Date, at time.Time) {
		must(t, s.srv.Tasks.Create(t.Context(), s.key, activity.Task{
			Key: key, Kind: node.ActTask, Customer: customer, Title: map[string]string{"en": key}, Due: due, At: at,
		}, tasks.Assignment{}, "Undated", nil))
	}
	var want []string
	for i := range 30 {
		give(fmt.Sprintf("undated %02d", i), 0, now.Add(time.Duration(i)*time.Minute))
	}
	for i := range 5 {
		due := value.DateOf(now) + value.Date(4-i)
		give("due "+due.String(), due, now.Add(time.Hour))
		want = append([]string{"due " + due.String()}, want...)
	}
	for i := range 30 {
		want = append(want, fmt.Sprintf("undated %02d", i))
	}
	type titled struct {
		Title map[string]string
	}
	titles := func(list []titled) (out []string) {
		for _, l := range list {
			out = append(out, l.Title["en"])
		}
		return out
	}
	var today struct {
		Tasks  []titled
		Counts struct{ Tasks int }
	}
	must(t, s.c.Do(t.Context(), "GET", "/today", nil, &today))
	if got := titles(today.Tasks); !slices.Equal(got, want[:20]) || today.Counts.Tasks != 35 {
		t.Errorf("today: %d tasks, %q", today.Counts.Tasks, got)
	}
	for _, limit := range []int{1, 4, 5, 7, 35, 200} {
		var got []string
		for cursor, page := "", 0; page == 0 || cursor != ""; page++ {
			var list struct {
				Items []titled
				Next  string
			}
			must(t, s.c.Do(t.Context(), "GET", fmt.Sprintf("/tasks?status=open&limit=%d&cursor=%s", limit, cursor), nil, &list))
			if len(list.Items) == 0 || len(list.Items) > limit {
				t.Fatalf("a page of %d with a limit of %d", len(list.Items), limit)
			}
			got, cursor = append(got, titles(list.Items)...), list.Next
		}
		if !slices.Equal(got, want) {
			t.Errorf("pages of %d: %q", limit, got)
		}
	}
	calendar, err := value.CalendarByID("everyday")
	must(t, err)
	nudges, err := s.srv.Tasks.Nudges(t.Context(), s.key, value.DateOf(now)+30, calendar, 100)
	must(t, err)
	for _, n := range nudges {
		if n.Due == 0 {
			t.Errorf("%s is called late", n.Key)
		}
	}
}
