// Package push is the channel "push": notices in the customer's browser (Web
// Push with VAPID). The customer's record lists the browsers that agreed.
package push

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/channel/httpcall"
)

//go:embed channel.json
var about []byte

var info = channel.Describe(about)

// Settings of the channel.
type Settings struct {
	Subject    string `json:"subject"` // mailto: or https:, for the push services
	PublicKey  string `json:"publicKey"`
	PrivateKey string `json:"privateKey"`
	Link       string `json:"link"`
}

// Subscription is one browser that agreed.
type Subscription struct {
	Endpoint string `json:"endpoint"`
	P256dh   string `json:"p256dh"`
	Auth     string `json:"auth"`
}

// Field of the customer's record that lists subscriptions.
const Field = "push"

// ttl is how long a push service keeps a notice for a browser that is away.
const ttl = 3 * 24 * time.Hour

// Channel is the browsers'.
type Channel struct{ door *httpcall.Door }

// New makes the channel.
func New(d *httpcall.Door) *Channel { return &Channel{d} }

// Key is "push".
func (*Channel) Key() string { return info.Key }

// Info describes the channel.
func (*Channel) Info() *channel.Info { return info }

// Address is "browser" for a customer with one that agreed.
func (*Channel) Address(_ json.RawMessage, customer map[string]any) string {
	if len(subscriptions(customer)) == 0 {
		return ""
	}
	return "browser"
}

func subscriptions(customer map[string]any) []Subscription {
	raw, err := json.Marshal(customer[Field])
	var list []Subscription
	if err != nil || json.Unmarshal(raw, &list) != nil {
		return nil
	}
	return list
}

// Idempotent: equal topics replace each other, so that a browser shows a
// repeat in the place of the first.
func (*Channel) Idempotent(json.RawMessage) bool { return true }

// Check judges the settings.
func (*Channel) Check(raw json.RawMessage) error {
	s, err := channel.Read[Settings](info, raw)
	if err != nil {
		return err
	}
	if _, err := keyOf(s); err != nil {
		return fault.At("/privateKey", "keyPair", nil)
	}
	return nil
}

// Public is the key that browsers subscribe with.
func (*Channel) Public(raw json.RawMessage) string {
	var s Settings
	_ = json.Unmarshal(raw, &s)
	return s.PublicKey
}

// Subscription judges what a browser sends when its owner agrees.
func (*Channel) Subscription(raw json.RawMessage) error {
	var s Subscription
	if err := json.Unmarshal(raw, &s); err != nil {
		return fault.At("", "json", nil)
	}
	return CheckSubscription(s)
}

// CheckSubscription judges what a browser sends when its owner agrees.
func CheckSubscription(s Subscription) error {
	u, err := url.Parse(s.Endpoint)
	switch {
	case err != nil || !channel.Usable(u) || len(s.Endpoint) > 1000:
		return fault.At("/endpoint", "url", nil)
	case !point(s.P256dh):
		return fault.At("/p256dh", "format", nil)
	case len(decode(s.Auth)) != 16:
		return fault.At("/auth", "format", nil)
	}
	return nil
}

// Send gives the notice to each of the customer's browsers; one is enough.
func (c *Channel) Send(ctx context.Context, raw json.RawMessage, m channel.Message) (string, error) {
	s, err := channel.Read[Settings](info, raw)
	if err != nil {
		return "", channel.Fail(channel.Permanent, "channel.notSetUp", err)
	}
	key, err := keyOf(s)
	if err != nil {
		return "", channel.Fail(channel.Permanent, "channel.notSetUp", err)
	}
	notice, err := noticeOf(s, m)
	if err != nil {
		return "", err
	}
	bad := channel.Fail(channel.Permanent, "channel.badAddress", errors.New("no browser"))
	sent := false
	for k, sub := range subscriptions(m.Record) {
		err := c.one(ctx, s, key, sub, notice, channel.ID(m.Key))
		if err == nil {
			sent = true
		} else if class, _ := channel.ClassOf(err); k == 0 || class == channel.Unknown {
			bad = err
		}
	}
	if sent {
		return "", nil
	}
	return "", bad
}

func (c *Channel) one(ctx context.Context, s Settings, key *keys, sub Subscription, notice []byte, topic string) error {
	body, err := seal(sub, notice, nil)
	if err != nil {
		return channel.Fail(channel.Permanent, "channel.badAddress", err)
	}
	u, err := url.Parse(sub.Endpoint)
	if err != nil {
		return channel.Fail(channel.Permanent, "channel.badAddress", errors.New("not a web address"))
	}
	token, err := key.token(u.Scheme+"://"+u.Host, s.Subject, c.door.Now())
	if err != nil {
		return channel.Fail(channel.Permanent, "channel.notSetUp", err)
	}
	a, err := c.door.Do(ctx, httpcall.Call{URL: sub.Endpoint, Body: body, Header: http.Header{
		"Authorization": {"vapid t=" + token + ", k=" + s.PublicKey}, "Content-Encoding": {"aes128gcm"}, "Content-Type": {"application/octet-stream"},
		"Ttl": {strconv.Itoa(int(ttl / time.Second))}, "Topic": {topic}, "Urgency": {"normal"},
	}})
	switch {
	case err != nil:
		return err
	case a.Status >= 200 && a.Status < 300:
		return nil
	case a.Status == http.StatusNotFound || a.Status == http.StatusGone:
		return channel.Fail(channel.Permanent, "channel.expired", errors.New("the subscription has ended"))
	}
	return httpcall.Status(a.Status)
}

func short(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
