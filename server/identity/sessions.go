package identity

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/audit"
	"github.com/dueflow/dueflow/server/store"
)

// SwitchWorkspace moves a session to another workspace of the person's. Fault:
// NotFound "workspace.none".
func (s *Service) SwitchWorkspace(ctx context.Context, x Session, ws string) (Session, error) {
	_, u, err := s.byID(ctx, x.User)
	if err != nil {
		return Session{}, err
	}
	none := fault.New(fault.NotFound, "workspace.none", fault.Params{"key": ws})
	if _, ok := u.member(ws); !ok {
		return Session{}, none
	}
	var moved sessionDoc
	_, err = change(ctx, s.in(sessions), x.ID, func(d *sessionDoc, _ store.Doc) error {
		if d.Only && d.Workspace != ws {
			return none
		}
		d.Workspace, d.As = ws, nil
		moved = *d
		return nil
	})
	if fault.Is(err, fault.NotFound) && fault.KeyOf(err) != "workspace.none" {
		err = noSession()
	}
	if err != nil {
		return Session{}, err
	}
	out, err := s.opened(ctx, moved, x.ID, u)
	out.CSRF = x.CSRF
	return out, err
}

// ListSessions gives a user's sessions that are not over, newest first; those
// that are idle too long but still show notices count.
func (s *Service) ListSessions(ctx context.Context, user string) ([]Session, error) {
	_, u, err := s.byID(ctx, user)
	if err != nil {
		return nil, err
	}
	out := []Session{}
	q := store.Query{Filter: filter.Eq("user", user), Sort: []store.SortKey{{Field: "created", Desc: true}}, Limit: store.MaxLimit}
	p, err := s.in(sessions).Find(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, d := range p.Docs {
		var x sessionDoc
		if json.Unmarshal(d.Body, &x) != nil || x.Epoch != u.Epoch || x.over(s.now()) && (x.Browser == nil || x.Expires <= value.Instant(s.now())) {
			continue
		}
		if one, err := x.open(d.ID, u); err == nil {
			out = append(out, one)
		}
	}
	return out, nil
}

// RevokeSession ends one session of a user; logging out is that too. Fault:
// NotFound "session.none".
func (s *Service) RevokeSession(ctx context.Context, by policies.Actor, user, id string) error {
	d, err := s.in(sessions).Get(ctx, id)
	var x sessionDoc
	if err == nil {
		err = json.Unmarshal(d.Body, &x)
	}
	if err == nil && x.User == user {
		err = s.in(sessions).Delete(ctx, id, 0)
	} else if err == nil {
		err = fault.New(fault.NotFound, "session.none", nil)
	}
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, "session.none", nil)
	}
	if err != nil {
		return err
	}
	return s.note(ctx, by, audit.Entry{Action: "logout", Object: "session", ID: user})
}

// endSessions removes a user's sessions but one. It tidies up: what ended them
// is the epoch.
func (s *Service) endSessions(ctx context.Context, user, except string) error {
	return s.in(sessions).Each(ctx, store.Query{Filter: filter.Eq("user", user)}, func(d store.Doc) error {
		if d.ID == except {
			return nil
		}
		err := s.in(sessions).Delete(ctx, d.ID, 0)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	})
}
