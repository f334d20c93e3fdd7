package run_test

import (
	"fmt"
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
