// Package wecombot is the channel "wecom-bot": messages into a group by WeCom's group robot.
package wecombot

import (
	"context"
	_ "embed"
	"encoding/json"
	"net/url"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/channel/httpcall"
)

//go:embed channel.json
var about []byte

var info = channel.Describe(about)

// hosts are where robots of the provider live; a customer's record cannot send
// us anywhere else.
var hosts = []string{"qyapi.weixin.qq.com"}

// Settings of the channel.
type Settings struct {
	URL string `json:"url"`
}

// Channel is the robot's.
type Channel struct {
	api *httpcall.Errcode
}

// New makes the channel.
func New(d *httpcall.Door) *Channel { return &Channel{&httpcall.Errcode{Door: d, Table: codes}} }

// Key is "wecom-bot".
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
	err = c.api.Post(ctx, to, map[string]any{"msgtype": "text", "text": map[string]string{"content": m.Text}})
	return "", err
}

var codes = channel.Table{
	"-1": channel.Busy, "45009": channel.RateLimited, "45033": channel.RateLimited,
	"93000": channel.BadAddress, "93004": channel.BadAddress, "93008": channel.BadAddress, "93017": channel.BadAddress,
	"40058": channel.BadContent, "44004": channel.BadContent, "45002": channel.BadContent,
}
