package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/server/api"
	"github.com/dueflow/dueflow/server/app"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/workspace"
)

// TestViewAs: an administrator sees what somebody sees, in lists, counts and
// rights, changes nothing meanwhile, and the start is in the log.
func TestViewAs(t *testing.T) {
	s := newSpace(t, nil)
	seller := s.person("seller", "sales")
	admin := s.person("boss", "admin")
	mine := s.create("customer", map[string]any{"name": "Mine", "owner": seller.ID}).ID
	other := s.create("customer", map[string]any{"name": "Other", "owner": admin.ID}).ID
	s.invoice(mine, "V-1", 100, s.today()-3)
	s.invoice(other, "V-2", 900, s.today()-3)
	boss := s.enter(admin)
	count := func() (names []string) {
		var page struct {
			Items []struct{ Data struct{ Name string } }
		}
		must(t, boss.do(t, "GET", "/records/customer", nil, &page))
		for _, i := range page.Items {
			names = append(names, i.Data.Name)
		}
		return names
	}
	if n := count(); len(n) != 2 {
		t.Fatalf("the administrator sees %v", n)
	}
	var me struct {
		User struct{ Name string }
		As   *struct{ Name, Role string }
		Can  map[string]bool
	}
	must(t, boss.do(t, "POST", "/session/as", map[string]string{"user": seller.ID}, &me))
	if me.As == nil || me.As.Name != "seller" || me.User.Name != "boss" || me.Can["role.write"] {
		t.Errorf("the session says %+v", me)
	}
	if n := count(); len(n) != 1 || n[0] != "Mine" {
		t.Errorf("as the seller: %v", n)
	}
	boss.get(t, "/customers/"+other+"/timeline", 404)
	boss.get(t, "/roles", 403)
	for method, path := range map[string]string{"POST": "/records/customer", "PUT": "/customers/" + mine + "/working", "DELETE": "/customers/" + mine + "/working"} {
		refused(t, method+" "+path, boss.do(t, method, path, map[string]any{"data": map[string]any{"name": "X"}}, nil), "auth.viewAs")
	}
	must(t, boss.do(t, "DELETE", "/session/as", nil, &me))
	if n := count(); len(n) != 2 {
		t.Errorf("with their own eyes again: %v", n)
	}
	must(t, boss.do(t, "POST", "/session/as", map[string]string{"role": "collector"}, &me))
	if me.Can["role.write"] {
		t.Error("as a collector they may change roles")
	}
	must(t, boss.do(t, "DELETE", "/session/as", nil, nil))
	refused(t, "as nobody", boss.do(t, "POST", "/session/as", map[string]string{"user": "none"}, nil), "user.none")
	if err := boss.do(t, "POST", "/session/as", map[string]string{"role": "emperor"}, nil); !strings.Contains(pointers(err), "unknownRole") {
		t.Errorf("as an unknown role: %v", err)
	}
	low := s.enter(seller)
	refused(t, "by who may not", low.do(t, "POST", "/session/as", map[string]string{"user": admin.ID}, nil), "policy.denied")
	var log struct{ Items []struct{ Action, ID string } }
	must(t, boss.do(t, "GET", "/audit?limit=100", nil, &log))
	found := 0
	for _, e := range log.Items {
		if e.Action == "viewAs" && (e.ID == seller.ID || e.ID == "collector") {
			found++
		}
	}
	if found != 2 {
		t.Errorf("%d starts in the log", found)
	}
}

// state is all that a workspace holds, by collection and id.
func (s *space) state() map[string]string {
	s.t.Helper()
	out := map[string]string{}
	for _, spec := range app.Specs() {
		must(s.t, s.srv.Store.In(s.key, spec.Name).Each(s.t.Context(), store.Query{Limit: 500}, func(d store.Doc) error {
			out[spec.Name+"/"+d.ID] = fmt.Sprint(d.Ver, " ", string(d.Body))
			return nil
		}))
	}
	return out
}

