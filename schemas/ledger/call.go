package ledger

import "github.com/dueflow/dueflow/schemas/fault"

// CallResults are the results of a phone call.
var CallResults = []string{"reached", "voicemail", "unreachable", "invoiceNotReceived", "waitingApproval", "dispute", "paymentUnderWay", "paid"}

// Talked tells whether a result of a call means that somebody was spoken to; a
// call whose result is not known counts as one.
func Talked(result string) bool { return result != "voicemail" && result != "unreachable" }

// LogCall records a call with the customer; it spends contact budget.
type LogCall struct {
	Key, Result, Note string
}

func (c LogCall) decide(s *State, _ Now) ([]Event, error) {
	if err := firstErr(checkID("/key", c.Key), checkText("/note", c.Note)); err != nil {
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
	return []Event{{Type: ContactLogged, Key: c.Key, Channel: "call", Status: c.Result, Note: c.Note, Ref: s.callWaiting()}}, nil
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
