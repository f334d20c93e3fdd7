// Package triggerschedule is the trigger "trigger.schedule": at each time of a
// calendar rule, one run starts for every subject that matches.
package triggerschedule

import (
	"fmt"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/node"
)

// Type is the node type.
var Type = node.Type{
	Name: "trigger.schedule", V: 1, Group: "trigger",
	Title: node.Say("On a schedule", "按日程"), About: node.Say("Starts every day, week or month, one run for each invoice or customer that fits.", "每天、每周或每月开始，符合条件的每张账单或每位客户各一次。"),
	Schema: `{"type":"object","required":["every","at"],"additionalProperties":false,"properties":{
	  "every":` + node.Titled("Every", "频率", node.Choices("day", "Day", "每天", "workday", "Working day", "每个工作日", "week", "Week", "每周", "month", "Month", "每月", "firstWorkday", "First working day of the month", "每月首个工作日")) + `,
	  "weekday":` + node.Titled("Day of the week", "星期", node.Helped("1 is Monday, 7 is Sunday.", "1 为周一，7 为周日。", `{"type":"integer","minimum":1,"maximum":7}`)) + `,
	  "day":` + node.Titled("Day of the month", "日期", `{"type":"integer","minimum":1,"maximum":31}`) + `,
	  "at":` + node.Titled("At", "时间", node.TimeSchema) + `,
	  "filter":` + node.Titled("For whom", "对象", node.FilterSchema) + `}}`,
	Defaults: `{"every":"workday","at":"09:00"}`,
	Parse:    node.Reads(func() *Trigger { return new(Trigger) }),
}

// Trigger is exported so that the scheduler can ask for the next time.
type Trigger struct {
	node.OnlyIf
	Every   string          `json:"every"`
	Weekday int             `json:"weekday"` // 1 Monday … 7 Sunday
	Day     int             `json:"day"`     // of the month; past its end means its last day
	At      value.TimeOfDay `json:"at"`
}

// Check asks for the weekday or day that the rule needs.
func (t *Trigger) Check() error {
	if t.Every == "week" && t.Weekday == 0 {
		return fault.At("/weekday", "required", nil)
	}
	if t.Every == "month" && t.Day == 0 {
		return fault.At("/day", "required", nil)
	}
	return nil
}

// After is the first time of the rule after t, in loc.
func (t *Trigger) After(after time.Time, loc *time.Location, cal *value.Calendar) time.Time {
	d := value.DateOf(after.In(loc))
	for range 800 {
		if t.fits(d, cal) {
			if at := d.At(t.At, loc); at.After(after) {
				return at
			}
		}
		d++
	}
	return time.Time{}
}

func (t *Trigger) fits(d value.Date, cal *value.Calendar) bool {
	switch t.Every {
	case "day":
		return true
	case "workday":
		return cal.IsWorkday(d)
	case "week":
		return int(d.Weekday()+6)%7+1 == t.Weekday
	case "month":
		last := value.NewDate(d.Year(), d.Month()+1, 0).Day()
		return d.Day() == min(t.Day, last)
	default: // firstWorkday of the month
		return d == cal.NextWorkday(value.NewDate(d.Year(), d.Month(), 1))
	}
}

// Starts runs when the scheduler says so.
func (t *Trigger) Starts(e node.Event) bool { return e.Type == node.EventSchedule }

// Sentence reads the step.
func (t *Trigger) Sentence(n node.Names) flow.Text {
	days := []string{"", "一", "二", "三", "四", "五", "六", "日"}
	at := t.At.String()
	return node.Both(func(lang string) string {
		var s string
		switch t.Every {
		case "day":
			s = node.Pick(lang, "Every day at ", "每天 ")
		case "workday":
			s = node.Pick(lang, "Every working day at ", "每个工作日 ")
		case "week":
			s = node.Pick(lang, "Every "+time.Weekday(t.Weekday%7).String()+" at ", "每周"+days[t.Weekday]+" ")
		case "month":
			s = node.Pick(lang, fmt.Sprintf("On day %d of every month at ", t.Day), fmt.Sprintf("每月 %d 日 ", t.Day))
		default:
			s = node.Pick(lang, "On the first working day of every month at ", "每月首个工作日 ")
		}
		return s + at + n.If(t.Filter.Expr, lang)
	})
}
