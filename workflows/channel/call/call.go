// Package call is the channel "call": a colleague phones the customer. The
// message is what to say; the task has the number and the results, and the
// message counts as sent when the task is done.
package call

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/workflows/channel"
)

//go:embed channel.json
var about []byte

var info = channel.Describe(about)

// Settings of the channel.
type Settings struct {
	Country string `json:"country"` // of numbers without one; default 86
	Dial    string `json:"dial"`    // default tel:{number}
}

// Channel is the phone.
type Channel struct{}

// Key is "call".
func (Channel) Key() string { return info.Key }

// Info describes the channel.
func (Channel) Info() *channel.Info { return info }

// Address is the customer's phone, or else the mobile.
func (Channel) Address(raw json.RawMessage, customer map[string]any) string {
	var s Settings
	_ = json.Unmarshal(raw, &s)
	for _, f := range info.Fields {
		if n := channel.Text(customer, f); n != "" {
			if _, ok := channel.Phone(n, s.Country); ok {
				return n
			}
		}
	}
	return ""
}

// Idempotent: a task of a key is made once.
func (Channel) Idempotent(json.RawMessage) bool { return true }

// Check judges the settings.
func (Channel) Check(raw json.RawMessage) error {
	_, err := channel.Read[Settings](info, raw)
	return err
}

// Send has nothing to hand over: the task does it.
func (Channel) Send(_ context.Context, raw json.RawMessage, m channel.Message) (string, error) {
	s, err := channel.Read[Settings](info, raw)
	if err != nil {
		return "", channel.Fail(channel.Permanent, "channel.notSetUp", err)
	}
	if _, ok := channel.Phone(m.To, s.Country); !ok {
		return "", channel.Fail(channel.Permanent, "channel.badNumber", errors.New("not a number"))
	}
	return "", nil
}

// TaskFor asks for the call.
func (Channel) TaskFor(raw json.RawMessage, m channel.Message) channel.PersonTask {
	var s Settings
	_ = json.Unmarshal(raw, &s)
	if s.Dial == "" {
		s.Dial = "tel:{number}"
	}
	number, _ := channel.Phone(m.To, s.Country)
	if !strings.HasPrefix(s.Dial, "tel:") {
		number = url.QueryEscape(number)
	}
	return channel.PersonTask{
		Title: flow.Text{"en": "Call " + m.Name, "zh-CN": "致电" + m.Name}, Text: m.Text, Link: strings.ReplaceAll(s.Dial, "{number}", number), Results: results,
	}
}

// results of a call. Not reaching anybody is no contact: it spends no budget.
var results = []channel.Outcome{
	{Key: "reached", Label: flow.Text{"en": "Reached", "zh-CN": "已接通"}},
	{Key: "promised", Label: flow.Text{"en": "Promised to pay", "zh-CN": "承诺付款"}},
	{Key: "paymentUnderWay", Label: flow.Text{"en": "Payment is under way", "zh-CN": "付款中"}},
	{Key: "paid", Label: flow.Text{"en": "Says it is paid", "zh-CN": "称已付款"}},
	{Key: "dispute", Label: flow.Text{"en": "Disputes it", "zh-CN": "有异议"}},
	{Key: "invoiceNotReceived", Label: flow.Text{"en": "Has no invoice", "zh-CN": "未收到账单"}},
	{Key: "waitingApproval", Label: flow.Text{"en": "Waits for approval", "zh-CN": "等待审批"}},
	{Key: "voicemail", Label: flow.Text{"en": "Left a voicemail", "zh-CN": "语音留言"}},
	{Key: "unreachable", Label: flow.Text{"en": "Nobody answered", "zh-CN": "无人接听"}, Failed: true},
}
