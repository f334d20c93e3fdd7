package workspace

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
)

// attach reads the days of the workspace's own calendars into w. Versions that
// were read before are not read again.
func (s *Service) attach(ctx context.Context, w *Workspace) error {
	w.own = make(map[string]*value.Calendar, len(w.Calendars))
	var missing []string
	s.mu.Lock()
	known := s.days[w.Key]
	s.mu.Unlock()
	next := make(map[string]*value.Calendar, len(w.Calendars))
	for id, o := range w.Calendars {
		if c := known[o.Doc]; c != nil {
			w.own[id], next[o.Doc] = c, c
			continue
		}
		missing = append(missing, o.Doc)
	}
	if len(missing) == 0 {
		return nil
	}
	docs, err := s.store.In(w.Key, calendarDays).GetMany(ctx, missing)
	if err != nil {
		return err
	}
	for key, d := range docs {
		id, _, _ := strings.Cut(key, "@")
		var body calendarDoc
		if err := json.Unmarshal(d.Body, &body); err != nil {
			return err
		}
		base, err := (NewCalendar{Base: w.Calendars[id].Base}).base()
		if err != nil {
			return err
		}
		w.own[id] = value.NewCalendar(id, base, body.Days)
		next[key] = w.own[id]
	}
	s.mu.Lock()
	s.days[w.Key] = next
	s.mu.Unlock()
	return nil
}

// OwnDays are the days of a version of an own calendar, by its Doc.
func (s *Service) OwnDays(ctx context.Context, key, doc string) ([]value.CalendarDay, error) {
	d, err := s.store.In(key, calendarDays).Get(ctx, doc)
	if err != nil {
		return nil, err
	}
	var body calendarDoc
	if err := json.Unmarshal(d.Body, &body); err != nil {
		return nil, err
	}
	return body.Days, nil
}

// OlderCalendar is an older version of an own calendar, as it could be saved
// again. Faults: NotFound "calendar.none", "calendar.noVersion".
func (s *Service) OlderCalendar(ctx context.Context, w *Workspace, id string, version int) (NewCalendar, error) {
	o, ok := w.Calendars[id]
	if !ok {
		return NewCalendar{}, fault.New(fault.NotFound, "calendar.none", fault.Params{"id": id})
	}
	k := slices.IndexFunc(o.Past, func(v CalendarVersion) bool { return v.Version == version })
	if k < 0 {
		return NewCalendar{}, fault.New(fault.NotFound, "calendar.noVersion", fault.Params{"version": version})
	}
	n := NewCalendar{Name: o.Name, Base: o.Base, File: o.Past[k].File}
	if on := o.Past[k].On; on != nil {
		n.Base = *on
	}
	var err error
	n.Days, err = s.OwnDays(ctx, w.Key, o.Past[k].Doc)
	return n, err
}

// SaveCalendar makes an own calendar (id "") or a new version of one, with the
// version it was shown at. The days are written first, under a name of their
// own: settings never name days that are not there, or are another's.
func (s *Service) SaveCalendar(ctx context.Context, key, id string, ifVersion int, n NewCalendar) (string, *Workspace, error) {
	if n.Name = strings.TrimSpace(n.Name); n.Name == "" || len(n.Name) > 200 {
		return "", nil, fault.At("/name", "required", nil)
	}
	fresh := id == ""
	if fresh {
		id, ifVersion = cmp.Or(n.As, ownPrefix+short()), 0
	}
	c, err := n.Build(id)
	if err != nil {
		return "", nil, err
	}
	v := CalendarVersion{Version: ifVersion + 1, Doc: id + "@" + short(), File: n.File, Years: c.Years(), At: s.now().UTC(), By: n.By}
	v.Off, v.Work = n.Counts()
	if err := s.mayReplace(ctx, key, id, fresh, ifVersion); err != nil {
		return "", nil, err
	}
	body, err := json.Marshal(calendarDoc{Days: n.Days})
	if err != nil {
		return "", nil, err
	}
	if _, err := s.store.In(key, calendarDays).Insert(ctx, v.Doc, body); err != nil {
		return "", nil, err
	}
	var gone []CalendarVersion
	w, err := s.Update(ctx, key, 0, func(w *Workspace) error {
		if fresh && len(w.Calendars) >= maxCalendars {
			return fault.At("", "maxItems", maxCalendars)
		}
		if w.Calendars[id].Version != ifVersion {
			return fault.New(fault.Conflict, "store.version", nil)
		}
		gone = w.putCalendar(id, n, v)
		return nil
	})
	if err != nil {
		gone = []CalendarVersion{v}
	}
	s.dropDays(ctx, key, gone)
	return id, w, err
}

// putCalendar makes a version the one that counts and gives those that are not
// kept any longer.
func (w *Workspace) putCalendar(id string, n NewCalendar, v CalendarVersion) (gone []CalendarVersion) {
	o, there := w.Calendars[id]
	if there {
		was, on := o.CalendarVersion, o.Base
		was.On = &on
		o.Past = append([]CalendarVersion{was}, o.Past...)
	}
	if len(o.Past) > keepVersions {
		o.Past, gone = o.Past[:keepVersions], o.Past[keepVersions:]
	}
	o.Name, o.Base, o.CalendarVersion = n.Name, n.Base, v
	if w.Calendars == nil {
		w.Calendars = map[string]OwnCalendar{}
	}
	w.Calendars[id] = o
	return gone
}

func short() string { return strings.ReplaceAll(uuid.NewString(), "-", "")[:12] }

func (s *Service) mayReplace(ctx context.Context, key, id string, fresh bool, ifVersion int) error {
	if fresh {
		return nil
	}
	w, err := s.Get(ctx, key)
	if err != nil {
		return err
	}
	o, ok := w.Calendars[id]
	switch {
	case !ok:
		return fault.New(fault.NotFound, "calendar.none", fault.Params{"id": id})
	case o.Version != ifVersion:
		return fault.New(fault.Conflict, "store.version", nil)
	}
	return nil
}

// dropDays removes days that nothing names any more. What stays behind after a
// failure is read by nobody.
func (s *Service) dropDays(ctx context.Context, key string, versions []CalendarVersion) {
	col := s.store.In(key, calendarDays)
	for _, v := range versions {
		if d, err := col.Get(ctx, v.Doc); err == nil {
			_ = col.Delete(ctx, v.Doc, d.Ver)
		}
	}
}

// DeleteCalendar removes an own calendar that nothing uses; used names what
// else does, beside the workspace itself.
func (s *Service) DeleteCalendar(ctx context.Context, key, id string, used []string) error {
	var gone []CalendarVersion
	_, err := s.Update(ctx, key, 0, func(w *Workspace) error {
		o, ok := w.Calendars[id]
		if !ok {
			return fault.New(fault.NotFound, "calendar.none", fault.Params{"id": id})
		}
		by := slices.Clone(used)
		if w.Calendar == id {
			by = append([]string{w.Name}, by...)
		}
		if len(by) > 0 {
			return fault.New(fault.Conflict, "calendar.used", fault.Params{"by": strings.Join(by, ", ")})
		}
		delete(w.Calendars, id)
		gone = append([]CalendarVersion{o.CalendarVersion}, o.Past...)
		return nil
	})
	if err == nil {
		s.dropDays(ctx, key, gone)
	}
	return err
}
