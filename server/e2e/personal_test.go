package e2e

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/app"
	"github.com/dueflow/dueflow/server/client"
	"github.com/dueflow/dueflow/server/personal"
	"github.com/dueflow/dueflow/server/records"
)

// fullAccount is a customer with data in every place that has some.
func (s *space) fullAccount(word string) (customer, invoice string) {
	s.t.Helper()
	ctx := s.t.Context()
	do := func(method, path string, body any) {
		s.t.Helper()
		must(s.t, s.c.Do(ctx, method, path, body, nil))
	}
	customer = s.create("customer", map[string]any{
		"name": "Name " + word, "number": "K-" + word, "externalId": "X-" + word, "email": "mail@" + word + ".example", "phone": "+49 555 0199",
		"postalAddress": "Street " + word, "note": "Note " + word, "tier": "B",
	}).ID
	s.create("contact", map[string]any{"customer": customer, "name": "Contact " + word, "email": "contact@" + word + ".example", "primary": true})
	s.binnedContact(customer, word)
	invoice = s.invoice(customer, "I-"+word, 500, s.today()-3)
	s.eventually("a message", func() bool {
		return slices.ContainsFunc(s.messages(), func(m message) bool { return len(m.Items) > 0 && m.Items[0].Number == "I-"+word })
	})
	command := func(body map[string]any) { do("POST", "/customers/"+customer+"/commands", body) }
	command(map[string]any{"type": "call.log", "result": "reached", "note": "Call " + word})
	command(map[string]any{"type": "hold.set", "reason": "Hold " + word})
	command(map[string]any{"type": "hold.lift"})
	do("POST", "/customers/"+customer+"/notes", map[string]any{"text": "Wrote of " + word})
	do("POST", "/tasks", map[string]any{"customer": customer, "title": map[string]string{"en": "Task " + word}, "due": s.today().String(), "assignee": s.person("helper-"+word, "admin").ID})
	do("POST", "/customers/"+customer+"/tier", map[string]any{"tier": "A", "reason": "Tier " + word})
	s.settled(customer)
	return customer, invoice
}

// given unpacks an answer: the content of each of its files.
func given(t *testing.T, raw []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	must(t, err)
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		must(t, err)
		b, err := io.ReadAll(r)
		must(t, err)
		must(t, r.Close())
		out[f.Name] = string(b)
	}
	return out
}

func ask(t *testing.T, c *client.Client, customer string) (map[string]string, error) {
	t.Helper()
	var b bytes.Buffer
	if err := c.Fetch(t.Context(), "/customers/"+customer+"/personal", &b); err != nil {
		return nil, err
	}
	return given(t, b.Bytes()), nil
}

// TestPersonalExport: what is kept of a customer is in one ZIP, each kind in a
// list of its own, nothing of another customer among it.
func TestPersonalExport(t *testing.T) {
	s := newSpace(t, nil)
	s.publish(twoSteps)
	c, _ := s.fullAccount("zqmine")
	s.fullAccount("zqother")
	got, err := ask(t, s.c, c)
	must(t, err)
	for file, want := range map[string][]string{
		"customer.json":         {"Name zqmine", "Street zqmine"},
		"records-contact.json":  {"Contact zqmine", "contact@zqmine.example"},
		"records-invoice.json":  {"I-zqmine"},
		"records-payment.json":  {"[]"},
		"account.json":          {`"head"`},
		"journal.json":          {"invoice.booked", "Call zqmine", "Hold zqmine", "message.sent"},
		"messages.json":         {"contact@zqmine.example", "I-zqmine", `"status":"sent"`},
		"tasks.json":            {"Task zqmine"},
		"notes.json":            {"Wrote of zqmine"},
		"runs.json":             {"I-zqmine"},
		"steps.json":            {`"facts"`},
		"tier.json":             {"Tier zqmine"},
		"bin.json":              {"Former zqmine", "former@zqmine.example"},
		"audit.json":            {"setTier", "personal.export"},
		"index.txt":             {"What is kept of Name zqmine"},
		"index.json":            {`"part": "journal"`},
		"held.json":             nil,
		"heard.json":            nil,
		"notices.json":          nil,
		"browsers.json":         nil,
		"page.json":             nil,
		"working.json":          nil,
		"records-reminder.json": nil,
	} {
		content, ok := got[file]
		if !ok {
			t.Errorf("no %s", file)
		}
		for _, w := range want {
			if !strings.Contains(content, w) {
				t.Errorf("%s lacks %q: %s", file, w, content)
			}
		}
		if strings.HasSuffix(file, ".json") && !json.Valid([]byte(content)) {
			t.Errorf("%s is no JSON: %s", file, content)
		}
		delete(got, file)
	}
	for file := range got {
		t.Errorf("unexpected %s", file)
	}
	got, err = ask(t, s.c, c)
	must(t, err)
	for file, content := range got {
		if strings.Contains(content, "zqother") || strings.Contains(content, `"_acct"`) {
			t.Errorf("%s holds another's data, or scopes: %s", file, content)
		}
		if file == "index.txt" && (strings.Contains(content, "personal.") || strings.Contains(content, "LEFT OUT")) {
			t.Errorf("index: %s", content)
		}
	}
	zh := *s.c
	zh.Language = "zh-CN"
	if got, err = ask(t, &zh, c); err != nil || !strings.Contains(got["index.txt"], "所保存的信息") {
		t.Errorf("index in Chinese: %v %s", err, got["index.txt"])
	}
}

