package identity

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

// maxBrowsers is how many browsers of one person get notices; the one that
// agreed longest ago makes room.
const maxBrowsers = 5

// Browser is one that agreed to show notices to the person who is signed in
// there. It is kept with the session: who signs out, or is signed out, is told
// nothing any more in that browser. Being idle does not sign out of notices,
// only the end of the session does; they are what brings people back.
type Browser struct {
	ID      string          `json:"id"` // the same for the same browser, whoever is signed in
	Session string          `json:"-"`
	Since   string          `json:"since"`
	Push    json.RawMessage `json:"push"` // what the browser gave; not for us to read
}

// Agree keeps a browser with a session. at tells browsers apart. Another
// session of the same browser loses it: what is meant for one person is never
// shown to the next.
func (s *Service) Agree(ctx context.Context, x Session, at string, sub json.RawMessage) error {
	b := Browser{ID: idOf(hashOf(at)), Since: value.Instant(s.now()), Push: sub}
	err := s.in(sessions).Each(ctx, store.Query{Filter: filter.Eq("browser.id", b.ID)}, func(d store.Doc) error {
		if d.ID == x.ID {
			return nil
		}
		return s.Disagree(ctx, d.ID, b.ID)
	})
	if err != nil {
		return err
	}
	_, err = change(ctx, s.in(sessions), x.ID, func(d *sessionDoc, _ store.Doc) error {
		d.Browser = &b
		return nil
	})
	if fault.Is(err, fault.NotFound) {
		return noSession()
	}
	if err != nil {
		return err
	}
	all, err := s.browsers(ctx, x.User)
	if err != nil {
		return err
	}
	for _, old := range all[:max(0, len(all)-maxBrowsers)] {
		if err := s.Disagree(ctx, old.Session, old.ID); err != nil {
			return err
		}
	}
	return nil
}

// Disagree takes a browser away from a session, if it still is that one; ""
// takes any.
func (s *Service) Disagree(ctx context.Context, session, id string) error {
	_, err := change(ctx, s.in(sessions), session, func(d *sessionDoc, _ store.Doc) error {
		if d.Browser != nil && (id == "" || d.Browser.ID == id) {
			d.Browser = nil
		}
		return nil
	})
	if fault.Is(err, fault.NotFound) {
		return nil // the session has ended, and the browser with it
	}
	return err
}

// Browsers are where a person of a workspace gets notices now: none when they
// are disabled, have left, or have another password since.
func (s *Service) Browsers(ctx context.Context, ws, user string) ([]Browser, error) {
	_, u, err := s.byID(ctx, user)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if _, member := u.member(ws); err != nil || u.Disabled || !member {
		return nil, err
	}
	all, err := s.browsersOf(ctx, user, func(x sessionDoc) bool { return x.Workspace == ws && x.Epoch == u.Epoch })
	return all, err
}

func (s *Service) browsers(ctx context.Context, user string) ([]Browser, error) {
	return s.browsersOf(ctx, user, func(sessionDoc) bool { return true })
}

// browsersOf gives a person's browsers, the one that agreed first at the front.
func (s *Service) browsersOf(ctx context.Context, user string, fits func(sessionDoc) bool) ([]Browser, error) {
	var out []Browser
	now := value.Instant(s.now())
	q := store.Query{Filter: filter.And(filter.Eq("user", user), filter.Exists("browser.id")), Sort: []store.SortKey{{Field: "browser.since"}}, Limit: store.MaxLimit}
	p, err := s.in(sessions).Find(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, d := range p.Docs {
		var x sessionDoc
		if err := json.Unmarshal(d.Body, &x); err != nil {
			return nil, fault.Wrap(fault.Internal, "identity.stored", err)
		}
		if x.Browser == nil || x.Expires <= now || !fits(x) {
			continue
		}
		x.Browser.Session = d.ID
		out = append(out, *x.Browser)
	}
	return out, nil
}
