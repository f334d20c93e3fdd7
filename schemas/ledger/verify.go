package ledger

import "fmt"

// Violation is a message that should not have gone out, or a break in the journal.
type Violation struct {
	Account string `json:"account"`
	Seq     int64  `json:"seq"`
	Key     string `json:"key,omitempty"`
	Problem string `json:"problem"`
}

// Findings of replaying one account.
type Findings struct {
	Events, Messages, Sent, Failed, Unknown, Open, Crossed int64
	Violations                                             []Violation
}

// Verify replays an account's journal from the start and checks what every
// message saw against what the ledger says it should have seen: something
// collectable, no hold, no stop wish; that sequence and hash chain are whole;
// and that the replayed state is the stored one (stored may be nil).
func Verify(account string, events []Event, stored *State) Findings {
	var f Findings
	s := NewState(account)
	bad := func(e Event, format string, args ...any) {
		f.Violations = append(f.Violations, Violation{Account: account, Seq: e.Seq, Key: e.Key, Problem: fmt.Sprintf(format, args...)})
	}
	for _, e := range events {
		f.Events++
		if e.Seq != s.Seq+1 {
			bad(e, "journal gap: %d after %d", e.Seq, s.Seq)
			return f
		}
		if e.Prev != s.Head || e.sum() != e.Hash {
			bad(e, "hash chain broken")
			return f
		}
		f.message(s, e, bad)
		s.Apply(e)
	}
	if stored != nil && stored.Head != s.Head {
		bad(Event{Seq: stored.Seq}, "journal ends at %d, account is at %d", s.Seq, stored.Seq)
	}
	for _, i := range s.Intents {
		if i.Status == IntentOpen {
			f.Open++
		}
		if i.Status == IntentUnknown {
			f.Unknown++
		}
	}
	return f
}

func (f *Findings) message(s *State, e Event, bad func(Event, string, ...any)) {
	switch e.Type {
	case MessageIntended:
		f.Messages++
		f.granted(s, e, bad)
	case MessageSent:
		f.Sent++
	case MessageFailed:
		f.Failed++
	case MessageCrossed:
		f.Crossed++
	}
}

// granted checks a grant on the state just before it.
func (f *Findings) granted(s *State, e Event, bad func(Event, string, ...any)) {
	if s.Hold.Active(e.Value) {
		bad(e, "account was on hold")
	}
	if s.StopWish != nil {
		bad(e, "customer had asked to stop")
	}
	var sum int64
	for _, id := range e.Items {
		i := s.Items[id]
		n := s.Asked(id, e.Value)
		if i == nil || n <= 0 || i.Currency != e.Currency || i.Hold.Active(e.Value) {
			bad(e, "item %s was not collectable", id)
		}
		sum += n
	}
	if sum != e.Amount {
		bad(e, "message says %d, ledger says %d", e.Amount, sum)
	}
	if i := s.Intents[e.Key]; i != nil && i.Status != IntentFailed {
		bad(e, "second message of one key")
	}
}
