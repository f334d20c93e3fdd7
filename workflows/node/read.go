package node

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/value"
)

// Reads makes a Parse function for settings of type T.
func Reads[T Node](make func() T) func(json.RawMessage) (Node, error) {
	return func(cfg json.RawMessage) (Node, error) {
		n := make()
		if err := json.Unmarshal(cfg, n); err != nil {
			return nil, err
		}
		if c, ok := any(n).(interface{ Check() error }); ok {
			if err := c.Check(); err != nil {
				return nil, err
			}
		}
		return n, nil
	}
}

// When is a condition in settings. Days from today in it are counted at the
// moment the step looks.
type When struct{ Expr filter.Expr }

// UnmarshalJSON parses the filter language.
func (w *When) UnmarshalJSON(b []byte) error {
	e, err := filter.ParseTimed(b)
	w.Expr = e
	return err
}

// Match tells whether the subject fits; an absent condition fits everything.
func (w When) Match(c *Ctx) bool {
	return w.Expr == nil || filter.Match(filter.OnDay(w.Expr, c.Now, c.Loc), c.Doc)
}

// CheckSpan refuses spans that are too long, and negative ones unless allowed.
func CheckSpan(pointer string, s value.Span, negative string) error {
	if !s.Valid() || s.Value < 0 && negative != "negative" {
		return fault.At(pointer, "span", nil)
	}
	return nil
}

// DateField reads a date or instant field of the subject, as a date in loc.
func (c *Ctx) DateField(path string) (value.Date, bool) {
	s, ok := filter.Lookup(c.Doc, path).(string)
	if !ok || s == "" {
		return 0, false
	}
	if len(s) > 10 {
		t, err := value.ParseInstant(s)
		return value.DateOf(t.In(c.Loc)), err == nil
	}
	d, err := value.ParseDate(s)
	return d, err == nil
}

// AfterSpan is the instant a span after from: whole days land at the time of
// day "at" if one is set, else at the same time of day.
func (c *Ctx) AfterSpan(from time.Time, s value.Span, at *value.TimeOfDay) time.Time {
	t := s.Add(from.In(c.Loc), c.Calendar, c.Loc)
	if at != nil && s.IsDays() {
		return value.DateOf(t).At(*at, c.Loc)
	}
	return t
}

// SpanText reads "3 working days" / "3 个工作日".
func SpanText(s value.Span, lang string) string {
	n := s.Value
	if n < 0 {
		n = -n
	}
	if lang == "zh-CN" {
		return fmt.Sprintf("%d %s", n, map[value.Unit]string{value.Minute: "分钟", value.Hour: "小时", value.Day: "天", value.BusinessDay: "个工作日", value.Week: "周"}[s.Unit])
	}
	u := map[value.Unit]string{value.Minute: "minute", value.Hour: "hour", value.Day: "day", value.BusinessDay: "working day", value.Week: "week"}[s.Unit]
	if n != 1 {
		u += "s"
	}
	return fmt.Sprintf("%d %s", n, u)
}

// Say makes a sentence in both languages.
func Say(en, zh string) flow.Text { return flow.Text{"en": en, "zh-CN": zh} }
