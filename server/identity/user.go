package identity

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

// User is a person, as one workspace sees them.
type User struct {
	ID       string   `json:"id"`
	Email    string   `json:"email"` // lower case
	Name     string   `json:"name"`
	Language string   `json:"language,omitempty"` // "" = the workspace's
	Disabled bool     `json:"disabled,omitempty"`
	Roles    []string `json:"roles"`
	Teams    []string `json:"teams"`
	Manager  string   `json:"manager,omitempty"` // whom they report to, a user of the workspace
	// Shared people belong to other workspaces too; only they themselves and
	// the operator may change more than their roles and teams here.
	Shared    bool      `json:"shared,omitempty"`
	Totp      bool      `json:"totp,omitempty"` // signs in with a second factor
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
	Version   int64     `json:"version"`
}

// Membership is what a person is in a workspace.
type Membership struct {
	Workspace string   `json:"workspace"`
	Roles     []string `json:"roles"`
	Teams     []string `json:"teams"`
	Manager   string   `json:"manager,omitempty"`
}

// userDoc is a user as stored.
type userDoc struct {
	Email    string       `json:"email"`
	Name     string       `json:"name"`
	Language string       `json:"language,omitempty"`
	Hash     string       `json:"hash,omitempty"` // argon2id; "" cannot log in with a password
	Disabled bool         `json:"disabled,omitempty"`
	Members  []Membership `json:"members"`
	In       []string     `json:"in"` // the workspaces of Members, for finding
	// Second is the person's second factor; Enrolling is one that no code has
	// been seen of yet.
	Second    *secondDoc `json:"second,omitempty"`
	Enrolling *secondDoc `json:"enrolling,omitempty"`
	// Epoch ends all sessions that began under another; it moves in the same
	// write as what ends them.
	Epoch   int64  `json:"epoch"`
	Created string `json:"created"`
	Updated string `json:"updated"`
}

func (u *userDoc) member(ws string) (Membership, bool) {
	i := slices.IndexFunc(u.Members, func(m Membership) bool { return m.Workspace == ws })
	if i < 0 {
		return Membership{}, false
	}
	return u.Members[i], true
}

// join puts a membership in the place of the workspace's old one.
func (u *userDoc) join(m Membership) {
	u.leave(m.Workspace)
	u.Members = append(u.Members, m)
	slices.SortFunc(u.Members, func(a, b Membership) int { return strings.Compare(a.Workspace, b.Workspace) })
	u.list()
}

func (u *userDoc) leave(ws string) {
	u.Members = slices.DeleteFunc(u.Members, func(m Membership) bool { return m.Workspace == ws })
	u.list()
}

func (u *userDoc) list() {
	u.In = []string{}
	for _, m := range u.Members {
		u.In = append(u.In, m.Workspace)
	}
}

func (u *userDoc) actor(id string, m Membership) policies.Actor {
	return policies.Actor{ID: id, Name: u.Name, Workspace: m.Workspace, Roles: m.Roles, Teams: m.Teams, Language: u.Language}
}

// seen is the user as a workspace sees them; "" is the operator's view.
func (u *userDoc) seen(d store.Doc, ws string) User {
	m, _ := u.member(ws)
	created, _ := value.ParseInstant(u.Created)
	updated, _ := value.ParseInstant(u.Updated)
	return User{
		ID: d.ID, Email: u.Email, Name: u.Name, Language: u.Language, Disabled: u.Disabled, Shared: u.shared(ws), Totp: u.Second != nil,
		Roles: slices.Clone(m.Roles), Teams: slices.Clone(m.Teams), Manager: m.Manager, CreatedAt: created, UpdatedAt: updated, Version: d.Ver,
	}
}

func (u *userDoc) shared(ws string) bool {
	return ws != "" && slices.ContainsFunc(u.Members, func(m Membership) bool { return m.Workspace != ws })
}

func decodeUser(d store.Doc) (userDoc, error) {
	var u userDoc
	if err := json.Unmarshal(d.Body, &u); err != nil {
		return u, fault.Wrap(fault.Internal, "identity.stored", err)
	}
	return u, nil
}

func noUser() error { return fault.New(fault.NotFound, "user.none", nil) }

// byEmail finds a user. Fault: NotFound "user.none".
func (s *Service) byEmail(ctx context.Context, email string) (store.Doc, userDoc, error) {
	p, err := s.in(users).Find(ctx, store.Query{Filter: filter.Eq("email", email), Limit: 1})
	if err != nil {
		return store.Doc{}, userDoc{}, err
	}
	if len(p.Docs) == 0 {
		return store.Doc{}, userDoc{}, noUser()
	}
	u, err := decodeUser(p.Docs[0])
	return p.Docs[0], u, err
}

func (s *Service) byID(ctx context.Context, id string) (store.Doc, userDoc, error) {
	d, err := s.in(users).Get(ctx, id)
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			err = noUser()
		}
		return d, userDoc{}, err
	}
	u, err := decodeUser(d)
	return d, u, err
}

func (s *Service) eachMember(ctx context.Context, ws string, f func(id string, u userDoc)) error {
	return s.in(users).Each(ctx, store.Query{Filter: filter.Has("in", ws)}, func(d store.Doc) error {
		u, err := decodeUser(d)
		if err == nil {
			f(d.ID, u)
		}
		return err
	})
}

var emailPattern = regexp.MustCompile(`^[^\s@<>"(),:;\\]+@[^\s@<>"(),:;\\]+$`)

// normalEmail is the email as it is kept and compared.
func normalEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func checkPerson(email, name, language string) []fault.Field {
	var bad []fault.Field
	if len(email) > 200 || !emailPattern.MatchString(email) || !utf8.ValidString(email) {
		bad = append(bad, fault.Field{Pointer: "/email", Rule: "email"})
	}
	if n := utf8.RuneCountInString(name); strings.TrimSpace(name) == "" || n > 100 || strings.ContainsRune(name, 0) {
		bad = append(bad, fault.Field{Pointer: "/name", Rule: "required", Limit: 100})
	}
	if language != "" && language != "en" && language != "zh-CN" {
		bad = append(bad, fault.Field{Pointer: "/language", Rule: "enum"})
	}
	return bad
}

// checkTeams refuses names that are empty, long or too many.
func checkTeams(teams []string) []fault.Field {
	odd := func(t string) bool { return t == "" || len(t) > 100 || strings.ContainsRune(t, 0) }
	if len(teams) > 50 || slices.ContainsFunc(teams, odd) {
		return []fault.Field{{Pointer: "/teams", Rule: "teams", Limit: 50}}
	}
	return nil
}

// unique is a sorted copy of list with each value once, never nil.
func unique(list []string) []string {
	out := append([]string{}, list...)
	slices.Sort(out)
	return slices.Compact(out)
}
