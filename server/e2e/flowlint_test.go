package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/server/client"
)

// TestFlowsThatCouldOnlyFail: a flow that names a date, a field, a person or a
// message's variable which is not there is told so and cannot be published.
func TestFlowsThatCouldOnlyFail(t *testing.T) {
	s := newSpace(t, nil)
	flow := func(trigger, middle string) map[string]any {
		doc := fmt.Sprintf(`{"format":"dueflow.flow/1","key":"fails","name":{"en":"Fails","zh-CN":"失败"},"subject":{"form":"invoice"},
		 "stopWhen":[{"id":"paid","on":["payment.applied"],"when":{"field":"invoice.open","op":"lte","value":0},"outcome":"goal"}],
		 "nodes":{"start":{"type":"trigger.date","v":1,"cfg":{"field":%q,"at":"10:00"}},"middle":%s,"end":{"type":"end","v":1}},
		 "edges":[{"from":"start","to":"middle"},{"from":"middle","to":"end"}]}`, trigger, middle)
		return map[string]any{"document": json.RawMessage(doc)}
	}
	issues := func(body map[string]any) (errs, warnings []string) {
		t.Helper()
		var out struct {
			Issues []struct{ Severity, Key, Pointer, Message string }
		}
		must(t, s.c.Do(t.Context(), "POST", "/flows/lint", body, &out))
		for _, i := range out.Issues {
			if strings.Contains(i.Message, "lint.") || i.Message == "" {
				t.Errorf("not worded: %+v", i)
			}
			if i.Severity == "error" {
				errs = append(errs, i.Pointer+" "+i.Key)
			} else {
				warnings = append(warnings, i.Pointer+" "+i.Key)
			}
		}
		return errs, warnings
	}
	wait := func(field string) string {
		return fmt.Sprintf(`{"type":"wait","v":1,"cfg":{"until":{"field":%q,"offset":{"value":3,"unit":"day"}},"at":"09:30"}}`, field)
	}
	task := func(who string) string {
		return `{"type":"task","v":1,"cfg":{"title":{"en":"Call","zh-CN":"致电"},"assign":` + who + `}}`
	}
	for _, c := range []struct{ trigger, middle, want string }{
		{"invoice.dueDate", wait("invoice.dueDate"), ""},
		{"invoice.nosuch", wait("invoice.dueDate"), "/nodes/start/cfg/field unknownField"},
		{"invoice.number", wait("invoice.dueDate"), "/nodes/start/cfg/field notADate"},
		{"invoice.dueDate", wait("customer.name"), "/nodes/middle/cfg/until/field notADate"},
		{"invoice.dueDate", `{"type":"update","v":1,"cfg":{"set":{"invoice.nosuch":1}}}`, "/nodes/middle/cfg/set/invoice.nosuch settableField"},
		{"invoice.dueDate", `{"type":"update","v":1,"cfg":{"set":{"invoice.open":1}}}`, "/nodes/middle/cfg/set/invoice.open settableField"},
		{"invoice.dueDate", task(`{"field":"customer.nosuch"}`), "/nodes/middle/cfg/assign/field unknownField"},
		{"invoice.dueDate", task(`{"user":"nosuch"}`), "/nodes/middle/cfg/assign/user unknownUser"},
		{"invoice.dueDate", `{"type":"notify","v":1,"cfg":{"to":{"user":"nosuch"},"text":{"en":"x","zh-CN":"x"}}}`, "/nodes/middle/cfg/to/user unknownUser"},
	} {
		errs, _ := issues(flow(c.trigger, c.middle))
		if got := strings.Join(errs, ", "); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.trigger, c.middle, got, c.want)
		}
	}
	if _, w := issues(flow("invoice.dueDate", task(`{"role":"nobody-has-it"}`))); !slices.Contains(w, "/nodes/middle/cfg/assign/role unknownRole") {
		t.Errorf("a role that nobody has: %v", w)
	}
	// Somebody who writes flows, and may not see customers.
	rules, v, err := s.srv.Access.Rules(t.Context(), s.key)
	must(t, err)
	rules.Roles = append(slices.Clone(rules.Roles), policies.Role{Key: "author"})
	rules.Rules = append(slices.Clone(rules.Rules), policies.Rule{Role: "author", Object: "flow", Action: "*", Scope: policies.All, Effect: policies.Allow})
	_, err = s.srv.Access.SetRules(t.Context(), sysActor(s.key), rules, v)
	must(t, err)
	author := s.member("author", []string{"author"}, []string{})
	for _, who := range []string{`{"role":"author"}`, fmt.Sprintf(`{"user":%q}`, author.ID)} {
		if errs, _ := issues(flow("invoice.dueDate", task(who))); len(errs) != 1 || !strings.HasSuffix(errs[0], " seesNothing") {
			t.Errorf("a task for who may not see customers, %s: %v", who, errs)
		}
	}
	seller := s.member("seller", []string{"sales"}, []string{})
	if errs, _ := issues(flow("invoice.dueDate", task(fmt.Sprintf(`{"user":%q}`, seller.ID)))); len(errs) != 0 {
		t.Errorf("a task for a seller: %v", errs)
	}
	s.put("PUT", "/flows/fails", flow("invoice.nosuch", wait("invoice.dueDate")), 0)
	s.put("POST", "/flows/fails/publish", map[string]any{}, 422)
}

// TestMessageOfAFieldThatIsNotThere: a message that shows a field which no form has
// is not saved; one whose field left the form since keeps its flow from going live.
func TestMessageOfAFieldThatIsNotThere(t *testing.T) {
	s := newSpace(t, nil)
	message := func(text string) map[string]any {
		return map[string]any{"name": map[string]string{"en": "Note"}, "tone": 1, "variant": map[string]any{
			"en": map[string]string{"subject": "Note", "text": text + "\n\n{{ table }}\n\nIf anything looks wrong, reply. Tell us if you prefer another channel."},
		}}
	}
	for text, want := range map[string]string{
		"{{ customer.name }}, {{ customer.nosuch }}":                    "/variant/en/text unknownVariable",
		"{% for i in items %}{{ i.nosuch }}{% endfor %}":                "/variant/en/text unknownVariable",
		"{{ customer.region | default: \"\" }}":                         "",
		"{% for i in items %}{{ i.dueDate }} {{ i.dpd }}{% endfor %}":   "",
		"{% for i in items %}{{ i.note | default: \"\" }} {% endfor %}": "",
	} {
		err := s.c.Do(t.Context(), "PUT", "/templates/own-words", message(text), nil)
		if got := pointers(err); got != want {
			t.Errorf("%s: %q, want %q (%v)", text, got, want, err)
		}
		var p *client.Problem
		if want != "" && (!errors.As(err, &p) || !strings.Contains(p.Error(), "nosuch")) {
			t.Errorf("the variable is not named: %v", err)
		}
		_ = s.c.Do(t.Context(), "DELETE", "/templates/own-words", nil, nil)
	}
}
