package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/server/identity"
)

type templateDoc struct {
	Key     string                       `json:"key,omitempty"`
	Name    map[string]string            `json:"name"`
	Tone    int                          `json:"tone"`
	Kind    string                       `json:"kind,omitempty"`
	Variant map[string]map[string]string `json:"variant"`
	Version int64                        `json:"version,omitempty"`
	Shipped bool                         `json:"shipped,omitempty"`
}

type previewed struct {
	Message *struct{ Subject, Text, HTML, Language string }
	Items   int
	Sample  bool
	SMS     struct{ Encoding string }
	Finding []struct {
		Pointer, Rule string
		Offset        int
		Blocking      bool
	} `json:"findings"`
}

func (s *space) preview(doc templateDoc, customer, lang string) (previewed, error) {
	doc.Version, doc.Shipped = 0, false
	key := doc.Key
	doc.Key = ""
	var out previewed
	err := s.c.Do(s.t.Context(), "POST", "/template-preview", map[string]any{"key": key, "document": doc, "customer": customer, "language": lang}, &out)
	return out, err
}

func (s *space) template(key string) templateDoc {
	s.t.Helper()
	var d templateDoc
	if err := s.c.Do(s.t.Context(), "GET", "/templates/"+key, nil, &d); err != nil {
		s.t.Fatal(err)
	}
	return d
}

// TestShippedTemplatesAreKind: what ships passes its own lint and renders in
// both languages, with and without a customer.
func TestShippedTemplatesAreKind(t *testing.T) {
	s := newSpace(t, nil)
	c := s.customer("华东 <b>&</b> 𠮷")
	s.invoice(c, "T-1", 123456, s.today()-10)
	var list struct{ Items []templateDoc }
	if err := s.c.Do(t.Context(), "GET", "/templates", nil, &list); err != nil || len(list.Items) < 5 {
		t.Fatal(err, len(list.Items))
	}
	for _, d := range list.Items {
		for _, lang := range []string{"en", "zh-CN"} {
			for _, who := range []string{"", c} {
				p, err := s.preview(d, who, lang)
				if err != nil || p.Message == nil || len(p.Finding) > 0 {
					t.Errorf("%s %s: %v %+v", d.Key, lang, err, p.Finding)
					continue
				}
				if who != "" && (!strings.Contains(p.Message.Text, "1,234.56") || strings.Contains(p.Message.HTML, "<b>&")) {
					t.Errorf("%s %s: %s", d.Key, lang, p.Message.HTML)
				}
			}
		}
	}
}

// TestEditTemplate: what conduct forbids is refused with its place, the second
// of two editors is told, and a shipped template comes back.
func TestEditTemplate(t *testing.T) {
	s := newSpace(t, nil)
	d := s.template("due-today")
	put := func(d templateDoc, version int64) error {
		d.Key, d.Version, d.Shipped = "", 0, false
		return s.c.Do(t.Context(), "PUT", "/templates/due-today", d, nil, "If-Match", fmt.Sprintf(`"%d"`, version))
	}
	was := d.Variant["en"]["text"]
	for text, want := range map[string]string{
		was + " Or else we sue.":                       "/variant/en/text forbiddenWording",
		was + "{{ links.portal }}":                     "/variant/en/text unknownVariable",
		was + "{{ total":                               "/variant/en/text@",
		strings.Repeat("x", 70_000):                    "/variant/en/text maxBytes",
		strings.Repeat("𠮷{{ today }}", 3) + "no table": "/variant/en/text noTable",
	} {
		d.Variant["en"]["text"] = text
		if err := put(d, 0); !strings.Contains(pointers(err), want) {
			t.Errorf("%.40s…: %v, want %s", text, pointers(err), want)
		}
	}
	d.Variant["en"]["text"] = was + "\n\u202e😀 Thank you."
	if err := put(d, 0); err != nil {
		t.Fatal(err)
	}
	if err := put(d, 0); keyOf(err) != "store.version" {
		t.Errorf("a second editor: %v", err)
	}
	now := s.template("due-today")
	if now.Version != 1 || !now.Shipped || !strings.Contains(now.Variant["en"]["text"], "😀") {
		t.Errorf("%+v", now)
	}
	if err := s.c.Do(t.Context(), "DELETE", "/templates/due-today", nil, nil, "If-Match", `"1"`); err != nil {
		t.Fatal(err)
	}
	if back := s.template("due-today"); back.Version != 0 || back.Variant["en"]["text"] != was {
		t.Errorf("%+v", back)
	}
	// One of the workspace's own cannot go while a flow needs it.
	d.Variant["en"]["text"] = was
	own := d
	own.Key, own.Version, own.Shipped = "", 0, false
	if err := s.c.Do(t.Context(), "PUT", "/templates/mine", own, nil); err != nil {
		t.Fatal(err)
	}
	s.publish(strings.Replace(twoSteps, "overdue-friendly", "mine", 1))
	if err := s.c.Do(t.Context(), "DELETE", "/templates/mine", nil, nil, "If-Match", `"1"`); keyOf(err) != "template.used" {
		t.Errorf("deleting what a flow uses: %v", err)
	}
}

