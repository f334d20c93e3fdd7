package pack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
)

// weaver makes nodes and edges.
type weaver struct {
	s     *Series
	nodes map[string]*flow.Node
	edges []flow.Edge
	ways  []way
}

type way struct{ from, port, to, lane string }

func (b *weaver) weave() error {
	lanes := []string{""}
	if b.s.Tiers {
		lanes = tierLanes
	}
	first, err := b.first(lanes)
	if err != nil {
		return err
	}
	b.trigger(first)
	b.nodes["end"] = node("end", "{}")
	from := flow.Edge{From: "start"}
	if b.s.Tiers {
		b.nodes["tier"] = node("switch.tier", `{"tiers":["A","B","C"]}`)
		b.edges = append(b.edges, flow.Edge{From: "start", To: "tier"})
	}
	for _, lane := range lanes {
		at := from
		if b.s.Tiers {
			at = flow.Edge{From: "tier", Port: lane}
		}
		head, err := b.lane(lane, at, first)
		if err != nil {
			return err
		}
		if lane == "B" { // customers without a tier are treated as B
			b.edges = append(b.edges, flow.Edge{From: "tier", Port: "else", To: head})
		}
	}
	for _, w := range b.ways {
		to := w.to + suffix(w.lane)
		if w.to == "end" {
			to = "end"
		}
		if b.nodes[to] == nil {
			return fault.At("/steps", "unknownStep", w.to)
		}
		if wait := "wait-" + to; b.nodes[wait] != nil {
			to = wait
		}
		b.edges = append(b.edges, flow.Edge{From: w.from, Port: w.port, To: to})
	}
	return nil
}

func suffix(lane string) string {
	if lane == "" {
		return ""
	}
	return "-" + strings.ToLower(lane)
}

func node(typ, cfg string) *flow.Node {
	return &flow.Node{Type: typ, V: 1, Cfg: json.RawMessage(cfg)}
}

// first is the earliest time of all lanes, at which the flow starts.
func (b *weaver) first(lanes []string) (json.RawMessage, error) {
	var best json.RawMessage
	for _, lane := range lanes {
		for k, st := range b.s.Steps {
			at, err := pick(st.On, lane)
			if err != nil {
				return nil, fault.InvalidFields(under(fmt.Sprintf("/steps/%d/on", k), err))
			}
			if at == nil {
				continue
			}
			if best == nil || earlier(at, best) {
				best = at
			}
			break
		}
	}
	if best == nil {
		return nil, fault.At("/steps", "required", nil)
	}
	return best, nil
}

// earlier compares two times. Of an answer only its sign is known here, so that
// one before the date is earlier than any time after it; of two that cannot be
// told apart the first one written stays.
func earlier(a, b json.RawMessage) bool { return roughly(a) < roughly(b) }

// roughly is a time in days from the date.
func roughly(at json.RawMessage) int {
	var days int
	if json.Unmarshal(at, &days) == nil {
		return days
	}
	var t struct{ W, Times int }
	_ = json.Unmarshal(at, &t) // span judges it
	return t.W*7/5 + t.Times
}

// pick gives what a value says for a lane: the value itself, or the lane's own.
// A time with the keys of a time is a value.
func pick(raw json.RawMessage, lane string) (json.RawMessage, error) {
	if len(raw) == 0 || lane == "" {
		return raw, nil
	}
	var by map[string]json.RawMessage
	if json.Unmarshal(raw, &by) != nil || by["w"] != nil || by["param"] != nil {
		return raw, nil
	}
	for k := range by {
		if !slices.Contains(tierLanes, k) {
			return nil, fault.At("/"+k, "enum", tierLanes)
		}
	}
	return by[lane], nil
}

// span writes a time as the span of a trigger or wait.
func span(at json.RawMessage) (json.RawMessage, error) {
	var days int
	if json.Unmarshal(at, &days) == nil {
		return json.RawMessage(fmt.Sprintf(`{"value":%d,"unit":"day"}`, days)), nil
	}
	var t struct {
		W     *int   `json:"w"`
		Param string `json:"param"`
		Times int    `json:"times"`
		Unit  string `json:"unit"`
	}
	if err := json.Unmarshal(at, &t); err != nil {
		return nil, fault.At("", "span", nil)
	}
	if t.W != nil {
		return json.RawMessage(fmt.Sprintf(`{"value":%d,"unit":"businessDay"}`, *t.W)), nil
	}
	if t.Param == "" {
		return nil, fault.At("", "span", nil)
	}
	if t.Times == 0 {
		t.Times = 1
	}
	if t.Unit == "" {
		t.Unit = "day"
	}
	return json.RawMessage(fmt.Sprintf(`{"value":{"$param":%q,"times":%d},"unit":%q}`, t.Param, t.Times, t.Unit)), nil
}

