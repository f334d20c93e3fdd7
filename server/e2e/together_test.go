package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/server/client"
)

// editor is one person's view of a draft, kept as a designer keeps it.
type editor struct {
	t     *testing.T
	c     *client.Client
	key   string
	base  int64
	units flow.Units
	made  map[string]string // the last edit of a unit that the server took
	seq   map[string]int64  // and its revision
}

func (e *editor) open() {
	e.t.Helper()
	var d draftView
	if err := e.c.Do(e.t.Context(), "GET", "/flows/"+e.key+"/draft", nil, &d); err != nil {
		e.t.Fatal(err)
	}
	u, err := flow.TakeApart(d.Document)
	if err != nil {
		e.t.Fatal(err)
	}
	e.base, e.units = d.Revision, u
}

func (e *editor) take(d draftView) {
	for _, c := range d.changes(e.t) {
		e.units.Set(c.Unit, c.Value)
	}
	e.base = d.Revision
}

// edit sends one edit. On a clash this editor insists: what it saw of the other
// side it knows then.
func (e *editor) edit(unit string, v json.RawMessage) {
	e.t.Helper()
	for range 50 {
		raw, _ := json.Marshal(map[string]any{"base": e.base, "ops": []map[string]any{{"unit": unit, "value": v}}})
		req, _ := http.NewRequestWithContext(e.t.Context(), "PATCH", e.c.URL+"/api/v1/flows/"+e.key+"/draft", bytes.NewReader(raw))
		req.Header.Set("Authorization", "Bearer "+e.c.Token)
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			e.t.Error(err)
			return
		}
		var d draftView
		err = json.NewDecoder(res.Body).Decode(&d)
		_ = res.Body.Close()
		if err != nil {
			e.t.Error(err)
			return
		}
		switch res.StatusCode {
		case http.StatusOK:
			e.take(d)
			e.units.Set(unit, v)
			e.made[unit], e.seq[unit] = string(v), d.Revision
			return
		case http.StatusConflict:
			e.take(d)
		default:
			e.t.Errorf("edit: status %d", res.StatusCode)
			return
		}
	}
	e.t.Error("fifty clashes in a row")
}

// TestTwoEditors: two people edit one draft at once, 200 random edits; in the
// end both see what the server has, and the last edit of every unit is there.
func TestTwoEditors(t *testing.T) {
	s := newSpace(t, nil)
	key := s.newFlow("Together")
	editors := []*editor{{t: t, c: s.as("admin"), key: key}, {t: t, c: s.as("admin"), key: key}}
	for _, e := range editors {
		e.made, e.seq = map[string]string{}, map[string]int64{}
		e.open()
	}
	var wg sync.WaitGroup
	for n, e := range editors {
		wg.Add(1)
		go func() {
			defer wg.Done()
			r := rand.New(rand.NewPCG(uint64(n), 3))
			for k := range 100 {
				switch r.IntN(4) {
				case 0: // a step of one's own
					e.edit(fmt.Sprintf("nodes/own%d_%d", n, r.IntN(8)), json.RawMessage(fmt.Sprintf(`{"type":"end","v":1,"note":"%d of %d"}`, k, n)))
				case 1: // a step that both edit
					e.edit(fmt.Sprintf("nodes/both%d", r.IntN(4)), json.RawMessage(fmt.Sprintf(`{"type":"end","v":1,"note":"%d of %d"}`, k, n)))
				case 2:
					e.edit("pos/start", json.RawMessage(fmt.Sprintf("[%d,%d]", k, n)))
				default:
					e.edit("about", json.RawMessage(fmt.Sprintf(`{"en":"%d of %d"}`, k, n)))
				}
			}
		}()
	}
	wg.Wait()
	final := editor{t: t, c: s.c, key: key}
	final.open()
	for _, e := range editors {
		var d draftView
		if err := e.c.Do(t.Context(), "GET", fmt.Sprintf("/flows/%s/draft?after=%d", key, e.base), nil, &d); err != nil {
			t.Fatal(err)
		}
		if d.Changed != nil {
			e.take(d)
		}
		if diff := flow.Differences(final.units, e.units); len(diff) > 0 {
			t.Errorf("an editor sees other units than the server: %v", diff)
		}
	}
	last := map[string]string{}
	at := map[string]int64{}
	for _, e := range editors {
		for u, v := range e.made {
			if e.seq[u] > at[u] {
				last[u], at[u] = v, e.seq[u]
			}
		}
	}
	for u, v := range last {
		if !flow.Same(final.units[u], json.RawMessage(v)) {
			t.Errorf("%s: an edit was lost: %s, want %s", u, final.units[u], v)
		}
	}
}

