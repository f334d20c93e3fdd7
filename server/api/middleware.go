package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/audit"
	"github.com/dueflow/dueflow/server/identity"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/text"
	"github.com/dueflow/dueflow/server/workspace"
)

const cookieName = "df_session"

// requestTimeout bounds a request's work; exports and rehearsals have longer.
const requestTimeout = 100 * time.Second

type ctxKey int

const (
	ctxActor ctxKey = iota
	ctxSession
	ctxLang
	ctxRequest
	ctxToken
)

func actorOf(ctx context.Context) (policies.Actor, bool) {
	a, ok := ctx.Value(ctxActor).(policies.Actor)
	return a, ok
}

func sessionOf(ctx context.Context) (identity.Session, bool) {
	s, ok := ctx.Value(ctxSession).(identity.Session)
	return s, ok
}

// eyesOf is who a request looks as, and whether with somebody else's eyes.
func (s *Server) eyesOf(ctx context.Context) (policies.Actor, bool) {
	if x, ok := sessionOf(ctx); ok {
		return s.Identity.Eyes(x)
	}
	a, _ := actorOf(ctx)
	return a, false
}

func langOf(ctx context.Context) string {
	if l, ok := ctx.Value(ctxLang).(string); ok {
		return l
	}
	return "en"
}

func requestID(ctx context.Context) string {
	id, _ := ctx.Value(ctxRequest).(string)
	return id
}

// observed notes how long a request took. Sockets, which stay open, are left out.
func (s *Server) observed(c *fiber.Ctx) error {
	start := time.Now()
	err := c.Next()
	if status := c.Response().StatusCode(); status != fiber.StatusSwitchingProtocols {
		s.Observe(c.Method(), c.Route().Path, status, time.Since(start))
	}
	return err
}

func (s *Server) recovered(c *fiber.Ctx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			s.Log.Error("panic", "error", r, "stack", string(debug.Stack()))
			err = s.send(c, fault.Wrap(fault.Internal, "kind.internal", fmt.Errorf("panic: %v", r)))
		}
	}()
	return c.Next()
}

// secured sets the headers of every answer and the request's context.
func (s *Server) secured(c *fiber.Ctx) error {
	var id [9]byte
	_, _ = rand.Read(id[:])
	ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
	defer cancel()
	rid := base64.RawURLEncoding.EncodeToString(id[:])
	if s.Trace != nil && strings.HasPrefix(c.Path(), "/api/") {
		traced, end := s.Trace(ctx, c.Method(), c.Get("traceparent"))
		defer func() { end(c.Route().Path, c.Response().StatusCode()) }()
		ctx = traced
	}
	ctx = context.WithValue(ctx, ctxRequest, rid)
	ctx = context.WithValue(ctx, ctxLang, text.Pick(c.Get(fiber.HeaderAcceptLanguage)))
	ctx = audit.WithAddr(ctx, c.IP())
	c.SetUserContext(ctx)
	c.Set("X-Request-Id", rid)
	c.Set("X-Content-Type-Options", "nosniff")
	c.Set("Referrer-Policy", "same-origin")
	c.Set("X-Frame-Options", "SAMEORIGIN")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	if strings.HasPrefix(c.Path(), "/api/") {
		c.Set(fiber.HeaderCacheControl, "no-store")
	}
	return c.Next()
}

// authenticated finds out who asks: an API key, or a session whose unsafe
// requests carry its CSRF token. Without either the request goes on as nobody.
func (s *Server) authenticated(c *fiber.Ctx) error {
	ctx := c.UserContext()
	if key, ok := strings.CutPrefix(c.Get(fiber.HeaderAuthorization), "Bearer "); ok {
		a, err := s.Identity.ByKey(ctx, strings.TrimSpace(key))
		if err != nil {
			return s.send(c, err)
		}
		c.SetUserContext(context.WithValue(ctx, ctxActor, a))
		return s.inSpace(c, a.Workspace)
	}
	token := c.Cookies(cookieName)
	if token == "" {
		return c.Next()
	}
	session, err := s.Identity.Authenticate(ctx, token)
	if fault.Is(err, fault.Unauthenticated) {
		return c.Next() // as nobody: sign-in must work with a stale cookie
	}
	if err != nil {
		return s.send(c, err)
	}
	if !safe(c.Method()) && !openPath(c.Path()) && !identity.CheckCSRF(session, c.Get("X-CSRF-Token")) {
		return s.send(c, fault.New(fault.Denied, "auth.csrf", nil))
	}
	a, readOnly := s.Identity.Eyes(session)
	if readOnly && !safe(c.Method()) && !ownPath(c.Path()) && !s.onlyLooks(c.Method(), c.Path()) {
		return s.send(c, fault.New(fault.Denied, "auth.viewAs", nil))
	}
	if session.MustEnrol && !ownPath(c.Path()) {
		return s.send(c, fault.New(fault.Denied, "totp.needed", nil))
	}
	ctx = context.WithValue(ctx, ctxActor, a)
	ctx = context.WithValue(ctx, ctxSession, session)
	ctx = context.WithValue(ctx, ctxToken, token)
	c.SetUserContext(ctx)
	return s.inSpace(c, a.Workspace)
}

