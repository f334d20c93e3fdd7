package api

import (
	"context"
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/identity"
)

// entryRoutes are the ways in beside a password, and what a session does about
// itself. They are plain handlers: most of them set the cookie, and people are
// not signed in yet.
func (s *Server) entryRoutes(slow fiber.Handler) {
	s.app.Post("/api/v1/session/invitation/look", slow, s.lookInvitation)
	s.app.Post("/api/v1/session/invitation", slow, s.acceptInvitation)
	s.app.Post("/api/v1/session/reset/ask", slow, s.askReset)
	s.app.Post("/api/v1/session/reset", slow, s.reset)
	s.app.Post("/api/v1/session/totp", s.own(s.enrol))
	s.app.Post("/api/v1/session/totp/confirm", slow, s.own(s.confirmTotp))
	s.app.Post("/api/v1/session/totp/drop", slow, s.own(s.dropTotp))
	s.app.Post("/api/v1/session/as", s.own(s.viewAs))
	s.app.Delete("/api/v1/session/as", s.own(s.viewAsSelf))
	s.app.Get("/api/v1/session/oidc/back", slow, s.oidcBack)
	s.app.Get("/api/v1/session/oidc/:workspace", slow, s.oidcBegin)
}

// own is a handler for somebody who is signed in as a person.
func (s *Server) own(h func(c *fiber.Ctx, x identity.Session) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		x, ok := sessionOf(c.UserContext())
		if !ok {
			return s.send(c, fault.New(fault.Unauthenticated, "session.none", nil))
		}
		if err := h(c, x); err != nil {
			return s.send(c, err)
		}
		return nil
	}
}

type lookOut struct {
	Email     string    `json:"email"`
	Name      string    `json:"name"`
	Workspace string    `json:"workspace"`
	Known     bool      `json:"known"`
	ExpiresAt time.Time `json:"expiresAt"`
}

func (s *Server) lookInvitation(c *fiber.Ctx) error {
	var in struct {
		Token string `json:"token"`
	}
	if err := read(c, &in); err != nil {
		return s.send(c, err)
	}
	i, err := s.Identity.LookInvitation(c.UserContext(), in.Token)
	if err != nil {
		return s.send(c, err)
	}
	w, err := s.Spaces.Get(c.UserContext(), i.Workspace)
	if err != nil {
		return s.send(c, err)
	}
	return c.JSON(lookOut{i.Email, i.Name, w.Name, i.Known, i.ExpiresAt})
}

func (s *Server) acceptInvitation(c *fiber.Ctx) error {
	var in struct {
		Token    string `json:"token"`
		Name     string `json:"name"`
		Password string `json:"password"`
		Language string `json:"language"`
		Code     string `json:"code"`
	}
	if err := read(c, &in); err != nil {
		return s.send(c, err)
	}
	a := identity.Acceptance{Link: in.Token, Name: in.Name, Password: in.Password, Language: in.Language, Code: in.Code}
	x, token, err := s.Identity.Accept(c.UserContext(), a, from(c))
	return s.enter(c, x, token, err)
}

// askReset answers the same for everybody, and does what there is to do after
// the answer, so that its time says nothing either.
func (s *Server) askReset(c *fiber.Ctx) error {
	var in struct {
		Email string `json:"email"`
	}
	if err := read(c, &in); err != nil {
		return s.send(c, err)
	}
	if err := s.Identity.MayAskReset(c.UserContext(), in.Email, from(c)); err != nil {
		return s.send(c, err)
	}
	select {
	case s.posting <- struct{}{}:
		go func() {
			defer func() { <-s.posting }()
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			s.sendReset(ctx, in.Email)
		}()
	default:
		s.Log.Warn("too many letters at once; a link to a new password was not sent")
	}
	return c.SendStatus(http.StatusAccepted)
}

func (s *Server) sendReset(ctx context.Context, email string) {
	r, err := s.Identity.StartReset(ctx, email)
	if err != nil || r == nil {
		if err != nil {
			s.Log.Warn("a link to a new password was not made", "error", err)
		}
		return
	}
	s.post(ctx, s.Letters.FirstReady(ctx, r.Workspaces), resetLetter(r))
}

