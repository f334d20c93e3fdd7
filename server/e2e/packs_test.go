package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/server/client"
	"github.com/dueflow/dueflow/server/packs"
)

type packPlan struct {
	Hash, Action, Version, Installed string
	Objects                          []struct {
		Kind, Key, As, Action string
		Conflicts             []struct {
			Unit                       string
			Name, MineSays, TheirsSays map[string]string
		}
		Issues []struct{ Severity, Message string }
	}
	Fields []struct {
		Path, Status, To string
		Choices          []struct{ Path string }
	}
	Reach []struct {
		Flow, Form       string
		Count, Customers int
		Nobody           int
		Channels         map[string]int
		Starts           map[string]string
	}
	Problems []struct{ Pointer, Rule, Message string }
}

func (s *space) plan(body map[string]any) packPlan {
	s.t.Helper()
	var p packPlan
	if err := s.c.Do(s.t.Context(), "POST", "/packs/plan", body, &p); err != nil {
		s.t.Fatal(err)
	}
	return p
}

func (s *space) install(body map[string]any) packPlan {
	s.t.Helper()
	p := s.plan(body)
	body["hash"] = p.Hash
	if err := s.c.Do(s.t.Context(), "POST", "/packs/apply", body, nil); err != nil {
		s.t.Fatal(err)
	}
	return p
}

func (s *space) put(method, path string, in any, problem int) {
	s.t.Helper()
	err := s.c.Do(s.t.Context(), method, path, in, nil)
	var p *client.Problem
	switch {
	case problem == 0 && err != nil:
		s.t.Fatal(err)
	case problem != 0 && (!errors.As(err, &p) || p.Status != problem):
		s.t.Fatalf("%s %s: %v, want %d", method, path, err, problem)
	}
}

// TestPackReach: a plan counts what a flow would concern, and the customers
// behind it, each once.
func TestPackReach(t *testing.T) {
	s := newSpace(t, nil)
	c := s.customer("Three")
	for k := range 3 {
		s.invoice(c, fmt.Sprintf("R-%d", k), 1000, s.today()+2)
	}
	s.invoice(s.create("customer", map[string]any{"name": "Nowhere", "tier": "B"}).ID, "R-9", 1000, s.today()+2)
	p := s.plan(map[string]any{"id": "gentle-three-steps"})
	if len(p.Reach) != 1 || p.Reach[0].Form != "invoice" || p.Reach[0].Count != 4 || p.Reach[0].Customers != 2 || p.Reach[0].Channels["email"] != 1 || p.Reach[0].Nobody != 1 {
		t.Errorf("reach: %+v", p.Reach)
	}
}

// TestPackReachOfEvents: a flow that begins with an event concerns nobody yet; the
// plan says what it waits for.
func TestPackReachOfEvents(t *testing.T) {
	s := newSpace(t, nil)
	s.invoice(s.customer("Many"), "E-1", 1000, s.today()+2)
	p := s.plan(map[string]any{"id": "promise-keeper"})
	if len(p.Reach) != 1 || p.Reach[0].Count != 0 || p.Reach[0].Starts["en"] != "On: a promise to pay is made" || p.Reach[0].Starts["zh-CN"] == "" {
		t.Errorf("reach: %+v", p.Reach)
	}
}

