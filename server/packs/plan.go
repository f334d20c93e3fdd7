package packs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/pack"
)

// Request asks for a plan: which pack, with which choices.
type Request struct {
	ID   string `json:"id" maxLength:"60"`
	File string `json:"file,omitempty" maxLength:"64" doc:"hash of an uploaded package; empty for one that ships"`
	pack.Choices
	// Take decides conflicts of an upgrade: object path → piece → "mine" or "theirs".
	Take     map[string]map[string]string `json:"take,omitempty"`
	Accept   []string                     `json:"accept,omitempty" doc:"\"unsigned\" accepts a package without signature, a public key one that it has signed"`
	Rollback bool                         `json:"rollback,omitempty" doc:"go back to what the pack was before its last change"`
}

// The kinds of plans.
const (
	Install  = "install"
	Upgrade  = "upgrade"
	Same     = "same"
	Older    = "older"
	Rollback = "rollback"
)

// What a plan does with an object.
const (
	Add      = "add"
	Update   = "update"
	Keep     = "keep" // the workspace's own changes stay
	Conflict = "conflict"
	Gone     = "gone" // deleted in the workspace, and stays so
)

// Plan is what applying a request would do. Problems keep it from being done.
type Plan struct {
	Hash      string         `json:"hash"`
	ID        string         `json:"id"`
	Version   string         `json:"version"`
	Installed string         `json:"installed"`
	Action    string         `json:"action"`
	Name      flow.Text      `json:"name"`
	Signed    bool           `json:"signed"`
	Trusted   bool           `json:"trusted"`
	Key       string         `json:"key,omitempty"` // that signed it
	Needs     []Need         `json:"needs"`
	Fields    []FieldPlan    `json:"fields"`
	Params    any            `json:"params,omitempty"`
	Answers   map[string]any `json:"answers"`
	Objects   []ObjectPlan   `json:"objects"`
	Reach     []Reach        `json:"reach"`
	Skipped   []string       `json:"skipped"`
	Problems  []fault.Field  `json:"-"`

	record  Installed // as it is now
	choices pack.Choices
	held    []Held
	steps   []step
}

// Need is something that a pack requires.
type Need struct {
	Kind     string `json:"kind"` // product, node, channel, pack
	What     string `json:"what"`
	OK       bool   `json:"ok"`
	Blocking bool   `json:"blocking"`
}

// FieldPlan is a field that the pack reads beside those that everybody has.
type FieldPlan struct {
	pack.Reading
	Status  string        `json:"status"` // there, add, mapped, skip, missing
	To      string        `json:"to,omitempty"`
	Choices []FieldChoice `json:"choices"` // fields of the same type
}

// FieldChoice is a field of the workspace.
type FieldChoice struct {
	Path  string    `json:"path"`
	Label flow.Text `json:"label"`
}

// ObjectPlan is what happens to one object.
type ObjectPlan struct {
	Kind      pack.Kind    `json:"kind"`
	Key       string       `json:"key"`
	As        string       `json:"as"`
	Name      flow.Text    `json:"name,omitempty"`
	Action    string       `json:"action"`
	Conflicts []pack.Clash `json:"conflicts"`
	Issues    []flow.Issue `json:"-"`
}

// step is one write of a change.
type step struct {
	Object pack.Object     `json:"object"` // as the pack has it, under its key in the workspace
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
}

// Plan works out what a request would do, in the view of the actor. It writes
// nothing.
func (s *Service) Plan(ctx context.Context, a policies.Actor, r Request) (*Plan, error) {
	now, err := s.Get(ctx, a.Workspace, r.ID)
	if err != nil {
		return nil, err
	}
	p := &Plan{ID: r.ID, Installed: now.Version, Name: now.Name, record: now, Needs: []Need{}, Fields: []FieldPlan{}, Objects: []ObjectPlan{}, Reach: []Reach{}, Skipped: []string{}, Answers: map[string]any{}}
	if now.State == Changing {
		return nil, fault.New(fault.Conflict, "pack.changing", fault.Params{"pack": r.ID})
	}
	if r.Rollback {
		err = s.planBack(ctx, a, p, r)
	} else {
		err = s.planForth(ctx, a, p, r)
	}
	if err != nil {
		return nil, err
	}
	p.seal()
	return p, nil
}

// seal gives the plan its hash: of what would be written, and over what.
func (p *Plan) seal() {
	raw, err := json.Marshal([]any{p.ID, p.Version, p.record.ver, p.choices, p.steps})
	if err != nil {
		panic("packs: " + err.Error()) // it is made of JSON
	}
	h := sha256.Sum256(raw)
	p.Hash = hex.EncodeToString(h[:12])
}

func (p *Plan) problem(pointer, rule string, params fault.Params) {
	p.Problems = append(p.Problems, fault.Field{Pointer: pointer, Rule: rule, Params: params})
}