func (s *Server) reset(c *fiber.Ctx) error {
	var in struct {
		Token    string `json:"token"`
		Password string `json:"password"`
	}
	if err := read(c, &in); err != nil {
		return s.send(c, err)
	}
	if err := s.Identity.Reset(c.UserContext(), in.Token, in.Password); err != nil {
		return s.send(c, err)
	}
	return c.SendStatus(http.StatusNoContent)
}

func (s *Server) enrol(c *fiber.Ctx, x identity.Session) error {
	e, err := s.Identity.Enrol(c.UserContext(), x)
	if err != nil {
		return err
	}
	return c.JSON(e)
}

func (s *Server) confirmTotp(c *fiber.Ctx, x identity.Session) error {
	var in struct {
		Code string `json:"code"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	codes, err := s.Identity.ConfirmTotp(c.UserContext(), x, in.Code)
	if err != nil {
		return err
	}
	return c.JSON(map[string][]string{"codes": codes})
}

func (s *Server) dropTotp(c *fiber.Ctx, x identity.Session) error {
	var in struct {
		Password string `json:"password"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	if err := s.Identity.DropTotp(c.UserContext(), x, in.Password); err != nil {
		return err
	}
	return c.SendStatus(http.StatusNoContent)
}

// viewAs is for those who may change roles: they could give themselves what
// they look at.
func (s *Server) viewAs(c *fiber.Ctx, x identity.Session) error {
	var in struct {
		User string `json:"user"`
		Role string `json:"role"`
	}
	if err := read(c, &in); err != nil {
		return err
	}
	if err := s.Access.Must(c.UserContext(), s.Identity.Actor(x), "role", "update"); err != nil {
		return err
	}
	next, err := s.Identity.ViewAs(c.UserContext(), x, in.User, in.Role)
	if err != nil {
		return err
	}
	return s.answerSession(c, next)
}

func (s *Server) viewAsSelf(c *fiber.Ctx, x identity.Session) error {
	next, err := s.Identity.ViewAsSelf(c.UserContext(), x)
	if err != nil {
		return err
	}
	return s.answerSession(c, next)
}

const (
	oidcCookie = "df_oidc"
	oidcPath   = "/api/v1/session/oidc"
)

func (s *Server) oidcReturn() string { return s.Letters.Base() + oidcPath + "/back" }

func (s *Server) oidcBegin(c *fiber.Ctx) error {
	to, cookie, err := s.SSO.Begin(c.UserContext(), c.Params("workspace"), s.oidcReturn(), c.Query("return"))
	if err != nil {
		return s.oidcFailed(c, err)
	}
	c.Cookie(&fiber.Cookie{Name: oidcCookie, Value: cookie, Path: oidcPath, HTTPOnly: true, SameSite: "Lax", Secure: s.SecureCookies, MaxAge: 600})
	return c.Redirect(to, http.StatusFound)
}

func (s *Server) oidcBack(c *fiber.Ctx) error {
	cookie := c.Cookies(oidcCookie)
	c.Cookie(&fiber.Cookie{Name: oidcCookie, Path: oidcPath, HTTPOnly: true, SameSite: "Lax", Secure: s.SecureCookies, Expires: time.Unix(1, 0)})
	ctx := c.UserContext()
	r, err := s.SSO.End(ctx, cookie, c.Query("state"), c.Query("code"), s.oidcReturn())
	if err != nil {
		return s.oidcFailed(c, err)
	}
	x, token, err := s.Identity.External(ctx, r.Workspace, r.Claims, r.Create, from(c))
	if err != nil {
		return s.oidcFailed(c, err)
	}
	c.Cookie(&fiber.Cookie{Name: cookieName, Value: token, Path: "/", HTTPOnly: true, SameSite: "Lax", Secure: s.SecureCookies, Expires: x.ExpiresAt})
	return c.Redirect(r.Then, http.StatusFound)
}

// oidcFailed brings a browser back to the sign-in page, which says why: this is
// no answer to a program. Only text keys of ours get into the address.
func (s *Server) oidcFailed(c *fiber.Ctx, err error) error {
	key := fault.KeyOf(err)
	switch key {
	case "oidc.none", "oidc.state", "oidc.refused", "oidc.unknown", "oidc.noEmail", "oidc.shared", "oidc.noRole", "auth.disabled":
	default:
		key = "oidc.provider"
	}
	s.Log.Info("sign-in through a provider", "reason", key, "error", err)
	return c.Redirect("/login?problem="+key, http.StatusFound)
}
