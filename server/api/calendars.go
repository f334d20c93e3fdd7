package api

import (
	"context"
	"net/http"
	"sort"
	"strconv"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/imports"
	"github.com/dueflow/dueflow/server/text"
	"github.com/dueflow/dueflow/server/workspace"
)

func (s *Server) calendarRoutes() {
	route(s, http.MethodGet, "/calendars", "listCalendars", signedIn, "Calendars, built in and the workspace's own; currencies and channels", s.listCalendars)
	look(s, "/calendars/preview", "previewCalendar", need{"workspace", "update"}, "Read a calendar file without saving it", s.previewCalendar)
	route(s, http.MethodPost, "/calendars", "createCalendar", need{"workspace", "update"}, "Save a calendar of one's own", s.createCalendar)
	route(s, http.MethodGet, "/calendars/{id}", "getCalendar", signedIn, "A calendar's days in a year", s.getCalendar)
	route(s, http.MethodPut, "/calendars/{id}", "replaceCalendar", need{"workspace", "update"}, "Replace an own calendar by a new version", s.replaceCalendar)
	route(s, http.MethodPost, "/calendars/{id}/restore", "restoreCalendar", need{"workspace", "update"}, "Take an older version of an own calendar back, as a new version", s.restoreCalendar)
	route(s, http.MethodDelete, "/calendars/{id}", "deleteCalendar", need{"workspace", "update"}, "Delete an own calendar that nothing uses", s.deleteCalendar)
}

// maxCalendarFile bounds an uploaded calendar in bytes.
const maxCalendarFile = 1 << 20

type calendarOut struct {
	ID      string `json:"id"`
	Name    string `json:"name,omitempty" doc:"of an own one; built-in ones are named by id"`
	Own     bool   `json:"own"`
	Base    string `json:"base,omitempty"`
	Version int    `json:"version,omitempty"`
	Years   []int  `json:"years" doc:"with data; other years take weekdays for workdays"`
	Off     int    `json:"off,omitempty"`
	Work    int    `json:"work,omitempty"`
	File    string `json:"file,omitempty"`
	At      string `json:"at,omitempty"`
	By      *ref   `json:"by,omitempty"`
	// Past are older versions.
	Past []calendarPast `json:"past,omitempty"`
}

type calendarPast struct {
	Version int    `json:"version"`
	File    string `json:"file,omitempty"`
	Off     int    `json:"off"`
	Work    int    `json:"work"`
	At      string `json:"at"`
	By      *ref   `json:"by,omitempty"`
}

type calendarsOut struct {
	Calendars  []string               `json:"calendars" doc:"ids, the workspace's own first"`
	Items      []calendarOut          `json:"items"`
	Currencies map[value.Currency]int `json:"currencies" doc:"minor-unit digits by code"`
	Channels   []string               `json:"channels"`
}

func (s *Server) listCalendars(ctx context.Context, a policies.Actor, _ *nothing) (*reply[calendarsOut], error) {
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	out := calendarsOut{Calendars: []string{}, Items: []calendarOut{}, Currencies: value.Currencies(), Channels: s.Channels.Keys()}
	names := s.userNames(ctx, a.Workspace)
	for id, o := range w.Calendars {
		out.Items = append(out.Items, showCalendar(id, o, names))
	}
	sort.Slice(out.Items, func(i, k int) bool { return out.Items[i].Name < out.Items[k].Name })
	for _, id := range value.CalendarIDs() {
		c, err := value.CalendarByID(id)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, calendarOut{ID: id, Years: c.Years()})
	}
	for _, c := range out.Items {
		out.Calendars = append(out.Calendars, c.ID)
	}
	return &reply[calendarsOut]{out}, nil
}

