package packs

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/server/templates"
)

// ExportRequest says which flow becomes a pack, and its head.
type ExportRequest struct {
	Flow      string    `json:"flow" maxLength:"60"`
	ID        string    `json:"id" maxLength:"60"`
	Version   string    `json:"version" maxLength:"60"`
	Name      flow.Text `json:"name"`
	About     flow.Text `json:"about"`
	Publisher string    `json:"publisher" maxLength:"200"`
	Licence   string    `json:"licence" maxLength:"100"`
	// Keep names the questions that the pack asks; nil keeps the usual ones.
	Keep []string `json:"keep,omitempty" maxItems:"20"`
	None bool     `json:"noQuestions,omitempty" doc:"the pack asks nothing"`
}

// Exported is a flow as a pack, and what its author should look at.
type Exported struct {
	Pack      *pack.Pack
	Stripped  []string
	Questions []Proposal
	Findings  []pack.Finding
}

// Proposal is a question that the pack may ask instead of a value of the flow.
type Proposal struct {
	Name  string    `json:"name"`
	Label flow.Text `json:"label"`
	Value any       `json:"value"` // the default answer
	Kept  bool      `json:"kept"`
}

// Export makes a pack of a flow's draft: with its messages and the company's
// own fields that it reads, without people, addresses and secrets. Addresses
// become questions of the pack. It says what was taken out, and what its author
// should still look at.
func (s *Service) Export(ctx context.Context, a policies.Actor, r ExportRequest) (*Exported, error) {
	f, err := s.Flows.Get(ctx, a.Workspace, r.Flow)
	if err != nil {
		return nil, err
	}
	x := &exporter{templates: map[string]bool{}, stripped: []string{}}
	doc, err := form.Decode(f.Draft)
	if err != nil {
		return nil, err
	}
	m, ok := doc.(map[string]any)
	if !ok {
		return nil, fault.At("/flow", "type", "object")
	}
	delete(m, "layout")
	m = x.strip("", m).(map[string]any)
	names := map[string]flow.Text{}
	var objects []pack.Object
	for _, key := range slices.Sorted(maps.Keys(x.templates)) {
		t, err := s.Templates.Get(ctx, a.Workspace, key)
		if fault.Is(err, fault.NotFound) {
			continue // the checklist says so
		}
		if err != nil {
			return nil, err
		}
		if names[key] = t.Name; t.Version == 0 {
			continue // every workspace has it
		}
		raw, err := json.Marshal(t.Document)
		if err != nil {
			return nil, err
		}
		objects = append(objects, pack.Object{Kind: pack.Message, Key: key, Raw: raw})
	}
	x.propose(m, names)
	questions := x.ask(r)
	raw, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	objects = append(objects, pack.Object{Kind: pack.Flow, Key: r.Flow, Raw: raw})
	if x.calendar != "" {
		o, err := s.exportedCalendar(ctx, a.Workspace, x.calendar)
		if err != nil {
			return nil, err
		}
		if o != nil {
			objects = append(objects, *o)
		}
	}
	for _, key := range []string{"customer", "invoice"} {
		o, err := s.ownFields(ctx, a.Workspace, key, objects)
		if err != nil {
			return nil, err
		}
		if o != nil {
			objects = append(objects, *o)
		}
	}
	p, err := pack.Assemble(pack.Manifest{
		ID: r.ID, Version: r.Version, Name: r.Name, About: r.About, Licence: r.Licence, Publisher: pack.Publisher{Name: r.Publisher}, Params: x.params(),
	}, objects)
	if err != nil {
		return nil, err
	}
	wording := templates.ShippedWording()
	found := p.Lint(pack.World{Nodes: s.Flows.Nodes(), Wording: wording, Template: func(key string) bool { return s.Templates.Has(ctx, a.Workspace, key) }})
	return &Exported{p, x.stripped, questions, append([]pack.Finding{}, found...)}, nil
}

// ownFields are the fields of a form beyond those that everybody has, that the
// objects read.
func (s *Service) ownFields(ctx context.Context, ws, key string, objects []pack.Object) (*pack.Object, error) {
	f, err := s.Forms.Get(ctx, ws, key)
	if err != nil {
		return nil, err
	}
	var doc struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(f.Schema, &doc); err != nil {
		return nil, err
	}
	x := pack.Extension{Form: key, Fields: map[string]json.RawMessage{}}
	for _, path := range pack.Reads(objects) {
		group, name, _ := strings.Cut(path, ".")
		if group == key && !pack.IsGiven(path) && doc.Properties[name] != nil {
			x.Fields[name] = doc.Properties[name]
		}
	}
	if len(x.Fields) == 0 {
		return nil, nil
	}
	raw, err := json.Marshal(x)
	return &pack.Object{Kind: pack.Form, Key: key, Raw: raw}, err
}
