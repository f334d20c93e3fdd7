package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fasthttp/websocket"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
)

// secret is an account with a word in everything that is written of it.
type secret struct {
	doc           map[string]any
	id, word, inv string
	file, binned  string
}

// bytesOf asks as somebody and gives the whole answer, head and body.
func (b *browser) bytesOf(t *testing.T, path string) string {
	t.Helper()
	res, err := b.http.Get(b.url + path)
	must(t, err)
	defer res.Body.Close() //nolint:errcheck // read to the end
	raw, _ := io.ReadAll(res.Body)
	if res.StatusCode >= 500 {
		t.Errorf("GET %s: %d %s", path, res.StatusCode, raw)
	}
	return fmt.Sprint(res.Header) + string(raw)
}

// getRoutes are all GET routes that the API says it has.
func getRoutes(t *testing.T, b *browser) []string {
	var doc struct {
		Paths map[string]map[string]json.RawMessage
	}
	must(t, b.do(t, "GET", "/openapi.json", nil, &doc))
	var out []string
	for path, methods := range doc.Paths {
		if methods["get"] != nil {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	if len(out) < 40 {
		t.Fatalf("only %d routes", len(out))
	}
	return out
}

// ear gathers what a socket says.
type ear struct {
	mu   sync.Mutex
	said []string
}

func (e *ear) take() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := strings.Join(e.said, "\n")
	e.said = nil
	return out
}

func (b *browser) listen(t *testing.T) *ear {
	t.Helper()
	u, err := url.Parse(b.url)
	must(t, err)
	head := http.Header{}
	for _, c := range b.http.Jar.Cookies(u) {
		head.Add("Cookie", c.String())
	}
	conn, _, err := websocket.DefaultDialer.Dial(strings.Replace(b.url, "http", "ws", 1)+"/live", head)
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	e := &ear{}
	go func() {
		for {
			_, raw, err := conn.ReadMessage()
			if err != nil {
				return
			}
			e.mu.Lock()
			e.said = append(e.said, string(raw))
			e.mu.Unlock()
		}
	}()
	return e
}

// TestNothingLeaks: for random policies and random actions of colleagues, no
// byte of an account outside a person's scope reaches them: not in any GET
// route of the API (with and without ids of hidden accounts, searches, filters
// and sorts), not in notices, not over the socket they keep open meanwhile. A
// changed policy holds within a second, on that socket too.
func TestNothingLeaks(t *testing.T) {
	s := newSpace(t, nil)
	r := rand.New(rand.NewPCG(42, 4711))
	s.testerRole(filter.Eq("tier", "A"), nil)
	spy := s.person("spy", "tester")
	b := s.enter(spy)
	ears := b.listen(t)
	var all []*secret
	for k := range 12 {
		x := &secret{word: fmt.Sprintf("zq%02dword", k), doc: map[string]any{"tier": string("ABC"[k%3])}}
		if region := []string{"华东", "华南", "EMEA", ""}[k%4]; region != "" {
			x.doc["region"] = region
		}
		if k%5 != 0 {
			x.doc["owner"] = spy.ID
		}
		data := map[string]any{"name": "Firm " + x.word, "email": x.word + "@x.example"}
		for f, v := range x.doc {
			data[f] = v
		}
		x.id = s.create("customer", data).ID
		x.doc["id"] = x.id
		x.inv = s.invoice(x.id, x.word+"-1", int64(1000+k), s.today()-value.Date(k))
		var f storedFile
		must(t, s.c.Do(t.Context(), "POST", "/customers/"+x.id+"/files", map[string]any{"name": x.word + ".txt", "data": []byte(x.word)}, &f))
		x.file = f.ID
		x.binned = s.binnedContact(x.id, x.word)
		must(t, s.c.Do(t.Context(), "POST", "/customers/"+x.id+"/notes", map[string]any{"text": "note " + x.word, "files": []string{f.ID}}, nil))
		all = append(all, x)
	}
	s.publish(twoSteps)
	s.eventually("messages", func() bool { return len(s.messages()) >= 8 })
	routes := getRoutes(t, s.enter(s.person("boss", "admin")))
	for round := range 8 {
		allow, deny := randomScope(r, 2), filter.Expr(nil)
		if r.IntN(2) == 0 {
			deny = randomScope(r, 1)
		}
		what := fmt.Sprintf("round %d, %s without %s", round, filter.String(allow), describe(deny))
		s.testerRole(allow, deny)
		time.Sleep(time.Second) // that long a change may take
		ears.take()
		var hidden, seen []*secret
		for _, x := range all {
			if filter.Match(allow, x.doc) && (deny == nil || !filter.Match(deny, x.doc)) {
				seen = append(seen, x)
			} else {
				hidden = append(hidden, x)
			}
		}
		for range 10 {
			s.colleague(r, all[r.IntN(len(all))], spy.ID)
		}
		for _, route := range routes {
			s.ask(b, route, what, hidden, r)
		}
		time.Sleep(400 * time.Millisecond)
		leaks(t, what+": the socket", ears.take(), hidden, true)
		for _, list := range []string{"/records/customer?limit=100", "/bin/contact?limit=100"} {
			if round == 0 && len(seen) > 0 && !strings.Contains(b.bytesOf(t, list), seen[0].word) {
				t.Errorf("%s: what may be seen is not in %s: the test proves nothing", what, list)
			}
		}
	}
}

// ask calls one route with what it takes: ids of a hidden account where it wants
// ids, and searches and sorts that would tell.
func (s *space) ask(b *browser, route, what string, hidden []*secret, r *rand.Rand) {
	paths := []string{route}
	if strings.Contains(route, "{") {
		if len(hidden) == 0 {
			return
		}
		x := hidden[r.IntN(len(hidden))]
		form := []string{"customer", "invoice"}[r.IntN(2)]
		id := map[string]string{"customer": x.id, "invoice": x.inv}[form]
		switch {
		case strings.HasPrefix(route, "/customers/"):
			id = x.id
		case strings.HasPrefix(route, "/bin/"):
			form, id = "contact", x.binned
		}
		paths[0] = strings.NewReplacer("{form}", form, "{id}", id, "{file}", x.file, "{customer}", x.id, "{key}", "two", "{run}", "two/"+x.inv, "{subject}", x.inv).Replace(route)
		paths[0] = strings.NewReplacer("{", "", "}", "").Replace(paths[0])
	}
	if strings.HasPrefix(route, "/records/") || strings.HasPrefix(route, "/boards/") || strings.HasPrefix(route, "/messages") {
		paths = append(paths, paths[0]+"?search=zq&limit=100", paths[0]+"?sort=-open", paths[0]+"?search=Firm")
	}
	if route == "/cards" && len(hidden) > 0 {
		paths = append(paths, route+"?ids="+hidden[0].id)
	}
	for _, p := range paths {
		leaks(s.t, what+": GET "+p, b.bytesOf(s.t, p), hidden, !strings.Contains(p, "ids=") && !strings.Contains(route, "{"))
	}
}

// leaks looks for hidden accounts in what somebody was told; an id that they
// named themselves may come back.
func leaks(t *testing.T, what, told string, hidden []*secret, ids bool) {
	t.Helper()
	for _, x := range hidden {
		if i := strings.Index(told, x.word); i >= 0 {
			t.Errorf("%s: tells %s: …%s…", what, x.word, told[max(0, i-120):min(len(told), i+60)])
			return
		}
		if ids && strings.Contains(told, x.id) {
			t.Errorf("%s: names the hidden account %s", what, x.id)
			return
		}
	}
}

// colleague does something to an account, as people with all rights do.
func (s *space) colleague(r *rand.Rand, x *secret, spy string) {
	s.t.Helper()
	ctx := s.t.Context()
	var err error
	switch r.IntN(8) {
	case 0:
		err = s.c.Do(ctx, "POST", "/customers/"+x.id+"/notes", map[string]any{"text": "another " + x.word}, nil)
	case 1: // refused where the spy may not see the account
		err = s.c.Do(ctx, "POST", "/customers/"+x.id+"/notes", map[string]any{"text": "look " + x.word, "mentions": []string{spy}}, nil)
		if pointers(err) == "/mentions/0 cannotSee" {
			err = nil
		}
	case 2:
		err = s.give(x.id, map[string]any{"title": map[string]string{"en": "call " + x.word}, "role": "tester"})
	case 3:
		err = s.give(x.id, map[string]any{"title": map[string]string{"en": "do " + x.word}, "assignee": spy})
	case 4:
		err = s.c.Do(ctx, "PUT", "/customers/"+x.id+"/working", nil, nil)
	case 5:
		err = s.c.Do(ctx, "POST", "/customers/"+x.id+"/commands", map[string]any{"type": "hold.set", "reason": "hold " + x.word}, nil)
	case 6:
		err = s.c.Do(ctx, "POST", "/customers/"+x.id+"/commands", map[string]any{"type": "call.log", "result": "reached", "note": "said " + x.word}, nil)
	default:
		err = s.c.Do(ctx, "POST", "/records/payment", map[string]any{"data": map[string]any{"customer": x.id, "amount": 1, "currency": "CNY", "reference": x.word}}, nil)
	}
	if err != nil {
		s.t.Errorf("a colleague at %s: %v", x.word, err)
	}
}
