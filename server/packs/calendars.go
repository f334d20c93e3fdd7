package packs

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/workspace"
)

// How a calendar of a pack stands to what the workspace has.
const (
	StandsNew     = "new"
	StandsSame    = "same"
	StandsDiffers = "differs"
)

// calendarPlan is a calendar of a pack, and how it stands.
type calendarPlan struct {
	raw      json.RawMessage
	standing string
	// found tells that the workspace has one of that name that is not the pack's.
	found bool
}

// calendars says of each calendar of a pack which of the workspace's it is, or
// would become, and which the pack's flows do without: those that nobody wants.
func (s *Service) calendars(ctx context.Context, a policies.Actor, p *Plan, src *pack.Pack, r Request) error {
	p.theirs, p.choices.Without = map[string]calendarPlan{}, nil
	list := src.Of(pack.Calendar)
	if len(list) == 0 {
		return nil
	}
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return err
	}
	for _, o := range list {
		c, err := pack.ReadCalendar(o.Raw)
		if err != nil {
			return err
		}
		var one calendarPlan
		if one.raw, err = c.Raw(); err != nil {
			return err
		}
		path := string(o.Kind) + "/" + o.Key
		as, held := p.choices.Keys[path]
		if !held {
			as, one.found = p.seat(w, o.Key, c.Name)
			p.choices.Keys[path] = as
		}
		mine, _, err := calendarHandler{s}.read(ctx, a, pack.Object{Kind: o.Kind, Key: as, Raw: one.raw})
		if err != nil {
			return err
		}
		switch {
		case mine == nil:
			one.standing = StandsNew
		case flow.Same(mine, one.raw):
			one.standing = StandsSame
		default:
			one.standing = StandsDiffers
		}
		wanted := slices.Contains(r.Calendars, o.Key)
		if !wanted && (one.standing == StandsNew || one.standing == StandsDiffers && one.found) {
			p.choices.Without = append(p.choices.Without, o.Key)
		}
		p.theirs[as] = one
	}
	return nil
}

// seat gives a calendar its id: that of the workspace's own of the same name, or
// one that nobody has.
func (p *Plan) seat(w *workspace.Workspace, key string, name flow.Text) (as string, found bool) {
	for _, id := range slices.Sorted(maps.Keys(w.Calendars)) {
		for _, n := range name {
			if n == w.Calendars[id].Name {
				return id, true
			}
		}
	}
	for n := 1; ; n++ {
		as = workspace.OwnCalendarFor(key, n)
		_, taken := w.Calendars[as]
		_, ours := p.theirs[as]
		if !taken && !ours {
			return as, false
		}
	}
}

// basis is what a calendar is merged on. One of that name that is not the pack's
// is not merged with: it is the one or the other. One that was deleted is new.
func basis(was Held, had bool, mine json.RawMessage) (Held, bool) {
	switch {
	case mine == nil:
		return was, false
	case !had:
		was.Base = json.RawMessage("{}")
	}
	return was, true
}

// wanted decides what happens to a calendar: without being asked for, nothing.
func (p *Plan) wanted(op *ObjectPlan, r Request) {
	op.Standing = p.theirs[op.As].standing
	wanted := slices.Contains(r.Calendars, op.Key)
	switch {
	case op.Action == Same || op.Action == Keep || wanted:
	default:
		op.Action, op.Conflicts = Propose, []pack.Clash{}
	}
}

// together judges what became of two calendars' days: each on its own may be
// good, and both in one be shut for too long, or empty.
func (p *Plan) together(after json.RawMessage) error {
	_, err := pack.ReadCalendar(after)
	fe, ok := err.(*fault.Error)
	if !ok {
		return err
	}
	for _, f := range fe.Fields {
		f.Pointer = "/objects/" + strconv.Itoa(len(p.Objects)) + f.Pointer
		p.Problems = append(p.Problems, f)
	}
	return nil
}

type calendarHandler struct{ s *Service }

// read gives a calendar under the pack's name for it: what the workspace calls
// it is its own affair.
func (h calendarHandler) read(ctx context.Context, a policies.Actor, o pack.Object) (json.RawMessage, int64, error) {
	w, err := h.s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, 0, err
	}
	own, there := w.Calendars[o.Key]
	if !there {
		return nil, 0, nil
	}
	raw, err := h.s.asPacked(ctx, a.Workspace, own, NameOf(o.Raw))
	return raw, int64(own.Version), err
}

// asPacked is an own calendar of the workspace as packs write it down.
func (s *Service) asPacked(ctx context.Context, ws string, own workspace.OwnCalendar, name flow.Text) (json.RawMessage, error) {
	days, err := s.Spaces.OwnDays(ctx, ws, own.Doc)
	if err != nil {
		return nil, err
	}
	c := pack.OwnCalendar{Name: name, Base: own.Base, Days: days}
	if c.Base == "weekdays" {
		c.Base = ""
	}
	return c.Raw()
}

