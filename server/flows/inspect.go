package flows

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/workflows/node"
)

// Inspection is what an editor shows beside a document: what is wrong with it,
// and for each step its ports and its sentence.
type Inspection struct {
	Issues []flow.Issue         `json:"issues"`
	Nodes  map[string]StepView  `json:"nodes"`
	Stops  map[string]flow.Text `json:"stops"`
	Order  []string             `json:"order"` // of the steps, as a run meets them
}

// StepView is a step as the canvas draws it.
type StepView struct {
	Ports    []string  `json:"ports"`    // that must lead somewhere
	Optional []string  `json:"optional"` // that may
	Sentence flow.Text `json:"sentence,omitempty"`
}

// Inspect reads a document for its editor; it may be unfinished, but must be a
// flow document.
func (s *Service) Inspect(ctx context.Context, ws string, doc json.RawMessage) (Inspection, error) {
	f, err := flow.Parse(doc)
	if err != nil {
		return Inspection{}, err
	}
	names := s.Names(ctx, ws)
	out := Inspection{Issues: flow.Check(f, s.nodes, s.World(ctx, ws)), Nodes: map[string]StepView{}, Stops: map[string]flow.Text{}}
	for id, n := range f.Nodes {
		out.Nodes[id] = s.step(f, n, names)
	}
	for _, st := range f.StopWhen {
		if e, err := filter.ParseTimed(st.When); err == nil {
			out.Stops[st.ID] = node.Both(func(lang string) string { return names.Phrase(e, lang) })
		}
	}
	out.Order = order(f, f.Trigger(s.nodes))
	if out.Issues == nil {
		out.Issues = []flow.Issue{}
	}
	return out, nil
}

func (s *Service) step(f *flow.Flow, n *flow.Node, names node.Names) StepView {
	v := StepView{Ports: []string{}, Optional: []string{}}
	cfg, err := f.Resolve(n.Cfg, nil)
	if err != nil {
		cfg = n.Cfg
	}
	parsed, problems := s.nodes.Parse(n.Type, n.V, cfg)
	if len(problems) > 0 {
		// Unfinished settings: the ports of a new step of this type, so that
		// what is drawn does not fall apart while somebody types.
		if parsed = s.nodes.Default(n.Type, n.V); parsed == nil {
			return v
		}
	} else {
		v.Sentence = parsed.Sentence(names)
	}
	required, optional := node.PortsOf(parsed)
	v.Ports, v.Optional = append(v.Ports, required...), append(v.Optional, optional...)
	if n.OnError != nil && n.OnError.Then == "port" {
		v.Ports = append(v.Ports, "error")
	}
	return v
}

// Page reads a flow as sentences, in the order in which a run meets its steps.
func (s *Service) Page(ctx context.Context, ws string, doc json.RawMessage) map[string][]string {
	f, err := flow.Parse(doc)
	if err != nil {
		return map[string][]string{}
	}
	return s.page(f, s.Names(ctx, ws))
}

func (s *Service) page(f *flow.Flow, names node.Names) map[string][]string {
	out := map[string][]string{}
	for _, id := range order(f, f.Trigger(s.nodes)) {
		for lang, t := range s.step(f, f.Nodes[id], names).Sentence {
			out[lang] = append(out[lang], lane(f, id).In(lang)+t)
		}
	}
	return out
}

// lane says before the first step of a tier's way whose way it is, "" elsewhere.
func lane(f *flow.Flow, id string) flow.Text {
	var tiers []string
	others := false
	for _, e := range f.Edges {
		from := f.Nodes[e.From]
		if e.To != id || from == nil || from.Type != "switch.tier" {
			continue
		}
		if e.PortName() == "else" {
			others = true
		} else {
			tiers = append(tiers, e.PortName())
		}
	}
	if len(tiers) == 0 {
		return nil
	}
	slices.Sort(tiers)
	en, zh := "Tier "+strings.Join(tiers, ", "), strings.Join(tiers, "、")+" 级"
	if others {
		en, zh = en+" and others", zh+"及其他"
	}
	return node.Say(en+": ", zh+"：")
}

// order lists the nodes from a start on so that each comes after those that
// lead to it (reversed post-order; a loop's way back does not count).
func order(f *flow.Flow, start string) []string {
	next := map[string][]string{}
	for _, e := range f.Edges {
		next[e.From] = append(next[e.From], e.To)
	}
	order := []string{}
	seen := map[string]bool{}
	var visit func(id string)
	visit = func(id string) {
		if f.Nodes[id] == nil || seen[id] {
			return
		}
		seen[id] = true
		for i := len(next[id]) - 1; i >= 0; i-- {
			visit(next[id][i])
		}
		order = append(order, id)
	}
	visit(start)
	slices.Reverse(order)
	return order
}

// Sentence reads the step of a run.
func (s *Service) Sentence(ctx context.Context, ws, hash, nodeID string) flow.Text {
	d, err := s.Definition(ctx, ws, hash)
	if err != nil {
		return nil
	}
	return d.Sentence(nodeID, s.Names(ctx, ws))
}

// Matches are the records that fit a condition now.
type Matches struct {
	Count   int64     `json:"count"`
	AtLeast bool      `json:"atLeast,omitempty"` // there may be more
	Sample  []Subject `json:"sample"`
}

// Subject is a record by name.
type Subject struct {
	ID    string `json:"id"`
	Label string `json:"label"`
}

// Preview is who fits a condition now, and how it reads.
type Preview struct {
	Matches
	Sentence flow.Text `json:"sentence"`
}

// Preview counts the subjects that fit a condition, in a person's view.
func (s *Service) Preview(ctx context.Context, a policies.Actor, formKey string, raw json.RawMessage) (Preview, error) {
	e, err := filter.ParseTimed(raw)
	if err != nil {
		return Preview{}, err
	}
	if err := filter.Check(e, s.fields(ctx, a.Workspace)); err != nil {
		return Preview{}, err
	}
	m, err := s.Matching(ctx, a, formKey, e, nil)
	if err != nil {
		return Preview{}, err
	}
	names := s.Names(ctx, a.Workspace)
	return Preview{m, node.Both(func(lang string) string { return names.Phrase(e, lang) })}, nil
}

// PageWith is Page for a document whose templates and fields are not all in
// the workspace yet: names says what those are called.
func (s *Service) PageWith(ctx context.Context, ws string, doc json.RawMessage, templates, fields map[string]flow.Text) map[string][]string {
	f, err := flow.Parse(doc)
	if err != nil {
		return map[string][]string{}
	}
	return s.page(f, s.namesWith(ctx, ws, templates, fields))
}

// namesWith are the workspace's names and those of what is still to come.
func (s *Service) namesWith(ctx context.Context, ws string, templates, fields map[string]flow.Text) node.Names {
	names := s.Names(ctx, ws)
	known := names.Name
	names.Name = func(kind, key string) flow.Text {
		switch {
		case kind == node.NameTemplate && len(templates[key]) > 0:
			return templates[key]
		case kind == node.NameField && len(fields[key]) > 0:
			return fields[key]
		case known != nil:
			return known(kind, key)
		}
		return nil
	}
	return names
}
