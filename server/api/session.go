package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/limiter"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/identity"
	"github.com/dueflow/dueflow/server/sso"
	"github.com/dueflow/dueflow/server/workspace"
)

type clockOut struct {
	Now              string  `json:"now"`
	Today            string  `json:"today"`
	Demo             bool    `json:"demo"`
	DayLengthSeconds float64 `json:"dayLengthSeconds"`
}

func (s *Server) clock(w *workspace.Workspace) clockOut {
	now, today := s.Spaces.Now(w)
	c := clockOut{Now: value.Instant(now), Today: today.String(), DayLengthSeconds: 86400}
	if w.Demo != nil {
		c.Demo, c.DayLengthSeconds = true, w.Demo.DaySeconds
	}
	return c
}

type sessionUser struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Email    string `json:"email"`
	Language string `json:"language"`
}

type spaceRef struct {
	Key      string         `json:"key"`
	Name     string         `json:"name"`
	Timezone string         `json:"timezone,omitempty"`
	Currency value.Currency `json:"currency,omitempty"`
	Language string         `json:"language,omitempty"`
	Demo     bool           `json:"demo"`
}

type sessionOut struct {
	User       sessionUser     `json:"user"`
	Workspace  spaceRef        `json:"workspace"`
	Workspaces []spaceRef      `json:"workspaces"`
	Roles      []string        `json:"roles"`
	Can        map[string]bool `json:"can"`
	CSRF       string          `json:"csrf"`
	Clock      clockOut        `json:"clock"`
	// Totp: signs in with a second factor. MustEnrol: a role asks for one, and
	// nothing else works before. As: whose eyes the session looks with.
	Totp      bool         `json:"totp"`
	MustEnrol bool         `json:"mustEnrol"`
	Via       string       `json:"via,omitempty"`
	As        *identity.As `json:"as,omitempty"`
}

// abilities are what the interface asks before it offers something; the server
// decides again whenever it is done.
var abilities = map[string]need{
	"customer.write": {"customer", "update"}, "invoice.write": {"invoice", "create"}, "payment.read": {"payment", "read"}, "payment.write": {"payment", "create"}, "payment.edit": {"payment", "update"},
	"account.write": {"account", "promise"}, "account.payment": {"account", "payment"}, "run.control": {"run", "control"}, "flow.publish": {"flow", "publish"}, "flow.write": {"flow", "update"},
	"settings.write": {"workspace", "update"}, "user.read": {"user", "read"}, "user.create": {"user", "create"}, "user.write": {"user", "update"},
	"role.read": {"role", "read"}, "role.write": {"role", "update"}, "key.write": {"key", "create"},
	"message.review": {"message", "review"}, "task.write": {"task", "update"}, "insight.read": {"insight", "read"}, "audit.read": {"audit", "read"},
	"form.write": {"form", "update"}, "form.publish": {"form", "publish"}, "template.read": {"template", "read"}, "template.write": {"template", "update"},
	"pack.read": {"pack", "read"}, "pack.write": {"pack", "update"},
	"customer.delete": {"customer", "delete"}, "customer.export": {"customer", "export"}, "contact.delete": {"contact", "delete"}, "invoice.delete": {"invoice", "delete"}, "payment.delete": {"payment", "delete"},
	"record.delete": {"record", "delete"},
}