// TestPackInstall: a pack that ships is planned, installed with an answer of
// one's own, published and rehearsed, and taken out again.
func TestPackInstall(t *testing.T) {
	s := newSpace(t, nil)
	c := s.customer("Packed")
	s.invoice(c, "P-1", 120_000, s.today()+2)
	request := func() map[string]any {
		return map[string]any{"id": "gentle-three-steps", "params": map[string]any{"before": 5, "at": "10:15"}}
	}
	p := s.plan(request())
	if p.Action != "install" || len(p.Problems) > 0 || len(p.Reach) != 1 || p.Reach[0].Count != 1 || p.Reach[0].Channels["email"] != 1 {
		t.Fatalf("plan: %+v", p)
	}
	for _, o := range p.Objects {
		if o.Action != "add" {
			t.Errorf("%s %s: %s", o.Kind, o.As, o.Action)
		}
		for _, i := range o.Issues {
			if i.Severity == "error" {
				t.Errorf("%s: %s", o.As, i.Message)
			}
		}
	}
	body := request()
	body["hash"] = "of another plan"
	s.put("POST", "/packs/apply", body, 409)
	bad := request()
	bad["params"] = map[string]any{"before": 99}
	if p := s.plan(bad); len(p.Problems) == 0 || p.Problems[0].Pointer != "/params/before" || strings.Contains(p.Problems[0].Message, "rule.") {
		t.Errorf("a wrong answer: %+v", p.Problems)
	}
	s.install(request())
	var f struct{ Document json.RawMessage }
	if err := s.c.Do(t.Context(), "GET", "/flows/gentle-three-steps", nil, &f); err != nil {
		t.Fatal(err)
	}
	if doc := string(f.Document); !strings.Contains(doc, `"value":-5`) || !strings.Contains(doc, "10:15") || strings.Contains(doc, "$param") {
		t.Errorf("the answers are not in the flow: %s", doc)
	}
	if p := s.plan(request()); p.Action != "same" || p.Installed != "1.0.0" {
		t.Errorf("again: %+v", p)
	}
	s.put("POST", "/flows/gentle-three-steps/publish", map[string]any{}, 0)
	var gone struct{ Objects []packs.Removal }
	if err := s.c.Do(t.Context(), "POST", "/packs/gentle-three-steps/uninstall", map[string]any{"dry": true}, &gone); err != nil {
		t.Fatal(err)
	}
	kept := map[string]string{}
	for _, o := range gone.Objects {
		kept[string(o.Kind)+"/"+o.As] = o.Reason
	}
	if kept["flows/gentle-three-steps"] != packs.IsLive || kept["messages/gentle-note"] != packs.InUse {
		t.Errorf("a live flow and its messages stay: %v", kept)
	}
	s.put("POST", "/packs/gentle-three-steps/uninstall", map[string]any{"stop": true}, 0)
	s.put("GET", "/packs/catalog/no-such-pack", nil, 404)
}

// uploaded writes a version of a small pack and gives the request for it.
func (s *space) uploaded(version, subject, extra string) map[string]any {
	s.t.Helper()
	return s.uploadedWith(version, subject, extra, func(flow string) string { return flow })
}

// uploadedWith is uploaded with a change of the flow.
func (s *space) uploadedWith(version, subject, extra string, change func(flow string) string) map[string]any {
	s.t.Helper()
	text := `Hello {{ customer.name }},\n\n{{ table }}\n\nIf anything looks wrong, reply. Tell us if you prefer another channel.`
	zh := `{{ customer.name }}您好：\n\n{{ table }}\n\n如有疑问请回复；如需调整联系方式请告诉我们。`
	src := map[string][]byte{
		"pack.json":             []byte(`{"id":"own","version":"` + version + `","name":{"en":"Own","zh-CN":"自有"},"about":{"en":"Own","zh-CN":"自有"},"licence":"MIT","publisher":{"name":"Us"}}`),
		"messages.json":         []byte(`[{"key":"own-note","name":{"en":"Note","zh-CN":"提示"},"tone":1,"variant":{"en":{"subject":"` + subject + `","text":"` + text + extra + `"},"zh-CN":{"subject":"提示","text":"` + zh + `"}}}]`),
		"flows/own.series.json": []byte(change(`{"name":{"en":"Own","zh-CN":"自有"},"stops":[{"id":"calm","when":{"field":"customer.calm","op":"eq","value":true},"outcome":"exit"}],"steps":[{"id":"a","on":1,"send":"own-note","channel":"email"},{"id":"b","on":9,"send":"own-note","channel":"email"}]}`)),
		"forms/customer.json":   []byte(`{"form":"customer","fields":{"calm":{"type":"boolean","x-df-label":{"en":"Leave in peace","zh-CN":"免打扰"}}}}`),
		"boards/own-board.json": []byte(`{"key":"own-board","name":{"en":"Own","zh-CN":"自有"},"columns":["followUp","promised"],"shared":true}`),
	}
	p, err := pack.Build(src)
	if err != nil {
		s.t.Fatal(err)
	}
	file, err := p.Write()
	if err != nil {
		s.t.Fatal(err)
	}
	var up struct{ File string }
	if err := s.c.Do(s.t.Context(), "POST", "/packs/files", map[string]any{"file": file}, &up); err != nil {
		s.t.Fatal(err)
	}
	return map[string]any{"id": "own", "file": up.File, "accept": []string{"unsigned"}}
}

