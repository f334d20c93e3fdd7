package packs

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/server/flows"
)

func (s *Service) needs(ctx context.Context, a policies.Actor, p *Plan, src *pack.Pack) error {
	add := func(kind, what string, ok, blocking bool) {
		p.Needs = append(p.Needs, Need{kind, what, ok, blocking})
		if !ok && blocking {
			p.problem("/needs", "packNeeds", fault.Params{"kind": kind, "what": what})
		}
	}
	q := src.Requires
	if q.Product != "" {
		add("product", q.Product, pack.Fits(s.Version, q.Product), true)
	}
	for _, n := range q.Nodes {
		typ, v, _ := strings.Cut(n, "/")
		version, err := strconv.Atoi(v)
		_, known := s.Flows.Nodes().Lookup(typ, version)
		if err != nil || !known { // what is there need not be said
			add("node", n, false, true)
		}
	}
	ready := s.Flows.World(ctx, a.Workspace).Ready
	for _, c := range q.Channels {
		_, ok := s.Channels[c]
		add("channel", c, ok && (ready == nil || ready(c)), false)
	}
	for id, within := range q.Packs {
		other, err := s.Get(ctx, a.Workspace, id)
		if err != nil {
			return err
		}
		add("pack", id+" "+within, other.Version != "" && pack.Fits(other.Version, within), true)
	}
	for _, o := range src.Objects {
		if o.Kind.Installs() && s.handler(o.Kind) == nil {
			add("kind", string(o.Kind), false, true)
		}
	}
	slices.SortStableFunc(p.Needs, func(a, b Need) int { return strings.Compare(a.Kind+a.What, b.Kind+b.What) })
	return nil
}

// fields says for each field that the pack reads whether the workspace has it,
// gets it, or has another in its place.
func (s *Service) fields(ctx context.Context, a policies.Actor, p *Plan, src *pack.Pack) error {
	have, err := s.Flows.Fields(ctx, a.Workspace, "invoice")
	if err != nil {
		return err
	}
	brought := src.Brings()
	for k, f := range src.Requires.Fields {
		plan := FieldPlan{Reading: f, Choices: []FieldChoice{}}
		there := false
		for _, h := range have {
			if h.Path == f.Path {
				there = true
			}
			if h.Group+"." == groupOf(f.Path) && kindOf(h.Type) == kindOf(f.Type) {
				plan.Choices = append(plan.Choices, FieldChoice{h.Path, h.Name})
			}
		}
		to, said := p.choices.Fields[f.Path]
		_, comes := brought[f.Path]
		switch {
		case said && to == "":
			plan.Status = "skip"
		case said && to != f.Path:
			plan.Status, plan.To = "mapped", to
			if !slices.ContainsFunc(plan.Choices, func(c FieldChoice) bool { return c.Path == to }) {
				p.problem(fmt.Sprintf("/fields/%d", k), "packField", fault.Params{"field": f.Path, "value": to})
			}
		case there:
			plan.Status = "there"
		case comes:
			plan.Status = Add
		default:
			plan.Status = "missing"
			p.problem(fmt.Sprintf("/fields/%d", k), "packFieldMissing", fault.Params{"field": f.Path})
		}
		p.Fields = append(p.Fields, plan)
	}
	p.stray(src, have)
	return nil
}

// stray finds mappings of fields that the pack does not ask for: those that every
// form has may stand on another field of their kind, the rest is a slip.
func (p *Plan) stray(src *pack.Pack, have []flows.Field) {
	asked := map[string]bool{}
	for _, f := range src.Requires.Fields {
		asked[f.Path] = true
	}
	kinds := map[string]string{}
	for _, h := range have {
		kinds[h.Path] = kindOf(h.Type)
	}
	reads := pack.Reads(src.Objects)
	for _, path := range slices.Sorted(maps.Keys(p.choices.Fields)) {
		to := p.choices.Fields[path]
		_, before := p.record.Choices.Fields[path]
		switch {
		case asked[path] || to == path || before && !slices.Contains(reads, path):
		case !slices.Contains(reads, path):
			p.problem("/fields/"+path, "packNoField", fault.Params{"field": path})
		case kinds[to] == "" || kinds[to] != kinds[path] || groupOf(to) != groupOf(path):
			p.problem("/fields/"+path, "packField", fault.Params{"field": path, "value": to})
		}
	}
}

func groupOf(path string) string {
	group, _, _ := strings.Cut(path, ".")
	return group + "."
}

// kindOf is how conditions see a type: money and percent are numbers, a choice
// is text.
func kindOf(typ string) string {
	switch typ {
	case "money", "percent", "number", "integer":
		return "number"
	case "boolean", "bool":
		return "bool"
	case "date":
		return "date"
	case "date-time", "instant":
		return "instant"
	case "multiChoice", "rows", "list":
		return "list"
	}
	return "text"
}

// keys gives objects that are new to the workspace a key that nobody has.
func (s *Service) keys(ctx context.Context, a policies.Actor, p *Plan, src *pack.Pack) error {
	for _, o := range src.Objects {
		path := string(o.Kind) + "/" + o.Key
		h := s.handler(o.Kind)
		if !o.Kind.Installs() || h == nil || o.Kind == pack.Form || o.Kind == pack.Calendar || p.choices.Keys[path] != "" {
			continue
		}
		for n := 1; ; n++ {
			as := o.Key
			if n > 1 {
				as += "-" + strconv.Itoa(n)
			}
			raw, _, err := h.read(ctx, a, pack.Object{Kind: o.Kind, Key: as, Raw: o.Raw})
			if err != nil {
				return err
			}
			if raw == nil {
				p.choices.Keys[path] = as
				break
			}
			if n > 50 {
				return fault.New(fault.Conflict, "pack.keys", fault.Params{"key": o.Key})
			}
		}
	}
	return nil
}
