// Package wecomapp is the channel "wecom-app": messages of a WeCom application
// to members and contacts of linked companies.
package wecomapp

import (
	"context"
	_ "embed"
	"encoding/json"
	"net/url"

	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/channel/httpcall"
)

//go:embed channel.json
var about []byte

// Settings of the channel.
type Settings struct {
	CorpID     string `json:"corpId"`
	CorpSecret string `json:"corpSecret"`
	AgentID    int    `json:"agentId"`
	Endpoint   string `json:"endpoint"`
}

var codes = channel.Table{
	"-1": channel.Busy, "45009": channel.RateLimited, "45033": channel.RateLimited, "45047": channel.RateLimited,
	"40003": channel.BadAddress, "60011": channel.BadAddress, "60111": channel.BadAddress, "81013": channel.BadAddress, "82001": channel.BadAddress,
	"40013": channel.BadKey, "40056": channel.BadKey, "40058": channel.BadContent, "44004": channel.BadContent, "45002": channel.BadContent,
	"48002": channel.BadKey, "60020": channel.BadIP, "301002": channel.BadKey,
}

var base = channel.BaseOf(about, func(s *Settings) error {
	if s.Endpoint == "" {
		s.Endpoint = "https://qyapi.weixin.qq.com"
	}
	return channel.CheckURL("/endpoint", s.Endpoint)
})

// Channel is the application's.
type Channel struct {
	channel.Base[Settings]
	api *httpcall.Errcode
}

// New makes the channel.
func New(d *httpcall.Door) *Channel { return &Channel{base, &httpcall.Errcode{Door: d, Table: codes}} }

// Address is the customer's WeCom member id.
func (*Channel) Address(_ json.RawMessage, customer map[string]any) string {
	return channel.Text(customer, "wecomUserId")
}

// Send hands the message to WeCom.
func (c *Channel) Send(ctx context.Context, raw json.RawMessage, m channel.Message) (string, error) {
	s, err := c.Ready(raw)
	if err != nil {
		return "", err
	}
	var out struct {
		InvalidUser string `json:"invaliduser"`
		MsgID       string `json:"msgid"`
	}
	err = c.api.Call(ctx, s.Endpoint+"/cgi-bin/gettoken?corpid="+url.QueryEscape(s.CorpID)+"&corpsecret="+url.QueryEscape(s.CorpSecret),
		s.Endpoint+"/cgi-bin/message/send", map[string]any{
			"touser": m.To, "msgtype": "text", "agentid": s.AgentID, "text": map[string]string{"content": m.Text},
			"enable_duplicate_check": 1, "duplicate_check_interval": 600,
		}, &out)
	if err != nil {
		return "", err
	}
	if out.InvalidUser != "" {
		return "", channel.Table{"": channel.BadAddress}.Fail("invaliduser", out.InvalidUser)
	}
	return out.MsgID, nil
}
