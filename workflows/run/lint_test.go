package run_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/workflows/builtin"
)

func TestLint(t *testing.T) {
	for _, tc := range []struct{ name, from, to, key, pointer string }{
		{"unknown node", `"type":"end"`, `"type":"teleport"`, "unknownNode", "/nodes/end/type"},
		{"unknown version", `"type":"end","v":1`, `"type":"end","v":9`, "unknownNode", "/nodes/end/type"},
		{"unknown setting", `"template":"overdue-clear"`, `"template":"overdue-clear","colour":"red"`, "unknownField", "/nodes/third/cfg/colour"},
		{"missing setting", `"cfg":{"channel":"sandbox","template":"overdue-clear"}`, `"cfg":{"channel":"sandbox"}`, "required", "/nodes/third/cfg/template"},
		{"edge to nowhere", `{"from":"third","to":"end"}`, `{"from":"third","to":"moon"}`, "edgeTo", "/edges/5/to"},
		{"unknown port", `{"from":"third","to":"end"}`, `{"from":"third","to":"end"},{"from":"third","port":"vip","to":"end"}`, "unknownPort", "/edges/6/port"},
		{"cycle", `{"from":"third","to":"end"}`, `{"from":"third","to":"first"}`, "cycle", "/nodes/first"},
		{"no paid stop", paidStop + ",", "", "noPaidStop", "/stopWhen"},
		{"open port", `,{"from":"third","to":"end"}`, ``, "openPort", "/nodes/third"},
	} {
		doc := strings.Replace(friendly, tc.from, tc.to, 1)
		f, err := flow.Parse([]byte(doc))
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		found := false
		for _, i := range flow.Check(f, nodes, flow.World{}) {
			found = found || i.Key == tc.key && i.Pointer == tc.pointer
		}
		if !found {
			t.Errorf("%s: no %s at %s in %+v", tc.name, tc.key, tc.pointer, flow.Check(f, nodes, flow.World{}))
		}
	}
	f, _ := flow.Parse([]byte(friendly))
	if issues := flow.Check(f, nodes, flow.World{}); len(issues) != 0 {
		t.Errorf("a good flow: %+v", issues)
	}
}

