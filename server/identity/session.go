package identity

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/audit"
	"github.com/dueflow/dueflow/server/store"
)

const (
	idle     = 12 * time.Hour     // without a request
	absolute = 7 * 24 * time.Hour // whatever happens
	seenStep = 5 * time.Minute    // how exactly the last request is kept
)

// Session is a person logged in, in one of their workspaces. It is worked out
// anew at every request, so that changed roles count at once.
type Session struct {
	ID         string   `json:"id"`
	User       string   `json:"user"`
	Email      string   `json:"email"`
	Name       string   `json:"name"`
	Language   string   `json:"language,omitempty"`
	Workspace  string   `json:"workspace"`
	Workspaces []string `json:"workspaces"` // all that the person belongs to
	Roles      []string `json:"roles"`
	Teams      []string `json:"teams"`
	// CSRF is what a form or script of ours sends back; only Login and
	// Authenticate set it.
	CSRF string `json:"csrf,omitempty"`
	// Totp tells that the person has a second factor; MustEnrol that a role of
	// theirs asks for one that they have not: until then the session is good
	// for nothing else.
	Totp      bool      `json:"totp,omitempty"`
	MustEnrol bool      `json:"mustEnrol,omitempty"`
	Via       string    `json:"via,omitempty"` // how they came in: password, provider, invitation
	As        *As       `json:"as,omitempty"`  // whose eyes the session looks with, nil its own
	Notices   bool      `json:"-"`             // its browser shows notices
	CreatedAt time.Time `json:"createdAt"`
	SeenAt    time.Time `json:"seenAt"` // within five minutes
	ExpiresAt time.Time `json:"expiresAt"`
	Addr      string    `json:"addr,omitempty"`
	Agent     string    `json:"agent,omitempty"`
}

// CheckCSRF tells whether a token is the one of a session.
func CheckCSRF(x Session, token string) bool { return x.CSRF != "" && same(x.CSRF, token) }

// Actor is the person in the session's workspace.
func (s *Service) Actor(x Session) policies.Actor {
	return policies.Actor{ID: x.User, Name: x.Name, Workspace: x.Workspace, Roles: x.Roles, Teams: x.Teams, Language: x.Language}
}

// From is where a login comes from.
type From struct {
	Addr  string // IP address
	Agent string // the program, as it names itself
}

// How a session began.
const (
	viaPassword   = "password"
	viaProvider   = "provider"
	viaInvitation = "invitation"
)

// entry is how somebody comes in.
type entry struct {
	From
	Workspace string // "" = the first of theirs
	Via       string
	Only      bool // the session cannot leave the workspace
}

type sessionDoc struct {
	User      string `json:"user"`
	Hash      string `json:"hash"`
	Workspace string `json:"workspace"`
	Epoch     int64  `json:"epoch"`
	Created   string `json:"created"`
	Seen      string `json:"seen"`
	Expires   string `json:"expires"`
	Addr      string `json:"addr,omitempty"`
	Agent     string `json:"agent,omitempty"`
	Via       string `json:"via,omitempty"`
	Only      bool   `json:"only,omitempty"` // stays in its workspace
	As        *asDoc `json:"as,omitempty"`
	// Browser shows the person's notices while the session lasts.
	Browser *Browser `json:"browser,omitempty"`
}

func noSession() error { return fault.New(fault.Unauthenticated, "auth.session", nil) }

// begin makes a session of a user who has shown who they are.
func (s *Service) begin(ctx context.Context, d store.Doc, u userDoc, e entry) (Session, string, error) {
	switch {
	case u.Disabled:
		return Session{}, "", fault.New(fault.Unauthenticated, "auth.disabled", nil)
	case len(u.Members) == 0:
		return Session{}, "", fault.New(fault.Denied, "auth.noWorkspace", nil)
	}
	if e.Workspace == "" {
		e.Workspace = u.Members[0].Workspace
	}
	token, now := newToken(), s.now()
	x := sessionDoc{
		User: d.ID, Hash: hashOf(token), Workspace: e.Workspace, Epoch: u.Epoch, Via: e.Via, Only: e.Only,
		Created: value.Instant(now), Seen: value.Instant(now), Expires: value.Instant(now.Add(absolute)),
		Addr: clip(e.Addr, 60), Agent: clip(e.Agent, 200),
	}
	body, err := json.Marshal(x)
	if err != nil {
		return Session{}, "", err
	}
	sd, err := s.in(sessions).Insert(ctx, idOf(x.Hash), body)
	if err != nil {
		return Session{}, "", err
	}
	out, err := s.opened(ctx, x, sd.ID, u)
	if err != nil {
		return Session{}, "", err
	}
	out.CSRF = csrfOf(token)
	note := audit.Entry{Action: "login", Object: "session", ID: d.ID, Addr: x.Addr}
	return out, token, s.note(ctx, s.Actor(out), note)
}

