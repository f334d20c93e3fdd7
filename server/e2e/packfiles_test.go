package e2e

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/server/client"
)

// TestPackFiles: what is no package of ours is refused with its reason.
func TestPackFiles(t *testing.T) {
	s := newSpace(t, nil)
	s.put("POST", "/packs/files", map[string]any{"file": []byte("no package")}, 422)
	s.put("POST", "/packs/files", map[string]any{"file": "%%%"}, 422)
	all, err := pack.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	foreign := *all[0]
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := foreign.Sign(key); err != nil {
		t.Fatal(err)
	}
	file, err := foreign.Write()
	if err != nil {
		t.Fatal(err)
	}
	var up struct{ File string }
	if err := s.c.Do(t.Context(), "POST", "/packs/files", map[string]any{"file": file}, &up); err != nil {
		t.Fatal(err)
	}
	strange := map[string]any{"id": foreign.ID, "file": up.File}
	if p := s.plan(strange); len(p.Problems) != 1 || p.Problems[0].Rule != "packUntrusted" {
		t.Errorf("a key that nobody trusts: %+v", p.Problems)
	}
	strange["accept"] = []string{foreign.Publisher.Key}
	if p := s.plan(strange); len(p.Problems) != 0 {
		t.Errorf("a key that was accepted: %+v", p.Problems)
	}
	type uploaded struct {
		Hash, ID string
		Size     int
		Used     bool
	}
	files := func() []uploaded {
		var list struct{ Items []uploaded }
		must(t, s.c.Do(t.Context(), "GET", "/packs/files", nil, &list))
		return list.Items
	}
	if got := files(); len(got) != 1 || got[0].ID != foreign.ID || got[0].Used || got[0].Size != len(file) {
		t.Errorf("files %+v", got)
	}
	s.install(strange)
	if got := files(); len(got) != 1 || !got[0].Used {
		t.Errorf("files in use %+v", got)
	}
	s.put("DELETE", "/packs/files/"+up.File, nil, 409)
	s.put("POST", "/packs/"+foreign.ID+"/uninstall", map[string]any{"stop": true}, 0)
	s.put("DELETE", "/packs/files/"+up.File, nil, 0)
	s.put("DELETE", "/packs/files/"+up.File, nil, 404)
	if got := files(); len(got) != 0 {
		t.Errorf("deleted %+v", got)
	}
	sales := s.as("sales")
	var p *client.Problem
	if err := sales.Do(t.Context(), "POST", "/packs/plan", map[string]any{"id": "gentle-three-steps"}, nil); !errors.As(err, &p) || p.Status != 403 {
		t.Errorf("sales plans an install: %v", err)
	}
}

// TestEveryPackInstalls: each pack that ships goes into one workspace beside
// all others, its flows without errors, and its flows can be published.
func TestEveryPackInstalls(t *testing.T) {
	s := newSpace(t, nil)
	all, err := pack.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		plan := s.install(map[string]any{"id": p.ID})
		for _, o := range plan.Objects {
			for _, i := range o.Issues {
				if i.Severity == "error" {
					t.Errorf("%s: %s/%s: %s", p.ID, o.Kind, o.As, i.Message)
				}
			}
			if o.Kind == string(pack.Flow) {
				s.put("POST", "/flows/"+o.As+"/publish", map[string]any{}, 0)
			}
		}
	}
	if len(all) < 20 {
		t.Errorf("%d packs ship", len(all))
	}
}

