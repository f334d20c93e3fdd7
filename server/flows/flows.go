// Package flows keeps flows and their runs: drafts and published versions,
// which events start and touch runs, enrolment of what exists, the index of
// runs, and the facts of their steps. It tells the engine; it does not run.
package flows

import (
	"context"
	"encoding/json"
	"slices"
	"sync"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/forms"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/vault"
	"github.com/dueflow/dueflow/server/workspace"
	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/node"
	"github.com/dueflow/dueflow/workflows/run"
)

// Collections of this room.
const (
	Collection = "flow"
	Versions   = "flowver"
	Runs       = "run"
	Steps      = "step"
	Batches    = "batch"
	Privates   = "flowmine"
)

// Specs are the collections of this room.
var Specs = []store.Spec{
	{Name: Collection, Indexes: []store.Index{store.OnText("status", "key", "hash")}},
	{Name: Versions},
	{Name: Privates},
	{Name: Batches, Indexes: []store.Index{store.OnText("status")}},
	{Name: Runs, Indexes: []store.Index{store.OnText("customer", "status"), store.OnText("flow", "status", "node"), store.OnText("status", "wake")}, Search: []string{"customerName", "label"}},
	{Name: Steps, Indexes: []store.Index{store.OnText("customer", "at")}},
	{Name: HeldLog, Indexes: []store.Index{store.OnText("at"), store.OnText("reason", "at"), store.OnText("customer")}},
}

// The states of a flow.
const (
	DraftOnly = "draft"
	Live      = "live"
	Stopped   = "stopped"
)

// Flow is a flow with its draft and what is live of it.
type Flow struct {
	Key         string          `json:"key"`
	Name        flow.Text       `json:"name"`
	About       flow.Text       `json:"about,omitempty"`
	Status      string          `json:"status"`
	Draft       json.RawMessage `json:"draft,omitempty"`
	Hash        string          `json:"hash,omitempty"` // of the live version
	Version     int             `json:"version"`        // of the last published one
	PublishedAt string          `json:"publishedAt,omitempty"`
	PublishedBy string          `json:"publishedBy,omitempty"`
	History     []Publication   `json:"history,omitempty"`
	Revision    int64           `json:"revision,omitempty"` // of the draft; grows with every edit
	Changes     []Change        `json:"changes,omitempty"`  // the latest edits, oldest first
	Authors     []string        `json:"authors,omitempty"`  // who edited since the last publication
	HookSecret  string          `json:"hookSecret,omitempty"`
	// Todo is what the last change asks for and has not been seen to begin.
	Todo       []Batch `json:"todo,omitempty"`
	DocVersion int64   `json:"docVersion"` // for If-Match
}

// Publication is one published version.
type Publication struct {
	Version int    `json:"version"`
	Hash    string `json:"hash"`
	At      string `json:"at"`
	By      string `json:"by"`
}

// maxHistory is how many publications a flow lists; the versions stay for ever.
const maxHistory = 100

// Engine is what this room asks of the workflow engine.
type Engine interface {
	Tell(ctx context.Context, workspace, customer string, n []run.Note) error
	Launch(ctx context.Context, id, name string, arg any) error
	Cancel(ctx context.Context, id string) error
}

// Service keeps flows and runs.
type Service struct {
	store    *store.Store
	spaces   *workspace.Service
	forms    *forms.Service
	nodes    *node.Registry
	channels channel.Registry
	engine   Engine
	// Vault seals the secrets of calls that start flows.
	Vault *vault.Vault
	// HasTemplate tells whether a workspace has a message template.
	HasTemplate func(ctx context.Context, ws, key string) bool
	// TemplateFields lists the fields of forms that a template shows.
	TemplateFields func(ctx context.Context, ws, key string) ([]string, error)
	// HasPerson gives whether there is a user, a role that somebody has, or a team
	// with somebody in it, and whether any of those may see customers at all; kind is
	// one of these words.
	HasPerson func(ctx context.Context, ws string) (has, sees func(kind, id string) bool, err error)
	// ToneOf is how firm a template is; 0 for one that is not there.
	ToneOf func(ctx context.Context, ws, key string) int
	// OnFlow is told of flows whose draft or publication changed.
	OnFlow func(ws, key string)
	// Matching counts the records that fit a condition, for a person's view.
	Matching Matching
	// TemplateNames, Person and RoleName say names for sentences; nil says keys.
	TemplateNames func(ctx context.Context, ws string) map[string]flow.Text
	PersonNames   func(ctx context.Context, ws string) map[string]string
	// OnRuns is told of accounts whose runs changed.
	OnRuns func(ws, customer string)
	mu     sync.Mutex
	defs   map[string]*run.Definition
	words  map[string]vocabulary
}

// New makes the service; UseEngine before anything runs.
func New(s *store.Store, w *workspace.Service, f *forms.Service, nodes *node.Registry, channels channel.Registry) *Service {
	return &Service{store: s, spaces: w, forms: f, nodes: nodes, channels: channels, defs: map[string]*run.Definition{}, words: map[string]vocabulary{}}
}

// UseEngine sets the engine.
func (s *Service) UseEngine(e Engine) { s.engine = e }

// Nodes is the registry of node types.
func (s *Service) Nodes() *node.Registry { return s.nodes }

