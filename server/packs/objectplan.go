package packs

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/pack"
)

// objects plans each object: new ones are added, those installed before are
// merged with what the workspace made of them.
func (s *Service) objects(ctx context.Context, a policies.Actor, p *Plan, adapted *pack.Adapted, r Request) error {
	before := map[string]Held{}
	for _, h := range p.record.Objects {
		before[string(h.Kind)+"/"+h.As] = h
	}
	keyOf := map[string]string{}
	for path, as := range p.choices.Keys {
		kind, key, _ := strings.Cut(path, "/")
		keyOf[kind+"/"+as] = key
	}
	templates := map[string]flow.Text{}
	for _, o := range adapted.Objects {
		if o.Kind == pack.Message {
			templates[o.Key] = NameOf(o.Raw)
		}
	}
	for _, o := range adapted.Objects {
		h := s.handler(o.Kind)
		if h == nil {
			continue
		}
		key := keyOf[string(o.Kind)+"/"+o.Key]
		if key == "" {
			key = o.Key
		}
		if o.Kind == pack.Role {
			var err error
			if o.Raw, err = normalRole(o.Raw); err != nil {
				return err
			}
		}
		if c, ok := p.theirs[o.Key]; ok && o.Kind == pack.Calendar {
			o.Raw = c.raw
		}
		mine, _, err := h.read(ctx, a, o)
		if err != nil {
			return err
		}
		was, had := before[string(o.Kind)+"/"+o.Key]
		op := ObjectPlan{Kind: o.Kind, Key: key, As: o.Key, Name: NameOf(o.Raw), Conflicts: []pack.Clash{}}
		if o.Kind == pack.Form {
			op.Name = formName(o.Key)
		}
		if o.Kind == pack.Calendar {
			was, had = basis(was, had, mine)
		}
		after, err := merge(&op, was, had, mine, o, r.Take[string(o.Kind)+"/"+key])
		if err != nil {
			return err
		}
		s.call(ctx, a.Workspace, o, op.Conflicts, templates)
		if o.Kind == pack.Calendar && (op.Action == Update || op.Action == Conflict) {
			if err := p.together(after); err != nil {
				return err
			}
		}
		if o.Kind == pack.Role {
			if err := p.propose(&op, mine, after, r.Grant); err != nil {
				return err
			}
		}
		if o.Kind == pack.Calendar {
			p.wanted(&op, r)
		}
		if len(op.Conflicts) > 0 {
			p.problem("/objects/"+strconv.Itoa(len(p.Objects)), "packConflict", fault.Params{"object": op.As})
		}
		p.Objects = append(p.Objects, op)
		switch {
		case o.Kind == pack.Calendar && p.theirs[o.Key].found: // the workspace had it before: it is not the pack's
		case op.Action != Propose:
			p.held = append(p.held, Held{o.Kind, key, o.Key, o.Raw})
		case had: // as it was granted before
			p.held = append(p.held, was)
		}
		if op.Action == Add || op.Action == Update {
			p.steps = append(p.steps, step{o, mine, after})
		}
	}
	p.known("/grant", pack.Role, r.Grant, func(o ObjectPlan) string { return o.As })
	p.known("/calendars", pack.Calendar, r.Calendars, func(o ObjectPlan) string { return o.Key })
	return nil
}

// known says which of the objects that were asked for the pack has not.
func (p *Plan) known(pointer string, kind pack.Kind, asked []string, name func(ObjectPlan) string) {
	for k, want := range asked {
		if !slices.ContainsFunc(p.Objects, func(o ObjectPlan) bool { return o.Kind == kind && name(o) == want }) {
			p.problem(pointer+"/"+strconv.Itoa(k), "packHasNot", fault.Params{"value": want})
		}
	}
}

// propose says what rights a role would get or lose. Nothing is changed for one
// that nobody has granted.
func (p *Plan) propose(op *ObjectPlan, mine, after json.RawMessage, granted []string) error {
	if op.Action != Add && op.Action != Update {
		return nil
	}
	given := slices.Contains(granted, op.As)
	r, err := rights(op.As, mine, after, given)
	if err != nil {
		return err
	}
	p.Rights = append(p.Rights, r)
	if !given {
		op.Action = Propose
	}
	return nil
}

