// Package workspace keeps what a company has set up: names, zone, calendar,
// rules of sending, channels, and its clock. One document a workspace, kept in
// the workspace's own database, and a directory of all in the system database.
package workspace

import (
	"encoding/json"
	"regexp"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/clock"
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
