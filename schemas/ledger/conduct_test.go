package ledger

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dueflow/dueflow/schemas/value"
)

// may asks about a message of a channel under changed rules, and records it
// when it may go out.
func may(s *State, key, channel string, n Now, change func(*Rules)) Decision {
	r := rules()
	r.Budgets = nil
	change(&r)
	var d Decision
	if _, err := Execute(s, Intend{Key: key, Items: []string{"i"}, Currency: "CNY", Channel: channel, Rules: r, Out: &d}, n); err != nil {
		panic(err)
	}
	return d
}

func owing(t *testing.T) *State {
	t.Helper()
	s := NewState("c")
	must(t, s, book("i", 1000, "2026-01-01"), now("2026-01-01", "08:00"))
	return s
}

func deferredTo(t *testing.T, what string, d Decision, reason, until string) {
	t.Helper()
	if d.Verdict != Deferred || d.Reason != reason || d.Until.In(sh).Format("2006-01-02T15:04") != until {
		t.Errorf("%s: %s %s until %s, want %s until %s", what, d.Verdict, d.Reason, d.Until.In(sh), reason, until)
	}
}

// TestQuietHours: they are told in the customer's own zone, and a wider window
// of a flow does not open them.
func TestQuietHours(t *testing.T) {
	s := owing(t)
	ny, _ := value.Location("America/New_York")
	always := func(r *Rules) {
		r.Window = value.Window{From: 0, To: 1440, Days: "every"}
		r.Quiet = value.Hours{From: 22 * 60, To: 8 * 60}
	}
	deferredTo(t, "at night", may(s, "f/i/1", "email", now("2026-11-18", "23:00"), always), "quiet", "2026-11-19T08:00")
	deferredTo(t, "a call at night", may(s, "f/i/1", "call", now("2026-11-18", "07:00"), always), "quiet", "2026-11-18T08:00")
	abroad := func(r *Rules) { always(r); r.Home = ny }
	// 10:00 in Shanghai is 21:00 in New York; 11:00 is 22:00.
	if d := may(NewWholeState("x"), "f/i/0", "email", now("2026-11-18", "10:00"), abroad); d.Reason != "paid" {
		t.Fatalf("%+v", d)
	}
	deferredTo(t, "night at the customer's", may(s, "f/i/1", "email", now("2026-11-18", "11:00"), abroad), "quiet", "2026-11-18T21:00")
	if d := may(s, "f/i/1", "email", now("2026-11-18", "10:00"), abroad); d.Verdict != Granted {
		t.Errorf("evening at the customer's: %+v", d)
	}
}

func TestBudgetOfAClass(t *testing.T) {
	three := func(r *Rules) {
		r.Budgets = []Budget{{Max: 3, Per: value.Span{Value: 1, Unit: value.Day}, Class: ClassCall}}
	}
	s := owing(t)
	for k := range 3 {
		must(t, s, LogCall{Key: fmt.Sprint("c", k), Result: "unreachable"}, now("2026-11-18", "10:00"))
	}
	deferredTo(t, "the fourth call", may(s, "f/i/1", "call", now("2026-11-18", "11:00"), three), "budget", "2026-11-19T09:00")
	deferredTo(t, "an automatic call", may(s, "f/i/1", "voice", now("2026-11-18", "11:00"), three), "budget", "2026-11-19T09:00")
	if d := may(s, "f/i/1", "email", now("2026-11-18", "11:00"), three); d.Verdict != Granted {
		t.Errorf("an e-mail: %+v", d)
	}
	if d := may(s, "f/i/2", "call", now("2026-11-19", "09:00"), three); d.Verdict != Granted {
		t.Errorf("a call the next day: %+v", d)
	}
	mails := func(r *Rules) {
		r.Budgets = []Budget{{Max: 1, Per: value.Span{Value: 5, Unit: value.Day}, Class: ClassEmail}}
	}
	s = owing(t)
	must(t, s, LogCall{Key: "c", Result: "reached"}, now("2026-11-18", "10:00"))
	if d := may(s, "f/i/1", "email", now("2026-11-18", "11:00"), mails); d.Verdict != Granted {
		t.Errorf("the first e-mail after a call: %+v", d)
	}
	deferredTo(t, "the second e-mail", may(s, "f/i/2", "email", now("2026-11-19", "11:00"), mails), "budget", "2026-11-23T09:00")
	week := func(r *Rules) {
		r.Budgets = []Budget{{Max: 7, Per: value.Span{Value: 7, Unit: value.Day}, Class: ClassCall}}
	}
	s = owing(t)
	for k := range 7 {
		must(t, s, LogCall{Key: fmt.Sprint("c", k), Result: "unreachable"}, now("2026-11-16", "10:00"))
	}
	deferredTo(t, "the eighth call", may(s, "f/i/1", "call", now("2026-11-18", "11:00"), week), "budget", "2026-11-23T09:00")
}

