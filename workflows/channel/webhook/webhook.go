// Package webhook is the channel "webhook": the message as JSON in a signed
// HTTP request, after the Standard Webhooks scheme. It also carries the calls
// of webhook steps.
package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/workflows/channel"
)

// Settings of the channel.
type Settings struct {
	URL    string `json:"url"`
	Secret string `json:"secret,omitempty"` // "whsec_" + base64, or any text
	// Idempotent says that the receiver drops repeats of a webhook-id.
	Idempotent bool `json:"idempotent,omitempty"`
}

// Channel is the webhook channel.
type Channel struct {
	client *http.Client
	now    func() time.Time
}

// New makes the channel. allowPrivate lets it call private addresses; without
// it the server would be a door into the network it runs in.
func New(allowPrivate bool, now func() time.Time) *Channel {
	d := &net.Dialer{Timeout: 10 * time.Second}
	if !allowPrivate {
		d.Control = refusePrivate
	}
	return &Channel{now: now, client: &http.Client{
		Timeout: 30 * time.Second,
		Transport: &http.Transport{
			DialContext: d.DialContext, MaxIdleConnsPerHost: 64, IdleConnTimeout: idleTimeout,
			TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 25 * time.Second, MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// idleTimeout is shorter than servers keep their connections (5 s and up): a
// request written while the other end closes would end as unknown.
const idleTimeout = 4 * time.Second

// refusePrivate looks at the address that is really dialled, after DNS.
func refusePrivate(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return errPrivate
	}
	a := ap.Addr().Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return errPrivate
	}
	for _, p := range special {
		if p.Contains(a) {
			return errPrivate
		}
	}
	return nil
}

var errPrivate = errors.New("private addresses are not allowed")

// special are the ranges that look public to net/netip and are not: shared,
// reserved, for tests, and the IPv6 ranges that carry an IPv4 address inside.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("::/96"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("2001::/32"), netip.MustParsePrefix("fec0::/10"),
}

// Key is "webhook".
func (*Channel) Key() string { return "webhook" }

// Address is the receiver's name for the customer: webhooks go to one address.
func (*Channel) Address(customer map[string]any) string {
	for _, f := range []string{"email", "phone", "number", "name"} {
		if s, _ := customer[f].(string); s != "" {
			return s
		}
	}
	return "-"
}

// Idempotent is a promise of the receiver, in the settings.
func (*Channel) Idempotent(raw json.RawMessage) bool {
	s, err := read(raw)
	return err == nil && s.Idempotent
}

// Check judges the settings.
func (*Channel) Check(raw json.RawMessage) error {
	_, err := read(raw)
	return err
}

func read(raw json.RawMessage) (Settings, error) {
	var s Settings
	if len(raw) == 0 {
		return s, fault.New(fault.Invalid, "channel.notSetUp", fault.Params{"channel": "webhook"})
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		return s, fault.At("", "json", nil)
	}
	u, err := url.Parse(s.URL)
	if err != nil || !usable(u) {
		return s, fault.At("/url", "url", nil)
	}
	return s, nil
}

func usable(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
}

// Send posts the message.
func (c *Channel) Send(ctx context.Context, raw json.RawMessage, m channel.Message) (string, error) {
	s, err := read(raw)
	if err != nil {
		return "", channel.Fail(channel.Permanent, "channel.notSetUp", err)
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
	var wrote atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { wrote.Store(true) }})
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return channel.Fail(channel.Permanent, "channel.badAddress", err)
	}
	if !usable(req.URL) {
		return channel.Fail(channel.Permanent, "channel.badAddress", errors.New("not a web address"))
	}
	// A request that is repeated by the transport itself could arrive twice.
	req.GetBody = nil
	sign(req, secret, id, c.now(), body)
	res, err := c.client.Do(req)
	if err != nil {
		switch {
		case errors.Is(err, errPrivate):
			return channel.Fail(channel.Permanent, "channel.privateAddress", err)
		case wrote.Load():
			return channel.Fail(channel.Unknown, "channel.unknown", err)
		}
		return channel.Fail(channel.Retry, "channel.noConnection", err)
	}
	defer res.Body.Close() //nolint:errcheck // nothing depends on it
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10))
	return answer(res.StatusCode)
}

// answer reads a status. A gateway that waited in vain (504) has handed the
// request on, so nobody knows.
func answer(status int) error {
	cause := fmt.Errorf("status %d", status)
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == http.StatusGatewayTimeout:
		return channel.Fail(channel.Unknown, "channel.unknown", cause)
	case status == http.StatusRequestTimeout || status == http.StatusTooManyRequests || status >= 500:
		return channel.Fail(channel.Retry, "channel.refusedForNow", cause)
	}
	return channel.Fail(channel.Permanent, "channel.refused", cause)
}

func sign(req *http.Request, secret, id string, at time.Time, body []byte) {
	ts := strconv.FormatInt(at.Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Dueflow")
	req.Header.Set("Webhook-Id", id)
	req.Header.Set("Webhook-Timestamp", ts)
	if secret != "" {
		req.Header.Set("Webhook-Signature", "v1,"+channel.Signature(secret, id, ts, body))
	}
}