// TestPackUpgrade: local edits survive an upgrade, what was left alone is
// brought up to date, both at once is a conflict to decide, and it can be gone
// back.
func TestPackUpgrade(t *testing.T) {
	s := newSpace(t, nil)
	first := s.uploaded("1.0.0", "One", "")
	delete(first, "accept")
	if p := s.plan(first); len(p.Problems) != 1 || p.Problems[0].Rule != "packUnsigned" {
		t.Fatalf("an unsigned package: %+v", p.Problems)
	}
	first["accept"] = []string{"unsigned"}
	if p := s.install(first); len(p.Fields) != 1 || p.Fields[0].Status != "add" {
		t.Fatalf("fields: %+v", p.Fields)
	}
	s.create("customer", map[string]any{"name": "Calm", "calm": true})
	edit := func(part, value string) {
		t.Helper()
		d := s.template("own-note")
		d.Variant["en"][part] = value
		ver := d.Version
		d.Key, d.Version, d.Shipped = "", 0, false
		if err := s.c.Do(t.Context(), "PUT", "/templates/own-note", d, nil, "If-Match", `"`+strconv.FormatInt(ver, 10)+`"`); err != nil {
			t.Fatal(err)
		}
	}
	edit("subject", "Ours")
	second := s.uploaded("1.1.0", "One", " Thank you.")
	if p := s.install(second); p.Action != "upgrade" || p.Installed != "1.0.0" {
		t.Fatalf("upgrade: %+v", p)
	}
	if d := s.template("own-note"); d.Variant["en"]["subject"] != "Ours" || !strings.HasSuffix(d.Variant["en"]["text"], "Thank you.") {
		t.Errorf("merged: %v", d.Variant["en"])
	}
	third := s.uploaded("1.2.0", "Three", " Thank you.")
	p := s.plan(third)
	if len(p.Problems) != 1 || p.Problems[0].Rule != "packConflict" {
		t.Fatalf("both changed the subject: %+v", p.Problems)
	}
	if m := p.Problems[0].Message; !strings.Contains(m, "Note") {
		t.Errorf("a problem names what people know: %s", m)
	}
	for _, o := range p.Objects {
		if o.As == "own-note" && (o.Conflicts[0].Name["en"] != "Subject, English" || o.Conflicts[0].Name["zh-CN"] != "主题（英文）") {
			t.Errorf("a piece of a message is called %v", o.Conflicts[0].Name)
		}
	}
	third["take"] = map[string]any{"messages/own-note": map[string]string{"variant/en/subject": "theirs"}}
	s.install(third)
	if d := s.template("own-note"); d.Variant["en"]["subject"] != "Three" {
		t.Errorf("taken: %v", d.Variant["en"])
	}
	back := map[string]any{"id": "own", "rollback": true}
	if p := s.install(back); p.Action != "rollback" || p.Version != "1.1.0" {
		t.Errorf("back: %+v", p)
	}
	if d := s.template("own-note"); d.Variant["en"]["subject"] != "Ours" {
		t.Errorf("gone back: %v", d.Variant["en"])
	}
	s.put("POST", "/packs/own/uninstall", map[string]any{}, 0)
	s.put("GET", "/flows/own", nil, 404)
	if d := s.template("own-note"); d.Key != "own-note" {
		t.Error("a message with changes of one's own stays")
	}
}
