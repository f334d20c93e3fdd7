package pack

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/schemas/message"
)

// Build makes a pack of its source folder: pack.json is the manifest without
// contents, and the folders of the kinds hold one file per object. Besides
// these, messages.json may hold a list of messages, and flows/<key>.series.json
// a flow as a Series. What the pack needs of node types, channels and fields
// is worked out from its flows and messages. Errors name the file.
func Build(src fs.FS) (*Pack, error) {
	raw, err := fs.ReadFile(src, "pack.json")
	if err != nil {
		return nil, fmt.Errorf("pack.json: %w", err)
	}
	p := &Pack{}
	if p.Objects, err = sources(src); err != nil {
		return nil, err
	}
	order(p.Objects)
	var head map[string]json.RawMessage
	if err := json.Unmarshal(raw, &head); err != nil {
		return nil, fmt.Errorf("pack.json: %w", err)
	}
	head["format"], head["contents"] = quote(Format), contents(p.Objects)
	whole, err := json.Marshal(head)
	if err != nil {
		return nil, err
	}
	if p.Manifest, err = ParseManifest(whole); err != nil {
		return nil, fmt.Errorf("pack.json: %w", err)
	}
	if err := p.need(); err != nil {
		return nil, err
	}
	return p, nil
}

func contents(objects []Object) json.RawMessage {
	list := make([]Content, 0, len(objects))
	for _, o := range objects {
		list = append(list, Content{o.Path(), sum(o.Raw), len(o.Raw)})
	}
	raw, err := json.Marshal(list)
	if err != nil {
		panic("pack: " + err.Error()) // strings and numbers
	}
	return raw
}

