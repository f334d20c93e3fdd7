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
	Schema: `{"type":"object","required":["channel","template"],"additionalProperties":false,"properties":{
	  "channel":` + node.KeySchema + `,"template":` + node.KeySchema + `,
	  "fallback":{"type":"array","maxItems":5,"items":` + node.KeySchema + `}}}`,
	Parse: node.Reads(func() *send { return new(send) }),
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
		return node.Next{Do: node.DoWait, Until: until, On: wakers, Reason: r.Reason, Planned: until}
	case node.ResultUnknown:
		return node.Park("unknownSend")
	default:
		return node.Park("sendFailed")
	}
}

// Sentence reads the step.
func (s *send) Sentence() flow.Text {
	en := map[string]string{"email": "Send e-mail", "sms": "Send text message", "webhook": "Send by webhook", "sandbox": "Send (sandbox)", "preferred": "Send by the customer's preferred channel"}[s.Channel]
	zh := map[string]string{"email": "发送邮件", "sms": "发送短信", "webhook": "通过 Webhook 发送", "sandbox": "发送（沙箱）", "preferred": "按客户偏好渠道发送"}[s.Channel]
	if en == "" {
		en, zh = "Send by "+s.Channel, "通过 "+s.Channel+" 发送"
	}
	return node.Say(en+" “"+s.Template+"”", zh+"“"+s.Template+"”")
}