// Get gives one flow.
func (s *Service) Get(ctx context.Context, ws, key string) (Flow, error) {
	d, err := s.store.In(ws, Collection).Get(ctx, key)
	if fault.Is(err, fault.NotFound) {
		return Flow{}, fault.New(fault.NotFound, "flow.none", fault.Params{"flow": key})
	}
	if err != nil {
		return Flow{}, err
	}
	return decodeFlow(d)
}

func decodeFlow(d store.Doc) (Flow, error) {
	var f Flow
	err := json.Unmarshal(d.Body, &f)
	f.DocVersion = d.Ver
	return f, err
}

// List gives all flows by key.
func (s *Service) List(ctx context.Context, ws string) ([]Flow, error) {
	out := []Flow{}
	err := s.store.In(ws, Collection).Each(ctx, store.Query{Limit: 200}, func(d store.Doc) error {
		f, err := decodeFlow(d)
		out = append(out, f)
		return err
	})
	return out, err
}

// World is what lint may know of a workspace.
func (s *Service) World(ctx context.Context, ws string) flow.World {
	w := flow.World{
		Field: s.fields(ctx, ws), Settable: s.settable(ctx, ws),
		Channel: func(key string) bool {
			_, ok := s.channels[key]
			return ok || key == "preferred"
		},
	}
	if space, err := s.spaces.Get(ctx, ws); err == nil {
		w.Now, _ = s.spaces.Now(space)
		w.Calendar = func(id string) bool { return space.Calendars[id].Version > 0 }
		if space.Demo == nil {
			w.Ready = func(key string) bool {
				return key == "sandbox" || len(space.Channels[key]) > 0 || key == "preferred" && len(space.Channels) > 0
			}
		}
	}
	if s.HasTemplate != nil {
		w.Template = func(key string) bool { return s.HasTemplate(ctx, ws, key) }
	}
	if s.TemplateFields != nil {
		w.Strange = func(template string) []string { return s.strange(ctx, ws, template) }
	}
	if s.HasPerson != nil {
		if has, sees, err := s.HasPerson(ctx, ws); err == nil {
			w.Person, w.Sees = has, sees
		}
	}
	if s.ToneOf != nil {
		w.Tone = func(template string) int { return s.ToneOf(ctx, ws, template) }
	}
	return w
}

// Lint judges a document without storing it.
func (s *Service) Lint(ctx context.Context, ws string, doc json.RawMessage) ([]flow.Issue, error) {
	f, err := flow.Parse(doc)
	if err != nil {
		return nil, err
	}
	return flow.Check(f, s.nodes, s.World(ctx, ws)), nil
}

// Save stores a draft. ifVersion is the version it was read at, 0 for a new
// flow. A draft may have lint errors, but must be a flow document.
func (s *Service) Save(ctx context.Context, ws, by string, doc json.RawMessage, ifVersion int64) (Flow, error) {
	f, err := flow.Parse(doc)
	if err != nil {
		return Flow{}, err
	}
	col := s.store.In(ws, Collection)
	old, err := s.Get(ctx, ws, f.Key)
	switch {
	case fault.Is(err, fault.NotFound):
		old = Flow{Key: f.Key, Status: DraftOnly}
	case err != nil:
		return Flow{}, err
	case ifVersion != old.DocVersion:
		return Flow{}, fault.New(fault.Conflict, "store.version", fault.Params{"version": old.DocVersion})
	}
	if err := old.replaceDraft(doc, by, value.Instant(s.spaces.RealNow())); err != nil {
		return Flow{}, err
	}
	old.Name, old.About = f.Name, f.About
	out, err := s.write(ctx, col, old)
	if err == nil {
		s.drafted(ws, f.Key)
	}
	return out, err
}

// replaceDraft puts a whole document in a draft's place, as edits of the units
// in which it differs.
func (f *Flow) replaceDraft(doc json.RawMessage, by, at string) error {
	next, err := flow.TakeApart(doc)
	if err != nil {
		return err
	}
	was := flow.Units{}
	if len(f.Draft) > 0 {
		if was, err = flow.TakeApart(f.Draft); err != nil {
			return err
		}
	}
	f.Revision++
	if f.Draft != nil {
		for _, name := range flow.Differences(was, next) {
			f.Changes = append(f.Changes, Change{f.Revision, name, by, at})
		}
		f.Changes = trimChanges(f.Changes)
	}
	if by != "" && !slices.Contains(f.Authors, by) {
		f.Authors = append(f.Authors, by)
	}
	f.Draft = doc
	return nil
}

func (s *Service) write(ctx context.Context, col store.Collection, f Flow) (Flow, error) {
	ver := f.DocVersion
	f.DocVersion = 0
	body, err := json.Marshal(f)
	if err != nil {
		return Flow{}, err
	}
	var d store.Doc
	if ver == 0 {
		d, err = col.Insert(ctx, f.Key, body)
	} else {
		d, err = col.Replace(ctx, store.Doc{ID: f.Key, Body: body}, ver)
	}
	if fault.Is(err, fault.Conflict) {
		return Flow{}, fault.New(fault.Conflict, "store.version", nil)
	}
	f.DocVersion = d.Ver
	return f, err
}