// TestNoCallAfterAConversation: neither after one that was logged nor after
// one that a flow had asked for; trying in vain is no conversation.
func TestNoCallAfterAConversation(t *testing.T) {
	seven := func(r *Rules) { r.AfterTalk = 7 }
	s := owing(t)
	must(t, s, LogCall{Key: "a", Result: "voicemail"}, now("2026-11-17", "10:00"))
	if d := may(s, "f/i/1", "call", now("2026-11-17", "11:00"), seven); d.Verdict != Granted {
		t.Fatalf("after a voicemail: %+v", d)
	}
	must(t, s, EndMessage{Key: "f/i/1", Status: IntentWaiting}, now("2026-11-17", "11:00"))
	must(t, s, EndMessage{Key: "f/i/1", Status: IntentSent, Result: "promised"}, now("2026-11-18", "15:00"))
	deferredTo(t, "after a call that a flow asked for", may(s, "f/i/2", "call", now("2026-11-19", "10:00"), seven), "afterTalk", "2026-11-25T09:00")
	if d := may(s, "f/i/2", "email", now("2026-11-19", "10:00"), seven); d.Verdict != Granted {
		t.Errorf("an e-mail after a conversation: %+v", d)
	}
	s = owing(t)
	must(t, s, LogCall{Key: "a", Result: "reached"}, now("2026-11-18", "23:30"))
	deferredTo(t, "after a logged call", may(s, "f/i/2", "call", now("2026-11-24", "10:00"), seven), "afterTalk", "2026-11-25T09:00")
}

// TestOneCallIsOneContact: a call that a flow asked for and that is logged by
// hand is one contact, not two.
func TestOneCallIsOneContact(t *testing.T) {
	s := owing(t)
	none := func(*Rules) {}
	may(s, "f/i/1", "call", now("2026-11-17", "11:00"), none)
	must(t, s, EndMessage{Key: "f/i/1", Status: IntentWaiting}, now("2026-11-17", "11:00"))
	ev := must(t, s, LogCall{Key: "a", Result: "reached"}, now("2026-11-18", "10:00"))
	if len(s.Contacts) != 1 || s.Contacts[0].Kind != "call" || !s.Contacts[0].Talk || ev[0].Ref != "f/i/1" {
		t.Errorf("contacts %+v after %+v", s.Contacts, ev)
	}
	two := func(r *Rules) { r.Budgets = []Budget{{Max: 2, Per: value.Span{Value: 1, Unit: value.Day}}} }
	if d := may(s, "f/i/2", "email", now("2026-11-18", "11:00"), two); d.Verdict != Granted {
		t.Errorf("the second contact of the day: %+v", d)
	}
}