func (s *Server) showSession(ctx context.Context, x identity.Session) (sessionOut, error) {
	a, readOnly := s.Identity.Eyes(x)
	w, err := s.Spaces.Get(ctx, x.Workspace)
	if err != nil {
		return sessionOut{}, err
	}
	out := sessionOut{
		User: sessionUser{x.User, x.Name, x.Email, x.Language}, Roles: a.Roles, CSRF: x.CSRF, Totp: x.Totp, MustEnrol: x.MustEnrol, Via: x.Via, As: x.As, Can: map[string]bool{}, Clock: s.clock(w),
		Workspace:  spaceRef{w.Key, w.Name, w.Timezone, w.Currency, w.Language, w.Demo != nil},
		Workspaces: []spaceRef{},
	}
	if out.User.Language == "" {
		out.User.Language = w.Language
	}
	for _, key := range x.Workspaces {
		if o, err := s.Spaces.Get(ctx, key); err == nil {
			out.Workspaces = append(out.Workspaces, spaceRef{Key: o.Key, Name: o.Name, Demo: o.Demo != nil})
		}
	}
	for name, n := range abilities {
		ok, err := s.Access.Can(ctx, a, n.object, n.action)
		if err != nil {
			return out, err
		}
		out.Can[name] = ok && (!readOnly || strings.HasSuffix(name, ".read"))
	}
	return out, nil
}

// sessionRoutes are plain handlers: they set and clear the cookie.
func (s *Server) sessionRoutes() {
	// Sign-in is limited per address on top of the lock-out per account.
	slow := limiter.New(limiter.Config{
		Max: s.EntryLimit, Expiration: time.Minute,
		LimitReached: func(c *fiber.Ctx) error { return s.send(c, fault.New(fault.TooMany, "kind.too_many", nil)) },
	})
	s.entryRoutes(slow)
	s.app.Post("/api/v1/session", slow, s.login)
	s.app.Post("/api/v1/session/demo", slow, s.demoLogin)
	s.app.Delete("/api/v1/session", s.logout)
	s.app.Get("/api/v1/session", s.getSession)
	s.app.Patch("/api/v1/session", s.patchSession)
	s.app.Get("/api/v1/setup", s.getSetup)
	s.app.Post("/api/v1/setup", slow, s.setup)
	route(s, http.MethodGet, "/clock", "getClock", signedIn, "The workspace's clock", func(ctx context.Context, a policies.Actor, _ *nothing) (*reply[clockOut], error) {
		w, err := s.Spaces.Get(ctx, a.Workspace)
		if err != nil {
			return nil, err
		}
		return &reply[clockOut]{s.clock(w)}, nil
	})
}

func from(c *fiber.Ctx) identity.From {
	return identity.From{Addr: c.IP(), Agent: c.Get(fiber.HeaderUserAgent)}
}

func read(c *fiber.Ctx, v any) error {
	if err := c.BodyParser(v); err != nil {
		return fault.At("", "json", nil)
	}
	return nil
}

func (s *Server) enter(c *fiber.Ctx, x identity.Session, token string, err error) error {
	if err != nil {
		return s.send(c, err)
	}
	c.Cookie(&fiber.Cookie{Name: cookieName, Value: token, Path: "/", HTTPOnly: true, SameSite: "Lax", Secure: s.SecureCookies, Expires: x.ExpiresAt})
	return s.answerSession(c, x)
}

func (s *Server) answerSession(c *fiber.Ctx, x identity.Session) error {
	out, err := s.showSession(c.UserContext(), x)
	if err != nil {
		return s.send(c, err)
	}
	return c.JSON(out)
}

func (s *Server) login(c *fiber.Ctx) error {
	var in struct {
		Email    string `json:"email"`
		Password string `json:"password"`
		Code     string `json:"code"`
	}
	if err := read(c, &in); err != nil {
		return s.send(c, err)
	}
	x, token, err := s.Identity.LoginWith(c.UserContext(), in.Email, in.Password, in.Code, from(c))
	return s.enter(c, x, token, err)
}

func (s *Server) demoLogin(c *fiber.Ctx) error {
	var in struct {
		Email string `json:"email"`
	}
	if err := read(c, &in); err != nil {
		return s.send(c, err)
	}
	x, token, err := s.Identity.DemoLogin(c.UserContext(), in.Email, from(c))
	return s.enter(c, x, token, err)
}

