// Package packs installs template packs into a workspace: it plans what an
// install, upgrade or roll-back would change, does it wholly or not at all,
// remembers what came from where, and takes packs out again. Objects land as
// drafts; nothing is sent until somebody publishes.
package packs

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/server/accounts"
	"github.com/dueflow/dueflow/server/desk"
	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/server/forms"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/templates"
	"github.com/dueflow/dueflow/server/workspace"
	"github.com/dueflow/dueflow/workflows/channel"
)

const (
	collection = "pack"
	packFiles  = "packfile"
	fileHeads  = "packfilehead" // what a file is, without its bytes
	maxPacks   = 200
	maxHistory = 3 // earlier states that can be gone back to
)

// Specs are the collections of this room.
var Specs = append([]store.Spec{
	{Name: collection, Indexes: []store.Index{store.OnText("state")}, MaxBody: 12 << 20},
	{Name: packFiles, MaxBody: 2*pack.MaxFile + 1<<10},
	{Name: fileHeads},
	{Name: trust},
	{Name: planted},
}, CatalogSpecs...)

// The states of an installed pack.
const (
	Ready    = "installed"
	Changing = "changing" // an install, upgrade or removal is under way
)

// Installed is a pack in a workspace.
type Installed struct {
	ID        string       `json:"id"`
	Version   string       `json:"version"`
	Name      flow.Text    `json:"name"`
	Publisher string       `json:"publisher"`
	File      string       `json:"file,omitempty"` // hash of the package; "" of one that ships
	At        string       `json:"at"`
	By        string       `json:"by"`
	State     string       `json:"state"`
	Choices   pack.Choices `json:"choices"`
	Objects   []Held       `json:"objects"`
	History   []Past       `json:"history,omitempty"`
	// Pending is the change under way, so that a process that comes after a
	// crash can finish it.
	Pending *pending `json:"pending,omitempty"`
	ver     int64
}

// Held is an object of a pack as it was installed.
type Held struct {
	Kind pack.Kind       `json:"kind"`
	Key  string          `json:"key"` // in the pack
	As   string          `json:"as"`  // in the workspace
	Base json.RawMessage `json:"base"`
}

// Past is what a pack was before its last change, with its objects as the
// workspace had them then.
type Past struct {
	Version string                     `json:"version"`
	File    string                     `json:"file,omitempty"`
	At      string                     `json:"at"`
	Choices pack.Choices               `json:"choices"`
	Objects []Held                     `json:"objects"`
	Mine    map[string]json.RawMessage `json:"mine"` // by path in the pack
}

// Service installs packs.
type Service struct {
	Store     *store.Store
	Spaces    *workspace.Service
	Forms     *forms.Service
	Flows     *flows.Service
	Templates *templates.Service
	Desk      *desk.Service
	Channels  channel.Registry
	Records   *records.Service
	Accounts  *accounts.Service
	// Version is the product's, for what packs require.
	Version string
	// Policy keeps the roles that packs propose.
	Policy Policy
	// Trusted are the public keys whose packs need no further word.
	Trusted []string
	// Catalogs are the packs from outside; nil is none.
	Catalogs *Catalogs
	// Now is the real time.
	Now func() time.Time
	// Addresses tells, for customers, by which channels each can be reached.
	Addresses func(ctx context.Context, ws string, customers []string) (map[string][]string, error)
	// Audit notes what a pack wrote or took away; nil for nowhere.
	Audit func(ctx context.Context, by policies.Actor, action, object, id string, after any)
}

// List gives the installed packs by id.
func (s *Service) List(ctx context.Context, ws string) ([]Installed, error) {
	out := []Installed{}
	err := s.Store.In(ws, collection).Each(ctx, store.Query{Limit: maxPacks}, func(d store.Doc) error {
		i, err := decode(d)
		out = append(out, i)
		return err
	})
	return out, err
}

func decode(d store.Doc) (Installed, error) {
	var i Installed
	err := json.Unmarshal(d.Body, &i)
	i.ver = d.Ver
	return i, err
}

