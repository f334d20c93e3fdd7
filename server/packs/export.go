package packs

import (
	"context"
	"encoding/json"
	"fmt"
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
}

// Export makes a pack of a flow's draft: with its messages and the company's
// own fields that it reads, without people, addresses and secrets. Addresses
// become questions of the pack. It says what was taken out, and what its author
// should still look at.
func (s *Service) Export(ctx context.Context, a policies.Actor, r ExportRequest) (*pack.Pack, []string, []pack.Finding, error) {
	f, err := s.Flows.Get(ctx, a.Workspace, r.Flow)
	if err != nil {
		return nil, nil, nil, err
	}
	x := &exporter{params: map[string]any{}, stripped: []string{}}
	doc, err := form.Decode(f.Draft)
	if err != nil {
		return nil, nil, nil, err
	}
	m, ok := doc.(map[string]any)
	if !ok {
		return nil, nil, nil, fault.At("/flow", "type", "object")
	}
	delete(m, "layout")
	m = x.strip("", m).(map[string]any)
	raw, err := json.Marshal(m)
	if err != nil {
		return nil, nil, nil, err
	}
	objects := []pack.Object{{Kind: pack.Flow, Key: r.Flow, Raw: raw}}
	for _, key := range slices.Sorted(maps.Keys(x.templates)) {
		t, err := s.Templates.Get(ctx, a.Workspace, key)
		if fault.Is(err, fault.NotFound) || err == nil && t.Version == 0 {
			continue // missing, or every workspace has it
		}
		if err != nil {
			return nil, nil, nil, err
		}
		raw, err := json.Marshal(t.Document)
		if err != nil {
			return nil, nil, nil, err
		}
		objects = append(objects, pack.Object{Kind: pack.Message, Key: key, Raw: raw})
	}
	for _, key := range []string{"customer", "invoice"} {
		o, err := s.ownFields(ctx, a.Workspace, key, objects)
		if err != nil {
			return nil, nil, nil, err
		}
		if o != nil {
			objects = append(objects, *o)
		}
	}
	p, err := pack.Assemble(pack.Manifest{
		ID: r.ID, Version: r.Version, Name: r.Name, About: r.About, Licence: r.Licence, Publisher: pack.Publisher{Name: r.Publisher}, Params: x.questions(),
	}, objects)
	if err != nil {
		return nil, nil, nil, err
	}
	wording := templates.ShippedWording()
	found := p.Lint(pack.World{Nodes: s.Flows.Nodes(), Wording: wording, Template: func(key string) bool { return s.Templates.Has(ctx, a.Workspace, key) }})
	return p, x.stripped, found, nil
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

// exporter takes out of a flow what belongs to one company.
type exporter struct {
	params    map[string]any
	templates map[string]bool
	stripped  []string
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
				name := fmt.Sprintf("address%d", len(x.params)+1)
				x.params[name] = map[string]any{
					"type": "string", "maxLength": 2000, "default": "https://example.com/hook",
					"x-df-label": map[string]string{"en": "Address of the system to call", "zh-CN": "外部系统地址"},
				}
				x.stripped = append(x.stripped, here)
				t[k] = map[string]any{"$param": name}
			case k == "note" && isText && s != "" && strings.HasPrefix(at, "/nodes/"):
				x.stripped = append(x.stripped, here) // a remark among colleagues
				delete(t, k)
			case k == "template" && isText:
				if x.templates == nil {
					x.templates = map[string]bool{}
				}
				x.templates[s] = true
			default:
				t[k] = x.strip(here, t[k])
			}
		}
	}
	return v
}

func (x *exporter) questions() json.RawMessage {
	if len(x.params) == 0 {
		return nil
	}
	raw, err := json.Marshal(map[string]any{"type": "object", "additionalProperties": false, "properties": x.params})
	if err != nil {
		panic("packs: " + err.Error()) // it is made of JSON
	}
	return raw
}
