package packs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
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
	// Calendars are those of the pack that are wanted.
	Calendars []string `json:"calendars,omitempty" maxItems:"50" doc:"calendars of the pack, by their keys in it, that become the workspace's own; the others are proposed only"`
	Grant     []string `json:"grant,omitempty" maxItems:"50" doc:"roles of the pack that are granted; others are proposed only, and nothing is changed for them"`
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
	Gone     = "gone"    // deleted in the workspace, and stays so
	Propose  = "propose" // a role that nobody has granted, a calendar that nobody wants; nothing happens
)

// Plan is what applying a request would do. Problems keep it from being done.
type Plan struct {
	Hash      string    `json:"hash"`
	ID        string    `json:"id"`
	Version   string    `json:"version"`
	Installed string    `json:"installed"`
	Action    string    `json:"action"`
	Name      flow.Text `json:"name"`
	Signed    bool      `json:"signed"`
	Trusted   bool      `json:"trusted"`
	Publisher string    `json:"publisher,omitempty"`
	Key       string    `json:"key,omitempty"` // that signed it
	// Fingerprint is how people compare the key.
	Fingerprint string         `json:"fingerprint,omitempty"`
	Needs       []Need         `json:"needs"`
	Fields      []FieldPlan    `json:"fields"`
	Params      any            `json:"params,omitempty"`
	Answers     map[string]any `json:"answers"`
	Objects     []ObjectPlan   `json:"objects"`
	Reach       []Reach        `json:"reach"`
	Rights      []Rights       `json:"rights"` // of the roles that the pack proposes
	Skipped     []string       `json:"skipped"`
	Problems    []fault.Field  `json:"-"`

	record  Installed // as it is now
	choices pack.Choices
	theirs  map[string]calendarPlan // of the pack, by id in the workspace
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
	// Standing says of a calendar how the workspace's own of that name compares.
	Standing string       `json:"standing,omitempty" enum:"new,same,differs"`
	Issues   []flow.Issue `json:"-"`
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
	p := &Plan{ID: r.ID, Installed: now.Version, Name: now.Name, record: now, Needs: []Need{}, Fields: []FieldPlan{}, Objects: []ObjectPlan{}, Reach: []Reach{}, Skipped: []string{}, Rights: []Rights{}, Answers: map[string]any{}}
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
	found, err := s.Find(ctx, a.Workspace, r.ID, r.File)
	if err != nil {
		return err
	}
	src := found.Pack
	p.Version, p.Name, p.Signed = src.Version, src.Name, src.Signature != nil || found.Shipped
	if p.Trusted, err = s.trusts(ctx, a.Workspace, found); err != nil {
		return err
	}
	p.Action = actionOf(p.Installed, p.Version)
	switch {
	case !p.Signed && !slices.Contains(r.Accept, "unsigned"):
		p.problem("/accept", "packUnsigned", nil)
	case p.Signed && !p.Trusted && !slices.Contains(r.Accept, src.Signature.Key):
		p.problem("/accept", "packUntrusted", fault.Params{"key": src.Signature.Key})
	}
	if p.Publisher, p.Key = src.Publisher.Name, src.Publisher.Key; p.Key != "" {
		p.Fingerprint = pack.Fingerprint(p.Key)
	}
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
	if err := s.calendars(ctx, a, p, src, r); err != nil {
		return err
	}
	adapted, err := src.Adapt(p.choices)
	if err != nil {
		return s.wrongAnswers(p, err)
	}
	p.Skipped = append(p.Skipped, adapted.Skipped...)
	if err := s.objects(ctx, a, p, adapted, r); err != nil {
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
	for _, name := range slices.Sorted(maps.Keys(p.choices.Params)) {
		_, asked := answers[name]
		if _, before := p.record.Choices.Params[name]; !asked && !before { // one of an earlier version may stay
			p.problem("/params/"+name, "packNoQuestion", fault.Params{"value": name})
		}
	}
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