// TestClash: the same step changed by two shows both sides and stores nothing.
func TestClash(t *testing.T) {
	s := newSpace(t, nil)
	key := s.newFlow("Clash")
	other := s.as("admin")
	patch := func(c *client.Client, base int64, ops ...map[string]any) error {
		return c.Do(t.Context(), "PATCH", "/flows/"+key+"/draft", map[string]any{"base": base, "ops": ops}, nil)
	}
	op := func(unit, v string) map[string]any { return map[string]any{"unit": unit, "value": json.RawMessage(v)} }
	if err := patch(s.c, 1, op("nodes/a", `{"type":"end","v":1,"note":"mine"}`)); err != nil {
		t.Fatal(err)
	}
	err := patch(other, 1, op("nodes/a", `{"type":"end","v":1,"note":"theirs"}`), op("nodes/b", `{"type":"end","v":1}`))
	if keyOf(err) != "flow.conflict" {
		t.Fatalf("clash: %v", err)
	}
	var d draftView
	if err := s.c.Do(t.Context(), "GET", "/flows/"+key+"/draft", nil, &d); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(d.Document), `"b"`) || d.Revision != 2 {
		t.Errorf("half of a refused edit was stored: revision %d, %s", d.Revision, d.Document)
	}
	// The answer was lost, and the same edit comes again.
	if err := patch(s.c, 1, op("nodes/a", `{"type":"end","v":1,"note":"mine"}`)); err != nil {
		t.Errorf("a repeat: %v", err)
	}
	if err := patch(s.c, 2, op("nodes/x/y", `{}`)); pointers(err) != "/ops/0/unit unit" {
		t.Errorf("no unit: %v", err)
	}
	if err := patch(s.c, 2, op("nodes/bad", `{"kind":"?"}`)); err == nil || !strings.Contains(pointers(err), "/nodes/bad") {
		t.Errorf("no node: %v", err)
	}
	// Deleting a step takes the edges that lead to it along.
	if err := patch(s.c, 2, map[string]any{"unit": "nodes/end", "value": nil}); err != nil {
		t.Fatal(err)
	}
	if err := s.c.Do(t.Context(), "GET", "/flows/"+key+"/draft", nil, &d); err != nil || strings.Contains(string(d.Document), `"to":"end"`) {
		t.Errorf("an edge leads nowhere: %v %s", err, d.Document)
	}
}

// TestPrivateDraft: a private draft leaves the shared one alone until it is
// shared, and asks where both changed the same.
func TestPrivateDraft(t *testing.T) {
	s := newSpace(t, nil)
	key := s.newFlow("Private")
	edit := func(q string, base int64, unit, v string) {
		t.Helper()
		body := map[string]any{"base": base, "ops": []map[string]any{{"unit": unit, "value": json.RawMessage(v)}}}
		if err := s.c.Do(t.Context(), "PATCH", "/flows/"+key+"/draft"+q, body, nil); err != nil {
			t.Fatal(err)
		}
	}
	post := func(path string, body any, out any) error {
		return s.c.Do(t.Context(), "POST", "/flows/"+key+"/draft/"+path, body, out)
	}
	if err := post("private", map[string]any{}, nil); err != nil {
		t.Fatal(err)
	}
	edit("?mine=true", 1, "nodes/p", `{"type":"end","v":1}`)
	edit("?mine=true", 2, "about", `{"en":"private"}`)
	edit("", 1, "about", `{"en":"shared"}`)
	var d draftView
	if err := s.c.Do(t.Context(), "GET", "/flows/"+key+"/draft", nil, &d); err != nil || strings.Contains(string(d.Document), `"p"`) {
		t.Fatalf("a private edit is in the shared draft: %v", err)
	}
	if err := post("share", map[string]any{}, nil); keyOf(err) != "flow.conflict" {
		t.Fatalf("share: %v", err)
	}
	if err := post("share", map[string]any{"take": map[string]string{"about": "mine"}}, &d); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(d.Document), `"p"`) || !strings.Contains(string(d.Document), "private") {
		t.Errorf("shared: %s", d.Document)
	}
	err := s.c.Do(t.Context(), "GET", "/flows/"+key+"/draft?mine=true", nil, nil)
	if p, ok := errors.AsType[*client.Problem](err); !ok || p.Status != http.StatusNotFound {
		t.Errorf("the private draft is still there: %v", err)
	}
}
