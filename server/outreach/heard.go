package outreach

import (
	"context"
	"crypto/hmac"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/messages"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/workspace"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/node"
)

const collection = "heard"

// Heard is one thing that a provider told, on a customer's timeline.
type Heard struct {
	ID       string `json:"-"`
	Customer string `json:"customer"`
	At       string `json:"at"`
	Kind     string `json:"kind"` // delivered, bounced, replied
	Channel  string `json:"channel"`
	Message  string `json:"message,omitempty"` // id
	Address  string `json:"address,omitempty"`
	Text     string `json:"text,omitempty"`
	Reason   string `json:"reason,omitempty"`
	Detail   string `json:"detail,omitempty"`
	Stop     bool   `json:"stop,omitempty"` // it was a wish to stop
}

const (
	maxReply   = 4000                // characters of a reply that are kept
	replyReach = 90 * 24 * time.Hour // how old the message may be that a reply is about
)

// Hook is the path at which a channel's provider tells us things.
func (s *Service) Hook(w *workspace.Workspace, key string) string {
	return "/api/v1/hooks/" + w.Key + "/" + key + "/" + s.token(w, key)
}

func (s *Service) token(w *workspace.Workspace, key string) string {
	return s.Vault.Token(w.Key + "/inbound/" + key + "/" + strconv.Itoa(w.HookRev[key]))
}

// Callback is the absolute address of a channel's hook, "" where the server
// does not know its own.
func (s *Service) Callback(ws, key string) string {
	w, err := s.Spaces.Get(context.Background(), ws)
	if err != nil || s.PublicURL == "" {
		return ""
	}
	return strings.TrimSuffix(s.PublicURL, "/") + s.Hook(w, key)
}

// Receive takes a provider's call in. A wrong address is NotFound, whatever is
// wrong with it.
func (s *Service) Receive(ctx context.Context, ws, key, token string, in channel.Inbound) (channel.Reply, error) {
	none := fault.New(fault.NotFound, "hook.none", nil)
	w, err := s.Spaces.Get(ctx, ws)
	if fault.Is(err, fault.NotFound) {
		return channel.Reply{}, none
	}
	if err != nil {
		return channel.Reply{}, err
	}
	r, ok := s.Channels[key].(channel.Receiver)
	if !hmac.Equal([]byte(token), []byte(s.token(w, key))) || !ok || len(w.Channels[key]) == 0 {
		return channel.Reply{}, none
	}
	if s.PublicURL != "" {
		in.URL = s.Callback(ws, key)
	}
	in.Now = s.Spaces.RealNow()
	news, reply, err := r.Receive(w.Channels[key], in)
	if err != nil {
		return channel.Reply{}, err
	}
	for _, n := range news {
		if err := s.take(ctx, w, key, n); err != nil {
			return channel.Reply{}, err // the provider tells it again
		}
	}
	return reply, nil
}

// take works one thing in. Every part of it may be repeated; the entry on the
// timeline is written last and says that all is done.
func (s *Service) take(ctx context.Context, w *workspace.Workspace, key string, n channel.News) error {
	m, ok, err := s.about(ctx, w, key, n)
	if err != nil || !ok {
		return err // about nothing of ours
	}
	now, _ := s.Spaces.Now(w)
	h := Heard{Customer: m.Customer, At: value.Instant(now), Kind: n.Kind, Channel: key, Message: m.ID, Address: m.To, Reason: n.Reason, Detail: cut(n.Detail, 300), Text: cut(n.Text, maxReply)}
	once := n.ID
	if n.Kind == channel.Replied {
		if once == "" {
			once = n.Text
		}
		h.Address = n.From
		h.Stop = IsStop(n.Text, w.StopWords)
	}
	id := channel.ID(strings.Join([]string{key, n.Kind, m.ID, once}, "\x00"))
	if _, err := s.Store.In(w.Key, collection).Get(ctx, id); err == nil {
		return nil
	} else if !fault.Is(err, fault.NotFound) {
		return err
	}
	if m.ID != "" {
		if _, err := s.Messages.Heard(ctx, w.Key, m.ID, messages.Delivery{State: n.Kind, At: h.At, Reason: n.Reason, Detail: h.Detail}); err != nil {
			return err
		}
	}
	if err := s.effect(ctx, w, key, m, n, h); err != nil {
		return err
	}
	body, err := json.Marshal(h)
	if err != nil {
		return err
	}
	_, err = s.Store.In(w.Key, collection).Insert(ctx, id, body)
	if fault.KeyOf(err) == "store.exists" {
		err = nil
	}
	return err
}