func showCalendar(id string, o workspace.OwnCalendar, names map[string]string) calendarOut {
	by := func(user string) *ref {
		if names[user] == "" {
			return nil
		}
		return &ref{user, names[user]}
	}
	out := calendarOut{
		ID: id, Name: o.Name, Own: true, Base: o.Base, Version: o.Version, Years: o.Years, Off: o.Off, Work: o.Work, File: o.File,
		At: instant(o.At), By: by(o.By),
	}
	for _, p := range o.Past {
		out.Past = append(out.Past, calendarPast{p.Version, p.File, p.Off, p.Work, instant(p.At), by(p.By)})
	}
	return out
}

type calendarFile struct {
	Name string `json:"name,omitempty" maxLength:"200"`
	Base string `json:"base,omitempty" maxLength:"60" doc:"the built-in calendar below it; empty is weekdays alone"`
	File string `json:"file,omitempty" maxLength:"200" doc:"the file's name"`
	Data []byte `json:"data" doc:"the file: iCalendar, or a table of date, kind (off, work) and name, at most 1 MiB"`
}

type dayOut struct {
	Date string `json:"date"`
	Kind string `json:"kind" doc:"off or work"`
	Name string `json:"name,omitempty"`
}

type rowError struct {
	Row   int               `json:"row"`
	Rule  string            `json:"rule"`
	Value string            `json:"value,omitempty"`
	Text  map[string]string `json:"text"`
}

type calendarPreview struct {
	Days   []dayOut   `json:"days"`
	Off    int        `json:"off"`
	Work   int        `json:"work"`
	Years  []int      `json:"years" doc:"with data, the base's included"`
	Errors []rowError `json:"errors" doc:"rows that were not read; at most 200"`
	// Problem says why it could not be saved as it is.
	Problem map[string]string `json:"problem,omitempty"`
}

// read takes a file apart and puts a calendar together.
func (f calendarFile) read() (workspace.NewCalendar, []value.RowFault, error) {
	n := workspace.NewCalendar{Name: f.Name, Base: f.Base, File: f.File}
	if len(f.Data) > maxCalendarFile {
		return n, nil, fault.At("/data", "maxBytes", maxCalendarFile)
	}
	content, err := imports.Text(f.Data)
	if err != nil {
		return n, nil, at("/data", err)
	}
	var faults []value.RowFault
	n.Days, faults = value.ReadDays(content)
	return n, faults, nil
}

func showDays(list []value.CalendarDay) []dayOut {
	out := make([]dayOut, 0, len(list))
	for _, d := range list {
		kind := "off"
		if d.Work {
			kind = "work"
		}
		out = append(out, dayOut{d.Date.String(), kind, d.Name})
	}
	return out
}

type calendarPreviewIn struct{ Body calendarFile }

func (s *Server) previewCalendar(_ context.Context, _ policies.Actor, in *calendarPreviewIn) (*reply[calendarPreview], error) {
	n, faults, err := in.Body.read()
	if err != nil {
		return nil, err
	}
	out := calendarPreview{Days: showDays(n.Days[:min(len(n.Days), value.MaxCalendarDays)]), Years: []int{}, Errors: []rowError{}}
	out.Off, out.Work = n.Counts()
	for _, f := range faults {
		out.Errors = append(out.Errors, rowError{f.Row, f.Rule, f.Value, text.Both("rule."+f.Rule, fault.Params{"value": f.Value})})
	}
	c, err := n.Build("preview")
	if err == nil {
		out.Years = c.Years()
		return &reply[calendarPreview]{out}, nil
	}
	fe, ok := err.(*fault.Error)
	if !ok || len(fe.Fields) == 0 {
		return nil, err
	}
	out.Problem = map[string]string{}
	for _, l := range text.Languages {
		out.Problem[l] = text.Field(l, fe.Fields[0])
	}
	return &reply[calendarPreview]{out}, nil
}

func (s *Server) createCalendar(ctx context.Context, a policies.Actor, in *calendarPreviewIn) (*tagged[calendarOut], error) {
	return s.saveCalendar(ctx, a, "", 0, in.Body)
}

type calendarIn struct {
	ID      string `path:"id" maxLength:"60"`
	IfMatch string `header:"If-Match"`
	Body    calendarFile
}

