package workspace

import (
	_ "embed"
	"encoding/json"
	"hash/fnv"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
)

// Conduct is how a workspace treats its customers beside window, calendar and
// budgets. Workspaces from before there was such a thing have none, and go on
// as they did.
type Conduct struct {
	Preset        string        `json:"preset,omitempty"` // the preset that was begun from; "" is one's own
	Quiet         value.Hours   `json:"quiet,omitzero"`
	AfterTalkDays int           `json:"afterTalkDays,omitempty"`
	Spread        ledger.Spread `json:"spread,omitzero"`
	DuplicateDays int           `json:"duplicateDays,omitempty"`
	CallsByHand   string        `json:"callsByHand,omitempty"` // "" is CallsTold
}

// What happens to a call that a person makes when the rules do not allow one.
const (
	CallsTold   = "told"   // the person is told
	CallsReason = "reason" // it is refused unless a reason is given
)

// ContactRules are all rules of contact of a workspace, as one sets them.
type ContactRules struct {
	Preset        string          `json:"preset,omitempty" maxLength:"40" doc:"the preset that was begun from; empty is one's own"`
	Calendar      string          `json:"calendar" maxLength:"60"`
	Window        value.Window    `json:"window"`
	Quiet         value.Hours     `json:"quiet" doc:"hours without any contact, in the customer's zone; from = to is none"`
	Budgets       []ledger.Budget `json:"budgets"`
	AfterTalkDays int             `json:"afterTalkDays" doc:"days without a call after a conversation; 0 is no such rule"`
	Spread        ledger.Spread   `json:"spread" doc:"after a gap of so many days without an allowed one, what piled up goes out over so many days, within so many minutes of the window; days = 0 is off"`
	DuplicateDays int             `json:"duplicateDays" doc:"days for which a reminder keeps other flows from reminding of the same invoice; 0 is off"`
	CallsByHand   string          `json:"callsByHand,omitempty" doc:"told: who makes a call that the rules do not allow now is told so (default); reason: it is refused unless a reason is given"`
	MaxDataAge    int             `json:"maxDataAgeHours" doc:"the age of bank or ERP data beyond which nothing goes out; 0 is no limit"`
}

// Preset is a set of rules to begin from. They are defaults, not legal advice.
type Preset struct {
	Key       string            `json:"key"`
	Calendars []string          `json:"calendars" doc:"new workspaces on these calendars begin with it"`
	Name      map[string]string `json:"name"`
	About     map[string]string `json:"about"`
	Source    map[string]string `json:"source" doc:"where its figures come from"`
	Rules     ContactRules      `json:"rules" doc:"without a calendar and a limit of freshness, which stay as they are"`
}

//go:embed presets.json
var presetFile []byte

var presets = sync.OnceValue(func() []Preset {
	var out []Preset
	if err := json.Unmarshal(presetFile, &out); err != nil {
		panic("embedded presets: " + err.Error())
	}
	for i := range out {
		out[i].Rules.Preset = out[i].Key
	}
	return out
})

// Presets lists the presets. They must not be changed.
func Presets() []Preset { return presets() }

// PresetByKey finds a preset.
func PresetByKey(key string) (Preset, bool) {
	k := slices.IndexFunc(presets(), func(p Preset) bool { return p.Key == key })
	if k < 0 {
		return Preset{}, false
	}
	return presets()[k], true
}

// presetFor is the preset with which a new workspace on a calendar begins.
func presetFor(calendar string) Preset {
	for _, p := range presets() {
		if slices.Contains(p.Calendars, calendar) {
			return p
		}
	}
	p, _ := PresetByKey("neutral")
	return p
}

// ContactRules gives the workspace's rules of contact.
func (w *Workspace) ContactRules() ContactRules {
	r := ContactRules{CallsByHand: w.CallsByHand(), Calendar: w.Calendar, Window: w.Window, Budgets: append([]ledger.Budget{}, w.Budgets...), MaxDataAge: w.MaxDataAgeHour}
	if r.Window.Days == "" {
		r.Window.Days = "working"
	}
	if c := w.Conduct; c != nil {
		r.Preset, r.Quiet, r.AfterTalkDays, r.Spread, r.DuplicateDays = c.Preset, c.Quiet, c.AfterTalkDays, c.Spread, c.DuplicateDays
	}
	return r
}

// SetContactRules changes the workspace's rules of contact.
func (w *Workspace) SetContactRules(r ContactRules) {
	w.Calendar, w.Window, w.Budgets, w.MaxDataAgeHour = r.Calendar, r.Window, r.Budgets, r.MaxDataAge
	if w.Budgets == nil {
		w.Budgets = []ledger.Budget{}
	}
	w.Conduct = &Conduct{Preset: r.Preset, Quiet: r.Quiet, AfterTalkDays: r.AfterTalkDays, Spread: r.Spread, DuplicateDays: r.DuplicateDays}
	if r.CallsByHand != CallsTold {
		w.Conduct.CallsByHand = r.CallsByHand
	}
}

