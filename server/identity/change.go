package identity

import (
	"context"
	"slices"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/audit"
	"github.com/dueflow/dueflow/server/store"
)

// UserChange changes what is not nil.
type UserChange struct {
	Email    *string   `json:"email,omitempty"`
	Name     *string   `json:"name,omitempty"`
	Language *string   `json:"language,omitempty"`
	Disabled *bool     `json:"disabled,omitempty"`
	Roles    *[]string `json:"roles,omitempty"`
	Teams    *[]string `json:"teams,omitempty"`
	// Manager is whom they report to: another member; "" is nobody.
	Manager *string `json:"manager,omitempty" maxLength:"60"`
	// Leave takes the person out of the workspace.
	Leave bool `json:"leave,omitempty"`
}

// personal tells whether the change is of the person, not of the membership.
func (c UserChange) personal() bool {
	return c.Email != nil || c.Name != nil || c.Language != nil || c.Disabled != nil
}

// UpdateUser changes a person as the actor's workspace sees them. ifVersion 0
// takes any version. Disabling ends their sessions. Faults: NotFound, Invalid,
// Denied "policy.grant" for roles above the actor's own, Denied "user.shared"
// for what is not this workspace's to change, Conflict "store.version",
// "user.exists", "policy.noManager".
func (s *Service) UpdateUser(ctx context.Context, by policies.Actor, id string, c UserChange, ifVersion int64) (User, error) {
	s.people.Lock()
	defer s.people.Unlock()
	var old, out User
	var stored userDoc
	d, err := change(ctx, s.in(users), id, func(u *userDoc, d store.Doc) error {
		if ifVersion != 0 && d.Ver != ifVersion {
			return fault.New(fault.Conflict, "user.version", nil)
		}
		old = u.seen(d, by.Workspace)
		if err := s.checkManager(ctx, by.Workspace, id, c.Manager); err != nil {
			return err
		}
		spaces := slices.Clone(u.In)
		if err := s.apply(ctx, by, u, c); err != nil {
			return err
		}
		u.Updated, stored = value.Instant(s.now()), *u
		if c.Roles == nil && c.Disabled == nil && !c.Leave {
			return nil
		}
		return s.keepsManager(ctx, spaces, id, u)
	})
	if err != nil {
		return User{}, notThere(err)
	}
	out = stored.seen(d, by.Workspace)
	if stored.Disabled && !old.Disabled {
		if err := s.endSessions(ctx, id, ""); err != nil {
			return out, err
		}
	}
	return out, s.note(ctx, by, audit.Entry{Action: "update", Object: "user", ID: id, Before: audit.JSON(old), After: audit.JSON(out)})
}

// checkManager refuses a manager who is not another member.
func (s *Service) checkManager(ctx context.Context, ws, of string, manager *string) error {
	if manager == nil || *manager == "" {
		return nil
	}
	_, u, err := s.byID(ctx, *manager)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if _, member := u.member(ws); err != nil || !member || *manager == of {
		return fault.At("/manager", "reference", nil)
	}
	return nil
}

func notThere(err error) error {
	switch {
	case fault.Is(err, fault.NotFound):
		return noUser()
	case fault.KeyOf(err) == "user.version":
		return fault.New(fault.Conflict, "store.version", nil)
	case fault.KeyOf(err) == "store.unique":
		return fault.New(fault.Conflict, "user.exists", nil)
	}
	return err
}

func (s *Service) apply(ctx context.Context, by policies.Actor, u *userDoc, c UserChange) error {
	m, err := s.reach(ctx, by, u, c.personal())
	if err != nil {
		return err
	}
	set(&u.Email, c.Email)
	set(&u.Name, c.Name)
	set(&u.Language, c.Language)
	u.Email = normalEmail(u.Email)
	if c.Disabled != nil && *c.Disabled != u.Disabled {
		u.Disabled = *c.Disabled
		u.Epoch++
	}
	if c.Roles != nil {
		fresh := unique(*c.Roles)
		added := slices.DeleteFunc(slices.Clone(fresh), func(r string) bool { return slices.Contains(m.Roles, r) })
		if err := s.mayGrant(ctx, by, added); err != nil {
			return err
		}
		m.Roles = fresh
	}
	if c.Teams != nil {
		m.Teams = unique(*c.Teams)
	}
	if c.Manager != nil {
		m.Manager = *c.Manager
	}
	switch {
	case by.Workspace == "":
	case c.Leave:
		u.leave(by.Workspace)
	default:
		u.join(m)
	}
	return fault.InvalidFields(append(checkPerson(u.Email, u.Name, u.Language), checkTeams(m.Teams)...))
}

func set(p *string, v *string) {
	if v != nil {
		*p = *v
	}
}

// reach gives the membership that the actor may change: of their workspace,
// with no roles that are not theirs to deal with; and for the person itself,
// only of people who belong nowhere else.
func (s *Service) reach(ctx context.Context, by policies.Actor, u *userDoc, personal bool) (Membership, error) {
	if by.System && by.Workspace == "" {
		return Membership{}, nil
	}
	m, ok := u.member(by.Workspace)
	if !ok {
		return m, noUser()
	}
	if personal && !by.System && u.shared(by.Workspace) {
		return m, fault.New(fault.Denied, "user.shared", nil)
	}
	return m, s.Guard.MayGrant(ctx, by, m.Roles)
}

// keepsManager asks the guard about the people of workspaces with one of them
// changed.
func (s *Service) keepsManager(ctx context.Context, spaces []string, id string, next *userDoc) error {
	for _, ws := range spaces {
		people, err := s.Members(ctx, ws)
		if err != nil {
			return err
		}
		after := slices.DeleteFunc(slices.Clone(people), func(a policies.Actor) bool { return a.ID == id })
		if m, ok := next.member(ws); ok && !next.Disabled {
			after = append(after, next.actor(id, m))
		}
		if err := s.Guard.KeepsManager(ctx, ws, people, after); err != nil {
			return err
		}
	}
	return nil
}