func (s *Server) replaceCalendar(ctx context.Context, a policies.Actor, in *calendarIn) (*tagged[calendarOut], error) {
	v, err := needVersion(in.IfMatch)
	if err != nil {
		return nil, err
	}
	return s.saveCalendar(ctx, a, in.ID, int(v), in.Body)
}

// saveCalendar saves a file without a fault: what a row meant is not guessed.
func (s *Server) saveCalendar(ctx context.Context, a policies.Actor, id string, ifVersion int, f calendarFile) (*tagged[calendarOut], error) {
	n, faults, err := f.read()
	if err != nil {
		return nil, err
	}
	if len(faults) > 0 {
		var bad []fault.Field
		for _, x := range faults[:min(len(faults), 20)] {
			bad = append(bad, fault.Field{Pointer: "/data/" + strconv.Itoa(x.Row), Rule: x.Rule, Params: fault.Params{"value": x.Value}})
		}
		return nil, fault.InvalidFields(bad)
	}
	n.By = a.ID
	action := "create"
	if id != "" {
		action = "update"
	}
	id, w, err := s.Spaces.SaveCalendar(ctx, a.Workspace, id, ifVersion, n)
	if err != nil {
		return nil, err
	}
	out := showCalendar(id, w.Calendars[id], s.userNames(ctx, a.Workspace))
	s.audit(ctx, a, action, "calendar", id, out)
	return &tagged[calendarOut]{etag(int64(out.Version)), out}, nil
}

type calendarPath struct {
	ID   string `path:"id" maxLength:"60"`
	Year int    `query:"year" minimum:"0" maximum:"2200" doc:"default this year"`
	// Version is of an own one.
	Version int `query:"version" minimum:"0" doc:"an older version of an own calendar; default the one that counts"`
}

type calendarYear struct {
	calendarOut
	Year  int      `json:"year"`
	Known bool     `json:"known" doc:"false: no data for the year, weekdays are taken for workdays"`
	Days  []dayOut `json:"days" doc:"that differ from weekdays"`
}

func (s *Server) getCalendar(ctx context.Context, a policies.Actor, in *calendarPath) (*tagged[calendarYear], error) {
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	c, err := w.CalendarByID(in.ID)
	if err != nil || c == nil {
		return nil, fault.New(fault.NotFound, "calendar.none", fault.Params{"id": in.ID})
	}
	if in.Version > 0 && in.Version != w.Calendars[in.ID].Version {
		n, err := s.Spaces.OlderCalendar(ctx, w, in.ID, in.Version)
		if err != nil {
			return nil, err
		}
		if c, err = n.Build(in.ID); err != nil {
			return nil, err
		}
	}
	_, today := s.Spaces.Now(w)
	if in.Year == 0 {
		in.Year = today.Year()
	}
	first, err := value.ParseDate(strconv.Itoa(in.Year) + "-01-01")
	if err != nil {
		return nil, fault.At("/year", "minimum", 1970)
	}
	out := calendarYear{calendarOut: calendarOut{ID: in.ID, Years: c.Years()}, Year: in.Year, Known: c.Known(first), Days: showDays(c.Days(in.Year))}
	if o, ok := w.Calendars[in.ID]; ok {
		out.calendarOut = showCalendar(in.ID, o, s.userNames(ctx, a.Workspace))
		out.Years = c.Years()
	}
	return &tagged[calendarYear]{etag(int64(out.Version)), out}, nil
}

type calendarGone struct {
	ID string `path:"id" maxLength:"60"`
}

func (s *Server) deleteCalendar(ctx context.Context, a policies.Actor, in *calendarGone) (*nothing, error) {
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	used, err := s.Flows.CalendarUsers(ctx, a.Workspace, in.ID, w.Language)
	if err != nil {
		return nil, err
	}
	if err := s.Spaces.DeleteCalendar(ctx, a.Workspace, in.ID, used); err != nil {
		return nil, err
	}
	s.audit(ctx, a, "delete", "calendar", in.ID, nil)
	return nil, nil
}
