package api

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/contrib/websocket"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/live"
)

const (
	pingEvery   = 30 * time.Second
	readTimeout = 75 * time.Second
	sendTimeout = 10 * time.Second // a socket that does not read is dropped
	maxSockets  = 5000
	lookEvery   = 5 * time.Second
	recheck     = 500 * time.Millisecond // how old a look at the session may be
	gather      = 5 * time.Millisecond   // events of one command come together
)

// live is the socket on which people are told what changed. Whoever is at the
// other end is looked at again before anything is said, if the last look is
// older than recheck, and at every ping: a session that was ended, or a role
// taken away, hears nothing more.
func (s *Server) live() {
	var mu sync.Mutex
	open := 0
	s.app.Get("/api/v1/live", func(c *fiber.Ctx) error {
		a, ok := actorOf(c.UserContext())
		if !ok {
			return s.send(c, fault.New(fault.Unauthenticated, "session.none", nil))
		}
		if !websocket.IsWebSocketUpgrade(c) {
			return s.send(c, fault.New(fault.Invalid, "kind.invalid", nil))
		}
		if o := c.Get("Origin"); o != "" && !sameOrigin(o, c.Hostname()) {
			return s.send(c, fault.New(fault.Denied, "policy.denied", nil))
		}
		mu.Lock()
		full := open >= maxSockets
		if !full {
			open++
		}
		mu.Unlock()
		if full {
			return s.send(c, fault.New(fault.TooMany, "kind.too_many", nil))
		}
		token, _ := c.UserContext().Value(ctxToken).(string)
		key, _ := strings.CutPrefix(c.Get(fiber.HeaderAuthorization), "Bearer ")
		_, readOnly := s.eyesOf(c.UserContext())
		after, _ := strconv.ParseInt(c.Query("after"), 10, 64)
		c.Locals("live", &liveSocket{s: s, actor: a, token: token, key: strings.TrimSpace(key), looksOn: readOnly, looked: time.Now(), after: after, session: uuid.NewString(), moved: make(chan struct{}, 1)})
		return websocket.New(func(conn *websocket.Conn) {
			defer func() { mu.Lock(); open--; mu.Unlock() }()
			if ls, ok := conn.Locals("live").(*liveSocket); ok {
				ls.serve(conn)
			}
		})(c)
	})
}

func sameOrigin(origin, host string) bool {
	for _, scheme := range []string{"http://", "https://"} {
		if origin == scheme+host {
			return true
		}
	}
	return false
}

type liveMessage struct {
	Type    string       `json:"type,omitempty"`
	Seq     int64        `json:"seq"`
	Session string       `json:"session,omitempty"`
	Events  []live.Event `json:"events,omitempty"`
}

type presenceMessage struct {
	Type   string      `json:"type"`
	Doc    string      `json:"doc"`
	People []live.Here `json:"people"`
}

// word is what a tab may say: where it is, or that it has gone.
type word struct {
	Type    string `json:"type"`
	Doc     string `json:"doc"`
	At      string `json:"at"`
	Editing bool   `json:"editing"`
}

// tables are the sockets by the document they are at, for presence.
type tables struct {
	mu      sync.Mutex
	sockets map[*liveSocket]bool
}

func (s *Server) watch(l *liveSocket) func() {
	s.tables.mu.Lock()
	defer s.tables.mu.Unlock()
	s.tables.sockets[l] = true
	return func() {
		s.tables.mu.Lock()
		defer s.tables.mu.Unlock()
		delete(s.tables.sockets, l)
	}
}

// met wakes the sockets that are at a document.
func (s *Server) met(ws, doc string) {
	s.tables.mu.Lock()
	defer s.tables.mu.Unlock()
	for l := range s.tables.sockets {
		l.mu.Lock()
		here := l.doc == doc && l.actor.Workspace == ws
		l.mu.Unlock()
		if here {
			select {
			case l.moved <- struct{}{}:
			default:
			}
		}
	}
}

// mayMeet tells whether a person may see who is at a document: who may read it.
func (s *Server) mayMeet(a policies.Actor, doc string) bool {
	kind, _, ok := strings.Cut(doc, "/")
	if !ok || !slices.Contains([]string{"flow", "form", "template"}, kind) {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	may, err := s.Access.Can(ctx, a, kind, "read")
	return err == nil && may
}
