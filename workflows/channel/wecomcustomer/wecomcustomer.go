// Package wecomcustomer is the channel "wecom-customer": a mass message of
// WeCom to one customer, which a member of staff has to confirm. WeCom allows
// each customer only a few of them a month.
package wecomcustomer

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"net/url"
	"slices"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/channel/httpcall"
)

//go:embed channel.json
var about []byte

// Settings of the channel.
type Settings struct {
	CorpID     string `json:"corpId"`
	CorpSecret string `json:"corpSecret"`
	Sender     string `json:"sender"`
	Monthly    int    `json:"monthly"` // default 4
	Endpoint   string `json:"endpoint"`
}

var codes = channel.Table{
	"-1": channel.Busy, "45009": channel.RateLimited, "45033": channel.RateLimited, "84061": {Class: channel.Permanent, Reason: "channel.notFriend"}, "40096": channel.BadAddress,
	"41048": channel.Quota, "45028": channel.Quota, "60111": channel.BadKey, "84074": channel.BadKey, "40013": channel.BadKey, "60020": channel.BadIP, "48002": channel.BadKey, "301002": channel.BadKey,
	"40058": channel.BadContent, "90500": channel.BadAddress,
}

var base = channel.BaseOf(about, func(s *Settings) error {
	if s.Endpoint == "" {
		s.Endpoint = "https://qyapi.weixin.qq.com"
	}
	return channel.CheckURL("/endpoint", s.Endpoint)
})

// Channel is WeCom's.
type Channel struct {
	channel.Base[Settings]
	api *httpcall.Errcode
}

// New makes the channel.
func New(d *httpcall.Door) *Channel { return &Channel{base, &httpcall.Errcode{Door: d, Table: codes}} }

// Address is the customer's external contact id.
func (*Channel) Address(_ json.RawMessage, customer map[string]any) string {
	return channel.Text(customer, "wecomExternalId")
}

// MonthlyCap is how many messages a customer may get in a calendar month.
func (*Channel) MonthlyCap(raw json.RawMessage) int {
	var s Settings
	if json.Unmarshal(raw, &s) != nil || s.Monthly == 0 {
		return 4
	}
	return s.Monthly
}

func (c *Channel) call(ctx context.Context, s Settings, path string, in, out any) error {
	return c.api.Call(ctx, s.Endpoint+"/cgi-bin/gettoken?corpid="+url.QueryEscape(s.CorpID)+"&corpsecret="+url.QueryEscape(s.CorpSecret), s.Endpoint+path, in, out)
}

// Send makes the mass message; the member of staff finds it in WeCom.
func (c *Channel) Send(ctx context.Context, raw json.RawMessage, m channel.Message) (string, error) {
	s, err := c.Ready(raw)
	if err != nil {
		return "", err
	}
	var out struct {
		FailList []string `json:"fail_list"`
		MsgID    string   `json:"msgid"`
	}
	err = c.call(ctx, s, "/cgi-bin/externalcontact/add_msg_template", map[string]any{
		"chat_type": "single", "external_userid": []string{m.To}, "sender": s.Sender, "text": map[string]string{"content": m.Text},
	}, &out)
	switch {
	case err != nil:
		return "", err
	case slices.Contains(out.FailList, m.To):
		return "", channel.Table{"": channel.BadAddress}.Fail("fail_list", m.To)
	case out.MsgID == "":
		return "", channel.Fail(channel.Unknown, "channel.garbage", errors.New("no msgid"))
	}
	return out.MsgID, nil
}

// Ask asks WeCom what became of a mass message.
func (c *Channel) Ask(ctx context.Context, raw json.RawMessage, m channel.Message, ref string) (bool, error) {
	s, err := base.Settings(raw)
	if err != nil {
		return false, err
	}
	var out struct {
		SendList []struct {
			ExternalUserID string `json:"external_userid"`
			Status         int    `json:"status"`
		} `json:"send_list"`
	}
	err = c.call(ctx, s, "/cgi-bin/externalcontact/get_groupmsg_send_result", map[string]any{"msgid": ref, "userid": s.Sender, "limit": 500}, &out)
	if err != nil {
		return false, err
	}
	for _, r := range out.SendList {
		if r.ExternalUserID != m.To {
			continue
		}
		switch r.Status {
		case 1:
			return true, nil
		case 2:
			return true, channel.Fail(channel.Permanent, "channel.notFriend", errors.New("no contact of the sender"))
		case 3:
			return true, channel.Fail(channel.Permanent, "channel.quota", errors.New("the customer has had other mass messages"))
		}
	}
	return false, nil
}

// Cancel stops a mass message that nobody has confirmed yet.
func (c *Channel) Cancel(ctx context.Context, raw json.RawMessage, ref string) error {
	s, err := base.Settings(raw)
	if err != nil {
		return err
	}
	return c.call(ctx, s, "/cgi-bin/externalcontact/cancel_groupmsg_send", map[string]any{"msgid": ref}, nil)
}

// TaskFor asks for the confirmation.
func (*Channel) TaskFor(_ json.RawMessage, m channel.Message) channel.PersonTask {
	return channel.PersonTask{
		Title: flow.Text{"en": "Confirm the WeCom message to " + m.Name, "zh-CN": "在企业微信中确认发给" + m.Name + "的消息"}, Text: m.Text,
		Results: []channel.Outcome{
			{Key: "sent", Label: flow.Text{"en": "Sent it", "zh-CN": "已发送"}},
			{Key: "declined", Label: flow.Text{"en": "Will not send it", "zh-CN": "不发送"}, Failed: true},
		},
	}
}