// TestDuplicateGuard: another flow's reminder of the same invoice keeps it out
// for some days; the flow's own, a failed one and other invoices do not.
func TestDuplicateGuard(t *testing.T) {
	guard := func(r *Rules) { r.Duplicate = 3 }
	s := owing(t)
	must(t, s, book("j", 500, "2026-01-01"), now("2026-01-01", "08:00"))
	n := now("2026-11-17", "10:00")
	if d := may(s, "first/i/send/1", "email", n, guard); d.Verdict != Granted {
		t.Fatalf("%+v", d)
	}
	d := may(s, "second/i/send/1", "sms", n, guard)
	if d.Verdict != Refused || d.Reason != "duplicate" || d.Other != "first" || d.Dropped["i"] != "duplicate" || d.Until.In(sh).Format("2006-01-02") != "2026-11-20" {
		t.Errorf("the other flow: %+v", d)
	}
	if d := may(s, "first/i/send/2", "sms", n, guard); d.Verdict != Granted {
		t.Errorf("the same flow: %+v", d)
	}
	var both Decision
	r := rules()
	r.Budgets, r.Duplicate = nil, 3
	if _, err := Execute(s, Intend{Key: "second/c/all/1/CNY", Items: []string{"i", "j"}, Currency: "CNY", Channel: "email", Rules: r, Out: &both}, n); err != nil {
		t.Fatal(err)
	}
	if both.Verdict != Granted || len(both.Items) != 1 || both.Items[0] != "j" || both.Dropped["i"] != "duplicate" || both.Amount != 500 || both.Other != "first" || !both.Until.IsZero() {
		t.Errorf("two invoices, one of them reminded of: %+v", both)
	}
	if d := may(s, "second/i/send/1", "sms", now("2026-11-20", "10:00"), guard); d.Verdict != Granted {
		t.Errorf("after three days: %+v", d)
	}
	must(t, s, EndMessage{Key: "second/i/send/1", Status: IntentFailed}, now("2026-11-20", "10:00"))
	if d := may(s, "third/i/send/1", "sms", now("2026-11-20", "10:00"), guard); d.Verdict != Granted {
		t.Errorf("after a failed one: %+v", d)
	}
	if d := may(s, "fourth/i/send/1", "sms", now("2026-11-20", "10:00"), func(*Rules) {}); d.Verdict != Granted {
		t.Errorf("without a guard: %+v", d)
	}
}

// TestSpreadAfterGoldenWeek: 1–7 October are holidays; Thursday the 8th, Friday
// the 9th and the make-up Saturday the 10th share what piled up, a third each,
// in the first two hours; nobody is lost and nobody comes twice.
func TestSpreadAfterGoldenWeek(t *testing.T) {
	r := rules()
	r.Spread = Spread{Gap: 4, Days: 3, Minutes: 120}
	const n = 3000
	days := map[string]int{}
	early := 0
	for k := range n {
		c := Intend{Items: []string{"i"}, Currency: "CNY", Channel: "email", Rules: r}
		s := NewState(fmt.Sprint("customer-", k))
		must(t, s, book("i", 1000, "2026-01-01"), now("2026-01-01", "08:00"))
		first := s.Evaluate(c, now("2026-10-03", "10:00"))
		at := first.Until
		if first.Verdict != Deferred || first.Reason != "calendar" {
			t.Fatalf("in the holidays: %+v", first)
		}
		if d := s.Evaluate(c, Now{At: at, Today: value.DateOf(at.In(sh)), Calendar: cn}); d.Verdict != Granted {
			t.Fatalf("at its time %s: %+v", at.In(sh), d)
		}
		local := at.In(sh)
		days[local.Format("2006-01-02")]++
		if tod := value.TimeOfDayOf(local); tod < 540 || tod >= 660 {
			t.Fatalf("at %s", local)
		} else if tod < 600 {
			early++
		}
		asked := s.Evaluate(c, now("2026-10-08", "09:00"))
		if asked.Verdict == Deferred && (asked.Reason != "spread" || !asked.Until.Equal(at)) {
			t.Fatalf("asked on the first morning: %+v, before it was %s", asked, at)
		}
	}
	for _, day := range []string{"2026-10-08", "2026-10-09", "2026-10-10"} {
		if days[day] < n/3-n/20 || days[day] > n/3+n/20 {
			t.Errorf("%s takes %d of %d", day, days[day], n)
		}
	}
	if len(days) != 3 || early < n*4/10 || early > n*6/10 {
		t.Errorf("days %v, %d in the first hour", days, early)
	}
}

// TestSpreadBeginsAtTheGap: Easter is four days off in Britain, which is what
// the rule says; with five it is an ordinary Tuesday.
func TestSpreadBeginsAtTheGap(t *testing.T) {
	gb, _ := value.CalendarByID("gb")
	london, _ := value.Location("Europe/London")
	tuesday := value.MustDate("2026-04-07").At(9*60, london)
	for gap, want := range map[int]bool{4: true, 5: false} {
		held := false
		for k := range 20 {
			s := NewState(fmt.Sprint("c", k))
			must(t, s, book("i", 1000, "2026-01-01"), now("2026-01-01", "08:00"))
			r := Rules{Window: value.Window{From: 540, To: 1080}, Calendar: gb, Location: london, Spread: Spread{Gap: gap, Days: 3, Minutes: 60}}
			d := s.Evaluate(Intend{Key: "f/i/1", Items: []string{"i"}, Currency: "CNY", Channel: "email", Rules: r}, Now{At: tuesday, Today: value.DateOf(tuesday), Calendar: gb})
			held = held || d.Reason == "spread"
		}
		if held != want {
			t.Errorf("a gap of %d: held back %v", gap, held)
		}
	}
}

