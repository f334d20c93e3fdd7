// Package dingtalk is the channel "dingtalk": messages into a group by DingTalk's group robot, signed.
package dingtalk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/channel/httpcall"
)

//go:embed channel.json
var about []byte

var info = channel.Describe(about)

// hosts are where robots of the provider live; a customer's record cannot send
// us anywhere else.
var hosts = []string{"oapi.dingtalk.com", "api.dingtalk.com"}

// Settings of the channel.
type Settings struct {
	URL    string `json:"url"`
	Secret string `json:"secret"`
}

// Channel is the robot's.
type Channel struct {
	api *httpcall.Errcode
}

// New makes the channel.
func New(d *httpcall.Door) *Channel { return &Channel{&httpcall.Errcode{Door: d, Table: codes}} }

// Key is "dingtalk".
func (*Channel) Key() string { return info.Key }

// Info describes the channel.
func (*Channel) Info() *channel.Info { return info }

// Address is the robot of the customer's own group, or the one in the settings.
func (*Channel) Address(raw json.RawMessage, customer map[string]any) string {
	if channel.OnHost(channel.Text(customer, "groupBot"), hosts) {
		return channel.Group
	}
	var s Settings
	if json.Unmarshal(raw, &s) == nil && s.URL != "" {
		return channel.Group
	}
	return ""
}

// Idempotent: a group shows a repeat twice.
func (*Channel) Idempotent(json.RawMessage) bool { return false }

// Check judges the settings.
func (*Channel) Check(raw json.RawMessage) error {
	_, err := read(raw)
	return err
}

func read(raw json.RawMessage) (Settings, error) {
	s, err := channel.Read[Settings](info, raw)
	if err != nil || s.URL == "" {
		return s, err
	}
	if u, err := url.Parse(s.URL); err != nil || !httpcall.Usable(u) {
		return s, fault.At("/url", "url", nil)
	}
	return s, nil
}

// Send posts the text to the group.
func (c *Channel) Send(ctx context.Context, raw json.RawMessage, m channel.Message) (string, error) {
	s, err := read(raw)
	if err != nil {
		return "", channel.Fail(channel.Permanent, "channel.notSetUp", err)
	}
	to := channel.Text(m.Record, "groupBot")
	if !channel.OnHost(to, hosts) {
		to = s.URL
	}
	err = c.api.Post(ctx, signed(to, s.Secret, c.api.Door.Now()), map[string]any{"msgtype": "text", "text": map[string]string{"content": m.Text}})
	return "", err
}

var codes = channel.Table{
	"-1": channel.Busy, "130101": channel.RateLimited, "410100": channel.RateLimited, "90018": channel.RateLimited, "660026": channel.RateLimited,
	"300001": channel.BadAddress, "300005": channel.BadAddress, "400102": channel.BadAddress, "310000": channel.BadKey, "400013": channel.BadAddress, "430101": channel.BadContent, "430102": channel.BadContent, "430103": channel.BadContent, "430104": channel.BadContent,
	"400101": channel.BadAddress, "400105": channel.BadContent, "40035": channel.BadContent, "43004": channel.BadContent,
}

// signed adds the time in milliseconds and its signature to an address.
func signed(to, secret string, now time.Time) string {
	if secret == "" {
		return to
	}
	ts := strconv.FormatInt(now.UnixMilli(), 10)
	h := hmac.New(sha256.New, []byte(secret))
	_, _ = h.Write([]byte(ts + "\n" + secret))
	sep := "?"
	if strings.Contains(to, "?") {
		sep = "&"
	}
	return to + sep + "timestamp=" + ts + "&sign=" + url.QueryEscape(base64.StdEncoding.EncodeToString(h.Sum(nil)))
}
