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

// The methods here change people in by's workspace. That by may create or
// update users at all is the caller's to check; that they do not reach roles
// above their own is checked here.

// NewUser is a person to be added to the actor's workspace. Password "" makes
// one who cannot log in until they are given one.
type NewUser struct {
	Email    string   `json:"email"`
	Name     string   `json:"name"`
	Language string   `json:"language,omitempty"`
	Password string   `json:"password,omitempty"`
	Roles    []string `json:"roles"`
	Teams    []string `json:"teams"`
}

// CreateUser adds a person. Faults: Invalid, Denied "policy.grant", Conflict
// "user.exists" when the email is taken, in whichever workspace.
func (s *Service) CreateUser(ctx context.Context, by policies.Actor, n NewUser) (User, error) {
	n.Email, n.Roles, n.Teams = normalEmail(n.Email), unique(n.Roles), unique(n.Teams)
	if err := s.checkNew(ctx, by, n); err != nil {
		return User{}, err
	}
	now := value.Instant(s.now())
	u := userDoc{Email: n.Email, Name: n.Name, Language: n.Language, Members: []Membership{}, In: []string{}, Epoch: 1, Created: now, Updated: now}
	if by.Workspace != "" {
		u.join(Membership{Workspace: by.Workspace, Roles: n.Roles, Teams: n.Teams})
	}
	var err error
	if n.Password != "" {
		if u.Hash, err = s.hasher.hash(ctx, n.Password); err != nil {
			return User{}, err
		}
	}
	body, err := json.Marshal(u)
	if err != nil {
		return User{}, err
	}
	d, err := s.in(users).Insert(ctx, newID(), body)
	if fault.Is(err, fault.Conflict) {
		err = fault.New(fault.Conflict, "user.exists", nil)
	}
	if err != nil {
		return User{}, err
	}
	out := u.seen(d, by.Workspace)
	return out, s.note(ctx, by, audit.Entry{Action: "create", Object: "user", ID: d.ID, After: audit.JSON(out)})
}

func (s *Service) checkNew(ctx context.Context, by policies.Actor, n NewUser) error {
	bad := append(checkPerson(n.Email, n.Name, n.Language), checkTeams(n.Teams)...)
	if err := fault.InvalidFields(bad); err != nil {
		return err
	}
	if n.Password != "" {
		if err := checkPassword(n.Password, n.Email); err != nil {
			return err
		}
	}
	return s.mayGrant(ctx, by, n.Roles)
}

// mayGrant checks roles that are newly given.
func (s *Service) mayGrant(ctx context.Context, by policies.Actor, roles []string) error {
	if len(roles) == 0 || by.Workspace == "" && by.System {
		return nil
	}
	if err := s.Guard.Known(ctx, by.Workspace, roles); err != nil {
		return err
	}
	return s.Guard.MayGrant(ctx, by, roles)
}

// AddMember adds a person who has an account already to the actor's workspace.
// Faults: NotFound "user.none", Conflict "user.member", as CreateUser.
func (s *Service) AddMember(ctx context.Context, by policies.Actor, email string, m Membership) (User, error) {
	m.Workspace, m.Roles, m.Teams = by.Workspace, unique(m.Roles), unique(m.Teams)
	if err := fault.InvalidFields(checkTeams(m.Teams)); err != nil {
		return User{}, err
	}
	if err := s.mayGrant(ctx, by, m.Roles); err != nil {
		return User{}, err
	}
	d, _, err := s.byEmail(ctx, normalEmail(email))
	if err != nil {
		return User{}, err
	}
	var out userDoc
	d, err = change(ctx, s.in(users), d.ID, func(u *userDoc, _ store.Doc) error {
		if _, there := u.member(by.Workspace); there {
			return fault.New(fault.Conflict, "user.member", nil)
		}
		u.join(m)
		u.Updated, out = value.Instant(s.now()), *u
		return nil
	})
	if err != nil {
		return User{}, err
	}
	seen := out.seen(d, by.Workspace)
	return seen, s.note(ctx, by, audit.Entry{Action: "join", Object: "user", ID: d.ID, After: audit.JSON(seen)})
}

// UserPage is a page of users; Next is "" at the end.
type UserPage struct {
	Users []User `json:"users"`
	Next  string `json:"next,omitempty"`
}

// ListUsers gives a page of a workspace's people by email, or of everybody for
// the workspace "". Limit and After of q count, and a Filter over email, name
// and disabled.
func (s *Service) ListUsers(ctx context.Context, ws string, q store.Query) (UserPage, error) {
	known := func(f string) (filter.Type, bool) {
		if f == "disabled" {
			return filter.Bool, true
		}
		return filter.Text, f == "email" || f == "name"
	}
	if err := filter.Check(q.Filter, known); err != nil {
		return UserPage{}, err
	}
	q.Sort, q.Search = []store.SortKey{{Field: "email"}}, ""
	if ws != "" {
		q.Filter = filter.And(filter.Has("in", ws), q.Filter)
	}
	p, err := s.in(users).Find(ctx, q)
	if err != nil {
		return UserPage{}, err
	}
	out := UserPage{Users: make([]User, 0, len(p.Docs)), Next: p.Next}
	for _, d := range p.Docs {
		u, err := decodeUser(d)
		if err != nil {
			return UserPage{}, err
		}
		out.Users = append(out.Users, u.seen(d, ws))
	}
	return out, nil
}

// GetUser gives one person of a workspace, or of all for "". Fault: NotFound
// "user.none".
func (s *Service) GetUser(ctx context.Context, ws, id string) (User, error) {
	d, u, err := s.byID(ctx, id)
	if err != nil {
		return User{}, err
	}
	if _, ok := u.member(ws); !ok && ws != "" {
		return User{}, noUser()
	}
	return u.seen(d, ws), nil
}
