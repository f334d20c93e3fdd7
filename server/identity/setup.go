package identity

import (
	"context"
	"encoding/json"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/workspace"
)

const (
	linkID    = "link"
	linkFor   = 7 * 24 * time.Hour
	adminRole = "admin"
)

type linkDoc struct {
	Hash    string `json:"hash"`
	Expires string `json:"expires"`
}

// SetupNeeded tells whether nobody can log in yet.
func (s *Service) SetupNeeded(ctx context.Context) (bool, error) {
	n, err := s.in(users).Count(ctx, nil, 1)
	return n == 0, err
}

// NewSetupToken makes the secret of the one-time setup link, good for seven
// days; an older one is good no more. Fault: Conflict "setup.done" when there
// are users.
func (s *Service) NewSetupToken(ctx context.Context) (string, error) {
	needed, err := s.SetupNeeded(ctx)
	if err != nil {
		return "", err
	}
	if !needed {
		return "", fault.New(fault.Conflict, "setup.done", nil)
	}
	token := newToken()
	return token, s.putLink(ctx, linkDoc{Hash: hashOf(token), Expires: value.Instant(s.now().Add(linkFor))})
}

func (s *Service) putLink(ctx context.Context, l linkDoc) error {
	body, err := json.Marshal(l)
	if err != nil {
		return err
	}
	c := s.in(setups)
	if _, err = c.Insert(ctx, linkID, body); fault.Is(err, fault.Conflict) {
		_, err = c.Replace(ctx, store.Doc{ID: linkID, Body: body}, 0)
	}
	return err
}

// First is what the first start asks for.
type First struct {
	Workspace workspace.Workspace `json:"workspace"`
	Email     string              `json:"email"`
	Name      string              `json:"name"`
	Password  string              `json:"password"`
	Language  string              `json:"language,omitempty"`
}

// Setup makes the first workspace and its admin, logs them in, and uses up the
// link. What is invalid does not use it up. Faults: Unauthenticated
// "setup.token", Conflict "setup.done", Invalid.
func (s *Service) Setup(ctx context.Context, token string, f First, from From) (Session, string, error) {
	d, l, err := s.link(ctx, token)
	if err != nil {
		return Session{}, "", err
	}
	n := NewUser{Email: normalEmail(f.Email), Name: f.Name, Language: f.Language, Password: f.Password, Roles: []string{adminRole}}
	if err := s.checkFirst(f, n); err != nil {
		return Session{}, "", err
	}
	// Whoever deletes the link has it; a second one with the same link has not.
	if err := s.in(setups).Delete(ctx, linkID, d.Ver); err != nil {
		return Session{}, "", badToken()
	}
	if err := s.first(ctx, f, n); err != nil {
		// Nothing else brings the link back before the next start.
		_ = s.putLink(context.WithoutCancel(ctx), l)
		return Session{}, "", err
	}
	ud, u, err := s.byEmail(ctx, n.Email)
	if err != nil {
		return Session{}, "", err
	}
	return s.begin(ctx, ud, u, entry{From: from, Via: viaPassword})
}

func badToken() error { return fault.New(fault.Unauthenticated, "setup.token", nil) }

// link judges a setup token.
func (s *Service) link(ctx context.Context, token string) (store.Doc, linkDoc, error) {
	var l linkDoc
	needed, err := s.SetupNeeded(ctx)
	if err == nil && !needed {
		err = fault.New(fault.Conflict, "setup.done", nil)
	}
	if err != nil {
		return store.Doc{}, l, err
	}
	d, err := s.in(setups).Get(ctx, linkID)
	if fault.Is(err, fault.NotFound) {
		err = badToken()
	}
	if err == nil {
		err = json.Unmarshal(d.Body, &l)
	}
	if err == nil && (!same(l.Hash, hashOf(token)) || over(l.Expires, s.now())) {
		err = badToken()
	}
	return d, l, err
}

func (s *Service) checkFirst(f First, n NewUser) error {
	if err := fault.InvalidFields(checkPerson(n.Email, n.Name, n.Language)); err != nil {
		return err
	}
	if err := checkPassword(n.Password, n.Email); err != nil {
		return err
	}
	w := f.Workspace
	w.Defaults()
	return w.Check()
}

// first makes workspace and user. A workspace that an interrupted setup left
// behind is taken over: without users it is nobody's.
func (s *Service) first(ctx context.Context, f First, n NewUser) error {
	if _, err := s.spaces.Create(ctx, f.Workspace); err != nil && fault.KeyOf(err) != "workspace.exists" {
		return err
	}
	_, err := s.CreateUser(ctx, policies.SystemActor(f.Workspace.Key, "setup"), n)
	return err
}
