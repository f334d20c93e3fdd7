// Package feishu is the channel "feishu": messages into a group by Feishu's or Lark's group robot, signed.
package feishu

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
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

// hosts are where robots of the provider live; a customer's record cannot send
// us anywhere else.
var hosts = []string{"open.feishu.cn", "open.larksuite.com"}

// Settings of the channel.
type Settings struct {
	URL    string `json:"url"`
	Secret string `json:"secret"`
}

// Channel is the robot's.
type Channel struct {
	door *httpcall.Door
}

// New makes the channel.
func New(d *httpcall.Door) *Channel { return &Channel{d} }

// Key is "feishu".
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
	body := map[string]any{"msg_type": "text", "content": map[string]string{"text": m.Text}}
	if s.Secret != "" {
		body["timestamp"], body["sign"] = signature(s.Secret, c.door.Now())
	}
	var out struct {
		Code *int   `json:"code"`
		Msg  string `json:"msg"`
	}
	if err := c.door.JSON(ctx, to, body, &out); err != nil {
		return "", err
	}
	switch {
	case out.Code == nil:
		return "", channel.Fail(channel.Unknown, "channel.garbage", nil)
	case *out.Code != 0:
		return "", codes.Fail(strconv.Itoa(*out.Code), out.Msg)
	}
	return "", nil
}

var codes = channel.Table{
	"9499": channel.RateLimited, "11232": channel.RateLimited, "99991400": channel.RateLimited, "11233": channel.RateLimited,
	"19001": channel.BadAddress, "19002": channel.BadContent, "19021": channel.BadKey, "19022": channel.BadKey, "19024": channel.BadContent, "19036": channel.BadContent,
}

// signature is the base64 of HMAC-SHA256 with the time and secret as the key
// and nothing as the text: the provider's own scheme.
func signature(secret string, now time.Time) (timestamp, sign string) {
	timestamp = strconv.FormatInt(now.Unix(), 10)
	h := hmac.New(sha256.New, []byte(timestamp+"\n"+secret))
	return timestamp, base64.StdEncoding.EncodeToString(h.Sum(nil))
}
