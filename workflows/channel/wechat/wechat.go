// Package wechat is the channel "wechat": template messages of an official
// account to its followers.
package wechat

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"

	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/channel/httpcall"
)

//go:embed channel.json
var about []byte

// Settings of the channel.
type Settings struct {
	AppID     string                 `json:"appId"`
	AppSecret string                 `json:"appSecret"`
	Templates []channel.TemplateCode `json:"templates"`
	Link      string                 `json:"link"`
	Endpoint  string                 `json:"endpoint"`
}

var codes = channel.Table{
	"-1": channel.Busy, "45009": channel.RateLimited, "45011": channel.RateLimited, "45047": channel.RateLimited,
	"40003": channel.BadAddress, "43004": {Class: channel.Permanent, Reason: "channel.notFollower"}, "43101": {Class: channel.Permanent, Reason: "channel.notFollower"},
	"43019": channel.Blacklisted, "40037": channel.NoTemplate, "47003": channel.NoTemplate, "41006": channel.BadAddress,
	"40013": channel.BadKey, "40125": channel.BadKey, "40164": channel.BadIP, "48001": channel.BadKey, "48004": channel.BadKey, "45002": channel.BadContent, "87014": channel.BadContent,
}

var base = channel.BaseOf(about, func(s *Settings) error {
	if s.Endpoint == "" {
		s.Endpoint = "https://api.weixin.qq.com"
	}
	return channel.CheckURL("/endpoint", s.Endpoint)
})

// Channel is the official account's.
type Channel struct {
	channel.Base[Settings]
	api *httpcall.Errcode
}

// New makes the channel.
func New(d *httpcall.Door) *Channel { return &Channel{base, &httpcall.Errcode{Door: d, Table: codes}} }

// Address is the customer's open id with the account.
func (*Channel) Address(_ json.RawMessage, customer map[string]any) string {
	return channel.Text(customer, "wechatOpenId")
}

// Send hands the message to WeChat.
func (c *Channel) Send(ctx context.Context, raw json.RawMessage, m channel.Message) (string, error) {
	s, err := c.Ready(raw)
	if err != nil {
		return "", err
	}
	t, ok := channel.CodeFor(s.Templates, m)
	if !ok {
		return "", &channel.Error{Class: channel.Permanent, Reason: "channel.templateRefused", Detail: m.Template, Cause: errors.New("no registered template")}
	}
	named, _ := t.Fill(m)
	data := make(map[string]any, len(named))
	for k, v := range named {
		data[k] = map[string]string{"value": v}
	}
	var out struct {
		MsgID int64 `json:"msgid"`
	}
	err = c.api.Call(ctx, s.Endpoint+"/cgi-bin/token?grant_type=client_credential&appid="+url.QueryEscape(s.AppID)+"&secret="+url.QueryEscape(s.AppSecret),
		s.Endpoint+"/cgi-bin/message/template/send",
		map[string]any{"touser": m.To, "template_id": t.Code, "url": s.Link, "client_msg_id": channel.ID(m.Key), "data": data}, &out)
	if err != nil {
		return "", err
	}
	return strconv.FormatInt(out.MsgID, 10), nil
}
