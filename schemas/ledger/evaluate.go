package ledger

import (
	"time"

	"github.com/dueflow/dueflow/schemas/value"
)

// Evaluate is the decision without recording it: what sending asks, what
// rehearsal and "why / why not" show.
func (s *State) Evaluate(c Intend, n Now) Decision {
	if i := s.Intents[c.Key]; i != nil {
		switch {
		case i.Status == IntentSent:
			return Decision{Verdict: Already, Items: i.Items, Amount: i.Amount, Seq: i.Seq}
		case i.Status == IntentWaiting:
			return Decision{Verdict: Waiting, Items: i.Items, Amount: i.Amount, Seq: i.Seq}
		case i.Status == IntentFailed || c.Resend:
			// failed ones may be tried again under the same key
		default:
			return Decision{Verdict: Unknown, Reason: "unknown", Items: i.Items, Amount: i.Amount, Seq: i.Seq}
		}
	}
	d := s.sift(c, n)
	if d.Verdict == Refused {
		return d
	}
	if reason := s.accountHold(c.Rules, n); reason != "" {
		return d.fail(Refused, reason)
	}
	d.pass("hold")
	return s.evaluateTime(d, c, n)
}

// sift drops the items that must not be in the message and refuses an empty one.
func (s *State) sift(c Intend, n Now) Decision {
	d := Decision{Verdict: Granted}
	promised := s.Promised(n.Today)
	reason := "paid"
	var reminded map[string]Reminder
	if c.Rules.Duplicate > 0 {
		reminded = s.Reminders(c.flows(), value.DateOf(n.At.In(c.Rules.Location)), c.Rules.Duplicate)
	}
	for _, id := range c.Items {
		why := s.whyNot(id, c.Currency, promised, n.Today)
		if r, ok := reminded[id]; ok && why == "" {
			why, d.Other = "duplicate", r.Flow
			if at := c.Rules.Window.Next(r.Until.At(0, c.Rules.Location), c.Rules.Calendar).UTC(); d.Until.IsZero() || at.Before(d.Until) {
				d.Until = at
			}
		}
		if why == "" {
			i := s.Items[id]
			d.Items = append(d.Items, id)
			d.Amount += i.asked(promised[id], n.Today)
			continue
		}
		if d.Dropped == nil {
			d.Dropped = map[string]string{}
		}
		d.Dropped[id] = why
		reason = why
	}
	if len(d.Items) == 0 {
		if reason != "duplicate" {
			d.Other, d.Until = "", time.Time{}
		}
		return d.fail(Refused, reason)
	}
	d.Until = time.Time{}
	// Money received that is on no invoice yet covers it all: asking for it
	// would be asking for money that has been paid.
	if s.Unapplied()[c.Currency] >= d.Amount {
		return d.fail(Refused, "credit")
	}
	return d.pass("collectable")
}

// WhyNot gives what says why an item may not be in a message of a currency on
// a day: paid, cancelled, writtenOff, held, disputed, promised; "" when it may.
// It holds for the state as it is now, for as many items as are asked for.
func (s *State) WhyNot(today value.Date) func(id string, cur value.Currency) string {
	promised := s.Promised(today)
	return func(id string, cur value.Currency) string { return s.whyNot(id, cur, promised, today) }
}

func (s *State) whyNot(id string, cur value.Currency, promised map[string]int64, today value.Date) string {
	i := s.Items[id]
	switch {
	case i == nil || i.Currency != cur || i.Open() <= 0 && !i.Cancelled && i.WrittenOff == 0:
		return "paid"
	case i.Cancelled:
		return "cancelled"
	case i.Open() <= 0:
		return "writtenOff"
	case i.Hold.Active(today):
		return "held"
	case i.asked(0, today) <= 0:
		return "disputed"
	case i.asked(promised[id], today) <= 0:
		return "promised"
	}
	return ""
}

func (s *State) accountHold(r Rules, n Now) string {
	switch {
	case s.StopWish != nil:
		return "stopWish"
	case s.Hold.Active(n.Today):
		return "hold"
	case r.HeldReason != "":
		return "workspaceHold"
	}
	return ""
}

// NextContactDay is the first day on which the budgets allow another contact by
// a channel, not counting the contact of key itself. Without a channel only
// the budgets over all contacts count.
func (s *State) NextContactDay(r Rules, key, channel string) value.Date {
	next, _ := s.spent(r, key, channel)
	return next
}

// spent is NextContactDay with the newest contact of those that used up the
// budget which lasts longest; none when the budgets leave room.
func (s *State) spent(r Rules, key, channel string) (next value.Date, by Contact) {
	for _, b := range r.Budgets {
		if b.Max <= 0 || b.Class != "" && (channel == "" || b.Class != ClassOf(channel)) {
			continue
		}
		count := 0
		var newest Contact
		for k := len(s.Contacts) - 1; k >= 0; k-- {
			if s.Contacts[k].Key == key || b.Class != "" && b.Class != s.classOf(s.Contacts[k]) {
				continue
			}
			if count++; count == 1 {
				newest = s.Contacts[k]
			}
			if count == b.Max {
				day := b.Per.AddToDate(value.DateOf(s.Contacts[k].At.In(r.Location)), r.Calendar)
				if day > next {
					next, by = day, newest
				}
				break
			}
		}
	}
	return next, by
}

// SpentBy is the flow whose message was the newest of the contacts that used up
// the budget; "" when a person's call was, or the budgets leave room.
func (s *State) SpentBy(r Rules, key, channel string) string {
	if _, by := s.spent(r, key, channel); by.Kind == "message" {
		return FlowOf(by.Key)
	}
	return ""
}

func (d *Decision) pass(key string) Decision {
	d.Checks = append(d.Checks, Check{Key: key, OK: true})
	return *d
}

func (d Decision) fail(verdict, reason string) Decision {
	d.Verdict, d.Reason = verdict, reason
	d.Checks = append(d.Checks, Check{Key: reason})
	return d
}
