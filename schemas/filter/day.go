package filter

import (
	"encoding/json"
	"time"

	"github.com/dueflow/dueflow/schemas/value"
)

// Day is an operand that is a day in the reader's place: counted from today,
// or for an instant a date. OnDay turns it into text; before that it equals
// nothing, and no store takes it.
type Day struct {
	Offset int    // days from today, negative for the past
	On     string // a date instead
	// Whole compares an instant with the day from its first moment to its last,
	// instead of a date with the day.
	Whole bool
}

// MaxOffset is how many days a Day may lie from today: some thirty years.
const MaxOffset = 11_000

// The keys of a Day in JSON.
const (
	todayKey = "today"
	wholeKey = "wholeDay"
)

// MarshalJSON gives {"today":n}, {"wholeDay":n} or {"wholeDay":"2026-03-31"}.
func (d Day) MarshalJSON() ([]byte, error) {
	key, v := todayKey, any(d.Offset)
	if d.Whole {
		key = wholeKey
	}
	if d.On != "" {
		v = d.On
	}
	return json.Marshal(map[string]any{key: v})
}

// date is the day, shifted by some more.
func (d Day) date(today value.Date, more int) value.Date {
	if on, err := value.ParseDate(d.On); err == nil {
		today = on
	}
	return today + value.Date(d.Offset+more)
}

// bind gives the comparison with the day as text. An instant is on a day, from
// its first moment to before the next day's.
func (c Cmp) bind(now time.Time, loc *time.Location) Cmp {
	d, ok := c.Value.(Day)
	if !ok {
		return c
	}
	today := value.DateOf(now.In(loc))
	if !d.Whole {
		c.Value = d.date(today, 0).String()
		return c
	}
	more := 0
	switch c.Op {
	case OpLte:
		c.Op, more = OpLt, 1
	case OpGt:
		c.Op, more = OpGte, 1
	}
	c.Value = value.Instant(d.date(today, more).At(0, loc))
	return c
}

// takesDay tells whether the operator takes a Day.
func (o Op) takesDay() bool {
	switch o {
	case OpEq, OpNe, OpLt, OpLte, OpGt, OpGte:
		return true
	}
	return false
}

// ParseTimed is Parse for conditions whose reader calls OnDay: their operands
// may be days.
func ParseTimed(raw []byte) (Expr, error) { return parse(raw, true) }

// day reads a Day, if v is written as one.
func (p *parser) day(c Cmp, v any, at string) (Day, bool) {
	m, ok := v.(map[string]any)
	if !ok || !p.timed || !c.Op.takesDay() || len(m) != 1 {
		return Day{}, false
	}
	for _, key := range []string{todayKey, wholeKey} {
		v, has := m[key]
		if !has {
			continue
		}
		d := Day{Whole: key == wholeKey}
		if s, ok := v.(string); ok && d.Whole {
			if _, err := value.ParseDate(s); err != nil {
				p.fail(at+"/"+key, "type", "date")
			}
			d.On = s
			return d, true
		}
		n, _ := v.(json.Number)
		i, _ := number(n)
		offset, whole := i.(int64)
		switch {
		case !whole:
			p.fail(at+"/"+key, "type", "integer")
		case offset < -MaxOffset || offset > MaxOffset:
			p.fail(at+"/"+key, "range", MaxOffset)
		}
		d.Offset = int(offset)
		return d, true
	}
	return Day{}, false
}

// OnDay gives e as it reads at an instant in a place: with every Day replaced
// by text. An e without them is given back as it is.
func OnDay(e Expr, now time.Time, loc *time.Location) Expr {
	if !timed(e) {
		return e
	}
	switch e := e.(type) {
	case All:
		return All(onDayAll(e, now, loc))
	case Any:
		return Any(onDayAll(e, now, loc))
	case Not:
		return Not{Of: OnDay(e.Of, now, loc)}
	case Cmp:
		return e.bind(now, loc)
	}
	return e
}

func onDayAll(es []Expr, now time.Time, loc *time.Location) []Expr {
	out := make([]Expr, len(es))
	for i, e := range es {
		out[i] = OnDay(e, now, loc)
	}
	return out
}

// timed tells whether a Day is in e.
func timed(e Expr) bool {
	switch e := e.(type) {
	case All:
		for _, x := range e {
			if timed(x) {
				return true
			}
		}
	case Any:
		for _, x := range e {
			if timed(x) {
				return true
			}
		}
	case Not:
		return timed(e.Of)
	case Cmp:
		_, ok := e.Value.(Day)
		return ok
	}
	return false
}