// CallsByHand is CallsTold or CallsReason.
func (w *Workspace) CallsByHand() string {
	if w.Conduct == nil || w.Conduct.CallsByHand == "" {
		return CallsTold
	}
	return w.Conduct.CallsByHand
}

// Version stands for what the rules say: settings of a workspace change for
// many reasons, and only a change of the rules is one that overtakes another.
// It is a whole number that a browser reads without loss.
func (r ContactRules) Version() int64 {
	raw, err := json.Marshal(r)
	if err != nil {
		panic("workspace: rules do not marshal: " + err.Error()) // plain data only
	}
	h := fnv.New64a()
	h.Write(raw)
	return int64(h.Sum64() >> 12) // 52 bits
}

// Changed names what differs from the preset that the rules began from.
func (r ContactRules) Changed() []string {
	out := []string{}
	p, ok := PresetByKey(r.Preset)
	if !ok {
		return out
	}
	differ := func(name string, a, b any) {
		if !reflect.DeepEqual(a, b) {
			out = append(out, name)
		}
	}
	differ("window", r.Window, p.Rules.Window)
	differ("quiet", r.Quiet, p.Rules.Quiet)
	differ("budgets", r.Budgets, p.Rules.Budgets)
	differ("afterTalkDays", r.AfterTalkDays, p.Rules.AfterTalkDays)
	differ("spread", r.Spread, p.Rules.Spread)
	differ("duplicateDays", r.DuplicateDays, p.Rules.DuplicateDays)
	return out
}

// conductDefaults gives a new workspace the preset of its calendar. One that
// brings a window of its own brings its rules.
func (w *Workspace) conductDefaults() {
	if w.Window != (value.Window{}) || w.Conduct != nil {
		return
	}
	r := presetFor(w.Calendar).Rules
	r.Calendar, r.MaxDataAge = w.Calendar, w.MaxDataAgeHour
	if w.Budgets != nil {
		r.Budgets = w.Budgets
	}
	r.Budgets = slices.Clone(r.Budgets)
	w.SetContactRules(r)
}

const maxBudgets = 8

// checkContact judges the rules of contact; pointers are those of a workspace
// and of ContactRules alike.
func (w *Workspace) checkContact(at func(pointer, rule string, ok bool)) {
	_, err := w.calendar(w.Calendar)
	at("/calendar", "calendar", err == nil)
	at("/window", "emptyWindow", w.Window.To > w.Window.From)
	at("/window/days", "enum", w.Window.Days == "" || w.Window.Days == "working" || w.Window.Days == "every")
	at("/budgets", "maxItems", len(w.Budgets) <= maxBudgets)
	for i, b := range w.Budgets {
		p := "/budgets/" + strconv.Itoa(i)
		at(p, "span", b.Max > 0 && b.Max <= 100 && b.Per.Valid() && b.Per.Value > 0 && b.Per.IsDays())
		at(p+"/class", "enum", b.Class == "" || slices.Contains(ledger.Classes, b.Class))
	}
	at("/maxDataAgeHours", "minimum", w.MaxDataAgeHour >= 0 && w.MaxDataAgeHour <= 10_000)
	c := w.Conduct
	if c == nil {
		return
	}
	_, known := PresetByKey(c.Preset)
	at("/preset", "enum", c.Preset == "" || known)
	at("/quiet", "quietCoversWindow", !c.Quiet.Covers(w.Window))
	at("/afterTalkDays", "maximum", c.AfterTalkDays >= 0 && c.AfterTalkDays <= 60)
	at("/duplicateDays", "maximum", c.DuplicateDays >= 0 && c.DuplicateDays <= 30)
	at("/callsByHand", "enum", c.CallsByHand == "" || c.CallsByHand == CallsReason)
	s := c.Spread
	at("/spread/days", "maximum", s.Days >= 0 && s.Days <= 10)
	at("/spread/gap", "minimum", s.Days == 0 || s.Gap >= 2 && s.Gap <= 30)
	at("/spread/minutes", "maximum", s.Minutes >= 0 && s.Minutes <= 600)
}

// Rules are the workspace's rules of sending, in its own zone.
func (w *Workspace) Rules() ledger.Rules {
	r := ledger.Rules{
		Window: w.Window, Calendar: w.Cal(), Location: w.Location(), Budgets: w.Budgets,
		HeldReason: w.HeldReason, DataAt: w.DataAt, MaxDataAge: time.Duration(w.MaxDataAgeHour) * time.Hour,
	}
	if c := w.Conduct; c != nil {
		r.Quiet, r.AfterTalk, r.Spread, r.Duplicate = c.Quiet, c.AfterTalkDays, c.Spread, c.DuplicateDays
	}
	return r
}

// CheckContactRules judges rules that are not saved.
func (w *Workspace) CheckContactRules() error {
	var bad []fault.Field
	w.checkContact(func(pointer, rule string, ok bool) {
		if !ok {
			bad = append(bad, fault.Field{Pointer: pointer, Rule: rule})
		}
	})
	return fault.InvalidFields(bad)
}