// write makes a new version, or a new calendar; nil deletes one that nothing uses.
func (h calendarHandler) write(ctx context.Context, a policies.Actor, o pack.Object, raw json.RawMessage, ver int64) error {
	w, err := h.s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return err
	}
	if raw == nil {
		used, err := h.s.Flows.CalendarUsers(ctx, a.Workspace, o.Key, w.Language)
		if err != nil {
			return err
		}
		if err := h.s.Spaces.DeleteCalendar(ctx, a.Workspace, o.Key, used); err != nil {
			return err
		}
		h.s.noted(ctx, a, "delete", "calendar", o.Key, nil)
		return nil
	}
	c, err := pack.ReadCalendar(raw)
	if err != nil {
		return err
	}
	n := workspace.NewCalendar{Name: c.Name.In(w.Language), Base: c.Base, Days: c.Days, By: a.ID}
	id, action := o.Key, "update"
	if own, there := w.Calendars[id]; there {
		n.Name = own.Name
	} else {
		id, n.As, action = "", o.Key, "create"
	}
	if _, _, err = h.s.Spaces.SaveCalendar(ctx, a.Workspace, id, int(ver), n); err != nil {
		return err
	}
	off, work := n.Counts()
	h.s.noted(ctx, a, action, "calendar", o.Key, map[string]any{"name": n.Name, "base": n.Base, "off": off, "work": work})
	return nil
}

// calendarInUse says why a calendar stays: the workspace, or a flow that does not
// go with the pack, keeps it.
func (s *Service) calendarInUse(ctx context.Context, ws, id string, going map[string]bool) (string, error) {
	w, err := s.Spaces.Get(ctx, ws)
	if err != nil {
		return "", err
	}
	if w.Calendar == id {
		return Used, nil
	}
	var but []string
	for path := range going {
		if key, ok := strings.CutPrefix(path, string(pack.Flow)+"/"); ok {
			but = append(but, key)
		}
	}
	users, err := s.Flows.CalendarUsers(ctx, ws, id, w.Language, but...)
	if err != nil || len(users) == 0 {
		return "", err
	}
	return Used, nil
}

// calendarPart names a piece of a calendar, and reads both sides of it.
func calendarPart(c *pack.Clash) {
	day, isDay := strings.CutPrefix(c.Unit, "days/")
	switch {
	case isDay:
		c.Name = flow.Text{"en": day, "zh-CN": day}
		c.MineSays, c.TheirsSays = daySays(c.Mine), daySays(c.Theirs)
	case c.Unit == "days":
		c.Name, c.MineSays, c.TheirsSays = partWords["days"], calendarSays(c.Mine), calendarSays(c.Theirs)
	default:
		c.Name = partWords[c.Unit]
	}
}

// daySays reads a day of a calendar; one that is not in it goes by what the
// calendar is based on.
func daySays(raw json.RawMessage) flow.Text {
	var d value.CalendarDay
	if len(raw) == 0 || json.Unmarshal(raw, &d) != nil {
		return flow.Text{"en": "An ordinary day", "zh-CN": "按常规安排"}
	}
	says := flow.Text{"en": "Day off", "zh-CN": "休息"}
	if d.Work {
		says = flow.Text{"en": "Workday", "zh-CN": "上班"}
	}
	if d.Name != "" {
		says = flow.Text{"en": says["en"] + ": " + d.Name, "zh-CN": says["zh-CN"] + "：" + d.Name}
	}
	return says
}

// calendarSays reads a calendar as a sentence.
func calendarSays(raw json.RawMessage) flow.Text {
	c, err := pack.ReadCalendar(raw)
	if err != nil {
		return nil
	}
	off, work := workspace.NewCalendar{Days: c.Days}.Counts()
	first, last := c.Days[0].Date, c.Days[len(c.Days)-1].Date
	return flow.Text{
		"en":    fmt.Sprintf("Days off: %d, make-up workdays: %d; %s to %s", off, work, first, last),
		"zh-CN": fmt.Sprintf("休息 %d 天，调休上班 %d 天；%s 至 %s", off, work, first, last),
	}
}

// exportedCalendar is an own calendar of the workspace as an object of a pack.
func (s *Service) exportedCalendar(ctx context.Context, ws, id string) (*pack.Object, error) {
	w, err := s.Spaces.Get(ctx, ws)
	if err != nil {
		return nil, err
	}
	own, there := w.Calendars[id]
	if !there {
		return nil, nil // the checklist says so
	}
	raw, err := s.asPacked(ctx, ws, own, flow.Text{"en": own.Name, "zh-CN": own.Name})
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			err = nil
		}
		return nil, err
	}
	return &pack.Object{Kind: pack.Calendar, Key: exportedKey, Raw: raw}, nil
}

// exportedKey is what a flow's calendar is called in a pack that is made of it.
const exportedKey = "calendar"
