package ledger

import (
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
)

// CallResults are the results of a phone call.
var CallResults = []string{"reached", "voicemail", "unreachable", "invoiceNotReceived", "waitingApproval", "dispute", "paymentUnderWay", "paid"}

// Talked tells whether a result of a call means that somebody was spoken to; a
// call whose result is not known counts as one.
func Talked(result string) bool { return result != "voicemail" && result != "unreachable" }

// LogCall records a call with the customer; it spends contact budget. With Rules
// a call that they do not allow now needs a Reason, which the journal keeps.
type LogCall struct {
	Key, Result, Note, Reason string
	Rules                     *Rules
}

func (c LogCall) decide(s *State, n Now) ([]Event, error) {
	if err := firstErr(checkID("/key", c.Key), checkText("/note", c.Note), checkText("/reason", c.Reason)); err != nil {
		return nil, err
	}
	if !contains(CallResults, c.Result) {
		return nil, fault.At("/result", "enum", CallResults)
	}
	for _, k := range s.Contacts {
		if k.Key == c.Key {
			return nil, nil
		}
	}
	if c.Rules != nil && strings.TrimSpace(c.Reason) == "" {
		if why, _ := s.WhyNoCall(*c.Rules, n); why != "" {
			return nil, fault.At("/reason", "callReason", why)
		}
	}
	return []Event{{Type: ContactLogged, Key: c.Key, Channel: "call", Status: c.Result, Note: c.Note, Reason: c.Reason, Ref: s.callWaiting()}}, nil
}

// WhyNoCall says which rule does not allow a person's call now (window, calendar,
// quiet, budget, afterTalk), and when all of them would; "" when they do. A call
// that a message waits for has its share of the budget already.
func (s *State) WhyNoCall(r Rules, n Now) (why string, until time.Time) {
	r.MaxDataAge, r.Spread = 0, Spread{} // they are about what goes out by itself
	d := s.evaluateTime(Decision{Verdict: Granted}, Intend{Key: s.callWaiting(), Channel: "call", Rules: r}, n)
	return d.Reason, d.Until
}

// callWaiting is the newest message that asks for a call not made yet, so that
// the call is not counted twice.
func (s *State) callWaiting() string {
	key, newest := "", int64(0)
	for k, i := range s.Intents {
		if i.Status == IntentWaiting && i.Channel == "call" && i.Seq > newest {
			key, newest = k, i.Seq
		}
	}
	return key
}
