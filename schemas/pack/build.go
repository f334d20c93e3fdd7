package pack

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
)

// Build makes a pack of the files of its source folder, by their paths with
// slashes: pack.json is the manifest without
// contents, and the folders of the kinds hold one file per object. Besides
// these, messages.json may hold a list of messages, and flows/<key>.series.json
// a flow as a Series. What the pack needs of node types, channels and fields
// is worked out from its flows and messages. Errors name the file.
func Build(src map[string][]byte) (*Pack, error) {
	raw, ok := src["pack.json"]
	if !ok {
		return nil, fault.New(fault.Invalid, "pack.broken", fault.Params{"file": "pack.json"})
	}
	p := &Pack{}
	var err error
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

func sources(src map[string][]byte) ([]Object, error) {
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
	for _, name := range slices.Sorted(maps.Keys(src)) {
		dir, file := path.Split(name)
		kind := Kind(strings.TrimSuffix(dir, "/"))
		var err error
		switch {
		case name == "pack.json":
		case name == "messages.json":
			err = messageList(src[name], add)
		case slices.Contains(Kinds, kind):
			err = source(kind, file, src[name], add)
		default:
			err = fault.New(fault.Invalid, "pack.path", fault.Params{"file": clip(name)})
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return out, nil
}

func messageList(raw []byte, add func(Kind, string, []byte) error) error {
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
	}
	for _, f := range Reads(p.Objects) {
		fields[f] = true
	}
	p.Requires.Nodes, p.Requires.Channels = slices.Sorted(maps.Keys(nodes)), slices.Sorted(maps.Keys(channels))
	p.declare(fields)
	return nil
}

// declare lists the fields that the pack reads and every form has not: from the
// manifest where it names them, else from the forms that the pack brings.
func (p *Pack) declare(read map[string]bool) {
	said := map[string]Reading{}
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
	slices.SortFunc(p.Requires.Fields, func(a, b Reading) int { return strings.Compare(a.Path, b.Path) })
}

// Assemble makes a pack of a head and objects, as Build does of files.
func Assemble(head Manifest, objects []Object) (*Pack, error) {
	p := &Pack{}
	for _, o := range objects {
		raw, err := Canonical(o.Raw)
		if err != nil {
			return nil, err
		}
		p.Objects = append(p.Objects, Object{o.Kind, o.Key, raw})
	}
	order(p.Objects)
	head.Format = Format
	if err := json.Unmarshal(contents(p.Objects), &head.Contents); err != nil {
		return nil, err
	}
	raw, err := json.Marshal(head)
	if err != nil {
		return nil, err
	}
	if p.Manifest, err = ParseManifest(raw); err != nil {
		return nil, err
	}
	return p, p.need()
}