// TestViewAsPreviews: who looks with other eyes may ask what changes nothing, and
// gets the other's answer; all else that takes a body is refused. Nothing is
// written in either case, not even an answer to be repeated.
func TestViewAsPreviews(t *testing.T) {
	s := newSpace(t, nil)
	s.nightOver()
	seller, admin := s.person("seller", "sales"), s.person("boss", "admin")
	mine := s.create("customer", map[string]any{"name": "Mine", "email": "m@example.com", "owner": seller.ID}).ID
	other := s.create("customer", map[string]any{"name": "Other", "email": "o@example.com", "owner": admin.ID}).ID
	s.invoice(mine, "VP-1", 100, s.today()-3)
	s.invoice(other, "VP-2", 900, s.today()-3)
	boss := s.enter(admin)
	s.eventually("scored", func() bool { return s.marked() == 0 && s.tier(mine).At != "" })
	before := s.state()
	s.eventually("at rest", func() bool {
		was := before
		time.Sleep(300 * time.Millisecond)
		before = s.state()
		return maps.Equal(was, before)
	})

	answers := s.srv.Store.In(workspace.System, api.Idem)
	kept, err := answers.Count(t.Context(), nil, 0)
	must(t, err)

	must(t, boss.do(t, "POST", "/session/as", map[string]string{"user": seller.ID}, nil))
	var fits struct{ Count int }
	must(t, boss.do(t, "POST", "/filters/preview", map[string]any{"form": "customer", "filter": map[string]any{"field": "customer.name", "op": "ne", "value": ""}}, &fits))
	if fits.Count != 1 {
		t.Errorf("as the seller %d customers fit", fits.Count)
	}
	day := s.today()
	preview := map[string]any{"customer": other}
	if err := boss.do(t, "POST", "/contact-rules/preview", preview, nil); keyOf(err) != "record.none" {
		t.Errorf("another's customer: %v", err)
	}
	must(t, boss.do(t, "DELETE", "/session/as", nil, nil))
	must(t, boss.do(t, "POST", "/session/as", map[string]string{"role": "admin"}, nil))
	rehearsal := map[string]any{"document": json.RawMessage(twoSteps), "from": day.String(), "to": (day + 9).String()}
	looks := map[string]any{
		"/filters/preview": map[string]any{"form": "invoice", "filter": map[string]any{"field": "invoice.open", "op": "gt", "value": 0}},
		"/flows/lint":      map[string]any{"document": json.RawMessage(twoSteps)}, "/flows/inspect": map[string]any{"document": json.RawMessage(twoSteps)},
		"/rehearsals": rehearsal, "/rehearsals/stream": rehearsal,
		"/contact-rules/preview": map[string]any{"customer": mine},
		"/template-preview":      map[string]any{"key": "overdue-clear", "language": "en", "customer": mine},
		"/calendars/preview":     upload("Ours", "", "2027-03-08,off,Party\n"),
		"/forms/{form}/check":    map[string]any{}, "/forms/import": map[string]any{"key": "a", "schema": map[string]any{"type": "object"}},
		"/imports/{form}/preview": map[string]any{"data": []byte("name\nX\n")},
		"/tiers/preview":          map[string]any{"scoring": ledger.DefaultScoring},
	}
	for path, body := range looks {
		raw, _ := json.Marshal(body)
		req, _ := http.NewRequestWithContext(t.Context(), "POST", boss.url+strings.ReplaceAll(path, "{form}", "customer"), bytes.NewReader(raw))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-CSRF-Token", boss.csrf)
		req.Header.Set("Idempotency-Key", "look"+path)
		res, err := boss.http.Do(req)
		must(t, err)
		said, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if res.StatusCode == http.StatusForbidden || res.StatusCode >= 500 || strings.Contains(string(said), "auth.viewAs") {
			t.Errorf("%s: %d %.300s", path, res.StatusCode, said)
		}
	}
	var doc struct {
		Paths map[string]map[string]json.RawMessage
	}
	must(t, boss.do(t, "GET", "/openapi.json", nil, &doc))
	refusals := 0
	for path, methods := range doc.Paths {
		for method := range methods {
			at := regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(path, "customer")
			_, may := looks[path]
			if method == "get" || may && method == "post" || strings.HasPrefix(path, "/session") {
				continue
			}
			refused(t, method+" "+path, boss.do(t, strings.ToUpper(method), at, map[string]any{}, nil), "auth.viewAs")
			refusals++
		}
	}
	if refusals < 80 {
		t.Errorf("only %d routes that change something", refusals)
	}
	after := s.state()
	for id, was := range before {
		if after[id] != was && !strings.HasPrefix(id, "audit") {
			t.Errorf("%s was\n%s\nis\n%s", id, was, after[id])
		}
	}
	for id := range after {
		// That somebody began to look is in the log, as it should be.
		if _, there := before[id]; !there && !strings.HasPrefix(id, "audit") {
			t.Errorf("%s has come", id)
		}
	}
	if n, err := answers.Count(t.Context(), nil, 0); err != nil || n != kept {
		t.Errorf("%d answers are kept, there were %d (%v)", n, kept, err)
	}
}
