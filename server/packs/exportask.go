package packs

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/server/workspace"
)

// exporter takes out of a flow what belongs to one company, and finds what a
// pack could ask instead of deciding it for everybody.
type exporter struct {
	templates map[string]bool
	calendar  string // of the workspace's own, that the flow names
	stripped  []string
	asked     []question
}

// question is a proposal with what makes it one: put writes the reference to the
// answer in the place of the value.
type question struct {
	Proposal
	schema map[string]any
	put    func()
}

func (x *exporter) strip(at string, v any) any {
	switch t := v.(type) {
	case []any:
		for k, c := range t {
			t[k] = x.strip(fmt.Sprintf("%s/%d", at, k), c)
		}
	case map[string]any:
		if user, ok := t["user"].(string); ok && user != "" {
			x.stripped = append(x.stripped, at+"/user")
			return map[string]any{"field": "customer.owner"}
		}
		for _, k := range slices.Sorted(maps.Keys(t)) {
			here := at + "/" + k
			s, isText := t[k].(string)
			switch {
			case k == "url" && isText:
				x.address(t, here)
			case k == "note" && isText && s != "" && strings.HasPrefix(at, "/nodes/"):
				x.stripped = append(x.stripped, here) // a remark among colleagues
				delete(t, k)
			case k == "calendar" && at == "/settings" && workspace.OwnCalendarID(s):
				x.calendar, t[k] = s, exportedKey // it comes along
			case k == "template" && isText:
				x.templates[s] = true
			default:
				t[k] = x.strip(here, t[k])
			}
		}
	}
	return v
}

const noAddress = "https://example.com/hook"

func (x *exporter) address(cfg map[string]any, here string) {
	x.stripped = append(x.stripped, here)
	cfg["url"] = noAddress
	name := fmt.Sprintf("address%d", len(x.asked)+1)
	x.asked = append(x.asked, question{
		Proposal{name, flow.Text{"en": "Address of the system to call", "zh-CN": "外部系统地址"}, noAddress, true},
		map[string]any{"type": "string", "maxLength": 2000},
		func() { cfg["url"] = map[string]any{"$param": name} },
	})
}

// propose finds the days and times of a flow, in the order of its steps' ids.
func (x *exporter) propose(m map[string]any, names map[string]flow.Text) {
	nodes, _ := m["nodes"].(map[string]any)
	next := nextOf(m, nodes, names)
	for _, id := range slices.Sorted(maps.Keys(nodes)) {
		node, _ := nodes[id].(map[string]any)
		cfg, _ := node["cfg"].(map[string]any)
		if cfg == nil {
			continue
		}
		if span, ok := cfg["offset"].(map[string]any); ok && node["type"] == "trigger.date" {
			x.days("days", span, next[id], true)
		}
		if until, ok := cfg["until"].(map[string]any); ok {
			if span, ok := until["offset"].(map[string]any); ok {
				x.days("day", span, next[id], true)
			}
		}
		if span, ok := cfg["for"].(map[string]any); ok && node["type"] == "wait" {
			x.days("wait", span, next[id], false)
		}
	}
	x.times(nodes)
}

// nextOf names the message that follows each step, where it is the next one.
func nextOf(m, nodes map[string]any, names map[string]flow.Text) map[string]flow.Text {
	out := map[string]flow.Text{}
	edges, _ := m["edges"].([]any)
	for _, e := range edges {
		edge, _ := e.(map[string]any)
		from, _ := edge["from"].(string)
		to, _ := edge["to"].(string)
		node, _ := nodes[to].(map[string]any)
		cfg, _ := node["cfg"].(map[string]any)
		key, _ := cfg["template"].(string)
		if name := names[key]; name != nil {
			out[from] = name
		}
	}
	return out
}

// unitWords are the units of spans that count in whole numbers of days.
var unitWords = map[string]flow.Text{
	"day": {"en": "days", "zh-CN": "天"}, "businessDay": {"en": "working days", "zh-CN": "个工作日"}, "week": {"en": "weeks", "zh-CN": "周"},
}

func (x *exporter) days(name string, span map[string]any, next flow.Text, dated bool) {
	number, _ := span["value"].(json.Number)
	n, err := strconv.Atoi(number.String())
	unit, _ := span["unit"].(string)
	words := unitWords[unit]
	if err != nil || n == 0 || words == nil || len(x.asked) >= pack.MaxParams {
		return
	}
	times := 1
	if n < 0 {
		n, times = -n, -1
	}
	label := flow.Text{"en": "Wait, in " + words["en"], "zh-CN": "等待几" + words["zh-CN"]}
	if dated {
		label = flow.Text{"en": "How many " + words["en"] + " after the date", "zh-CN": "日期之后几" + words["zh-CN"]}
		if times < 0 {
			label = flow.Text{"en": "How many " + words["en"] + " before the date", "zh-CN": "日期之前几" + words["zh-CN"]}
		}
	}
	for lang, of := range next {
		if label[lang] != "" {
			label[lang] += map[string]string{"en": ": ", "zh-CN": "："}[lang] + of
		}
	}
	name += strconv.Itoa(len(x.asked) + 1)
	x.asked = append(x.asked, question{
		Proposal{name, label, n, dated},
		map[string]any{"type": "integer", "minimum": 1, "maximum": max(60, 2*n)},
		func() { span["value"] = map[string]any{"$param": name, "times": times} },
	})
}

var timeOfDay = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)

// times asks once for each time of day, however many steps have it.
func (x *exporter) times(nodes map[string]any) {
	at := map[string][]map[string]any{}
	for _, id := range slices.Sorted(maps.Keys(nodes)) {
		node, _ := nodes[id].(map[string]any)
		cfg, _ := node["cfg"].(map[string]any)
		if t, ok := cfg["at"].(string); ok && timeOfDay.MatchString(t) {
			at[t] = append(at[t], cfg)
		}
	}
	for _, t := range slices.Sorted(maps.Keys(at)) {
		if len(x.asked) >= pack.MaxParams {
			return
		}
		name, cfgs := "at"+strconv.Itoa(len(x.asked)+1), at[t]
		x.asked = append(x.asked, question{
			Proposal{name, flow.Text{"en": "Time of day", "zh-CN": "发送时刻"}, t, true},
			map[string]any{"type": "string", "pattern": timeOfDay.String()},
			func() {
				for _, cfg := range cfgs {
					cfg["at"] = map[string]any{"$param": name}
				}
			},
		})
	}
}

// ask puts the questions that are kept into the flow, and gives all proposals.
func (x *exporter) ask(r ExportRequest) []Proposal {
	out := []Proposal{}
	for k := range x.asked {
		q := &x.asked[k]
		switch {
		case r.None:
			q.Kept = false
		case r.Keep != nil:
			q.Kept = slices.Contains(r.Keep, q.Name)
		}
		if q.Kept {
			q.put()
		}
		out = append(out, q.Proposal)
	}
	return out
}

// params is the JSON Schema of the questions that are kept; nil of none.
func (x *exporter) params() json.RawMessage {
	props, order := map[string]any{}, []string{}
	for _, q := range x.asked {
		if !q.Kept {
			continue
		}
		q.schema["default"], q.schema["x-df-label"] = q.Value, q.Label
		props[q.Name] = q.schema
		order = append(order, q.Name)
	}
	if len(props) == 0 {
		return nil
	}
	raw, err := json.Marshal(map[string]any{"type": "object", "additionalProperties": false, "properties": props, "x-df-order": order})
	if err != nil {
		panic("packs: " + err.Error()) // it is made of JSON
	}
	return raw
}