// TestSpreadLeavesAloneWhatIsNoGap: a weekend, a long weekend, days later.
func TestSpreadLeavesAloneWhatIsNoGap(t *testing.T) {
	spread := func(r *Rules) { r.Spread = Spread{Gap: 4, Days: 3, Minutes: 120} }
	for _, at := range []string{"2026-11-23", "2026-06-22", "2026-10-12", "2026-10-13"} {
		s := owing(t)
		if d := may(s, "f/i/1", "email", now(at, "09:00"), spread); d.Verdict != Granted {
			t.Errorf("%s: %+v", at, d)
		}
	}
}

// TestRulesProperties: over random rules, contacts and moments, a deferred
// message is granted at the moment it was deferred to, not before it, and the
// moment breaks no rule. Rules read back from JSON decide alike.
func TestRulesProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawRules(t)
		s := NewState(rapid.StringMatching(`[a-z]{4}`).Draw(t, "id"))
		begin := value.MustDate("2026-09-20")
		at := begin.At(0, sh)
		if _, err := Execute(s, BookInvoice{Invoice: "i", Number: "i", Currency: "CNY", Amount: 9, Issue: begin - 9, Due: begin - 3}, Now{At: at, Today: begin, Calendar: cn}); err != nil {
			t.Fatal(err)
		}
		for k := range rapid.IntRange(0, 6).Draw(t, "calls") {
			at = at.Add(time.Duration(rapid.IntRange(0, 4000).Draw(t, "later")) * time.Minute)
			if _, err := Execute(s, LogCall{Key: fmt.Sprint("c", k), Result: rapid.SampledFrom([]string{"reached", "unreachable"}).Draw(t, "result")}, Now{At: at, Today: value.DateOf(at), Calendar: cn}); err != nil {
				t.Fatal(err)
			}
		}
		at = at.Add(time.Duration(rapid.IntRange(0, 20_000).Draw(t, "asked")) * time.Minute)
		c := Intend{Key: "f/i/1", Items: []string{"i"}, Currency: "CNY", Channel: rapid.SampledFrom([]string{"call", "email", "sms"}).Draw(t, "channel"), Rules: r}
		moment := func(at time.Time) Now { return Now{At: at, Today: value.DateOf(at.In(sh)), Calendar: cn} }
		d := s.Evaluate(c, moment(at))
		if d.Verdict == Deferred {
			if !d.Until.After(at) {
				t.Fatalf("deferred to the past: %+v", d)
			}
			between := at.Add(time.Duration(rapid.Int64Range(0, int64(d.Until.Sub(at))-1).Draw(t, "between")))
			if early := s.Evaluate(c, moment(between)); early.Verdict == Granted {
				t.Fatalf("granted at %s, before %s", between.In(sh), d.Until.In(sh))
			}
			at = d.Until
			d = s.Evaluate(c, moment(at))
		}
		if d.Verdict != Granted {
			t.Fatalf("at the moment itself: %+v", d)
		}
		local, home := at.In(r.Location), at.In(r.Home)
		if r.Window.Check(local, cn) != "" || !r.Quiet.None() && r.Quiet.Has(value.TimeOfDayOf(home)) {
			t.Fatalf("granted at %s, at home %s", local, home)
		}
		if c.Channel == "call" && s.NextCallDay(r) > value.DateOf(local) {
			t.Fatalf("a call on %s after a conversation, next on %s", local, s.NextCallDay(r))
		}
		checkBudgets(t, s, r, c.Channel, local)
	})
}

