package ledger

import (
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
)

// The stages of an account: what people and flows do about it now. The first
// that fits counts.
const (
	StageHold     = "onHold"   // held, or asked not to be contacted
	StageDisputed = "disputed" // a dispute is open
	StagePromised = "promised" // a promise to pay is open
	StageNone     = "none"
)

// Stage is where an account stands on a day. A dispute about what has been paid
// since holds nothing up; it counts again if the payment is reversed.
func (s *State) Stage(today value.Date) string {
	if s.Hold.Active(today) || s.StopWish != nil {
		return StageHold
	}
	for _, i := range s.Items {
		if len(i.Disputes) > 0 && i.Open() > 0 {
			return StageDisputed
		}
	}
	for _, p := range s.Promises {
		if p.Status == PromiseOpen {
			return StagePromised
		}
	}
	return StageNone
}

// InStage runs a command only while the account is in a stage: whoever moves a
// card has seen it there. Fault: Conflict "ledger.moved".
type InStage struct {
	Stage string
	Then  Command
}

func (c InStage) decide(s *State, n Now) ([]Event, error) {
	if now := s.Stage(n.Today); now != c.Stage {
		return nil, fault.New(fault.Conflict, "ledger.moved", fault.Params{"stage": now})
	}
	return c.Then.decide(s, n)
}

// Release takes an account out of its stage: holds are lifted, promises
// cancelled and disputes closed as far as they make the stage. What the
// customer asked (a stop wish) only a review lifts.
type Release struct{ Stage string }

func (c Release) decide(s *State, n Now) ([]Event, error) {
	var out []Event
	switch c.Stage {
	case StageHold:
		if s.StopWish != nil {
			return nil, refuse("stopWish", nil)
		}
		if s.Hold != nil {
			out = append(out, Event{Type: HoldLifted, Reason: "moved"})
		}
	case StagePromised:
		for _, id := range sortedKeys(s.Promises) {
			if s.Promises[id].Status == PromiseOpen {
				events, err := CancelPromise{Promise: id}.decide(s, n)
				if err != nil {
					return nil, err
				}
				out = append(out, events...)
			}
		}
	case StageDisputed:
		for _, id := range sortedKeys(s.Items) {
			for _, d := range s.Items[id].Disputes {
				events, err := CloseDispute{Invoice: id, Dispute: d.ID, Outcome: "rejected"}.decide(s, n)
				if err != nil {
					return nil, err
				}
				out = append(out, events...)
			}
		}
	}
	return out, nil
}

// Sequence is two commands as one: both happen or neither. The second sees what
// the first has done.
type Sequence struct{ First, Then Command }

func (c Sequence) decide(s *State, n Now) ([]Event, error) {
	first, err := c.First.decide(s, n)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	after := NewState(s.ID)
	if err := json.Unmarshal(raw, after); err != nil {
		return nil, err
	}
	if _, err := Execute(after, c.First, n); err != nil {
		return nil, err
	}
	then, err := c.Then.decide(after, n)
	return append(first, then...), err
}