func (s *Service) planForth(ctx context.Context, a policies.Actor, p *Plan, r Request) error {
	src, shipped, err := s.Find(ctx, a.Workspace, r.ID, r.File)
	if err != nil {
		return err
	}
	p.Version, p.Name, p.Signed, p.Trusted = src.Version, src.Name, src.Signature != nil || shipped, shipped || src.Signature != nil && slices.Contains(s.Trusted, src.Signature.Key)
	p.Action = actionOf(p.Installed, p.Version)
	switch {
	case !p.Signed && !slices.Contains(r.Accept, "unsigned"):
		p.problem("/accept", "packUnsigned", nil)
	case p.Signed && !p.Trusted && !slices.Contains(r.Accept, src.Signature.Key):
		p.problem("/accept", "packUntrusted", fault.Params{"key": src.Signature.Key})
	}
	p.Key = src.Publisher.Key
	if len(src.Params) > 0 {
		p.Params = src.Params
	}
	p.choices = s.choices(p.record, r)
	if err := s.answers(p, src); err != nil {
		return err
	}
	if err := s.needs(ctx, a, p, src); err != nil {
		return err
	}
	if err := s.fields(ctx, a, p, src); err != nil {
		return err
	}
	if err := s.keys(ctx, a, p, src); err != nil {
		return err
	}
	adapted, err := src.Adapt(p.choices)
	if err != nil {
		return s.wrongAnswers(p, err)
	}
	p.Skipped = append(p.Skipped, adapted.Skipped...)
	if err := s.objects(ctx, a, p, src, adapted, r.Take); err != nil {
		return err
	}
	return s.judge(ctx, a, p, src)
}

func actionOf(installed, version string) string {
	switch {
	case installed == "":
		return Install
	case installed == version:
		return Same
	case pack.Newer(version, installed):
		return Upgrade
	}
	return Older
}

// choices are those of the request, with what the pack was installed with
// where the request says nothing.
func (s *Service) choices(now Installed, r Request) pack.Choices {
	c := r.Choices
	if c.Params == nil {
		c.Params = now.Choices.Params
	}
	if c.Fields == nil {
		c.Fields = now.Choices.Fields
	}
	if c.Roles == nil {
		c.Roles = now.Choices.Roles
	}
	c.Keys = map[string]string{}
	for _, h := range now.Objects {
		c.Keys[string(h.Kind)+"/"+h.Key] = h.As
	}
	return c
}

func (s *Service) answers(p *Plan, src *pack.Pack) error {
	q, err := src.Questions()
	if err != nil {
		return err
	}
	answers, err := q.Answer(p.choices.Params)
	p.Answers = answers
	if err != nil {
		fe, ok := err.(*fault.Error)
		if !ok {
			return err
		}
		for _, f := range fe.Fields {
			f.Pointer = "/params" + f.Pointer
			p.Problems = append(p.Problems, f)
		}
		p.choices.Params = nil // the rest is planned with the defaults
	}
	return nil
}

// wrongAnswers turns a fault of adapting into problems of the plan.
func (s *Service) wrongAnswers(p *Plan, err error) error {
	fe, ok := err.(*fault.Error)
	if !ok || len(fe.Fields) == 0 {
		return err
	}
	p.Problems = append(p.Problems, fe.Fields...)
	return nil
}

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
	for _, c := range q.Channels {
		_, ok := s.Channels[c]
		add("channel", c, ok, false)
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
	return nil
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
		if !o.Kind.Installs() || h == nil || o.Kind == pack.Form || p.choices.Keys[path] != "" {
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

// objects plans each object: new ones are added, those installed before are
// merged with what the workspace made of them.
func (s *Service) objects(ctx context.Context, a policies.Actor, p *Plan, src *pack.Pack, adapted *pack.Adapted, take map[string]map[string]string) error {
	before := map[string]Held{}
	for _, h := range p.record.Objects {
		before[string(h.Kind)+"/"+h.As] = h
	}
	keyOf := map[string]string{}
	for path, as := range p.choices.Keys {
		kind, key, _ := strings.Cut(path, "/")
		keyOf[kind+"/"+as] = key
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
		mine, _, err := h.read(ctx, a, o)
		if err != nil {
			return err
		}
		was, had := before[string(o.Kind)+"/"+o.Key]
		op := ObjectPlan{Kind: o.Kind, Key: key, As: o.Key, Name: nameOf(o.Raw), Conflicts: []pack.Clash{}}
		after, err := merge(&op, was, had, mine, o, take[string(o.Kind)+"/"+key])
		if err != nil {
			return err
		}
		if len(op.Conflicts) > 0 {
			p.problem("/objects/"+strconv.Itoa(len(p.Objects)), "packConflict", fault.Params{"object": op.As})
		}
		p.Objects = append(p.Objects, op)
		p.held = append(p.held, Held{o.Kind, key, o.Key, o.Raw})
		if op.Action == Add || op.Action == Update {
			p.steps = append(p.steps, step{o, mine, after})
		}
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
	coming := map[string]bool{}
	for _, h := range p.held {
		coming[string(h.Kind)+"/"+h.As] = true
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
		r, err := s.reach(ctx, a, f)
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
		op := ObjectPlan{Kind: h.Kind, Key: h.Key, As: h.As, Name: nameOf(h.Base), Conflicts: []pack.Clash{}}
		then := past.Mine[path]
		if _, was := old[path]; !was || then == nil || mine == nil || h.Kind == pack.Form {
			op.Action = Keep // it came with the change; nothing sends it unless a flow names it
			p.Objects = append(p.Objects, op)
			continue
		}
		after, err := merge(&op, h, true, mine, pack.Object{Kind: h.Kind, Key: h.As, Raw: then}, r.Take[path])
		if err != nil {
			return err
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