// merge decides what becomes of one object and gives what is to be written.
func merge(op *ObjectPlan, was Held, had bool, mine json.RawMessage, o pack.Object, take map[string]string) (json.RawMessage, error) {
	switch {
	case mine == nil && had:
		op.Action = Gone
		return nil, nil
	case mine == nil || !had && o.Kind == pack.Form:
		op.Action = Add
		return o.Raw, nil
	}
	base := was.Base
	if !had {
		base = mine
	}
	m, err := pack.Merge(o.Kind, o.Key, base, mine, o.Raw, take)
	if err != nil {
		return nil, err
	}
	op.Conflicts = m.Conflicts
	switch {
	case len(m.Conflicts) > 0:
		op.Action = Conflict
	case len(m.Taken) > 0:
		op.Action = Update
	case len(m.Kept) > 0:
		op.Action = Keep
	default:
		op.Action = Same
	}
	return m.Raw, nil
}

// labels are the names of fields that come with a pack, by path.
func labels(brought map[string]pack.Reading) map[string]flow.Text {
	out := map[string]flow.Text{}
	for path, f := range brought {
		out[path] = f.Label
	}
	return out
}

// judge lints the flows as they would be, and counts whom they would reach.
func (s *Service) judge(ctx context.Context, a policies.Actor, p *Plan, src *pack.Pack) error {
	world := s.Flows.World(ctx, a.Workspace)
	fieldOf, templateOf := world.Field, world.Template
	brought := src.Brings()
	world.Field = func(path string) (filter.Type, bool) {
		if t, ok := fieldOf(path); ok {
			return t, ok
		}
		if f, ok := brought[path]; ok {
			return pack.FilterType(f), true
		}
		return "", false
	}
	settable := world.Settable
	world.Settable = func(path string) bool {
		_, comes := brought[path]
		return comes || settable(path)
	}
	coming := map[string]bool{}
	for _, h := range p.held {
		coming[string(h.Kind)+"/"+h.As] = true
	}
	calendarOf := world.Calendar
	world.Calendar = func(id string) bool {
		return coming["calendars/"+id] || calendarOf != nil && calendarOf(id)
	}
	world.Template = func(key string) bool {
		return coming["messages/"+key] || templateOf != nil && templateOf(key)
	}
	for _, st := range p.steps {
		if st.Object.Kind != pack.Flow || st.After == nil {
			continue
		}
		f, err := flow.Parse(st.After)
		if err != nil {
			return err
		}
		k := slices.IndexFunc(p.Objects, func(o ObjectPlan) bool { return o.Kind == pack.Flow && o.As == st.Object.Key })
		p.Objects[k].Issues = flow.Check(f, s.Flows.Nodes(), world)
		r, err := s.reach(ctx, a, f, s.Flows.PageWith(ctx, a.Workspace, st.After, nil, labels(brought)))
		if err != nil {
			return err
		}
		p.Reach = append(p.Reach, r)
	}
	return nil
}

// planBack plans going back to what the pack's objects were before its last
// change. What the workspace changed since stays, where the change had not
// touched it.
func (s *Service) planBack(ctx context.Context, a policies.Actor, p *Plan, r Request) error {
	if len(p.record.History) == 0 {
		return fault.New(fault.Conflict, "pack.noHistory", fault.Params{"pack": r.ID})
	}
	past := p.record.History[0]
	p.Version, p.Action, p.Signed, p.Trusted = past.Version, Rollback, true, true
	p.choices, p.held = past.Choices, past.Objects
	old := map[string]Held{}
	for _, h := range past.Objects {
		old[string(h.Kind)+"/"+h.Key] = h
	}
	for _, h := range p.record.Objects {
		path := string(h.Kind) + "/" + h.Key
		o := pack.Object{Kind: h.Kind, Key: h.As, Raw: h.Base}
		mine, _, err := s.handler(h.Kind).read(ctx, a, o)
		if err != nil {
			return err
		}
		op := ObjectPlan{Kind: h.Kind, Key: h.Key, As: h.As, Name: NameOf(h.Base), Conflicts: []pack.Clash{}}
		then := past.Mine[path]
		if _, was := old[path]; !was || then == nil || mine == nil || h.Kind == pack.Form || h.Kind == pack.Role {
			op.Action = Keep // it came with the change; nothing sends it unless a flow names it
			p.Objects = append(p.Objects, op)
			continue
		}
		after, err := merge(&op, h, true, mine, pack.Object{Kind: h.Kind, Key: h.As, Raw: then}, r.Take[path])
		if err != nil {
			return err
		}
		s.call(ctx, a.Workspace, o, op.Conflicts, nil)
		if h.Kind == pack.Calendar && (op.Action == Update || op.Action == Conflict) {
			if err := p.together(after); err != nil {
				return err
			}
		}
		if len(op.Conflicts) > 0 {
			p.problem("/objects/"+strconv.Itoa(len(p.Objects)), "packConflict", fault.Params{"object": op.As})
		}
		p.Objects = append(p.Objects, op)
		if op.Action == Update {
			p.steps = append(p.steps, step{o, mine, after})
		}
	}
	return nil
}