// Get gives an installed pack; one that is not there has no version.
func (s *Service) Get(ctx context.Context, ws, id string) (Installed, error) {
	d, err := s.Store.In(ws, collection).Get(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return Installed{ID: id}, nil
	}
	if err != nil {
		return Installed{}, err
	}
	return decode(d)
}

func none(id string) error { return fault.New(fault.NotFound, "pack.none", fault.Params{"pack": id}) }

// Found is a pack, and what is known of where it comes from.
type Found struct {
	*pack.Pack
	Shipped bool
	// Vouched are keys that are trusted for this pack, by its catalogue.
	Vouched []string
}

// Find gives a pack: the file that was kept under a hash, one that a catalogue
// lists under it, or with file "" the shipped one of an id.
func (s *Service) Find(ctx context.Context, ws, id, file string) (Found, error) {
	if file == "" {
		all, err := pack.Builtin()
		if err != nil {
			return Found{}, err
		}
		k := slices.IndexFunc(all, func(p *pack.Pack) bool { return p.ID == id })
		if k < 0 {
			return Found{}, none(id)
		}
		return Found{Pack: all[k], Shipped: true}, nil
	}
	var f Found
	d, err := s.Store.In(ws, packFiles).Get(ctx, file)
	switch {
	case fault.Is(err, fault.NotFound):
		f.Pack, f.Vouched, err = s.Catalogs.Pack(ctx, ws, file)
	case err == nil:
		f.Pack, err = readKept(d)
	}
	if err == nil && f.ID != id {
		err = fault.At("/id", "const", f.ID)
	}
	return f, err
}

func readKept(d store.Doc) (*pack.Pack, error) {
	var kept struct{ File string }
	if err := json.Unmarshal(d.Body, &kept); err != nil {
		return nil, err
	}
	raw, err := base64.StdEncoding.DecodeString(kept.File)
	if err != nil {
		return nil, err
	}
	return pack.Read(raw)
}

// Preview reads a pack's flows as sentences, with the default answers.
func (s *Service) Preview(ctx context.Context, ws string, p *pack.Pack) ([]FlowPreview, error) {
	a, err := p.Adapt(pack.Choices{})
	if err != nil {
		return nil, err
	}
	names := map[string]flow.Text{}
	for _, o := range a.Objects {
		if o.Kind == pack.Message {
			names[o.Key] = NameOf(o.Raw)
		}
	}
	fields := labels(p.Brings())
	out := []FlowPreview{}
	for _, o := range a.Objects {
		if o.Kind == pack.Flow {
			var about struct{ About flow.Text }
			_ = json.Unmarshal(o.Raw, &about) // it has been checked
			out = append(out, FlowPreview{o.Key, NameOf(o.Raw), about.About, s.Flows.PageWith(ctx, ws, o.Raw, names, fields)})
		}
	}
	return out, nil
}

// FlowPreview is a flow of a pack as people read it.
type FlowPreview struct {
	Key       string              `json:"key"`
	Name      flow.Text           `json:"name"`
	About     flow.Text           `json:"about,omitempty"`
	Sentences map[string][]string `json:"sentences"`
}

// NameOf reads the name of an object of a pack.
func NameOf(raw json.RawMessage) flow.Text {
	var x struct{ Name flow.Text }
	_ = json.Unmarshal(raw, &x) // what has no name is called by its key
	return x.Name
}

// handler reads and writes objects of a kind in a workspace.
type handler interface {
	// read gives an object as it is now with its version; nil when it is not there.
	read(ctx context.Context, a policies.Actor, o pack.Object) (json.RawMessage, int64, error)
	// write makes it what raw says; nil takes it away.
	write(ctx context.Context, a policies.Actor, o pack.Object, raw json.RawMessage, ver int64) error
}

func (s *Service) handler(k pack.Kind) handler {
	switch k {
	case pack.Flow:
		return flowHandler{s}
	case pack.Message:
		return messageHandler{s}
	case pack.Form:
		return formHandler{s}
	case pack.Board:
		return boardHandler{s}
	case pack.Role:
		return roleHandler{s}
	case pack.Calendar:
		return calendarHandler{s}
	}
	return nil
}