// TestPackResumed: a change whose process died after it was written down is
// finished by whoever comes next; one that cannot be is as if never begun.
func TestPackResumed(t *testing.T) {
	s := newSpace(t, nil)
	s.install(map[string]any{"id": "gentle-three-steps"})
	col := s.srv.Store.In(s.key, "pack")
	died := func(before any) map[string]any {
		t.Helper()
		d, err := col.Get(t.Context(), "gentle-three-steps")
		if err != nil {
			t.Fatal(err)
		}
		var body, next map[string]any
		if err := json.Unmarshal(d.Body, &body); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(d.Body, &next); err != nil {
			t.Fatal(err)
		}
		note := func() map[string]any {
			for _, o := range body["objects"].([]any) {
				if h := o.(map[string]any); h["as"] == "gentle-note" {
					return h
				}
			}
			return nil
		}()
		next["version"] = "9.9.9"
		step := map[string]any{"object": map[string]any{"Kind": "messages", "Key": "gentle-note", "Raw": note["base"]}, "after": note["base"]}
		if before != nil {
			step["before"] = before
		}
		body["state"], body["pending"] = "changing", map[string]any{"at": "2026-01-01T00:00:00Z", "by": "test", "next": next, "steps": []any{step}}
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		d.Body = raw
		if _, err := col.Replace(t.Context(), d, d.Ver); err != nil {
			t.Fatal(err)
		}
		return note
	}
	tpl := s.template("gentle-note")
	if err := s.srv.Templates.Delete(t.Context(), s.key, "gentle-note", tpl.Version); err != nil {
		t.Fatal(err)
	}
	died(nil)
	s.put("POST", "/packs/plan", map[string]any{"id": "gentle-three-steps"}, 409)
	if err := s.srv.Packs.Resume(t.Context(), s.key); err != nil {
		t.Fatal(err)
	}
	if p := s.plan(map[string]any{"id": "gentle-three-steps"}); p.Installed != "9.9.9" {
		t.Errorf("not finished: %+v", p)
	}
	tpl = s.template("gentle-note")
	tpl.Variant["en"]["subject"] = "Changed meanwhile"
	ver := tpl.Version
	tpl.Key, tpl.Version, tpl.Shipped = "", 0, false
	if err := s.c.Do(t.Context(), "PUT", "/templates/gentle-note", tpl, nil, "If-Match", `"`+strconv.FormatInt(ver, 10)+`"`); err != nil {
		t.Fatal(err)
	}
	died(nil)
	if err := s.srv.Packs.Resume(t.Context(), s.key); err == nil {
		t.Error("somebody's change was overwritten")
	}
	if d := s.template("gentle-note"); d.Variant["en"]["subject"] != "Changed meanwhile" {
		t.Errorf("lost: %v", d.Variant["en"])
	}
	if p := s.plan(map[string]any{"id": "gentle-three-steps"}); p.Installed != "9.9.9" {
		t.Errorf("not as before: %+v", p)
	}
}

// TestConflictsInWords: steps that both sides changed are named by their label,
// and read as sentences, with the names of messages.
func TestConflictsInWords(t *testing.T) {
	s := newSpace(t, nil)
	s.install(s.uploaded("1.0.0", "One", ""))
	var f struct {
		Document     map[string]any
		DraftVersion int64
	}
	must(t, s.c.Do(t.Context(), "GET", "/flows/own", nil, &f))
	send := func(doc map[string]any) map[string]any {
		nodes := doc["nodes"].(map[string]any)
		for _, id := range slices.Sorted(maps.Keys(nodes)) { // the first step's
			if m := nodes[id].(map[string]any); m["type"] == "send" {
				return m
			}
		}
		t.Fatal("no message in the flow")
		return nil
	}
	send(f.Document)["cfg"].(map[string]any)["template"] = "overdue-clear"
	must(t, s.c.Do(t.Context(), "PUT", "/flows/own", map[string]any{"document": f.Document}, nil, "If-Match", fmt.Sprintf("%q", fmt.Sprint(f.DraftVersion))))
	next := s.uploadedWith("1.1.0", "One", "", func(src string) string { return strings.Replace(src, `"channel":"email"`, `"channel":"sms"`, 1) })
	p := s.plan(next)
	found := false
	for _, o := range p.Objects {
		for _, c := range o.Conflicts {
			if !strings.HasPrefix(c.Unit, "nodes/") {
				continue
			}
			found = true
			if c.Name["en"] == "" || c.Name["zh-CN"] == "" || strings.Contains(c.Name["en"], "/") {
				t.Errorf("a step is called %v", c.Name)
			}
			if !strings.Contains(c.MineSays["en"], "“Overdue, clear”") && !strings.Contains(c.MineSays["en"], "lear") || !strings.Contains(c.TheirsSays["en"], "Note") {
				t.Errorf("mine %v, theirs %v", c.MineSays, c.TheirsSays)
			}
		}
	}
	if !found {
		t.Fatalf("no conflict: %+v", p.Objects)
	}
}
