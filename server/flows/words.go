package flows

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/workflows/node"
)

// UnitWords names the units of a document as people know them. names says what
// templates are called that are not in the workspace yet.
type UnitWords struct {
	s     *Service
	f     *flow.Flow
	names node.Names
}

// Words reads a document for its units to be named; nil when it is no flow.
func (s *Service) Words(ctx context.Context, ws string, doc json.RawMessage, templates map[string]flow.Text) *UnitWords {
	f, err := flow.Parse(doc)
	if err != nil {
		return nil
	}
	return &UnitWords{s, f, s.namesWith(ctx, ws, templates, nil)}
}

// plainUnits are those without a name of their own.
var plainUnits = map[string]flow.Text{
	"name": node.Say("Name", "名称"), "about": node.Say("What it is for", "用途说明"), "subject": node.Say("What it runs for", "适用对象"),
	"settings": node.Say("When it may write to people", "发送时段与规则"), "stopOrder": node.Say("Order of goals and exits", "目标与退出的顺序"),
	"params": node.Say("Parameter", "参数"), "notes": node.Say("Note", "便签"),
}

// Name says what a unit is called.
func (w *UnitWords) Name(unit string, value json.RawMessage) flow.Text {
	kind, rest, _ := strings.Cut(unit, "/")
	id, _, _ := strings.Cut(rest, "/")
	switch kind {
	case "nodes":
		var n flow.Node
		if json.Unmarshal(value, &n) == nil && n.Type != "" {
			return w.title(&n)
		}
		return w.title(w.f.Nodes[id])
	case "edges":
		from := w.title(w.f.Nodes[id])
		return node.Both(func(lang string) string {
			return strings.ReplaceAll(node.Say("What follows “{}”", "“{}”之后的步骤").In(lang), "{}", from.In(lang))
		})
	case "stops":
		return node.Say("Goal or exit", "目标或退出条件")
	}
	return plainUnits[kind]
}

// Says reads a unit's value as a sentence; nil when it has none.
func (w *UnitWords) Says(unit string, value json.RawMessage) flow.Text {
	kind, _, _ := strings.Cut(unit, "/")
	switch kind {
	case "nodes":
		var n flow.Node
		if json.Unmarshal(value, &n) == nil && n.Type != "" {
			return w.s.step(w.f, &n, w.names).Sentence
		}
	case "edges":
		var to string
		if json.Unmarshal(value, &to) == nil {
			return w.title(w.f.Nodes[to])
		}
	case "stops":
		var st flow.Stop
		if json.Unmarshal(value, &st) != nil {
			return nil
		}
		if e, err := filter.ParseTimed(st.When); err == nil {
			return node.Both(func(lang string) string { return w.names.Phrase(e, lang) })
		}
	}
	return nil
}

// title is a step's label, else what kind of step it is.
func (w *UnitWords) title(n *flow.Node) flow.Text {
	if n == nil {
		return node.Say("a step", "某个步骤")
	}
	if len(n.Label) > 0 {
		return n.Label
	}
	for _, t := range w.s.nodes.Types() {
		if t.Name == n.Type && t.V == n.V {
			return t.Title
		}
	}
	return flow.Text{"en": n.Type}
}
