package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/server/packs"
)

// ours is a flow with what belongs to one company: a person, an address, a
// remark, a field and a message of its own.
const ours = `{"format":"dueflow.flow/1","key":"ours","name":{"en":"Our way","zh-CN":"我们的流程"},"subject":{"form":"invoice"},
 "stopWhen":[{"id":"paid","on":["payment.recorded"],"when":{"field":"invoice.open","op":"lte","value":0},"outcome":"goal"},
  {"id":"calm","when":{"field":"customer.calm","op":"eq","value":true},"outcome":"exit"}],
 "nodes":{"start":{"type":"trigger.date","v":1,"note":"ask Mary first","cfg":{"field":"invoice.dueDate","offset":{"value":-3,"unit":"day"},"at":"10:15"}},
  "first":{"type":"send","v":1,"cfg":{"channel":"email","template":"own-note"}},
  "wait":{"type":"wait","v":1,"cfg":{"for":{"value":5,"unit":"day"},"at":"10:15"}},
  "second":{"type":"send","v":1,"cfg":{"channel":"email","template":"overdue-clear"}},
  "tell":{"type":"webhook","v":1,"cfg":{"url":"https://erp.our-company.example/hook?token=abc"}},
  "call":{"type":"task","v":1,"cfg":{"title":{"en":"Call","zh-CN":"致电"},"assign":{"user":"u-mary"},"due":{"value":1,"unit":"businessDay"}}},
  "end":{"type":"end","v":1}},
 "edges":[{"from":"start","to":"first"},{"from":"first","to":"wait"},{"from":"wait","to":"second"},{"from":"second","to":"tell"},{"from":"tell","to":"call"},{"from":"call","to":"end"}]}`

type exported struct {
	File      []byte
	ID        string
	Contents  []struct{ Kind, Key string }
	Stripped  []string
	Questions []packs.Proposal
	Findings  []struct{ Severity, Object, Message string }
}

// books makes the same accounts in a workspace, for rehearsals to be compared.
func (s *space) books() {
	s.t.Helper()
	for k := range 4 {
		c := s.customer(fmt.Sprint("Account ", k))
		s.invoice(c, fmt.Sprint("X-", k), int64(1000*(k+1)), s.today()+6)
	}
	s.create("customer", map[string]any{"name": "Calm", "email": "calm@example.com", "calm": true})
}

// played rehearses a flow and tells what would go out, by name and moment.
func (s *space) played(flow string) []string {
	s.t.Helper()
	var r struct {
		Messages []struct{ At, Name, Channel, Template, Node string }
		Tasks    []struct{ At, Name, Node string }
	}
	must(s.t, s.c.Do(s.t.Context(), "POST", "/rehearsals", map[string]any{"flow": flow, "from": s.today().String(), "to": (s.today() + 30).String()}, &r))
	var out []string
	for _, m := range r.Messages {
		out = append(out, strings.Join([]string{m.At, m.Name, m.Channel, m.Template, m.Node}, " "))
	}
	for _, task := range r.Tasks {
		out = append(out, strings.Join([]string{"task", task.At, task.Name, task.Node}, " "))
	}
	slices.Sort(out)
	return out
}

// TestFlowAsPack: a flow becomes a pack without what belongs to one company; in
// another workspace it plays as it did here, and its questions can be answered
// otherwise.
func TestFlowAsPack(t *testing.T) {
	a := newSpace(t, nil)
	a.install(a.uploaded("1.0.0", "One", "")) // brings the message and the field
	a.books()
	mary := a.member("Mary", []string{"sales"}, []string{})
	must(t, a.c.Do(t.Context(), "PUT", "/flows/ours", map[string]any{"document": json.RawMessage(strings.ReplaceAll(ours, "u-mary", mary.ID))}, nil))
	head := func(more map[string]any) map[string]any {
		body := map[string]any{
			"flow": "ours", "id": "our-way", "version": "1.0.0", "publisher": "Us", "licence": "MIT",
			"name": map[string]string{"en": "Our way", "zh-CN": "我们的流程"}, "about": map[string]string{"en": "How we do it", "zh-CN": "我们的做法"},
		}
		for k, v := range more {
			body[k] = v
		}
		return body
	}
	var x exported
	must(t, a.c.Do(t.Context(), "POST", "/packs/export", head(nil), &x))
	asked := map[string]packs.Proposal{}
	for _, q := range x.Questions {
		asked[strings.TrimRight(q.Name, "0123456789")] = q
	}
	if !asked["address"].Kept || !asked["days"].Kept || !asked["at"].Kept || asked["wait"].Kept || asked["days"].Value != float64(3) || asked["wait"].Value != float64(5) {
		t.Errorf("questions %+v", x.Questions)
	}
	if want := asked["wait"].Label["en"]; !strings.HasPrefix(want, "Wait, in days: ") {
		t.Errorf("a question names what follows: %q", want)
	}
	for _, f := range x.Findings {
		if f.Severity == "error" || strings.Contains(f.Message, "rule.") || strings.Contains(f.Message, "lint.") {
			t.Errorf("finding %+v", f)
		}
	}
	var kinds []string
	for _, c := range x.Contents {
		kinds = append(kinds, c.Kind+"/"+c.Key)
	}
	if !slices.Equal(kinds, []string{"forms/customer", "messages/own-note", "flows/ours"}) {
		t.Errorf("contents %v", kinds)
	}
	p, err := pack.Read(x.File)
	must(t, err)
	for _, o := range p.Objects {
		for _, private := range []string{"our-company", "token", mary.ID, "Mary"} {
			if strings.Contains(string(o.Raw), private) {
				t.Errorf("%s holds %q", o.Path(), private)
			}
		}
	}
	b := newSpace(t, nil)
	var up struct{ File string }
	must(t, b.c.Do(t.Context(), "POST", "/packs/files", map[string]any{"file": x.File}, &up))
	request := func() map[string]any {
		return map[string]any{"id": "our-way", "file": up.File, "accept": []string{"unsigned"}}
	}
	if plan := b.install(request()); len(plan.Problems) > 0 {
		t.Fatalf("plan %+v", plan.Problems)
	}
	b.books()
	here, there := a.played("ours"), b.played("ours")
	if len(here) < 8 || !slices.Equal(here, there) {
		t.Errorf("played here\n%s\nand there\n%s", strings.Join(here, "\n"), strings.Join(there, "\n"))
	}
	other := request()
	other["params"] = map[string]any{asked["days"].Name: 5}
	b.install(other)
	if slices.Equal(here, b.played("ours")) {
		t.Error("another answer changes nothing")
	}
	// Only what is named is asked; or nothing.
	must(t, a.c.Do(t.Context(), "POST", "/packs/export", head(map[string]any{"keep": []string{asked["wait"].Name}}), &x))
	for _, q := range x.Questions {
		if q.Kept != (q.Name == asked["wait"].Name) {
			t.Errorf("kept %s: %v", q.Name, q.Kept)
		}
	}
	must(t, a.c.Do(t.Context(), "POST", "/packs/export", head(map[string]any{"noQuestions": true}), &x))
	if p, err = pack.Read(x.File); err != nil || len(p.Params) > 0 || strings.Contains(string(x.File), "$param") {
		t.Errorf("no questions: %s %v", p.Params, err)
	}
	a.put("POST", "/packs/export", head(map[string]any{"id": "No Good"}), 422)
	a.put("POST", "/packs/export", head(map[string]any{"flow": "none-such"}), 404)
}