// clip keeps the first n bytes of valid text without control characters.
func clip(text string, n int) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' {
			return -1
		}
		return r
	}, text)
	return strings.ToValidUTF8(text[:min(len(text), n)], "")
}

// open is the session of a user in the workspace it is in, or in the first of
// theirs if they left that one.
func (x sessionDoc) open(id string, u userDoc) (Session, error) {
	m, ok := u.member(x.Workspace)
	if !ok && (len(u.Members) == 0 || x.Only) {
		return Session{}, fault.New(fault.Unauthenticated, "auth.noWorkspace", nil)
	}
	if !ok {
		m = u.Members[0]
	}
	created, _ := value.ParseInstant(x.Created)
	seen, _ := value.ParseInstant(x.Seen)
	expires, _ := value.ParseInstant(x.Expires)
	spaces := u.In
	if x.Only {
		spaces = []string{m.Workspace}
	}
	return Session{
		ID: id, User: x.User, Email: u.Email, Name: u.Name, Language: u.Language, Totp: u.Second != nil, Via: x.Via,
		Workspace: m.Workspace, Workspaces: spaces, Roles: m.Roles, Teams: m.Teams,
		CreatedAt: created, SeenAt: seen, ExpiresAt: expires, Addr: x.Addr, Agent: x.Agent, Notices: x.Browser != nil,
	}, nil
}

// opened is open with what the workspace asks of the person, and with whose
// eyes they look.
func (s *Service) opened(ctx context.Context, x sessionDoc, id string, u userDoc) (Session, error) {
	out, err := x.open(id, u)
	if err != nil {
		return out, err
	}
	if !out.Totp && x.Via != viaProvider {
		if out.MustEnrol, err = s.needsSecond(ctx, out.Workspace, out.Roles); err != nil {
			return out, err
		}
	}
	if x.As != nil && x.As.Workspace == out.Workspace && !over(x.As.Until, s.now()) {
		out.As, err = s.eyes(ctx, *x.As, out)
	}
	return out, err
}

func (x sessionDoc) over(now time.Time) bool {
	t := value.Instant(now)
	return x.Expires <= t || x.Seen <= value.Instant(now.Add(-idle))
}

// Authenticate gives the session of a token and keeps it going. Fault:
// Unauthenticated "auth.session" for one that is unknown, ended, or of a user
// who was disabled or got another password since.
func (s *Service) Authenticate(ctx context.Context, token string) (Session, error) {
	if token == "" || len(token) > 100 {
		return Session{}, noSession()
	}
	hash := hashOf(token)
	d, err := s.in(sessions).Get(ctx, idOf(hash))
	if fault.Is(err, fault.NotFound) {
		return Session{}, noSession()
	}
	if err != nil {
		return Session{}, err
	}
	var x sessionDoc
	if err := json.Unmarshal(d.Body, &x); err != nil {
		return Session{}, fault.Wrap(fault.Internal, "identity.stored", err)
	}
	now := s.now()
	if !same(x.Hash, hash) || x.over(now) {
		return Session{}, noSession()
	}
	_, u, err := s.byID(ctx, x.User)
	if fault.Is(err, fault.NotFound) || err == nil && (u.Disabled || u.Epoch != x.Epoch) {
		return Session{}, noSession()
	}
	if err != nil {
		return Session{}, err
	}
	if err := s.touch(ctx, d, &x, now); err != nil {
		return Session{}, err
	}
	out, err := s.opened(ctx, x, d.ID, u)
	out.CSRF = csrfOf(token)
	return out, err
}

// touch keeps the time of the last request, coarsely, so that requests do not
// write. Losing against another request is as good; so is a session that was
// ended meanwhile, which must not come back.
func (s *Service) touch(ctx context.Context, d store.Doc, x *sessionDoc, now time.Time) error {
	if x.Seen > value.Instant(now.Add(-seenStep)) {
		return nil
	}
	x.Seen = value.Instant(now)
	body, err := json.Marshal(x)
	if err != nil {
		return err
	}
	d.Body = body
	if _, err = s.in(sessions).Replace(ctx, d, d.Ver); isVersion(err) {
		return nil
	}
	if fault.Is(err, fault.NotFound) {
		return noSession()
	}
	return err
}
