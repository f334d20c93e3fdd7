package flows

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/node"
	"github.com/dueflow/dueflow/workflows/node/triggerschedule"
	"github.com/dueflow/dueflow/workflows/run"
)

// What publishing does with runs of older versions.
const (
	Finish = "finish" // they end on their version
	Move   = "move"   // they go on at the same step of the new one
	Stop   = "stop"
)

// Published is the outcome of a publish.
type Published struct {
	Version int    `json:"version"`
	Hash    string `json:"hash"`
	Batch   string `json:"batch,omitempty"` // enrolment of what exists
}

// Release says how a draft goes live.
type Release struct {
	Running  string            // what runs of older versions do; "" is Finish
	Steps    map[string]string // otherwise for those that stand at a step
	Revision int64             // the draft's revision that was looked at; 0 = any
	By       string
}

func (r Release) check() error {
	for at, what := range r.Steps {
		if what != Finish && what != Move && what != Stop {
			return fault.At("/steps/"+at, "enum", []string{Finish, Move, Stop})
		}
	}
	return nil
}

// Publish makes the draft the live version and enrols the subjects that exist,
// as a durable batch. Publishing what is live already changes nothing but
// enrols again, which is harmless.
func (s *Service) Publish(ctx context.Context, ws, key string, r Release) (Published, error) {
	if err := r.check(); err != nil {
		return Published{}, err
	}
	f, err := s.Get(ctx, ws, key)
	if err != nil {
		return Published{}, err
	}
	if len(f.Draft) == 0 {
		return Published{}, fault.New(fault.Invalid, "flow.noDraft", nil)
	}
	if r.Revision != 0 && r.Revision != f.Revision {
		return Published{}, fault.New(fault.Conflict, "flow.draftMoved", fault.Params{"revision": f.Revision})
	}
	doc, err := flow.Parse(f.Draft)
	if err != nil {
		return Published{}, err
	}
	if err := flow.Errors(flow.Check(doc, s.nodes, s.World(ctx, ws))); err != nil {
		return Published{}, err
	}
	w, err := s.spaces.Get(ctx, ws)
	if err != nil {
		return Published{}, err
	}
	now, _ := s.spaces.Now(w)
	old, hash := f.Hash, doc.Hash()
	again := hash == old && f.Status == Live
	if !again {
		if err := s.version(ctx, ws, &f, hash); err != nil {
			return Published{}, err
		}
		f.Hash, f.Status, f.PublishedAt, f.PublishedBy, f.Authors = hash, Live, value.Instant(now), r.By, nil
		f.History = append([]Publication{{f.Version, hash, f.PublishedAt, r.By}}, f.History...)
		if len(f.History) > maxHistory {
			f.History = f.History[:maxHistory]
		}
	}
	if old != "" && old != hash {
		f.Todo = append(f.Todo, handOver(key, hash, r)...)
	}
	d, err := s.Definition(ctx, ws, hash)
	if err != nil {
		return Published{}, err
	}
	out := Published{Version: f.Version, Hash: hash}
	if kind := enlisting(d); kind != "" {
		b := Batch{ID: batchID(), Kind: kind, Flow: key, Hash: hash, By: r.By}
		f.Todo = append(f.Todo, b)
		if kind == enrolling {
			out.Batch = b.ID
		}
	}
	if f, err = s.write(ctx, s.store.In(ws, Collection), f); err != nil {
		return Published{}, err
	}
	if !again {
		s.drafted(ws, key)
	}
	return out, s.carryOut(ctx, ws, f)
}

// carryOut begins what a flow's last change asks for, and notes that it has. What
// a process that dies here leaves, the sweep does; each has its id, so that it is
// done once.
func (s *Service) carryOut(ctx context.Context, ws string, f Flow) error {
	begun := map[string]bool{}
	for _, b := range f.Todo {
		var err error
		if b.Kind == scheduling {
			err = s.schedule(ctx, ws, b.Flow, b.Hash)
		} else {
			_, err = s.batch(ctx, ws, b)
		}
		if err != nil {
			return err
		}
		begun[b.ID] = true
	}
	for len(begun) > 0 {
		f.Todo = slices.DeleteFunc(f.Todo, func(b Batch) bool { return begun[b.ID] })
		_, err := s.write(ctx, s.store.In(ws, Collection), f)
		if !fault.Is(err, fault.Conflict) {
			return err
		}
		if f, err = s.Get(ctx, ws, f.Key); err != nil {
			return err
		}
	}
	return nil
}

// handOver does with runs of older versions what the release says: those at a
// named step by its own choice, the rest by the general one.
func handOver(key, hash string, r Release) []Batch {
	nodes := map[string][]string{}
	var named []string
	for _, at := range slices.Sorted(maps.Keys(r.Steps)) {
		named = append(named, at)
		nodes[r.Steps[at]] = append(nodes[r.Steps[at]], at)
	}
	var out []Batch
	add := func(what string, at, notAt []string) {
		if action, ok := map[string]string{Move: run.Migrate, Stop: run.StopRun}[what]; ok {
			out = append(out, Batch{ID: batchID(), Kind: controlling, Flow: key, Hash: hash, Action: action, By: r.By, NotHash: hash, At: at, NotAt: notAt})
		}
	}
	for _, what := range []string{Move, Stop} {
		if len(nodes[what]) > 0 {
			add(what, nodes[what], nil)
		}
	}
	add(r.Running, nil, named)
	return out
}