func drawRules(t *rapid.T) Rules {
	ny, _ := value.Location("America/New_York")
	r := Rules{
		Window: value.Window{From: 9 * 60, To: 18 * 60, Days: rapid.SampledFrom([]string{"working", "every"}).Draw(t, "days")}, Calendar: cn, Location: sh,
		Home:      rapid.SampledFrom([]*time.Location{sh, ny}).Draw(t, "home"),
		AfterTalk: rapid.IntRange(0, 8).Draw(t, "afterTalk"), Duplicate: rapid.IntRange(0, 5).Draw(t, "duplicate"),
	}
	if r.Home == sh {
		r.Quiet = value.Hours{From: value.TimeOfDay(rapid.IntRange(15, 23).Draw(t, "quiet") * 60), To: value.TimeOfDay(rapid.IntRange(0, 12).Draw(t, "loud") * 60)}
	} else { // 9 to 18 in Shanghai is 20 or 21 to 5 or 6 in New York
		r.Quiet = value.Hours{From: 23 * 60, To: value.TimeOfDay(rapid.IntRange(0, 7).Draw(t, "loud") * 60)}
	}
	if rapid.Bool().Draw(t, "spread") {
		r.Spread = Spread{Gap: rapid.IntRange(2, 6).Draw(t, "gap"), Days: rapid.IntRange(1, 5).Draw(t, "over"), Minutes: rapid.IntRange(0, 300).Draw(t, "minutes")}
	}
	for range rapid.IntRange(0, 3).Draw(t, "budgets") {
		r.Budgets = append(r.Budgets, Budget{
			Max: rapid.IntRange(1, 3).Draw(t, "max"), Class: rapid.SampledFrom([]string{"", ClassCall, ClassEmail}).Draw(t, "class"),
			Per: value.Span{Value: rapid.IntRange(1, 7).Draw(t, "per"), Unit: rapid.SampledFrom([]value.Unit{value.Day, value.BusinessDay}).Draw(t, "unit")},
		})
	}
	return r
}

// checkBudgets counts contacts on its own, apart from the code under test.
func checkBudgets(t *rapid.T, s *State, r Rules, channel string, at time.Time) {
	for _, b := range r.Budgets {
		if b.Class != "" && b.Class != ClassOf(channel) {
			continue
		}
		n := 0
		for _, k := range s.Contacts { // all of them are calls
			if (b.Class == "" || b.Class == ClassCall) && b.Per.AddToDate(value.DateOf(k.At.In(r.Location)), cn) > value.DateOf(at) {
				n++
			}
		}
		if n >= b.Max {
			t.Fatalf("%d contacts within %+v at %s", n, b, at)
		}
	}
}

// TestOldAccountsRead: an account and a budget written before there were
// classes read, and count as they did.
func TestOldAccountsRead(t *testing.T) {
	var s State
	old := `{"id":"c","seq":9,"head":"x","items":{"i":{"number":"i","currency":"CNY","amount":5,"issue":"2026-01-01","due":"2026-01-02"}},
	 "contacts":[{"at":"2026-11-17T02:00:00Z","kind":"message","key":"f/i/0"},{"at":"2026-11-18T02:00:00Z","kind":"call","key":"a"}],
	 "intents":{"f/i/0":{"items":["i"],"currency":"CNY","amount":5,"channel":"email","at":"2026-11-17T02:00:00Z","day":"2026-11-17","status":"sent","seq":4}}}`
	if err := json.Unmarshal([]byte(old), &s); err != nil {
		t.Fatal(err)
	}
	var b Budget
	if err := json.Unmarshal([]byte(`{"max":2,"per":{"value":2,"unit":"day"}}`), &b); err != nil {
		t.Fatal(err)
	}
	deferredTo(t, "both count", may(&s, "f/i/1", "email", now("2026-11-18", "11:00"), func(r *Rules) { r.Budgets = []Budget{b} }), "budget", "2026-11-19T09:00")
	if d := may(&s, "f/i/1", "call", now("2026-11-18", "11:00"), func(r *Rules) { b.Class = ClassEmail; r.Budgets = []Budget{b} }); d.Verdict != Granted {
		t.Errorf("a call under a budget of e-mails: %+v", d)
	}
	b.Max, b.Per.Value = 1, 3
	if d := s.Evaluate(Intend{Key: "f/i/3", Items: []string{"i"}, Currency: "CNY", Channel: "email", Rules: func() Rules { r := rules(); r.Budgets = []Budget{b}; return r }()}, now("2026-11-18", "12:00")); d.Reason != "budget" {
		t.Errorf("an old e-mail counts as one: %+v", d)
	}
}