func (s *Service) effect(ctx context.Context, w *workspace.Workspace, key string, m messages.Entry, n channel.News, h Heard) error {
	switch n.Kind {
	case channel.Delivered:
		return s.Told(ctx, w.Key, m.Customer, node.Event{Type: node.EventDelivered, Key: m.Key})
	case channel.Bounced:
		if n.Lasting {
			return s.Dead(ctx, w.Key, m.Customer, key, m.To)
		}
		return nil
	}
	if h.Stop {
		if err := s.wishStop(ctx, w, m.Customer, m.ID, h.Text); err != nil {
			return err
		}
	} else if err := s.notice(ctx, w, m, n, h); err != nil {
		return err
	}
	return s.Told(ctx, w.Key, m.Customer, node.Event{Type: node.EventReply, Key: m.Key})
}

// notice tells the owner that the customer wrote.
func (s *Service) notice(ctx context.Context, w *workspace.Workspace, m messages.Entry, n channel.News, h Heard) error {
	now, today := s.Spaces.Now(w)
	first := cut(strings.Join(strings.Fields(h.Text), " "), 80)
	return s.Give(ctx, w.Key, activity.Task{
		Key: "reply/" + m.ID + "/" + channel.ID(n.ID+n.Text), Kind: node.ActTask, Customer: m.Customer, Text: h.Text, Due: w.Cal().NextWorkday(today), At: now,
		Title:  map[string]string{"en": "The customer replied: " + first, "zh-CN": "客户回复：" + first},
		Assign: &node.Assign{Field: "customer.owner"},
	})
}

// about finds the message that news are about; a reply that names none is
// about the newest message to its sender, and else about the customer whose
// address it is.
func (s *Service) about(ctx context.Context, w *workspace.Workspace, key string, n channel.News) (messages.Entry, bool, error) {
	m, ok, err := s.Messages.Of(ctx, w.Key, key, n.Key, n.Ref)
	if ok || err != nil || n.Kind != channel.Replied || n.From == "" {
		return m, ok, err
	}
	now, _ := s.Spaces.Now(w)
	if m, ok, err = s.Messages.LastTo(ctx, w.Key, key, n.From, now.Add(-replyReach)); ok || err != nil {
		return m, ok, err
	}
	page, err := s.Store.In(w.Key, records.Prefix+"customer").Find(ctx, store.Query{Filter: filter.Eq("email", strings.ToLower(n.From)), Limit: 2})
	if err != nil || len(page.Docs) != 1 {
		return messages.Entry{}, false, err
	}
	m = messages.Entry{}
	m.Customer, m.To = page.Docs[0].ID, n.From
	return m, true, nil
}

// Before gives what was heard of a customer before an instant, newest first.
func (s *Service) Before(ctx context.Context, ws, customer string, before time.Time, limit int) ([]Heard, error) {
	page, err := s.Store.In(ws, collection).Find(ctx, store.Query{
		Filter: filter.And(filter.Eq("customer", customer), filter.Lt("at", value.Instant(before))), Sort: []store.SortKey{{Field: "at", Desc: true}}, Limit: limit,
	})
	if err != nil {
		return nil, err
	}
	out := make([]Heard, 0, len(page.Docs))
	for _, d := range page.Docs {
		h := Heard{ID: d.ID}
		if err := json.Unmarshal(d.Body, &h); err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, nil
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