// TestWording: the list is the workspace's own.
func TestWording(t *testing.T) {
	s := newSpace(t, nil)
	words := map[string]any{"words": map[string][]string{"en": {"kindly"}, "zh-CN": {}}}
	if err := s.c.Do(t.Context(), "PUT", "/wording", words, nil, "If-Match", `"0"`); err != nil {
		t.Fatal(err)
	}
	d := s.template("due-today")
	d.Variant["en"]["text"] += " Kindly yours. We sue."
	p, err := s.preview(d, "", "en")
	if err != nil || len(p.Finding) != 1 || p.Finding[0].Rule != "forbiddenWording" || p.Finding[0].Offset <= 0 {
		t.Errorf("%v %+v", err, p.Finding)
	}
	bad := map[string]any{"words": map[string][]string{"en": {strings.Repeat("x", 101)}}}
	if err := s.c.Do(t.Context(), "PUT", "/wording", bad, nil, "If-Match", `"1"`); pointers(err) != "/words/en maxLength" {
		t.Errorf("%v", err)
	}
}

// TestPreviewScope: a preview shows no account that its reader may not see.
func TestPreviewScope(t *testing.T) {
	s := newSpace(t, nil)
	theirs := s.create("customer", map[string]any{"name": "乙公司", "owner": "somebody"}).ID
	s.invoice(theirs, "THEIRS-1", 900, s.today())
	d := s.template("due-today")
	doc, _ := json.Marshal(map[string]any{"name": d.Name, "tone": d.Tone, "variant": d.Variant})
	manager := *s.as("sales-manager")
	var out previewed
	err := manager.Do(t.Context(), "POST", "/template-preview", map[string]any{"key": "x", "document": json.RawMessage(doc), "customer": theirs, "language": "en"}, &out)
	if err == nil || out.Message != nil {
		t.Errorf("another's account was shown: %+v", out)
	}
}

// TestTestSend: goes to oneself, is kept apart, and the ledger knows nothing.
func TestTestSend(t *testing.T) {
	s := newSpace(t, nil)
	c := s.customer("甲")
	s.invoice(c, "T-9", 100, s.today()-3)
	d := s.template("due-today")
	body := map[string]any{"key": "due-today", "document": map[string]any{"name": d.Name, "tone": d.Tone, "variant": d.Variant}, "customer": c, "language": "en"}
	if err := s.c.Do(t.Context(), "POST", "/template-tests", body, nil); keyOf(err) != "template.testNobody" {
		t.Errorf("an API key has no mailbox: %v", err)
	}
	op := policies.SystemActor(s.key, "test")
	if _, err := s.srv.Identity.CreateUser(t.Context(), op, identity.NewUser{Email: s.key + "@example.com", Name: "A", Password: "correct horse battery", Roles: []string{"admin"}, Teams: []string{}}); err != nil {
		t.Fatal(err)
	}
	b := signIn(t, s, s.key+"@example.com", "correct horse battery")
	sent := b.post(t, "/template-tests", body, 200)
	if !strings.Contains(string(sent), s.key+"@example.com") || !strings.Contains(string(sent), `"sandbox"`) {
		t.Errorf("%s", sent)
	}
	if raw := b.get(t, "/templates/due-today/history", 200); !strings.Contains(string(raw), `"items":[]`) {
		t.Errorf("a test is no change of the words: %s", raw)
	}
	if raw := b.get(t, "/template-tests", 200); !strings.Contains(string(raw), "T-9") {
		t.Errorf("%s", raw)
	}
	if n := len(s.messages()); n != 0 {
		t.Errorf("%d messages in the ledger", n)
	}
	s.verify()
}

// TestAnswers: at least a dozen ship in both languages; changes come back off.
func TestAnswers(t *testing.T) {
	s := newSpace(t, nil)
	type answer struct {
		Key              string `json:"key"`
		Topic            string `json:"topic"`
		Tone             int    `json:"tone"`
		Question, Answer map[string]string
		Version          int64
	}
	list := func() map[string]answer {
		var out struct{ Items []answer }
		if err := s.c.Do(t.Context(), "GET", "/answers", nil, &out); err != nil {
			t.Fatal(err)
		}
		by := map[string]answer{}
		for _, a := range out.Items {
			by[a.Key] = a
		}
		return by
	}
	shipped := list()
	if len(shipped) < 12 {
		t.Errorf("%d answers ship", len(shipped))
	}
	for key, a := range shipped {
		for _, lang := range []string{"en", "zh-CN"} {
			if len(a.Answer[lang]) < 60 || a.Question[lang] == "" {
				t.Errorf("%s says little in %s", key, lang)
			}
		}
	}
	body := map[string]any{"topic": "money", "tone": 1, "question": map[string]string{"en": "q"}, "answer": map[string]string{"en": "new"}}
	if err := s.c.Do(t.Context(), "PUT", "/answers/cash-tight", body, nil); err != nil {
		t.Fatal(err)
	}
	if a := list()["cash-tight"]; a.Answer["en"] != "new" || a.Version != 1 {
		t.Errorf("%+v", a)
	}
	if err := s.c.Do(t.Context(), "DELETE", "/answers/cash-tight", nil, nil, "If-Match", `"1"`); err != nil {
		t.Fatal(err)
	}
	if a := list()["cash-tight"]; a.Answer["en"] != shipped["cash-tight"].Answer["en"] {
		t.Errorf("%+v", a)
	}
	body["topic"] = "gossip"
	if err := s.c.Do(t.Context(), "PUT", "/answers/x", body, nil); pointers(err) != "/topic enum" {
		t.Errorf("%v", err)
	}
}

func (b *browser) post(t *testing.T, path string, body any, status int) []byte {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, b.url+path, bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-CSRF-Token", b.csrf)
	res, err := b.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // read to the end
	out, _ := io.ReadAll(res.Body)
	if res.StatusCode != status {
		t.Errorf("POST %s: %d %s", path, res.StatusCode, out)
	}
	return out
}
