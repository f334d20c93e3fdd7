package identity

import (
	"context"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/audit"
	"github.com/dueflow/dueflow/server/store"
)

// viewFor is how long somebody looks with other eyes before it ends by itself.
const viewFor = time.Hour

// As is whose eyes a session looks with, to read only: a person's, or those of
// anybody with a role.
type As struct {
	User  string `json:"user,omitempty"`
	Role  string `json:"role,omitempty"`
	Name  string `json:"name,omitempty"` // the person's
	Until string `json:"until"`
	actor policies.Actor
}

// asDoc is As as stored with the session.
type asDoc struct {
	Workspace string `json:"workspace"`
	User      string `json:"user,omitempty"`
	Role      string `json:"role,omitempty"`
	Until     string `json:"until"`
}

// Eyes is the actor whose scope a session's answers pass: its own person, or
// the one it looks as. readOnly tells the latter.
func (s *Service) Eyes(x Session) (a policies.Actor, readOnly bool) {
	if x.As == nil {
		return s.Actor(x), false
	}
	return x.As.actor, true
}

// ViewAs begins to look with the eyes of a person of the workspace or of a
// role; the start is in the audit log. That the actor may do it at all is the
// caller's to check; here, that it shows nothing above their own rights: who
// may hand out those roles may look as them. Faults: NotFound "user.none",
// Invalid, Denied "policy.grant".
func (s *Service) ViewAs(ctx context.Context, x Session, user, role string) (Session, error) {
	d := asDoc{Workspace: x.Workspace, User: user, Role: role, Until: value.Instant(s.now().Add(viewFor))}
	if (user == "") == (role == "") {
		return x, fault.At("/role", "required", nil)
	}
	if role != "" {
		if err := s.Guard.Known(ctx, x.Workspace, []string{role}); err != nil {
			return x, err
		}
	}
	as, err := s.eyes(ctx, d, x)
	if err != nil {
		return x, err
	}
	if as == nil {
		return x, noUser()
	}
	if err := s.Guard.MayGrant(ctx, s.Actor(x), as.actor.Roles); err != nil {
		return x, err
	}
	if err := s.setEyes(ctx, x, &d); err != nil {
		return x, err
	}
	x.As = as
	id := user
	if id == "" {
		id = role
	}
	return x, s.note(ctx, s.Actor(x), audit.Entry{Action: "viewAs", Object: "session", ID: id, After: audit.JSON(as)})
}

// ViewAsSelf ends it.
func (s *Service) ViewAsSelf(ctx context.Context, x Session) (Session, error) {
	if err := s.setEyes(ctx, x, nil); err != nil {
		return x, err
	}
	x.As = nil
	return x, s.note(ctx, s.Actor(x), audit.Entry{Action: "viewAsSelf", Object: "session", ID: x.User})
}

func (s *Service) setEyes(ctx context.Context, x Session, d *asDoc) error {
	_, err := change(ctx, s.in(sessions), x.ID, func(doc *sessionDoc, _ store.Doc) error {
		doc.As = d
		return nil
	})
	if fault.Is(err, fault.NotFound) {
		err = noSession()
	}
	return err
}

// eyes works out anew whose eyes those are: their roles may have changed. nil
// when the person has gone: the session then looks with its own.
func (s *Service) eyes(ctx context.Context, d asDoc, x Session) (*As, error) {
	out := &As{User: d.User, Role: d.Role, Until: d.Until}
	if d.Role != "" {
		// The same person with that role only: own accounts and teams are theirs.
		out.actor = policies.Actor{ID: x.User, Name: x.Name, Workspace: d.Workspace, Roles: []string{d.Role}, Teams: x.Teams, Language: x.Language}
		return out, nil
	}
	_, u, err := s.byID(ctx, d.User)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	m, there := u.member(d.Workspace)
	if !there || u.Disabled {
		return nil, nil
	}
	out.Name, out.actor = u.Name, u.actor(d.User, m)
	return out, nil
}
