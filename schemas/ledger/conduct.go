package ledger

import (
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/value"
)

// The classes of channels that a budget may name.
const (
	ClassCall   = "call"
	ClassEmail  = "email"
	ClassText   = "text"
	ClassChat   = "chat"
	ClassLetter = "letter"
	ClassOther  = "other"
)

// Classes lists them, as settings offer them.
var Classes = []string{ClassCall, ClassText, ClassChat, ClassEmail, ClassLetter}

var classOf = map[string]string{
	"call": ClassCall, "voice": ClassCall, "email": ClassEmail, "sms": ClassText, "push": ClassChat, "letter": ClassLetter,
	"wecom-app": ClassChat, "wecom-bot": ClassChat, "wecom-customer": ClassChat, "wechat": ClassChat, "dingtalk": ClassChat, "feishu": ClassChat,
}

// ClassOf is the class of a channel; those that no rule speaks of are "other".
func ClassOf(channel string) string {
	if c := classOf[channel]; c != "" {
		return c
	}
	return ClassOther
}

// classOf is the class of a contact. Contacts recorded before they had a
// channel take it from their message, while that is known.
func (s *State) classOf(c Contact) string {
	if c.Kind == "call" {
		return ClassCall
	}
	if c.Channel == "" {
		if i := s.Intents[c.Key]; i != nil {
			return ClassOf(i.Channel)
		}
	}
	return ClassOf(c.Channel)
}

// FlowOf is the flow of a message key: keys begin with their run, runs with
// their flow.
func FlowOf(key string) string {
	flow, _, _ := strings.Cut(key, "/")
	return flow
}

// Reminder is what another flow has said about an invoice: which flow, and the
// first day on which that counts no more.
type Reminder struct {
	Flow  string
	Until value.Date
	seq   int64
}

// Reminders finds other flows' reminders, by invoice: those that went out, or
// may have, on today or the days before it, days in all, and answered no step
// of the given flows. The newest of an invoice counts. One walk over the
// intents, since an account may have thousands of invoices.
func (s *State) Reminders(flows []string, today value.Date, days int) map[string]Reminder {
	var out map[string]Reminder
	for key, i := range s.Intents {
		if i.Status == IntentFailed || int(today-i.Day) >= days || i.answers(key, flows) {
			continue
		}
		r := Reminder{FlowOf(key), i.Day + value.Date(days), i.Seq}
		for _, id := range i.Items {
			if was, ok := out[id]; !ok || was.seq < r.seq {
				put(&out, id, r)
			}
		}
	}
	return out
}

func (i *Intent) answers(key string, flows []string) bool {
	if contains(flows, FlowOf(key)) {
		return true
	}
	for _, k := range i.Keys {
		if contains(flows, FlowOf(k)) {
			return true
		}
	}
	return false
}

// flows are those whose steps a wish answers.
func (c Intend) flows() []string {
	out := []string{FlowOf(c.Key)}
	for _, k := range c.Keys {
		if f := FlowOf(k); !contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// home is where quiet hours are told: the customer's own zone.
func (r Rules) home() *time.Location {
	if r.Home != nil {
		return r.Home
	}
	return r.Location
}

// limit is one rule about time: its name, and when it holds from an instant on.
type limit struct {
	key  string
	next func(t time.Time) time.Time
}

// limits are the rules that only time can lift, in the order in which they are
// told. Each is a function of the instant, so that the first instant at which
// all hold is found by asking them in turn.
func (s *State) limits(c Intend) []limit {
	r := c.Rules
	out := []limit{{"window", func(t time.Time) time.Time { return r.Window.Next(t.In(r.Location), r.Calendar) }}}
	if !r.Quiet.None() {
		out = append(out, limit{"quiet", func(t time.Time) time.Time { return r.Quiet.After(t.In(r.home())) }})
	}
	from := func(day value.Date) func(time.Time) time.Time {
		return func(t time.Time) time.Time {
			if value.DateOf(t.In(r.Location)) >= day {
				return t
			}
			return day.At(0, r.Location)
		}
	}
	out = append(out, limit{"budget", from(s.NextContactDay(r, c.Key, c.Channel))})
	if r.AfterTalk > 0 && ClassOf(c.Channel) == ClassCall {
		out = append(out, limit{"afterTalk", from(s.NextCallDay(r))})
	}
	if r.Spread.Days > 0 {
		out = append(out, limit{"spread", func(t time.Time) time.Time { return r.spread(t.In(r.Location), s.ID) }})
	}
	return out
}

// maxLimitRounds bounds the search for an instant at which all rules hold: a
// year and more of single days.
const maxLimitRounds = 800

// allowed is the first instant from t on at which all limits hold. Where there
// is none in sight it is a day later, to be asked again then.
func allowed(t time.Time, limits []limit) time.Time {
	begin := t
	for range maxLimitRounds {
		was := t
		for _, l := range limits {
			t = l.next(t)
		}
		if t.Equal(was) {
			return t
		}
	}
	return begin.Add(24 * time.Hour)
}

// evaluateTime checks what only time can change. A failed check defers to the
// first instant at which all of them would hold; each says on its own when it
// would.
func (s *State) evaluateTime(d Decision, c Intend, n Now) Decision {
	r := c.Rules
	local := n.At.In(r.Location)
	limits := s.limits(c)
	for _, l := range limits {
		next := l.next(local)
		if !next.After(local) {
			d.pass(l.key)
			continue
		}
		key := l.key
		if key == "window" {
			key = r.Window.Check(local, r.Calendar)
		}
		d.hinder(key, allowed(next, limits[:1]).UTC())
	}
	until := allowed(local, limits)
	switch {
	case r.MaxDataAge <= 0 || n.At.Sub(r.DataAt) <= r.MaxDataAge:
		d.pass("fresh")
	case d.Verdict == Deferred:
		d.hinder("stale", time.Time{})
	default:
		// Nobody knows when data comes in: it is asked again within the hour.
		until = allowed(local.Add(time.Hour), limits)
		d.hinder("stale", time.Time{})
	}
	if d.Verdict == Deferred {
		d.Until, d.Other = until.UTC(), ""
		if d.Reason == "budget" {
			d.Other = s.SpentBy(r, c.Key, c.Channel)
		}
	}
	return d
}

// hinder notes a check that time lifts; the first one is the reason.
func (d *Decision) hinder(key string, until time.Time) {
	d.Checks = append(d.Checks, Check{Key: key, Until: until})
	if d.Verdict != Deferred {
		d.Verdict, d.Reason = Deferred, key
	}
}

// NextCallDay is the first day on which calls are allowed again after the last
// conversation; 0 when there was none or no rule speaks of it.
func (s *State) NextCallDay(r Rules) value.Date {
	if r.AfterTalk <= 0 {
		return 0
	}
	for k := len(s.Contacts) - 1; k >= 0; k-- {
		if s.Contacts[k].Talk {
			return value.DateOf(s.Contacts[k].At.In(r.Location)) + value.Date(r.AfterTalk)
		}
	}
	return 0
}