// inSpace goes on once the workspace's collections are known here: another
// server may have made it a moment ago.
func (s *Server) inSpace(c *fiber.Ctx, ws string) error {
	if ws != "" {
		if _, err := s.Spaces.Get(c.UserContext(), ws); err != nil && !fault.Is(err, fault.NotFound) {
			return s.send(c, err)
		}
	}
	return c.Next()
}

func safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// openPath are the unsafe requests that begin a session.
func openPath(p string) bool {
	switch p {
	case "/api/v1/session", "/api/v1/session/demo", "/api/v1/setup", "/api/v1/session/invitation", "/api/v1/session/invitation/look",
		"/api/v1/session/reset", "/api/v1/session/reset/ask":
		return true
	}
	return false
}

// ownPath are the routes of a session about itself: they work while it looks
// with other eyes, and before a second factor that is asked for.
func ownPath(p string) bool {
	return p == "/api/v1/session" || strings.HasPrefix(p, "/api/v1/session/")
}

// Idem holds the answers to requests with an Idempotency-Key.
const Idem = "idem"

// IdemSpecs are its collection, in the system database.
var IdemSpecs = []store.Spec{{Name: Idem, MaxBody: 2 << 20}}

// tellsSecrets are the routes whose answers hold a secret that is shown once:
// links, recovery codes, keys. They are never written down to be repeated.
func tellsSecrets(p string) bool {
	p = strings.TrimPrefix(p, "/api/v1/")
	return strings.HasPrefix(p, "session") || strings.HasPrefix(p, "invitations") || strings.HasPrefix(p, "keys") ||
		strings.HasPrefix(p, "users/") && strings.HasSuffix(p, "/reset") || strings.HasPrefix(p, "flows/") && strings.HasSuffix(p, "/hook")
}

type remembered struct {
	Request string          `json:"request"` // hash of method, path and body
	Done    bool            `json:"done"`
	Status  int             `json:"status,omitempty"`
	Type    string          `json:"type,omitempty"`
	ETag    string          `json:"etag,omitempty"`
	Body    json.RawMessage `json:"body,omitempty"`
	At      time.Time       `json:"at"`
}

// idempotent answers a repeated unsafe request with the first one's answer.
// Failures of ours (5xx) are not remembered: the client should try again.
func (s *Server) idempotent(c *fiber.Ctx) error {
	key := c.Get("Idempotency-Key")
	a, ok := actorOf(c.UserContext())
	if key == "" || safe(c.Method()) || !ok || tellsSecrets(c.Path()) || s.onlyLooks(c.Method(), c.Path()) {
		return c.Next()
	}
	if len(key) > 200 {
		return s.send(c, fault.At("/headers/Idempotency-Key", "maxLength", 200))
	}
	col := s.Store.In(workspace.System, Idem)
	id := digest(a.Workspace, a.ID, key)
	mine := remembered{Request: digest(c.Method(), c.OriginalURL(), string(c.Body())), At: time.Now().UTC()}
	raw, err := json.Marshal(mine)
	if err != nil {
		return err
	}
	ctx := c.UserContext()
	doc, err := col.Insert(ctx, id, raw)
	if fault.KeyOf(err) == "store.exists" {
		return s.repeat(c, col, id, mine.Request)
	}
	if err != nil {
		return s.send(c, err)
	}
	if err := c.Next(); err != nil {
		return err
	}
	return s.remember(c, col, doc, mine)
}

func (s *Server) remember(c *fiber.Ctx, col store.Collection, doc store.Doc, mine remembered) error {
	status := c.Response().StatusCode()
	ctx := context.WithoutCancel(c.UserContext())
	if status >= 500 {
		return col.Delete(ctx, doc.ID, doc.Ver)
	}
	mine.Done, mine.Status = true, status
	mine.Type, mine.ETag = string(c.Response().Header.ContentType()), string(c.Response().Header.Peek("ETag"))
	if b := c.Response().Body(); len(b) > 0 && json.Valid(b) {
		mine.Body = append(json.RawMessage(nil), b...)
	}
	raw, err := json.Marshal(mine)
	if err != nil {
		return err
	}
	doc.Body = raw
	_, err = col.Replace(ctx, doc, doc.Ver)
	return err
}

func (s *Server) repeat(c *fiber.Ctx, col store.Collection, id, request string) error {
	doc, err := col.Get(c.UserContext(), id)
	if err != nil {
		return s.send(c, err)
	}
	var r remembered
	if err := json.Unmarshal(doc.Body, &r); err != nil {
		return s.send(c, err)
	}
	switch {
	case r.Request != request:
		return s.send(c, fault.New(fault.Conflict, "idempotency.mismatch", nil))
	case !r.Done && time.Since(r.At) < 2*time.Minute:
		return s.send(c, fault.New(fault.Conflict, "idempotency.running", nil))
	case !r.Done: // its process died: what it did is idempotent by record ids, so try again
		if err := col.Delete(c.UserContext(), id, doc.Ver); err != nil {
			return s.send(c, err)
		}
		return s.idempotent(c)
	}
	c.Set("Idempotent-Replay", "true")
	if r.ETag != "" {
		c.Set("ETag", r.ETag)
	}
	c.Set(fiber.HeaderContentType, r.Type)
	return c.Status(r.Status).Send(r.Body)
}

func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}
