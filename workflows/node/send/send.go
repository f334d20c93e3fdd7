// Package send is the step "send": one message to the customer, through the
// account's ledger, which decides whether it may go out now.
package send

import (
	"time"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/workflows/node"
)

// Type is the node type.
var Type = node.Type{
	Name: "send", V: 1, Group: "act", Sends: true,
	Title: node.Say("Send a message", "发送消息"), About: node.Say("One kind reminder to the customer; what else is due for them the same day goes along.", "给客户发一条友好提醒；同一天到期的其他账单合并发送。"),
	Schema: `{"type":"object","required":["channel","template"],"additionalProperties":false,"properties":{
	  "channel":` + node.Titled("By", "渠道", node.ChannelSchema) + `,
	  "template":` + node.Titled("Message", "消息模板", node.TemplateSchema) + `,
	  "fallback":` + node.Titled("If that is not possible, by", "无法发送时改用", `{"type":"array","x-df-widget":"channels","maxItems":5,"items":`+node.KeySchema+`}`) + `}}`,
	Defaults: `{"channel":"preferred"}`,
	Parse:    node.Reads(func() *send { return new(send) }),
}

type send struct {
	Channel  string   `json:"channel"` // a channel, or "preferred"
	Template string   `json:"template"`
	Fallback []string `json:"fallback"`
}

// recheck is how long a run waits before it asks again after a refusal that an
// event should end; the events usually come first.
const recheck = 7 * 24 * time.Hour

// wakers are the events that may end a refusal.
var wakers = []string{
	"promise.closed", "dispute.closed", "hold.lifted", "stop.lifted", "payment.applied", "payment.allocated", "payment.reversed",
	"invoice.corrected", "credit.noted", node.EventRecord,
}

// Uses names template and channels.
func (s *send) Uses() (templates, channels []string) {
	return []string{s.Template}, append([]string{s.Channel}, s.Fallback...)
}

// Step asks for the message, and follows what the ledger answered.
func (s *send) Step(c *node.Ctx) node.Next {
	if c.Result == nil {
		return node.Act(node.Action{Kind: node.ActSend, Key: c.Key(), Channel: s.Channel, Fallback: s.Fallback, Template: s.Template})
	}
	r := c.Result
	switch r.Status {
	case node.ResultOK:
		return node.Go("out")
	case node.ResultDeferred:
		n := node.WaitUntil(r.Until)
		n.Reason, n.Planned = r.Reason, r.Until
		return n
	case node.ResultRefused:
		switch r.Reason {
		case "paid", "cancelled", "writtenOff":
			next := node.Go("out") // nothing to remind of: the step is passed without a message
			next.Reason = r.Reason
			return next
		}
		until := c.Now.Add(recheck)
		if r.Reason == "duplicate" { // it ends by itself, on a day that is known
			until = r.Until
			if until.IsZero() {
				until = c.Now.Add(24 * time.Hour)
			}
		}
		return node.Next{Do: node.DoWait, Until: until, On: wakers, Reason: r.Reason, Planned: until}
	case node.ResultUnknown:
		return node.Park("unknownSend")
	default:
		return node.Park("sendFailed")
	}
}

// Sentence reads the step.
func (s *send) Sentence(n node.Names) flow.Text {
	return node.Both(func(lang string) string {
		t := n.Of(node.NameTemplate, s.Template, lang)
		if s.Channel == "preferred" {
			return node.Pick(lang, "Send “"+t+"” by the customer's preferred channel", "按客户偏好渠道发送“"+t+"”")
		}
		c := n.Of(node.NameChannel, s.Channel, lang)
		return node.Pick(lang, "Send “"+t+"” by "+c, "通过"+c+"发送“"+t+"”")
	})
}