// TestPersonalExportByWhom: it takes the right to export customers, this one in
// scope, and nothing masked; parts that a role does not read are left out and
// named.
func TestPersonalExportByWhom(t *testing.T) {
	s := newSpace(t, nil)
	c := s.customer("Zqasked")
	for role, want := range map[string]string{"finance-manager": "", "auditor": "personal.masked policy.denied", "sales": "policy.denied record.none", "collector": "policy.denied record.none", "integration": "policy.denied"} {
		_, err := ask(t, s.as(role), c)
		if got := keyOf(err); got != want && (got == "" || !strings.Contains(want, got)) {
			t.Errorf("%s: %q, want %q", role, got, want)
		}
	}
	p, v, err := s.srv.Access.Rules(t.Context(), s.key)
	must(t, err)
	p.Roles = append(slices.Clone(p.Roles), policies.Role{Key: "clerk"}, policies.Role{Key: "blind"})
	p.Masks = append(slices.Clone(p.Masks), policies.Mask{Role: "blind", Access: "amounts"})
	allow := func(role, object, action string, scope policies.Scope) {
		p.Rules = append(p.Rules, policies.Rule{Role: role, Object: object, Action: action, Scope: scope, Effect: policies.Allow})
	}
	p.Rules = slices.Clone(p.Rules)
	inB := policies.Scope(filter.String(filter.Eq("tier", "B")))
	allow("clerk", "customer", "read", policies.All)
	allow("clerk", "customer", "export", inB)
	allow("blind", "*", "*", policies.All)
	_, err = s.srv.Access.SetRules(t.Context(), sysActor(s.key), p, v)
	must(t, err)
	got, err := ask(t, s.as("clerk"), c)
	must(t, err)
	if !strings.Contains(got["customer.json"], "Zqasked") || got["messages.json"] != "[]\n" || !strings.Contains(got["index.txt"], "messages.json: 0") || !strings.Contains(got["index.txt"], "LEFT OUT") {
		t.Errorf("a clerk got %v", got)
	}
	other := s.create("customer", map[string]any{"name": "Zqtier", "tier": "A"}).ID
	if _, err := ask(t, s.as("clerk"), other); keyOf(err) != "record.none" {
		t.Errorf("outside the scope of exports: %v", err)
	}
	if _, err := ask(t, s.as("blind"), c); keyOf(err) != "personal.masked" {
		t.Errorf("masked amounts: %v", err)
	}
	if _, err := ask(t, s.c, "nobody"); keyOf(err) != "record.none" {
		t.Errorf("nobody: %v", err)
	}
}

// TestPersonalExportCommand: the command line writes the file, and none when it
// is refused.
func TestPersonalExportCommand(t *testing.T) {
	s := newSpace(t, nil)
	c := s.create("customer", map[string]any{"name": "Zqterminal", "externalId": "X-9"}).ID
	x := s.terminal()
	out := x.well("personal", "export", "--customer", "X-9", "-o", filepath.Join(x.dir, "a.zip"), "--json")
	var told struct {
		Customer string
		Parts    []personal.Listed
	}
	must(t, json.Unmarshal([]byte(out), &told))
	if told.Customer != c || len(told.Parts) < 15 {
		t.Errorf("told %+v", told)
	}
	if _, _, code := x.types("personal", "export", "--customer", "nobody", "-o", filepath.Join(x.dir, "b.zip")); code != 1 {
		t.Errorf("nobody: code %d", code)
	}
	if left, _ := filepath.Glob(filepath.Join(x.dir, "b.zip")); left != nil {
		t.Error("a file of nothing was left")
	}
}

// TestPersonalKnowsAllPlaces: a collection that is new has to be treated: as a
// part of what is given out, or as one that names no customer.
func TestPersonalKnowsAllPlaces(t *testing.T) {
	// Settings, what people make for all customers, and what names them by id only.
	none := []string{
		"absence", "answer", "audithead", "batch", "board", "calendardays", "catalog", "catalogfile", "feed", "flow", "flowmine", "flowver", "form", "formrev",
		"handover", "house", "migration", "noticeSetting", "pack", "packfile", "packfilehead", "packsample", "packtrust", "policy", "presence", "sequence",
		"taskSettings", "template", "templatetest", "tierDue", "tierRun", "wording",
	}
	known := personal.Places()
	for _, spec := range app.Specs() {
		if !strings.HasPrefix(spec.Name, records.Prefix) && !slices.Contains(known, spec.Name) && !slices.Contains(none, spec.Name) {
			t.Errorf("collection %s: does it name customers?", spec.Name)
		}
	}
}