func (s *Server) logout(c *fiber.Ctx) error {
	if x, ok := sessionOf(c.UserContext()); ok {
		if err := s.Identity.RevokeSession(c.UserContext(), s.Identity.Actor(x), x.User, x.ID); err != nil && !fault.Is(err, fault.NotFound) {
			return s.send(c, err)
		}
	}
	c.Cookie(&fiber.Cookie{Name: cookieName, Path: "/", HTTPOnly: true, SameSite: "Lax", Expires: time.Unix(1, 0)})
	return c.SendStatus(http.StatusNoContent)
}

func (s *Server) getSession(c *fiber.Ctx) error {
	x, ok := sessionOf(c.UserContext())
	if !ok {
		return s.send(c, fault.New(fault.Unauthenticated, "session.none", nil))
	}
	return s.answerSession(c, x)
}

func (s *Server) patchSession(c *fiber.Ctx) error {
	ctx := c.UserContext()
	x, ok := sessionOf(ctx)
	if !ok {
		return s.send(c, fault.New(fault.Unauthenticated, "session.none", nil))
	}
	var in struct {
		Language  *string `json:"language"`
		Workspace string  `json:"workspace"`
	}
	if err := read(c, &in); err != nil {
		return s.send(c, err)
	}
	if in.Language != nil {
		u, err := s.Identity.UpdateProfile(ctx, x, nil, in.Language)
		if err != nil {
			return s.send(c, err)
		}
		x.Language = u.Language
	}
	if in.Workspace != "" && in.Workspace != x.Workspace {
		csrf := x.CSRF
		var err error
		if x, err = s.Identity.SwitchWorkspace(ctx, x, in.Workspace); err != nil {
			return s.send(c, err)
		}
		x.CSRF = csrf
	}
	return s.answerSession(c, x)
}

type demoOut struct {
	Users            []DemoUser `json:"users"`
	DayLengthSeconds float64    `json:"dayLengthSeconds"`
}

type setupOut struct {
	Needed  bool     `json:"needed"`
	Demo    *demoOut `json:"demo"`
	Version string   `json:"version"`
	// Providers are other ways to sign in.
	Providers []sso.Choice `json:"providers"`
}

func (s *Server) getSetup(c *fiber.Ctx) error {
	needed, err := s.Identity.SetupNeeded(c.UserContext())
	if err != nil {
		return s.send(c, err)
	}
	providers, err := s.SSO.Choices(c.UserContext())
	if err != nil {
		return s.send(c, err)
	}
	out := setupOut{Needed: needed, Version: s.Version, Providers: providers}
	if len(s.Demo) > 0 {
		out.Demo = &demoOut{s.Demo, s.DemoDay.Seconds()}
	}
	return c.JSON(out)
}

func (s *Server) setup(c *fiber.Ctx) error {
	var in struct {
		Token     string `json:"token"`
		Language  string `json:"language"`
		Workspace struct {
			Key  string `json:"key"`
			Name string `json:"name"`
		} `json:"workspace"`
		Admin struct {
			Name     string `json:"name"`
			Email    string `json:"email"`
			Password string `json:"password"`
		} `json:"admin"`
		Calendar string         `json:"calendar"`
		Timezone string         `json:"timezone"`
		Currency value.Currency `json:"currency"`
		Sample   bool           `json:"sample"`
	}
	if err := read(c, &in); err != nil {
		return s.send(c, err)
	}
	w := workspace.Workspace{
		Key: in.Workspace.Key, Name: in.Workspace.Name, Language: in.Language, Calendar: in.Calendar, Timezone: in.Timezone, Currency: in.Currency,
	}
	first := identity.First{Workspace: w, Email: in.Admin.Email, Name: in.Admin.Name, Password: in.Admin.Password, Language: in.Language}
	x, token, err := s.Identity.Setup(c.UserContext(), in.Token, first, from(c))
	if err == nil && s.OnWorkspace != nil {
		err = s.OnWorkspace(c.UserContext(), w.Key, in.Sample)
	}
	return s.enter(c, x, token, err)
}