func (b *weaver) trigger(first json.RawMessage) {
	if t := b.s.Trigger; t != nil {
		cfg := map[string]json.RawMessage{}
		_ = json.Unmarshal(t.Cfg, &cfg) // the flow's own check judges it
		if len(b.s.Filter) > 0 {
			cfg["filter"] = b.s.Filter
		}
		b.nodes["start"] = node(t.Type, object(cfg))
		return
	}
	offset, err := span(first)
	if err != nil {
		offset = json.RawMessage(`{"value":0,"unit":"day"}`)
	}
	cfg := map[string]json.RawMessage{"field": quote(b.s.Date), "offset": offset, "at": b.s.At}
	if len(b.s.Filter) > 0 {
		cfg["filter"] = b.s.Filter
	}
	b.nodes["start"] = node("trigger.date", object(cfg))
}

func quote(s string) json.RawMessage { return json.RawMessage(fmt.Sprintf("%q", s)) }

func object(m map[string]json.RawMessage) string {
	var out bytes.Buffer
	out.WriteByte('{')
	for k, name := range slices.Sorted(maps.Keys(m)) {
		if k > 0 {
			out.WriteByte(',')
		}
		out.Write(quote(name))
		out.WriteByte(':')
		out.Write(m[name])
	}
	out.WriteByte('}')
	return out.String()
}

// lane strings one lane's steps together and gives its first node.
func (b *weaver) lane(lane string, at flow.Edge, now json.RawMessage) (head string, err error) {
	if b.s.Trigger != nil {
		now = nil
	}
	link := func(id string) {
		if head == "" {
			head = id
		}
		at.To = id
		b.edges = append(b.edges, at)
		at = flow.Edge{From: id}
	}
	for k, st := range b.s.Steps {
		on, err := pick(st.On, lane)
		if err != nil {
			return "", fault.InvalidFields(under(fmt.Sprintf("/steps/%d/on", k), err))
		}
		if on == nil {
			continue
		}
		id := st.ID + suffix(lane)
		if now == nil || !bytes.Equal(on, now) {
			cfg, err := b.wait(on)
			if err != nil {
				return "", fault.InvalidFields(under(fmt.Sprintf("/steps/%d/on", k), err))
			}
			b.nodes["wait-"+id] = node("wait", cfg)
			link("wait-" + id)
			now = on
		}
		n, err := b.step(st, lane)
		if err != nil {
			return "", fault.InvalidFields(under(fmt.Sprintf("/steps/%d", k), err))
		}
		b.nodes[id] = n
		link(id)
		if st.Do != nil {
			for _, port := range slices.Sorted(maps.Keys(st.Do.Ways)) {
				b.ways = append(b.ways, way{id, port, st.Do.Ways[port], lane})
			}
			if n.Type == "approval" {
				at.Port = "approved"
			}
		} else if slices.Contains(b.s.CopyOwner, lane) {
			b.nodes["copy-"+id] = node("notify", `{"to":{"field":"customer.owner"},"text":{"en":"A reminder has gone to this customer; please keep an eye on it.","zh-CN":"已向该客户发送提醒，请留意后续。"}}`)
			link("copy-" + id)
		}
	}
	link("end")
	return head, nil
}

// wait gives the settings of the wait before a step: until so long after the
// date, or after an event simply so long.
func (b *weaver) wait(on json.RawMessage) (string, error) {
	offset, err := span(on)
	if err != nil {
		return "", err
	}
	if b.s.Trigger != nil {
		return object(map[string]json.RawMessage{"for": offset, "at": b.s.At}), nil
	}
	until := object(map[string]json.RawMessage{"field": quote(b.s.Date), "offset": offset})
	return object(map[string]json.RawMessage{"until": json.RawMessage(until), "at": b.s.At}), nil
}

func (b *weaver) step(st seriesStep, lane string) (*flow.Node, error) {
	if st.Do != nil {
		cfg := st.Do.Cfg
		if len(cfg) == 0 {
			cfg = json.RawMessage("{}")
		}
		return &flow.Node{Type: st.Do.Type, V: 1, Cfg: cfg, Label: st.Label}, nil
	}
	tpl, err := pick(st.Send, lane)
	if err != nil || len(tpl) == 0 {
		return nil, fault.At("/send", "required", nil)
	}
	channel := st.Channel
	if channel == "" {
		channel = "preferred"
	}
	cfg := map[string]json.RawMessage{"channel": quote(channel), "template": tpl}
	if len(st.Fallback) > 0 {
		raw, err := json.Marshal(st.Fallback)
		if err != nil {
			return nil, err
		}
		cfg["fallback"] = raw
	}
	return &flow.Node{Type: "send", V: 1, Cfg: json.RawMessage(object(cfg)), Label: st.Label, OnError: &flow.OnError{Retries: 5, Then: "park"}}, nil
}
