package api

import (
	"context"
	"net/http"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/text"
	"github.com/dueflow/dueflow/server/workspace"
	"github.com/dueflow/dueflow/server/world"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/run"
)

func (s *Server) contactRoutes() {
	route(s, http.MethodGet, "/contact-rules", "getContactRules", signedIn, "How the workspace contacts its customers, and what differs from its preset", s.getContactRules)
	route(s, http.MethodPut, "/contact-rules", "saveContactRules", need{"workspace", "update"}, "Change how the workspace contacts its customers", s.saveContactRules)
	route(s, http.MethodGet, "/contact-rules/presets", "listContactPresets", signedIn, "Sets of rules to begin from, with their sources", s.listContactPresets)
	look(s, "/contact-rules/preview", "previewContact", need{"customer", "read"}, "When a message to a customer would go out, and why; with rules that are not saved", s.previewContact)
}

type contactRulesOut struct {
	Rules   workspace.ContactRules `json:"rules"`
	Changed []string               `json:"changed" doc:"what differs from the preset"`
	Version int64                  `json:"version" doc:"of the rules alone, for If-Match"`
	Zone    string                 `json:"timezone"`
}

func showContactRules(w *workspace.Workspace) *tagged[contactRulesOut] {
	r := w.ContactRules()
	return &tagged[contactRulesOut]{etag(r.Version()), contactRulesOut{r, r.Changed(), r.Version(), w.Timezone}}
}

func (s *Server) getContactRules(ctx context.Context, a policies.Actor, _ *nothing) (*tagged[contactRulesOut], error) {
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	return showContactRules(w), nil
}

type contactRulesIn struct {
	IfMatch string `header:"If-Match"`
	Body    workspace.ContactRules
}

