package identity

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/audit"
	"github.com/dueflow/dueflow/server/store"
)

// Claims are what a workspace's sign-in provider says of a person.
type Claims struct {
	Issuer   string
	Subject  string
	Email    string
	Verified bool // the provider vouches for the email
	Name     string
	Language string
	// Roles and Teams that the person's groups stand for. Mapped tells that
	// the workspace maps groups at all; then they replace what the person had.
	Mapped bool
	Roles  []string
	Teams  []string
}

type linkedDoc struct {
	User string `json:"user"`
}

func externalID(ws string, c Claims) string {
	return "ext-" + idOf(hashOf(ws+"\x00"+c.Issuer+"\x00"+c.Subject))
}

// External begins a session of a person whom a workspace's provider has
// vouched for. A person who is not known is made, when create says so; one who
// is known by a verified email is linked, unless they belong to other
// workspaces: no workspace's provider opens another's. The session stays in
// this workspace. Faults: Denied "oidc.unknown", "oidc.noEmail",
// "oidc.shared", "oidc.noRole", Unauthenticated "auth.disabled".
func (s *Service) External(ctx context.Context, ws string, c Claims, create bool, from From) (Session, string, error) {
	c.Email = normalEmail(c.Email)
	id, err := s.linked(ctx, ws, c)
	if err == nil && id == "" {
		id, err = s.linkFirst(ctx, ws, c, create)
	}
	if err != nil {
		return Session{}, "", err
	}
	if c.Mapped {
		if err := s.regroup(ctx, ws, id, c); err != nil {
			return Session{}, "", err
		}
	}
	d, u, err := s.byID(ctx, id)
	if err != nil {
		return Session{}, "", err
	}
	if _, there := u.member(ws); !there {
		return Session{}, "", fault.New(fault.Denied, "oidc.unknown", nil)
	}
	return s.begin(ctx, d, u, entry{From: from, Workspace: ws, Via: viaProvider, Only: true})
}

// linked gives the user that is linked to a provider's subject, "" for none.
func (s *Service) linked(ctx context.Context, ws string, c Claims) (string, error) {
	d, err := s.in(externals).Get(ctx, externalID(ws, c))
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	var l linkedDoc
	if err := json.Unmarshal(d.Body, &l); err != nil {
		return "", fault.Wrap(fault.Internal, "identity.stored", err)
	}
	if _, _, err := s.byID(ctx, l.User); fault.Is(err, fault.NotFound) {
		return "", s.in(externals).Delete(ctx, d.ID, d.Ver)
	} else if err != nil {
		return "", err
	}
	return l.User, nil
}

// linkFirst links a provider's subject to a person for the first time.
func (s *Service) linkFirst(ctx context.Context, ws string, c Claims, create bool) (string, error) {
	if c.Email == "" || !c.Verified {
		return "", fault.New(fault.Denied, "oidc.noEmail", nil)
	}
	system := policies.SystemActor(ws, "oidc")
	d, u, err := s.byEmail(ctx, c.Email)
	switch {
	case err == nil:
		if u.shared(ws) {
			return "", fault.New(fault.Denied, "oidc.shared", nil)
		}
		if _, there := u.member(ws); !there {
			return "", fault.New(fault.Denied, "oidc.unknown", nil)
		}
	case !fault.Is(err, fault.NotFound):
		return "", err
	case !create:
		return "", fault.New(fault.Denied, "oidc.unknown", nil)
	case len(c.Roles) == 0:
		return "", fault.New(fault.Denied, "oidc.noRole", nil)
	default:
		name := c.Name
		if name == "" {
			name = c.Email
		}
		made, err := s.CreateUser(ctx, system, NewUser{Email: c.Email, Name: clip(name, 100), Language: c.Language, Roles: c.Roles, Teams: c.Teams})
		if err != nil {
			return "", err
		}
		d.ID = made.ID
	}
	body, err := json.Marshal(linkedDoc{User: d.ID})
	if err != nil {
		return "", err
	}
	if _, err := s.in(externals).Insert(ctx, externalID(ws, c), body); err != nil && !fault.Is(err, fault.Conflict) {
		return "", err
	}
	return d.ID, s.note(ctx, system, audit.Entry{Action: "link", Object: "user", ID: d.ID, After: audit.JSON(map[string]string{"issuer": c.Issuer})})
}

// regroup gives a person the roles and teams that their groups stand for. Who
// is in no mapped group may not come in; the last who manages roles keeps
// them, or nobody could repair a mapping.
func (s *Service) regroup(ctx context.Context, ws, id string, c Claims) error {
	roles, teams := unique(c.Roles), unique(c.Teams)
	if len(roles) == 0 {
		return fault.New(fault.Denied, "oidc.noRole", nil)
	}
	_, u, err := s.byID(ctx, id)
	if err != nil {
		return err
	}
	m, ok := u.member(ws)
	if !ok || slices.Equal(m.Roles, roles) && slices.Equal(m.Teams, teams) {
		return nil
	}
	_, err = s.UpdateUser(ctx, policies.SystemActor(ws, "oidc"), id, UserChange{Roles: &roles, Teams: &teams}, 0)
	if fault.KeyOf(err) == "policy.noManager" {
		return nil
	}
	return err
}

// keepSession moves one session to another epoch of its user, and ends the
// others.
func (s *Service) keepSession(ctx context.Context, user, keep string, epoch int64) error {
	if keep != "" {
		_, err := change(ctx, s.in(sessions), keep, func(x *sessionDoc, _ store.Doc) error {
			x.Epoch = epoch
			return nil
		})
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return s.endSessions(ctx, user, keep)
}