// TestOneMistakeOneIssue: a message that is not chosen yet is told once, and
// not once more as an exit that is not known yet.
func TestOneMistakeOneIssue(t *testing.T) {
	doc := strings.Replace(friendly, `"cfg":{"channel":"sandbox","template":"overdue-clear"}`, `"cfg":{"channel":"sandbox"}`, 1)
	f, err := flow.Parse([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	if issues := flow.Check(f, builtin.Nodes(), flow.World{}); len(issues) != 1 || issues[0].Node != "third" || issues[0].Key != "required" {
		t.Errorf("found %+v", issues)
	}
}

// TestAFlowWithoutSteps: what only starts and ends is worth a look; a single
// step makes it a flow.
func TestAFlowWithoutSteps(t *testing.T) {
	const bare = `{"format":"dueflow.flow/1","key":"bare","name":{"en":"Bare"},"subject":{"form":"invoice","keyBy":"invoice.id","reentry":"once"},
		"nodes":{"start":{"type":"trigger.manual","v":1,"cfg":{}},%s"end":{"type":"end","v":1}},"edges":[%s]}`
	for _, tc := range []struct {
		name, nodes, edges string
		want               int
	}{
		{"nothing between", "", `{"from":"start","to":"end"}`, 1},
		{"a wait", `"pause":{"type":"wait","v":1,"cfg":{"for":{"value":3,"unit":"day"}}},`, `{"from":"start","to":"pause"},{"from":"pause","to":"end"}`, 0},
		{"a step after which nothing comes", `"halt":{"type":"stop","v":1,"cfg":{"scope":"subject"}},`, `{"from":"start","to":"halt"}`, 0},
	} {
		f, err := flow.Parse(fmt.Appendf(nil, bare, tc.nodes, tc.edges))
		if err != nil {
			t.Fatal(tc.name, err)
		}
		found := 0
		for _, i := range flow.Check(f, builtin.Nodes(), flow.World{}) {
			if i.Key == "noSteps" && i.Severity == "warning" {
				found++
			}
		}
		if found != tc.want {
			t.Errorf("%s: said %d times, want %d", tc.name, found, tc.want)
		}
	}
}

// TestDoubts: what can hardly be meant so is worth a look.
func TestDoubts(t *testing.T) {
	const doubtful = `{"format":"dueflow.flow/1","key":"doubt","name":{"en":"Doubt"},"subject":{"form":"invoice","keyBy":"invoice.id","reentry":"once"},
		"stopWhen":[{"id":"paid","when":{"field":"invoice.collectable","op":"lte","value":0},"on":["payment.applied"],"outcome":"goal"}],
		"nodes":{"start":{"type":"trigger.manual","v":1,"cfg":{}},
			"pick":{"type":"branch","v":1,"cfg":{"cases":[%s]}},
			"firm":{"type":"send","v":1,"cfg":{"channel":"sandbox","template":"%s"}},
			"pause":{"type":"wait","v":1,"cfg":%s},
			"last":{"type":"send","v":1,"cfg":{"channel":"sandbox","template":"%s"}},
			"tell":{"type":"notify","v":1,"cfg":{"to":{"role":"%s"},"text":{"en":"Look"}}},
			"end":{"type":"end","v":1}},
		"edges":[{"from":"start","to":"pick"},%s{"from":"pick","port":"else","to":"firm"},{"from":"firm","to":"pause"},{"from":"pause","to":"last"},{"from":"last","to":"tell"},{"from":"tell","to":"end"}]}`
	world := flow.World{
		Tone:   func(key string) int { return map[string]int{"warm": 1, "clear": 2, "firm": 3, "final": 4}[key] },
		Person: func(_, id string) bool { return id != "nobody" },
		Sees:   func(_, id string) bool { return id == "finance" },
	}
	dpd := func(op string, n int) string {
		return fmt.Sprintf(`{"field":"invoice.dpd","op":"%s","value":%d}`, op, n)
	}
	for _, tc := range []struct {
		name               string
		cases              []string
		first, pause, last string
		role               string
		want               []string
	}{
		{"a good one", []string{dpd("gt", 60), dpd("gt", 30), `{"field":"customer.tier","op":"eq","value":"A"}`}, "clear", `{"for":{"value":400,"unit":"day"}}`, "firm", "finance", nil},
		{"never taken", []string{dpd("gt", 30), dpd("gt", 60)}, "clear", `{"for":{"value":3,"unit":"day"}}`, "firm", "finance", []string{"caseShadowed /nodes/pick/cfg/cases/1/when"}},
		{"by two together", []string{dpd("gt", 30), dpd("lt", 60), `{"field":"invoice.dpd","op":"eq","value":45}`}, "clear", `{"for":{"value":3,"unit":"day"}}`, "firm", "finance", []string{"caseShadowed /nodes/pick/cfg/cases/2/when"}},
		{"contradiction", []string{`{"all":[` + dpd("gt", 30) + `,` + dpd("lt", 10) + `]}`}, "clear", `{"for":{"value":3,"unit":"day"}}`, "firm", "finance", []string{"caseNever /nodes/pick/cfg/cases/0/when"}},
		{"always", []string{`{"any":[` + dpd("gt", 30) + `,{"not":` + dpd("gt", 30) + `}]}`}, "clear", `{"for":{"value":3,"unit":"day"}}`, "firm", "finance", []string{"caseAlways /nodes/pick/cfg/cases/0/when"}},
		{"days from today", []string{`{"field":"invoice.dueDate","op":"lt","value":{"today":-30}}`, `{"field":"invoice.dueDate","op":"lt","value":{"today":-5}}`, `{"field":"invoice.dueDate","op":"lt","value":{"today":-10}}`}, "clear", `{"for":{"value":3,"unit":"day"}}`, "firm", "finance", []string{"caseShadowed /nodes/pick/cfg/cases/2/when"}},
		{"everything", []string{`{}`, dpd("gt", 30)}, "clear", `{"for":{"value":3,"unit":"day"}}`, "firm", "finance", []string{"caseAlways /nodes/pick/cfg/cases/0/when"}},
		{"a long wait", []string{dpd("gt", 30)}, "clear", `{"for":{"value":300,"unit":"businessDay"}}`, "firm", "finance", []string{"longWait /nodes/pause/cfg/for"}},
		{"long before a date", []string{dpd("gt", 30)}, "clear", `{"until":{"field":"invoice.dueDate","offset":{"value":-60,"unit":"week"}}}`, "firm", "finance", []string{"longWait /nodes/pause/cfg/until/offset"}},
		{"milder after firm", []string{dpd("gt", 30)}, "final", `{"for":{"value":3,"unit":"day"}}`, "firm", "finance", []string{"milderAfter /nodes/last"}},
		{"milder after clear", []string{dpd("gt", 30)}, "clear", `{"for":{"value":3,"unit":"day"}}`, "warm", "finance", nil},
		{"who sees nothing", []string{dpd("gt", 30)}, "clear", `{"for":{"value":3,"unit":"day"}}`, "firm", "author", []string{"seesNothing /nodes/tell/cfg/to/role"}},
		{"nobody there", []string{dpd("gt", 30)}, "clear", `{"for":{"value":3,"unit":"day"}}`, "firm", "nobody", []string{"unknownRole /nodes/tell/cfg/to/role"}},
	} {
		cases, edges := make([]string, len(tc.cases)), ""
		for k, when := range tc.cases {
			cases[k] = fmt.Sprintf(`{"port":"p%d","when":%s}`, k, when)
			edges += fmt.Sprintf(`{"from":"pick","port":"p%d","to":"end"},`, k)
		}
		f, err := flow.Parse(fmt.Appendf(nil, doubtful, strings.Join(cases, ","), tc.first, tc.pause, tc.last, tc.role, edges))
		if err != nil {
			t.Fatal(tc.name, err)
		}
		var got []string
		for _, i := range flow.Check(f, builtin.Nodes(), world) {
			got = append(got, i.Key+" "+i.Pointer)
			if want := "warning"; i.Key != "seesNothing" && i.Severity != want {
				t.Errorf("%s: %s is an %s", tc.name, i.Key, i.Severity)
			}
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s: found %q, want %q", tc.name, got, tc.want)
		}
	}
}

// TestChannelsThatAreNotSetUp: a step none of whose channels can deliver is
// worth a look, and no more than that.
func TestChannelsThatAreNotSetUp(t *testing.T) {
	f, err := flow.Parse([]byte(friendly))
	if err != nil {
		t.Fatal(err)
	}
	for _, ready := range []bool{true, false} {
		issues := flow.Check(f, builtin.Nodes(), flow.World{Ready: func(string) bool { return ready }})
		if ready && len(issues) != 0 || !ready && len(issues) != 3 {
			t.Errorf("ready %v: %+v", ready, issues)
		}
		for _, i := range issues {
			if i.Severity != "warning" || i.Key != "noChannelReady" {
				t.Errorf("found %+v", i)
			}
		}
	}
}

func TestEnvelopeGivesOneErrorAMistake(t *testing.T) {
	for from, pointer := range map[string]string{
		`"key":"friendly"`: "/key", `"form":"invoice"`: "/subject/form", `"format":"dueflow.flow/1"`: "/format",
	} {
		doc := strings.Replace(friendly, from, from[:strings.Index(from, ":")]+`:"NO GOOD"`, 1)
		_, err := flow.Parse([]byte(doc))
		if err == nil || strings.Count(err.Error(), ";") != 1 || !strings.Contains(err.Error(), pointer+":") {
			t.Errorf("%s: %v", pointer, err)
		}
	}
	if _, err := flow.Parse([]byte(strings.Repeat("[", 100_000))); err == nil {
		t.Error("a deep document was read")
	}
}

// TestHashIgnoresLayout: moving boxes makes no new version, meaning does.
func TestHashIgnoresLayout(t *testing.T) {
	a, _ := flow.Parse([]byte(friendly))
	b, _ := flow.Parse([]byte(strings.Replace(friendly, `"edges":`, `"layout":{"pos":{"start":[1,2]}},"edges":`, 1)))
	c, _ := flow.Parse([]byte(strings.Replace(friendly, `"value":5`, `"value":6`, 1)))
	if a.Hash() != b.Hash() || a.Hash() == c.Hash() {
		t.Errorf("%s %s %s", a.Hash(), b.Hash(), c.Hash())
	}
}
