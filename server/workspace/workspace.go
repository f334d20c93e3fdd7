// Package workspace keeps what a company has set up: names, zone, calendar,
// rules of sending, channels, and its clock. One document a workspace, kept in
// the workspace's own database, and a directory of all in the system database.
package workspace

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/clock"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/vault"
)

// System is the database of what belongs to no workspace: users, sessions,
// keys, the directory of workspaces.
const System = "_system"

const (
	collection = "workspace"
	settingsID = "settings"
)

// Workspace is one company's settings.
type Workspace struct {
	Key            string                     `json:"key"`
	Name           string                     `json:"name"`
	Language       string                     `json:"language"`
	Timezone       string                     `json:"timezone"`
	Currency       value.Currency             `json:"currency"`
	Calendar       string                     `json:"calendar"`
	Window         value.Window               `json:"window"`
	Budgets        []ledger.Budget            `json:"budgets"`
	AllocationRule string                     `json:"allocationRule"`
	HeldReason     string                     `json:"heldReason,omitempty"`
	MaxDataAgeHour int                        `json:"maxDataAgeHours,omitempty"`
	Conduct        *Conduct                   `json:"conduct,omitempty"`
	DataAt         time.Time                  `json:"dataAt,omitzero"`
	Demo           *clock.Demo                `json:"demo,omitempty"`
	Channels       map[string]json.RawMessage `json:"channels,omitempty"`
	TotpRoles      []string                   `json:"totpRoles,omitempty"` // must sign in with a second factor
	ReviewMail     *ReviewMail                `json:"reviewMail,omitempty"`
	Version        int64                      `json:"-"`
	// HookRev counts renewals of the addresses at which providers tell us things.
	HookRev map[string]int `json:"hookRev,omitempty"`
	// StopWords are the answers that mean a wish to stop; none takes ours.
	StopWords []string `json:"stopWords,omitempty"`
	// Scoring are the weights of customers' scores; none takes ours.
	Scoring *ledger.Scoring `json:"scoring,omitempty"`
	// Calendars are the workspace's own, by id; their days lie beside (see
	// calendars.go) and are read with the settings.
	Calendars map[string]OwnCalendar `json:"calendars,omitempty"`

	// Portal is the page that customers open from their messages.
	Portal Portal `json:"portal,omitzero"`

	own map[string]*value.Calendar
}

// Scores are the weights in force.
func (w *Workspace) Scores() ledger.Scoring {
	if w.Scoring != nil {
		return *w.Scoring
	}
	return ledger.DefaultScoring
}

// ReviewMail is when the weekly review goes out by e-mail, and to whom.
type ReviewMail struct {
	On      bool     `json:"on"`
	Weekday int      `json:"weekday"` // 0 is Sunday
	Minute  int      `json:"minute"`  // of the day, in the workspace's zone
	To      []string `json:"to"`      // users
}

// Defaults fills what was left open: China's calendar and zone, and the rules
// of contact of the preset for the calendar.
func (w *Workspace) Defaults() {
	set := func(p *string, v string) {
		if *p == "" {
			*p = v
		}
	}
	set(&w.Language, "zh-CN")
	set(&w.Timezone, "Asia/Shanghai")
	set(&w.Calendar, "cn")
	set(&w.AllocationRule, ledger.OldestFirst)
	set((*string)(&w.Currency), "CNY")
	w.conductDefaults()
	if w.Budgets == nil {
		w.Budgets = []ledger.Budget{{Max: 1, Per: value.Span{Value: 2, Unit: value.BusinessDay}}}
	}
}

var keyPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,38}$`)

// Check judges the settings.
func (w *Workspace) Check() error {
	var bad []fault.Field
	at := func(pointer, rule string, ok bool) {
		if !ok {
			bad = append(bad, fault.Field{Pointer: pointer, Rule: rule})
		}
	}
	at("/key", "workspaceKey", keyPattern.MatchString(w.Key))
	at("/name", "required", w.Name != "" && len(w.Name) <= 200)
	at("/language", "enum", w.Language == "en" || w.Language == "zh-CN")
	_, err := value.Location(w.Timezone)
	at("/timezone", "timezone", err == nil)
	_, err = value.ParseCurrency(string(w.Currency))
	at("/currency", "currency", err == nil)
	at("/allocationRule", "enum", w.AllocationRule == ledger.OldestFirst || w.AllocationRule == ledger.CNCivilCode)
	if r := w.ReviewMail; r != nil {
		at("/reviewMail/weekday", "enum", r.Weekday >= 0 && r.Weekday < 7)
		at("/reviewMail/minute", "maximum", r.Minute >= 0 && r.Minute < 24*60)
		at("/reviewMail/to", "maxItems", len(r.To) <= 200)
	}
	w.Portal.check(at)
	at("/totpRoles", "maxItems", len(w.TotpRoles) <= 50)
	at("/stopWords", "maxItems", len(w.StopWords) <= 200)
	for _, word := range w.StopWords {
		at("/stopWords", "maxLength", word != "" && len([]rune(word)) <= 60)
	}
	if w.Scoring != nil {
		for _, f := range w.Scoring.Check() {
			bad = append(bad, fault.Field{Pointer: "/scoring" + f.Pointer, Rule: f.Rule})
		}
	}
	w.checkContact(at)
	return fault.InvalidFields(bad)
}

// Location is the workspace's zone.
func (w *Workspace) Location() *time.Location {
	loc, err := value.Location(w.Timezone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// Service reads and changes workspaces. Reads are cached for a second, which
// bounds how long another node's change stays unseen.
type Service struct {
	store *store.Store
	now   clock.Source
	mu    sync.Mutex
	cache map[string]cached
	setup []store.Spec
	ready map[string]bool
	vault *vault.Vault
	// days are the own calendars of each workspace, by id and version.
	days map[string]map[string]*value.Calendar
}

type cached struct {
	w  *Workspace
	at time.Time
}

// New makes the service. specs are the collections that every workspace has.
func New(s *store.Store, now clock.Source, specs []store.Spec, v *vault.Vault) *Service {
	return &Service{vault: v, store: s, now: now, cache: map[string]cached{}, days: map[string]map[string]*value.Calendar{}, setup: append(specs, store.Spec{Name: collection}, store.Spec{Name: calendarDays}), ready: map[string]bool{}}
}

// Open makes sure the collections of all workspaces are there.
func (s *Service) Open(ctx context.Context) error {
	if err := s.store.Ensure(ctx, System, store.Spec{Name: collection}); err != nil {
		return err
	}
	keys, err := s.Keys(ctx)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if err := s.prepare(ctx, k); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) prepare(ctx context.Context, key string) error {
	s.mu.Lock()
	ready := s.ready[key]
	s.mu.Unlock()
	if ready {
		return nil
	}
	if err := s.store.Ensure(ctx, key, s.setup...); err != nil {
		return err
	}
	s.mu.Lock()
	s.ready[key] = true
	s.mu.Unlock()
	return nil
}

// Keys lists the workspaces.
func (s *Service) Keys(ctx context.Context) ([]string, error) {
	var keys []string
	err := s.store.In(System, collection).Each(ctx, store.Query{Limit: 500}, func(d store.Doc) error {
		keys = append(keys, d.ID)
		return nil
	})
	return keys, err
}

// Create makes a workspace. Its directory entry is written last, so that a
// crash leaves nothing half made in sight.
func (s *Service) Create(ctx context.Context, w Workspace) (*Workspace, error) {
	w.Defaults()
	if err := w.Check(); err != nil {
		return nil, err
	}
	if _, err := s.store.In(System, collection).Get(ctx, w.Key); err == nil {
		return nil, fault.New(fault.Conflict, "workspace.exists", fault.Params{"key": w.Key})
	}
	if err := s.prepare(ctx, w.Key); err != nil {
		return nil, err
	}
	body, err := s.encode(w)
	if err != nil {
		return nil, err
	}
	if _, err := s.store.In(w.Key, collection).Insert(ctx, settingsID, body); err != nil && !fault.Is(err, fault.Conflict) {
		return nil, err
	}
	if _, err := s.store.In(System, collection).Insert(ctx, w.Key, json.RawMessage(`{}`)); err != nil {
		return nil, err
	}
	return s.Get(ctx, w.Key)
}

// Get reads a workspace; it must not be changed by the caller.
func (s *Service) Get(ctx context.Context, key string) (*Workspace, error) {
	s.mu.Lock()
	c, ok := s.cache[key]
	s.mu.Unlock()
	if ok && time.Since(c.at) < time.Second {
		return c.w, nil
	}
	if err := s.known(ctx, key, ok); err != nil {
		return nil, err
	}
	d, err := s.store.In(key, collection).Get(ctx, settingsID)
	if err != nil {
		return nil, err
	}
	w, err := s.decode(d)
	if err != nil {
		return nil, err
	}
	if err := s.attach(ctx, w); err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.cache[key] = cached{w, time.Now()}
	s.mu.Unlock()
	return w, nil
}

// encode seals the settings of channels: they hold passwords and keys.
func (s *Service) encode(w Workspace) (json.RawMessage, error) {
	sealed := make(map[string]json.RawMessage, len(w.Channels))
	for key, raw := range w.Channels {
		text, err := json.Marshal(s.vault.Seal(raw, w.Key+"/"+key))
		if err != nil {
			return nil, err
		}
		sealed[key] = text
	}
	w.Channels = sealed
	return json.Marshal(w)
}

// decode opens what encode has sealed; settings from before there was a key are
// read as they are.
func (s *Service) decode(d store.Doc) (*Workspace, error) {
	w := &Workspace{Version: d.Ver}
	if err := json.Unmarshal(d.Body, w); err != nil {
		return nil, err
	}
	for key, raw := range w.Channels {
		var text string
		if json.Unmarshal(raw, &text) != nil || !strings.HasPrefix(text, vault.Prefix) {
			continue
		}
		plain, err := s.vault.Open(text, w.Key+"/"+key)
		if err != nil {
			return nil, fmt.Errorf("channel %s of workspace %s: %w", key, w.Key, err)
		}
		w.Channels[key] = plain
	}
	return w, nil
}

// known refuses workspaces that are not in the directory.
func (s *Service) known(ctx context.Context, key string, seen bool) error {
	if seen {
		return nil
	}
	if !keyPattern.MatchString(key) {
		return fault.New(fault.NotFound, "workspace.none", fault.Params{"key": key})
	}
	if _, err := s.store.In(System, collection).Get(ctx, key); err != nil {
		if fault.Is(err, fault.NotFound) {
			return fault.New(fault.NotFound, "workspace.none", fault.Params{"key": key})
		}
		return err
	}
	return s.prepare(ctx, key)
}

// Update changes the settings by f, with the version it was shown at (0: any).
func (s *Service) Update(ctx context.Context, key string, ifVersion int64, f func(*Workspace) error) (*Workspace, error) {
	for range 20 {
		if err := s.known(ctx, key, false); err != nil {
			return nil, err
		}
		d, err := s.store.In(key, collection).Get(ctx, settingsID)
		if err != nil {
			return nil, err
		}
		if ifVersion != 0 && ifVersion != d.Ver {
			return nil, fault.New(fault.Conflict, "store.version", nil)
		}
		w, err := s.decode(d)
		if err != nil {
			return nil, err
		}
		if err := f(w); err != nil {
			return nil, err
		}
		w.Key = key
		if err := w.Check(); err != nil {
			return nil, err
		}
		body, err := s.encode(*w)
		if err != nil {
			return nil, err
		}
		d.Body = body
		if _, err = s.store.In(key, collection).Replace(ctx, d, d.Ver); err == nil {
			s.mu.Lock()
			delete(s.cache, key)
			s.mu.Unlock()
			return s.Get(ctx, key)
		} else if !fault.Is(err, fault.Conflict) {
			return nil, err
		}
	}
	return nil, fault.New(fault.Unavailable, "busy", nil)
}

// Now is a workspace's present moment and date.
func (s *Service) Now(w *Workspace) (time.Time, value.Date) {
	t := w.Demo.Virtual(s.now())
	return t, value.DateOf(t.In(w.Location()))
}

// RealNow is the real present moment.
func (s *Service) RealNow() time.Time { return s.now() }
