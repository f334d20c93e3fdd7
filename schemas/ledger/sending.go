package ledger

import (
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
)

// Budget says how often a customer may be contacted: at most Max contacts in
// any span of Per. {1, 2 businessDay}: after a contact on Monday the next may
// be on Wednesday. Class narrows it to contacts of one class of channels (see
// Classes); empty counts them all.
type Budget struct {
	Max   int        `json:"max"`
	Per   value.Span `json:"per"`
	Class string     `json:"class,omitempty"`
}

// Rules are what a workspace and flow say about sending.
type Rules struct {
	Window   value.Window
	Calendar *value.Calendar
	Location *time.Location // where the window is told: the customer's zone, or the flow's
	Home     *time.Location // the customer's own zone, for quiet hours; nil is Location
	Budgets  []Budget       // all must allow it
	// Quiet are hours without any contact, whatever a window says.
	Quiet value.Hours
	// AfterTalk is how many days after a conversation there is no call; 0 = no such rule.
	AfterTalk int
	Spread    Spread
	// Duplicate is for how many days, its own included, a reminder of an invoice
	// keeps other flows from reminding of the same one; 0 = no such rule.
	Duplicate int
	// HeldReason is set while the whole workspace is on hold.
	HeldReason string
	// DataAt is when bank or ERP data last came in; MaxDataAge the limit, 0 = none.
	DataAt     time.Time
	MaxDataAge time.Duration
}

// Check is one condition of sending and how it stood. Until is when one that
// did not hold would, as far as time alone decides.
type Check struct {
	Key   string    `json:"key"`
	OK    bool      `json:"ok"`
	Until time.Time `json:"until,omitzero"`
}

// The verdicts on a wish to send.
const (
	Granted  = "granted"
	Deferred = "deferred"
	Refused  = "refused"
	Already  = "already" // this key was sent before
	Unknown  = "unknown" // this key was granted before and its end is not known
	Waiting  = "waiting" // this key was granted before and waits for a person
)

// Decision is the answer to a wish to send. Reason names the check that failed:
// paid, disputed, promised, held, hold, stopWish, workspaceHold, credit,
// window, calendar, quiet, budget, afterTalk, spread, stale, duplicate. Until is
// when a deferred one may be asked again. Items are those left in the message;
// Dropped says why others are not. Other is the flow whose reminder made this
// one a duplicate, or whose message used up the budget.
type Decision struct {
	Verdict string            `json:"verdict"`
	Reason  string            `json:"reason,omitempty"`
	Until   time.Time         `json:"until,omitzero"`
	Items   []string          `json:"items,omitempty"`
	Dropped map[string]string `json:"dropped,omitempty"`
	Other   string            `json:"other,omitempty"`
	Amount  int64             `json:"amount,omitempty"`
	Seq     int64             `json:"seq,omitempty"`
	Checks  []Check           `json:"checks,omitempty"`
}

// Intend asks whether a message may go out now, and records it if so. It is
// the linearisation point of sending: a payment written before it always
// prevents the message. Resend allows a key whose end is unknown to be granted
// again, for channels that drop repeats by key.
type Intend struct {
	Key      string
	Keys     []string // further step keys that this message answers (merged steps)
	Items    []string
	Currency value.Currency
	Channel  string
	Rules    Rules
	Resend   bool
	// Out receives the decision; decide sets it whether or not events follow.
	Out *Decision
}

func (c Intend) decide(s *State, n Now) ([]Event, error) {
	d := s.Evaluate(c, n)
	*c.Out = d
	switch d.Verdict {
	case Unknown:
		if i := s.Intents[c.Key]; i != nil && i.Status == IntentOpen {
			return []Event{{Type: MessageUnknown, Key: c.Key, Items: i.Items, Currency: i.Currency, Amount: i.Amount, Channel: i.Channel}}, nil
		}
		return nil, nil
	case Granted:
		if i := s.Intents[c.Key]; i != nil && i.Status != IntentFailed {
			return nil, nil // a resend of what the other end drops if it has it
		}
		c.Out.Seq = s.Seq + 1
		return []Event{{
			Type: MessageIntended, Key: c.Key, Keys: c.Keys, Items: d.Items, Currency: c.Currency, Amount: d.Amount,
			Channel: c.Channel, Checks: d.Checks, Value: value.DateOf(n.At.In(c.Rules.Location)),
		}}, nil
	default:
		return nil, nil
	}
}

// Answered gives the intent that answers a step key, its own or a merged one's,
// unless that message failed.
func (s *State) Answered(key string) (intentKey string, status string) {
	if i := s.Intents[key]; i != nil && i.Status != IntentFailed {
		return key, i.Status
	}
	for k, i := range s.Intents {
		if i.Status != IntentFailed && contains(i.Keys, key) {
			return k, i.Status
		}
	}
	return "", ""
}

// AnsweredKeys is Answered for all step keys at once: the intent by step key.
func (s *State) AnsweredKeys() map[string]string {
	out := map[string]string{}
	for _, key := range sortedKeys(s.Intents) {
		if i := s.Intents[key]; i.Status != IntentFailed {
			for _, k := range i.Keys {
				if out[k] == "" {
					out[k] = key
				}
			}
		}
	}
	for key, i := range s.Intents {
		if i.Status != IntentFailed {
			out[key] = key
		}
	}
	return out
}

// EndMessage records how a granted message ended: sent, failed or unknown.
// Repeats change nothing; sent and failed are final, unknown and waiting may
// still become either.
type EndMessage struct {
	Key    string
	Status string // IntentSent, IntentFailed, IntentUnknown, IntentWaiting
	Ref    string // the provider's id of the message
	Reason string // of a failure, safe to show
	Result string // of a call that a colleague has made, see CallResults
}

func (c EndMessage) decide(s *State, _ Now) ([]Event, error) {
	i := s.Intents[c.Key]
	if i == nil {
		return nil, fault.New(fault.NotFound, "ledger.noMessage", fault.Params{"key": c.Key})
	}
	if i.Status == c.Status || i.Status == IntentSent || i.Status == IntentFailed {
		return nil, nil
	}
	typ := map[string]string{IntentSent: MessageSent, IntentFailed: MessageFailed, IntentUnknown: MessageUnknown, IntentWaiting: MessageWaiting}[c.Status]
	if typ == "" {
		return nil, fault.At("/status", "enum", []string{IntentSent, IntentFailed, IntentUnknown, IntentWaiting})
	}
	return []Event{{
		Type: typ, Key: c.Key, Items: i.Items, Currency: i.Currency, Amount: i.Amount,
		Channel: i.Channel, Ref: c.Ref, Reason: c.Reason, Status: c.Result,
	}}, nil
}
