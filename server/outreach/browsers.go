package outreach

import (
	"context"
	"crypto/hmac"
	"encoding/json"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/records"
)

// maxBrowsers is how many browsers of one customer get notices.
const maxBrowsers = 5

// Subscriber judges what a browser sends when its owner agrees to notices.
type Subscriber interface {
	Subscription(raw json.RawMessage) error
	Public(settings json.RawMessage) string
}

// PushLink is the path of the page on which a customer agrees to notices.
func (s *Service) PushLink(ws, customer string) string {
	return "/push.html#" + ws + "/" + customer + "/" + s.pushToken(ws, customer)
}

func (s *Service) pushToken(ws, customer string) string {
	return s.Vault.Token(ws + "/push/" + customer)
}

// PushKey gives the public key that a browser subscribes with.
func (s *Service) PushKey(ctx context.Context, ws, customer, token string) (string, error) {
	w, err := s.Spaces.Get(ctx, ws)
	p, ok := s.Channels["push"].(Subscriber)
	if err != nil || !ok || !hmac.Equal([]byte(token), []byte(s.pushToken(ws, customer))) || len(w.Channels["push"]) == 0 {
		if err != nil && !fault.Is(err, fault.NotFound) {
			return "", err
		}
		return "", fault.New(fault.NotFound, "push.none", nil)
	}
	if gone, err := s.Records.MarkOf(ctx, ws, customer, records.ErasedField); err != nil && !fault.Is(err, fault.NotFound) {
		return "", err
	} else if gone != nil {
		return "", fault.New(fault.NotFound, "push.none", nil)
	}
	return p.Public(w.Channels["push"]), nil
}

// Subscribe adds a customer's browser, or takes it away.
func (s *Service) Subscribe(ctx context.Context, ws, customer, token string, sub json.RawMessage, leave bool) error {
	if _, err := s.PushKey(ctx, ws, customer, token); err != nil {
		return err
	}
	if err := s.Channels["push"].(Subscriber).Subscription(sub); err != nil {
		return err
	}
	return s.Records.ChangeMark(ctx, ws, customer, "push", func(was json.RawMessage) (any, error) {
		var list []json.RawMessage
		_ = json.Unmarshal(was, &list)
		kept := list[:0]
		for _, x := range list {
			if endpointOf(x) != endpointOf(sub) {
				kept = append(kept, x)
			}
		}
		if !leave {
			kept = append(kept, sub)
		}
		return kept[max(0, len(kept)-maxBrowsers):], nil
	})
}

func endpointOf(raw json.RawMessage) string {
	var s struct{ Endpoint string }
	_ = json.Unmarshal(raw, &s)
	return strings.TrimSpace(s.Endpoint)
}