func (s *Server) saveContactRules(ctx context.Context, a policies.Actor, in *contactRulesIn) (*tagged[contactRulesOut], error) {
	v, err := needVersion(in.IfMatch)
	if err != nil {
		return nil, err
	}
	var before workspace.ContactRules
	w, err := s.Spaces.Update(ctx, a.Workspace, 0, func(w *workspace.Workspace) error {
		before = w.ContactRules()
		if before.Version() != v {
			return fault.New(fault.Conflict, "store.version", nil)
		}
		w.SetContactRules(in.Body)
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.auditChange(ctx, a, "contactRules", a.Workspace, before, w.ContactRules())
	return showContactRules(w), nil
}

func (s *Server) listContactPresets(context.Context, policies.Actor, *nothing) (*reply[items[workspace.Preset]], error) {
	return &reply[items[workspace.Preset]]{items[workspace.Preset]{Items: workspace.Presets()}}, nil
}

type contactPreviewIn struct {
	Body struct {
		Customer string                  `json:"customer" maxLength:"200"`
		Channel  string                  `json:"channel,omitempty" maxLength:"40" doc:"default email"`
		At       time.Time               `json:"at,omitempty" doc:"the moment asked about; default now"`
		Flow     string                  `json:"flow,omitempty" maxLength:"60" doc:"a live flow, whose own settings count too"`
		Rules    *workspace.ContactRules `json:"rules,omitempty" doc:"rules that are not saved; default the workspace's"`
	}
}

type contactCheck struct {
	Key   string            `json:"key"`
	OK    bool              `json:"ok"`
	Text  map[string]string `json:"text"`
	Until string            `json:"until,omitempty" doc:"when it would hold, as far as time alone decides"`
}

type contactPreview struct {
	Customer ref            `json:"customer"`
	Zone     string         `json:"timezone" doc:"the customer's, in which times are meant"`
	Asked    string         `json:"asked"`
	At       string         `json:"at,omitempty" doc:"when it goes out; empty when no moment is in sight"`
	Blocked  *reason        `json:"blocked,omitempty" doc:"what time does not lift; at is then without it"`
	Other    *flowRef       `json:"other,omitempty" doc:"the flow that has just reminded of the same invoice"`
	Checks   []contactCheck `json:"checks"`
	Call     *callNow       `json:"call,omitempty" doc:"of the channel call: how one by hand stands to the rules at that moment"`
	// NoData is the year for which the calendar has no days yet.
	NoData int `json:"noData,omitempty" doc:"the year without calendar data: weekdays are taken for workdays"`
}

func (s *Server) previewContact(ctx context.Context, a policies.Actor, in *contactPreviewIn) (*reply[contactPreview], error) {
	v, err := s.Access.View(ctx, a, "customer", "read")
	if err != nil {
		return nil, err
	}
	if err := s.inScope(ctx, a, v, in.Body.Customer); err != nil {
		return nil, err
	}
	saved, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	w := *saved
	if in.Body.Rules != nil {
		w.SetContactRules(*in.Body.Rules)
		if err := w.CheckContactRules(); err != nil {
			return nil, at("/rules", err)
		}
	}
	now, _ := s.Spaces.Now(&w)
	asked := now
	if !in.Body.At.IsZero() {
		asked = in.Body.At
	}
	if asked.Before(now.AddDate(-1, 0, 0)) || asked.After(now.AddDate(10, 0, 0)) {
		return nil, fault.At("/at", "withinYear", nil)
	}
	f, err := s.factsOf(ctx, &w, in.Body.Customer, asked)
	if err != nil {
		return nil, err
	}
	c, err := s.wishOf(ctx, w.Key, f, in.Body.Channel, in.Body.Flow)
	if err != nil {
		return nil, err
	}
	out := s.showOutlook(ctx, &w, f, c, asked)
	if in.Body.Channel == "call" {
		out.Call = showCallNow(&w, f, moments(&w)(asked))
	}
	return &reply[contactPreview]{out}, nil
}

// showOutlook looks ahead and says what was found in words.
func (s *Server) showOutlook(ctx context.Context, w *workspace.Workspace, f *run.Facts, c ledger.Intend, asked time.Time) contactPreview {
	o := f.State.Outlook(c, moments(w)(asked), moments(w))
	name, _ := f.Customer["name"].(string)
	out := contactPreview{
		Customer: ref{f.State.ID, name}, Zone: c.Rules.Home.String(), Asked: value.Instant(asked), At: instant(o.At),
		Blocked: reasonOf(o.Blocked, ""), Checks: []contactCheck{},
	}
	if o.Other != "" {
		out.Other = s.flowRefOf(ctx, w.Key, o.Other)
	}
	for _, k := range o.Checks {
		key := "check." + k.Key
		if !k.OK {
			key = "reason." + k.Key
		}
		out.Checks = append(out.Checks, contactCheck{k.Key, k.OK, text.Both(key, nil), instant(k.Until)})
	}
	if day := value.DateOf(o.At.In(c.Rules.Location)); !o.At.IsZero() && !c.Rules.Calendar.Known(day) && c.Rules.Window.Days != "every" {
		out.NoData = day.Year()
	}
	return out
}

// moments makes moments of the workspace, as its ledger has them.
func moments(w *workspace.Workspace) func(time.Time) ledger.Now {
	return ledger.NowIn(w.Location(), w.Cal())
}

// factsOf reads what decisions about a customer are made from, as a flow would.
func (s *Server) factsOf(ctx context.Context, w *workspace.Workspace, customer string, at time.Time) (*run.Facts, error) {
	record, _, err := s.Subjects(ctx, w.Key, customer, nil)
	if err != nil {
		return nil, err
	}
	st, err := s.Accounts.Load(ctx, w.Key, customer)
	if err != nil {
		return nil, err
	}
	return activity.BuildFacts(world.SpaceOf(w, nil), at, st, record, nil), nil
}

// wishOf is a message about all that is open in the customer's main currency.
func (s *Server) wishOf(ctx context.Context, ws string, f *run.Facts, channel, flow string) (ledger.Intend, error) {
	if channel == "" {
		channel = "email"
	}
	c := ledger.Intend{Key: "preview", Channel: channel, Rules: f.HouseRules()}
	if flow != "" {
		live, err := s.Flows.Get(ctx, ws, flow)
		if err != nil {
			return c, err
		}
		if live.Hash == "" {
			return c, fault.At("/flow", "notLive", nil)
		}
		d, err := s.Flows.Definition(ctx, ws, live.Hash)
		if err != nil {
			return c, err
		}
		c.Key, c.Rules = flow+"/preview", f.RulesFor(d)
	}
	for _, id := range f.State.OpenItems() {
		i := f.State.Items[id]
		if c.Currency == "" {
			c.Currency = i.Currency
		}
		if i.Currency == c.Currency {
			c.Items = append(c.Items, id)
		}
	}
	return c, nil
}

// flowRefOf names a flow, by its key when it is gone.
func (s *Server) flowRefOf(ctx context.Context, ws, key string) *flowRef {
	out := &flowRef{Key: key, Name: s.flowNames(ctx, ws)[key]}
	if out.Name == nil {
		out.Name = map[string]string{"en": key, "zh-CN": key}
	}
	return out
}