// Rollback publishes an older version again: its document becomes the draft.
func (s *Service) Rollback(ctx context.Context, ws, key, hash string, r Release) (Published, error) {
	v, err := s.Version(ctx, ws, hash)
	if err != nil {
		return Published{}, err
	}
	f, err := s.Get(ctx, ws, key)
	if err != nil {
		return Published{}, err
	}
	if v.Key != key {
		return Published{}, fault.New(fault.NotFound, "flow.noVersion", nil)
	}
	if err := f.replaceDraft(v.Document, r.By, value.Instant(s.spaces.RealNow())); err != nil {
		return Published{}, err
	}
	if f, err = s.write(ctx, s.store.In(ws, Collection), f); err != nil {
		return Published{}, err
	}
	r.Revision = f.Revision
	return s.Publish(ctx, ws, key, r)
}

// Version is a published version; it never changes.
type Version struct {
	Key      string          `json:"key"`
	Version  int             `json:"version"`
	Hash     string          `json:"hash"`
	Document json.RawMessage `json:"document"`
}

// Version gives a published version by content hash.
func (s *Service) Version(ctx context.Context, ws, hash string) (Version, error) {
	d, err := s.store.In(ws, Versions).Get(ctx, hash)
	if fault.Is(err, fault.NotFound) {
		return Version{}, fault.New(fault.NotFound, "flow.noVersion", nil)
	}
	if err != nil {
		return Version{}, err
	}
	v := Version{Hash: hash}
	return v, decodeInto(d, &v)
}

// version stores an immutable version under its content hash.
func (s *Service) version(ctx context.Context, ws string, f *Flow, hash string) error {
	body, err := json.Marshal(map[string]any{"key": f.Key, "version": f.Version + 1, "document": f.Draft})
	if err != nil {
		return err
	}
	_, err = s.store.In(ws, Versions).Insert(ctx, hash, body)
	if err != nil && !fault.Is(err, fault.Conflict) {
		return err
	}
	f.Version++
	return nil
}

// enlisting is what a live flow needs: enrolment for triggers that wait at each
// subject, a scheduler for those that follow the calendar; "" for others.
func enlisting(d *run.Definition) string {
	if _, ok := d.Trigger().(*triggerschedule.Trigger); ok {
		return scheduling
	}
	if d.Trigger().Starts(node.Event{Type: node.EventEnrolled}) {
		return enrolling
	}
	return ""
}

// StopFlow takes a flow off the air and stops its runs, whoever else is writing
// the flow at the time.
func (s *Service) StopFlow(ctx context.Context, ws, key, by string) (string, error) {
	stop := Batch{ID: batchID(), Kind: controlling, Flow: key, Action: run.StopRun, By: by}
	for {
		f, err := s.Get(ctx, ws, key)
		if err != nil {
			return "", err
		}
		if f.Status == Live {
			_ = s.engine.Cancel(ctx, "schedule/"+ws+"/"+f.Hash) // it would see for itself
			f.Status = Stopped
		}
		f.Todo = append(f.Todo, stop)
		f, err = s.write(ctx, s.store.In(ws, Collection), f)
		if fault.Is(err, fault.Conflict) {
			continue
		}
		if err != nil {
			return "", err
		}
		return stop.ID, s.carryOut(ctx, ws, f)
	}
}

// Start begins runs of a flow with a manual trigger (or any flow) for chosen subjects.
func (s *Service) Start(ctx context.Context, ws, key string, subjects []string) (int, error) {
	f, err := s.Get(ctx, ws, key)
	if err != nil {
		return 0, err
	}
	if f.Status != Live {
		return 0, fault.New(fault.Conflict, "flow.notLive", nil)
	}
	if len(subjects) > 500 {
		return 0, fault.At("/subjects", "maxItems", 500)
	}
	d, err := s.Definition(ctx, ws, f.Hash)
	if err != nil {
		return 0, err
	}
	owners, err := s.customersOf(ctx, ws, d.Flow.Subject.Form, subjects)
	if err != nil {
		return 0, err
	}
	started := 0
	for customer, ids := range owners {
		n, err := s.startRuns(ctx, ws, d, customer, ids, "")
		if err != nil {
			return started, err
		}
		started += n
	}
	return started, nil
}

// customersOf groups subjects by their customer; unknown ones are left out.
func (s *Service) customersOf(ctx context.Context, ws, formKey string, subjects []string) (map[string][]string, error) {
	docs, err := s.store.In(ws, "r_"+formKey).GetMany(ctx, subjects)
	if err != nil {
		return nil, err
	}
	out := map[string][]string{}
	for _, id := range subjects {
		d, ok := docs[id]
		if !ok {
			continue
		}
		customer := id
		if formKey != "customer" {
			var b struct {
				Customer string `json:"customer"`
			}
			if err := json.Unmarshal(d.Body, &b); err != nil {
				return nil, err
			}
			customer = b.Customer
		}
		out[customer] = append(out[customer], id)
	}
	return out, nil
}

// subjectFilter is which records of a form may have a run at all.
func subjectFilter(formKey string) filter.Expr {
	if formKey == "invoice" {
		return filter.Gt("open", 0)
	}
	return nil
}
