package api

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/gofiber/contrib/websocket"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/server/live"
)

type liveSocket struct {
	s       *Server
	actor   policies.Actor
	token   string // of a session, or
	key     string // of an API key
	looksOn bool   // with somebody else's eyes: others do not meet them
	looked  time.Time
	turned  bool // became somebody else: what was visible says nothing
	after   int64
	session string // names this tab to others
	mu      sync.Mutex
	doc     string // the document that the tab is at
	moved   chan struct{}
	// visible remembers for a moment which customers are in the view.
	visible map[string]bool
	checked time.Time
}

func (l *liveSocket) serve(conn *websocket.Conn) {
	sub := l.s.Live.Subscribe(l.who().Workspace, l.after)
	defer sub.Close()
	unwatch := l.s.watch(l)
	defer unwatch()
	defer l.leave()
	gone := make(chan struct{})
	go func() { // read, to notice pongs, words and the end
		defer close(gone)
		conn.SetReadLimit(4096)
		_ = conn.SetReadDeadline(time.Now().Add(readTimeout))
		conn.SetPongHandler(func(string) error { return conn.SetReadDeadline(time.Now().Add(readTimeout)) })
		for {
			_, raw, err := conn.ReadMessage()
			if err != nil {
				return
			}
			_ = conn.SetReadDeadline(time.Now().Add(readTimeout))
			l.hear(raw)
		}
	}()
	// Once this returns the connection is taken back and given to others: nobody
	// may be reading it then.
	defer func() {
		for {
			_ = conn.SetReadDeadline(time.Now())
			select {
			case <-gone:
				return
			case <-time.After(10 * time.Millisecond): // the reader may have moved the deadline
			}
		}
	}()
	if l.write(conn, liveMessage{Type: "hello", Seq: sub.Seq(), Session: l.session}) != nil {
		return
	}
	ping, look := time.NewTicker(pingEvery), time.NewTicker(lookEvery)
	defer ping.Stop()
	defer look.Stop()
	var people string // as last told
	var last time.Time
	for {
		select {
		case <-gone:
			return
		case <-ping.C:
			if !l.still() || conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(sendTimeout)) != nil {
				return
			}
		case <-look.C: // somebody may have fallen silent
			if l.present(conn, &people) != nil {
				return
			}
		case <-l.moved:
			if l.present(conn, &people) != nil {
				return
			}
		case <-sub.Wake():
			// At once after a quiet moment; in a flood what comes is gathered.
			time.Sleep(max(live.Every()-time.Since(last), gather))
			last = time.Now()
			if l.tell(conn, sub.Take()) != nil {
				return
			}
		}
	}
}

// hear takes a word of the client: where its user is.
func (l *liveSocket) hear(raw []byte) {
	var w word
	if json.Unmarshal(raw, &w) != nil || len(w.Doc) > 200 || len(w.At) > 200 {
		return
	}
	switch w.Type {
	case "here":
		a := l.who()
		if l.isLookingOn() || !l.fresh() || !l.s.mayMeet(a, w.Doc) {
			return
		}
		l.mu.Lock()
		was := l.doc
		l.doc = w.Doc
		l.mu.Unlock()
		if was != "" && was != w.Doc {
			l.s.Presence.Leave(a.Workspace, was, l.session)
		}
		l.s.Presence.Say(a.Workspace, w.Doc, live.Here{ID: a.ID, Name: a.Name, Session: l.session, At: w.At, Editing: w.Editing})
	case "away":
		l.leave()
	}
}

func (l *liveSocket) leave() {
	l.mu.Lock()
	doc := l.doc
	l.doc = ""
	l.mu.Unlock()
	if doc != "" {
		l.s.Presence.Leave(l.who().Workspace, doc, l.session)
	}
}

// present tells who is at the tab's document, if that has changed.
func (l *liveSocket) present(conn *websocket.Conn, told *string) error {
	l.mu.Lock()
	doc := l.doc
	l.mu.Unlock()
	if doc == "" {
		*told = ""
		return nil
	}
	if !l.fresh() || !l.s.mayMeet(l.who(), doc) {
		return errGone
	}
	m := presenceMessage{"presence", doc, l.s.Presence.People(l.who().Workspace, doc)}
	raw, err := json.Marshal(m)
	if err != nil || string(raw) == *told {
		return err
	}
	*told = string(raw)
	_ = conn.SetWriteDeadline(time.Now().Add(sendTimeout))
	return conn.WriteMessage(websocket.TextMessage, raw)
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
	if !l.fresh() {
		return errGone
	}
	events := make([]live.Event, 0, len(b.Events))
	for _, e := range b.Events {
		if e.Type == live.TypeMet {
			l.metElsewhere(e)
			continue
		}
		if l.sees(e) {
			events = append(events, e)
		}
	}
	if len(events) == 0 {
		return nil // whom it does not concern hears nothing, not even that something was
	}
	return l.write(conn, liveMessage{Seq: b.Seq, Events: events})
}

// metElsewhere looks again who is at the tab's document, when another process
// says that this has changed.
func (l *liveSocket) metElsewhere(e live.Event) {
	l.s.Presence.Heard(l.who().Workspace)
	l.mu.Lock()
	here := l.doc == e.ID
	l.mu.Unlock()
	if here {
		select {
		case l.moved <- struct{}{}:
		default:
		}
	}
}

// sees tells whether an event's account is in the actor's view.
func (l *liveSocket) sees(e live.Event) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	v, err := l.s.Access.View(ctx, l.who(), "customer", "read")
	if err != nil {
		return false
	}
	if e.Type == "notice" {
		return e.ID == l.who().ID
	}
	if v.Scope == nil {
		return true
	}
	if e.Customer == "" {
		return e.Type == "flow" || e.Type == "batch"
	}
	l.mu.Lock()
	turned := l.turned
	l.turned = false
	l.mu.Unlock()
	if turned || time.Since(l.checked) > recheck {
		l.visible, l.checked = map[string]bool{}, time.Now()
	}
	seen, known := l.visible[e.Customer]
	if !known {
		seen = l.s.Records.Visible(ctx, l.who().Workspace, e.Customer, v) == nil
		l.visible[e.Customer] = seen
	}
	return seen
}

// who is the person at the other end; it changes with its roles.
func (l *liveSocket) who() policies.Actor {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.actor
}

func (l *liveSocket) isLookingOn() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.looksOn
}

var errGone = errors.New("the session has ended")

// fresh is still, if the last look is too old.
func (l *liveSocket) fresh() bool {
	l.mu.Lock()
	young := time.Since(l.looked) < recheck
	l.mu.Unlock()
	return young || l.still()
}

// still tells whether the session or key is good, and takes what has changed.
func (l *liveSocket) still() bool {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	at := time.Now()
	var a policies.Actor
	readOnly := false
	if l.token == "" {
		var err error
		if a, err = l.s.Identity.ByKey(ctx, l.key); err != nil {
			return false
		}
	} else {
		x, err := l.s.Identity.Authenticate(ctx, l.token)
		if err != nil || x.MustEnrol || x.Workspace != l.who().Workspace {
			return false
		}
		a, readOnly = l.s.Identity.Eyes(x)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if a.ID != l.actor.ID || !slices.Equal(a.Roles, l.actor.Roles) || !slices.Equal(a.Teams, l.actor.Teams) {
		l.turned = true
	}
	l.actor, l.looksOn, l.looked = a, readOnly, at
	return true
}
