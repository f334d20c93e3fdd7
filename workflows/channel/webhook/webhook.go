// Package webhook is the channel "webhook": the message as JSON in a signed
// HTTP request, after the Standard Webhooks scheme. It also carries the calls
// of webhook steps.
package webhook

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/channel/httpcall"
)

//go:embed channel.json
var about []byte

// Settings of the channel.
type Settings struct {
	URL    string `json:"url"`
	Secret string `json:"secret,omitempty"` // "whsec_" + base64, or any text
	// Idempotent says that the receiver drops repeats of a webhook-id.
	Idempotent bool `json:"idempotent,omitempty"`
}

var base = channel.BaseOf(about, func(s *Settings) error {
	return channel.CheckURL("/url", s.URL)
})

// Channel is the webhook channel.
type Channel struct {
	channel.Base[Settings]
	door *httpcall.Door
}

// New makes the channel.
func New(d *httpcall.Door) *Channel { return &Channel{base, d} }

// Address is the receiver's name for the customer: webhooks go to one address.
func (*Channel) Address(_ json.RawMessage, customer map[string]any) string {
	for _, f := range []string{"email", "phone", "number", "name"} {
		if s := channel.Text(customer, f); s != "" {
			return s
		}
	}
	return "-"
}

// Idempotent is a promise of the receiver, in the settings.
func (*Channel) Idempotent(raw json.RawMessage) bool {
	s, err := base.Settings(raw)
	return err == nil && s.Idempotent
}

// Send posts the message.
func (c *Channel) Send(ctx context.Context, raw json.RawMessage, m channel.Message) (string, error) {
	s, err := c.Ready(raw)
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(struct {
		Type string          `json:"type"`
		Data channel.Message `json:"data"`
	}{"message", m})
	if err != nil {
		return "", channel.Fail(channel.Permanent, "channel.badMessage", err)
	}
	return m.Key, c.Post(ctx, s.URL, s.Secret, m.Key, body)
}

// Call is the call of a webhook step: to an address of the step's own, signed
// with the secret in the channel's settings, if there are any.
func (c *Channel) Call(ctx context.Context, raw json.RawMessage, to, id string, body []byte) error {
	var s Settings
	_ = json.Unmarshal(raw, &s)
	return c.Post(ctx, to, s.Secret, id, body)
}

// Post sends a signed request once. An error before the request was written
// means it was not sent; one after it, that nobody knows.
func (c *Channel) Post(ctx context.Context, to, secret, id string, body []byte) error {
	a, err := c.door.Do(ctx, httpcall.Call{URL: to, Header: signed(secret, id, c.door.Now().Unix(), body), Body: body})
	if err != nil {
		if class, _ := channel.ClassOf(err); class == channel.Unknown && a.Status != 0 {
			return answer(a) // the status says enough
		}
		return err
	}
	return answer(a)
}

// answer reads a status. A gateway that waited in vain (504) has handed the
// request on, so nobody knows.
func answer(a httpcall.Answer) error {
	status, class, reason := a.Status, channel.Permanent, "channel.refused"
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == http.StatusGatewayTimeout:
		class, reason = channel.Unknown, "channel.unknown"
	case status == http.StatusRequestTimeout || status == http.StatusTooManyRequests || status >= 500:
		class, reason = channel.Retry, "channel.refusedForNow"
	}
	cause := fmt.Errorf("HTTP %d", status)
	return channel.Told(class, reason, strings.TrimSuffix(cause.Error()+": "+words(a), ": "), cause)
}

// words are what the receiver wrote for people or programs; a page of HTML is
// for neither.
func words(a httpcall.Answer) string {
	media, _, _ := mime.ParseMediaType(a.Header.Get("Content-Type"))
	if media != "text/plain" && media != "application/json" && media != "application/problem+json" || !utf8.Valid(a.Body) {
		return ""
	}
	return string(a.Body)
}

func signed(secret, id string, at int64, body []byte) http.Header {
	ts := strconv.FormatInt(at, 10)
	h := http.Header{"Content-Type": {"application/json"}, "Webhook-Id": {id}, "Webhook-Timestamp": {ts}}
	if secret != "" {
		h.Set("Webhook-Signature", "v1,"+channel.Signature(secret, id, ts, body))
	}
	return h
}

// Receive reads news about messages: {"events":[{"type":"delivered", "key":…}]}.
func (*Channel) Receive(_ json.RawMessage, in channel.Inbound) ([]channel.News, channel.Reply, error) {
	return channel.ReadNews(in.Body)
}