func sources(src fs.FS) ([]Object, error) {
	var out []Object
	add := func(kind Kind, key string, raw []byte) error {
		plain, err := Canonical(raw)
		if err != nil {
			return err
		}
		if _, _, ok := place(Object{Kind: kind, Key: key}.Path()); !ok {
			return fault.New(fault.Invalid, "pack.path", fault.Params{"file": clip(key)})
		}
		out = append(out, Object{kind, key, plain})
		return nil
	}
	if err := messageList(src, add); err != nil {
		return nil, fmt.Errorf("messages.json: %w", err)
	}
	for _, kind := range Kinds {
		entries, err := fs.ReadDir(src, string(kind))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			name := path.Join(string(kind), e.Name())
			raw, err := fs.ReadFile(src, name)
			if err == nil {
				err = source(kind, e.Name(), raw, add)
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return out, nil
}

func messageList(src fs.FS, add func(Kind, string, []byte) error) error {
	raw, err := fs.ReadFile(src, "messages.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return err
	}
	for _, m := range list {
		var head struct{ Key string }
		if err := json.Unmarshal(m, &head); err != nil {
			return err
		}
		if err := add(Message, head.Key, m); err != nil {
			return err
		}
	}
	return nil
}

func source(kind Kind, name string, raw []byte, add func(Kind, string, []byte) error) error {
	if key, ok := strings.CutSuffix(name, ".series.json"); ok && kind == Flow {
		var s Series
		if err := json.Unmarshal(raw, &s); err != nil {
			return err
		}
		s.Key = key
		doc, err := s.Flow()
		if err != nil {
			return err
		}
		return add(kind, key, doc)
	}
	key, ok := strings.CutSuffix(name, ".json")
	if !ok {
		return fault.New(fault.Invalid, "pack.path", fault.Params{"file": clip(name)})
	}
	return add(kind, key, raw)
}

// need works out what the pack requires.
func (p *Pack) need() error {
	nodes, channels, fields := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, o := range p.Of(Flow) {
		var f struct {
			Nodes map[string]struct {
				Type string
				V    int
				Cfg  struct {
					Channel  string
					Fallback []string
				}
			}
		}
		// Settings of other shapes than those of "send" are passed over.
		_ = json.Unmarshal(o.Raw, &f)
		for _, n := range f.Nodes {
			nodes[fmt.Sprintf("%s/%d", n.Type, n.V)] = true
			for _, c := range append(n.Cfg.Fallback, n.Cfg.Channel) {
				if c != "" && c != "preferred" {
					channels[c] = true
				}
			}
		}
		v, err := form.Decode(o.Raw)
		if err != nil {
			return err
		}
		for _, f := range fieldsIn(v) {
			fields[f] = true
		}
	}
	for _, o := range p.Of(Message) {
		for _, f := range variablesOf(o.Raw) {
			fields[f] = true
		}
	}
	p.Requires.Nodes, p.Requires.Channels = slices.Sorted(maps.Keys(nodes)), slices.Sorted(maps.Keys(channels))
	p.declare(fields)
	return nil
}

// declare lists the fields that the pack reads and every form has not: from the
// manifest where it names them, else from the forms that the pack brings.
func (p *Pack) declare(read map[string]bool) {
	said := map[string]Field{}
	for _, f := range p.Requires.Fields {
		said[f.Path] = f
	}
	brought := p.Brings()
	for _, path := range slices.Sorted(maps.Keys(read)) {
		if _, ok := said[path]; ok || IsGiven(path) {
			continue
		}
		if f, ok := brought[path]; ok {
			p.Requires.Fields = append(p.Requires.Fields, f)
		}
	}
	slices.SortFunc(p.Requires.Fields, func(a, b Field) int { return strings.Compare(a.Path, b.Path) })
}

// Brings lists the fields that the pack's forms add, by path.
func (p *Pack) Brings() map[string]Field {
	out := map[string]Field{}
	for _, o := range p.Of(Form) {
		var x Extension
		if json.Unmarshal(o.Raw, &x) != nil {
			continue
		}
		for key, raw := range x.Fields {
			var prop struct {
				Label flow.Text `json:"x-df-label"`
				Help  flow.Text `json:"x-df-help"`
			}
			_ = json.Unmarshal(raw, &prop)
			out[x.Form+"."+key] = Field{Path: x.Form + "." + key, Type: form.TypeOf(raw), Label: prop.Label, Why: prop.Help}
		}
	}
	return out
}

// Extension adds fields to a form that is there.
type Extension struct {
	Form   string                     `json:"form"`
	Fields map[string]json.RawMessage `json:"fields"`
	Group  flow.Text                  `json:"group,omitempty"` // heading under which they stand
}

// given are the paths that conditions and messages may read in every workspace.
var given = func() map[string]bool {
	out := map[string]bool{}
	for key, f := range form.Builtin() {
		for _, x := range f.Fields {
			out[key+"."+x.Key] = true
		}
	}
	for _, p := range []string{
		"invoice.id", "invoice.open", "invoice.collectable", "invoice.disputed", "invoice.dpd", "invoice.status", "invoice.held", "invoice.promise",
		"customer.id", "customer.score",
	} {
		out[p] = true
	}
	return out
}()

// IsGiven tells whether every workspace has a field.
func IsGiven(path string) bool {
	group, _, _ := strings.Cut(path, ".")
	return given[path] || group == "account" || group != "customer" && group != "invoice"
}

// variablesOf lists the fields of customers and invoices that a message reads.
func variablesOf(raw json.RawMessage) []string {
	var d message.Document
	if json.Unmarshal(raw, &d) != nil {
		return nil
	}
	var out []string
	for _, b := range d.Variant {
		for _, src := range []string{b.Subject, b.Text, b.HTML} {
			t, err := message.Parse(src)
			if err != nil {
				continue
			}
			for _, v := range t.Variables() {
				if rest, ok := strings.CutPrefix(v, "items[]."); ok {
					v = "invoice." + rest
				}
				if strings.HasPrefix(v, "customer.") || strings.HasPrefix(v, "invoice.") {
					out = append(out, v)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
