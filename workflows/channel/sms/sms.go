// Package sms is the channel "sms": one channel for flows, with the provider
// (Aliyun, Tencent Cloud, Twilio) chosen in the settings.
package sms

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"

	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/channel/httpcall"
)

//go:embed channel.json
var about []byte

// Settings of the channel; which of them count depends on the provider.
type Settings struct {
	Provider string `json:"provider"` // aliyun, tencent, twilio
	Country  string `json:"country"`  // of numbers without one; default 86
	Endpoint string `json:"endpoint"` // default the provider's own

	AccessKeyID     string `json:"accessKeyId"`
	AccessKeySecret string `json:"accessKeySecret"`

	SecretID  string `json:"secretId"`
	SecretKey string `json:"secretKey"`
	AppID     string `json:"appId"`
	Region    string `json:"region"`

	Sign      string                 `json:"sign"`
	Templates []channel.TemplateCode `json:"templates"`

	AccountSID string `json:"accountSid"`
	AuthToken  string `json:"authToken"`
	From       string `json:"from"`
}

// provider is one way to send a short message. to is a number with + and
// country code.
type provider struct {
	endpoint string
	send     func(c *Channel, ctx context.Context, s Settings, to string, m channel.Message) (ref string, err error)
	receive  func(s Settings, in channel.Inbound) ([]channel.News, channel.Reply, error)
}

var providers = map[string]provider{
	"aliyun":  {"https://dysmsapi.aliyuncs.com", (*Channel).aliyun, aliyunNews},
	"tencent": {"https://sms.tencentcloudapi.com", (*Channel).tencent, tencentNews},
	"twilio":  {"https://api.twilio.com", (*Channel).twilio, twilioNews},
}

var base = channel.BaseOf(about, func(s *Settings) error {
	if s.Endpoint == "" {
		s.Endpoint = providers[s.Provider].endpoint
	}
	return channel.CheckURL("/endpoint", s.Endpoint)
})

// Channel is the SMS channel.
type Channel struct {
	channel.Base[Settings]
	door *httpcall.Door
	// Callback is the address at which providers tell us of deliveries, for
	// those that want it with each message; nil or "" for none.
	Callback func(workspace string) string
}

// New makes the channel.
func New(d *httpcall.Door) *Channel { return &Channel{Base: base, door: d} }

// Address is the customer's mobile number.
func (*Channel) Address(raw json.RawMessage, customer map[string]any) string {
	var s Settings
	_ = json.Unmarshal(raw, &s)
	return channel.MobileOf(customer, s.Country)
}

// Send hands the message to the provider.
func (c *Channel) Send(ctx context.Context, raw json.RawMessage, m channel.Message) (string, error) {
	s, err := c.Ready(raw)
	if err != nil {
		return "", err
	}
	to, ok := channel.Mobile(m.To, s.Country)
	if !ok {
		return "", channel.Fail(channel.Permanent, "channel.badNumber", errors.New("not a mobile number"))
	}
	return providers[s.Provider].send(c, ctx, s, to, m)
}

// Receive reads what the provider tells.
func (*Channel) Receive(raw json.RawMessage, in channel.Inbound) ([]channel.News, channel.Reply, error) {
	s, err := base.Settings(raw)
	if err != nil {
		return nil, channel.Reply{}, err
	}
	return providers[s.Provider].receive(s, in)
}

// code is the registered template of a message, and the values it is filled
// with by name and in order.
func (s Settings) code(m channel.Message) (code string, named map[string]string, ordered []string, err error) {
	t, ok := channel.CodeFor(s.Templates, m)
	if !ok {
		return "", nil, nil, &channel.Error{Class: channel.Permanent, Reason: "channel.templateRefused", Detail: m.Template, Cause: errors.New("no registered template")}
	}
	named, ordered = t.Fill(m)
	return t.Code, named, ordered, nil
}
