package api

import (
	"context"
	"encoding/json"
	"strconv"
	"sync"
	"time"

	"github.com/gofiber/contrib/websocket"
	"github.com/gofiber/fiber/v2"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/live"
)

const (
	pingEvery   = 30 * time.Second
	readTimeout = 75 * time.Second
	sendTimeout = 10 * time.Second // a socket that does not read is dropped
	maxSockets  = 5000
)

// live is the socket on which people are told what changed. It checks the
// session again at every ping, so that a revoked one ends within seconds.
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
		after, _ := strconv.ParseInt(c.Query("after"), 10, 64)
		c.Locals("live", &liveSocket{s: s, actor: a, token: token, after: after})
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

type liveSocket struct {
	s     *Server
	actor policies.Actor
	token string
	after int64
	// visible remembers for a moment which customers are in the view.
	visible map[string]bool
	checked time.Time
}

type liveMessage struct {
	Type   string       `json:"type,omitempty"`
	Seq    int64        `json:"seq"`
	Events []live.Event `json:"events,omitempty"`
}

func (l *liveSocket) serve(conn *websocket.Conn) {
	sub := l.s.Live.Subscribe(l.actor.Workspace, l.after)
	defer sub.Close()
	gone := make(chan struct{})
	go func() { // read, to notice pongs and the end
		defer close(gone)
		conn.SetReadLimit(4096)
		_ = conn.SetReadDeadline(time.Now().Add(readTimeout))
		conn.SetPongHandler(func(string) error { return conn.SetReadDeadline(time.Now().Add(readTimeout)) })
		for {
			if _, _, err := conn.ReadMessage(); err != nil {
				return
			}
			_ = conn.SetReadDeadline(time.Now().Add(readTimeout))
		}
	}()
	if l.write(conn, liveMessage{Type: "hello", Seq: sub.Seq()}) != nil {
		return
	}
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		select {
		case <-gone:
			return
		case <-ping.C:
			if !l.still() || conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(sendTimeout)) != nil {
				return
			}
		case <-sub.Wake():
			time.Sleep(live.Every()) // gather
			if l.tell(conn, sub.Take()) != nil {
				return
			}
		}
	}
}

func (l *liveSocket) write(conn *websocket.Conn, m liveMessage) error {
	raw, err := json.Marshal(m)
	if err != nil {
		return err
	}
	_ = conn.SetWriteDeadline(time.Now().Add(sendTimeout))
	return conn.WriteMessage(websocket.TextMessage, raw)
}

func (l *liveSocket) tell(conn *websocket.Conn, b live.Batch) error {
	if b.Reset {
		return l.write(conn, liveMessage{Type: "reset", Seq: b.Seq})
	}
	events := make([]live.Event, 0, len(b.Events))
	for _, e := range b.Events {
		if l.sees(e) {
			events = append(events, e)
		}
	}
	if len(events) == 0 {
		return nil // whom it does not concern hears nothing, not even that something was
	}
	return l.write(conn, liveMessage{Seq: b.Seq, Events: events})
}

// sees tells whether an event's account is in the actor's view.
func (l *liveSocket) sees(e live.Event) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	v, err := l.s.Access.View(ctx, l.actor, "customer", "read")
	if err != nil {
		return false
	}
	if v.Scope == nil {
		return true
	}
	if e.Customer == "" {
		return e.Type == "flow" || e.Type == "batch"
	}
	if time.Since(l.checked) > 2*time.Second {
		l.visible, l.checked = map[string]bool{}, time.Now()
	}
	seen, known := l.visible[e.Customer]
	if !known {
		seen = l.s.Records.Visible(ctx, l.actor.Workspace, e.Customer, v) == nil
		l.visible[e.Customer] = seen
	}
	return seen
}

// still tells whether the session is good.
func (l *liveSocket) still() bool {
	if l.token == "" {
		return true
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	x, err := l.s.Identity.Authenticate(ctx, l.token)
	if err != nil || x.Workspace != l.actor.Workspace {
		return false
	}
	l.actor = l.s.Identity.Actor(x)
	return true
}
