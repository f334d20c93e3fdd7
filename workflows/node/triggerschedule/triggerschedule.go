// Package triggerschedule is the trigger "trigger.schedule": at each time of a
// calendar rule, one run starts for every subject that matches.
package triggerschedule

import (
	"fmt"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/node"
)

// Type is the node type.
var Type = node.Type{
	Name: "trigger.schedule", V: 1, Group: "trigger",
	Schema: `{"type":"object","required":["every","at"],"additionalProperties":false,"properties":{
	  "every":{"enum":["day","workday","week","month","firstWorkday"]},"weekday":{"type":"integer","minimum":1,"maximum":7},"day":{"type":"integer","minimum":1,"maximum":31},
	  "at":` + node.TimeSchema + `,"filter":` + node.FilterSchema + `}}`,
	Parse: node.Reads(func() *Trigger { return new(Trigger) }),
}

// Trigger is exported so that the scheduler can ask for the next time.
type Trigger struct {
	Every   string          `json:"every"`
	Weekday int             `json:"weekday"` // 1 Monday … 7 Sunday
	Day     int             `json:"day"`     // of the month; past its end means its last day
	At      value.TimeOfDay `json:"at"`
	Filter  node.When       `json:"filter"`
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

// Step goes on at once if the filter fits.
func (t *Trigger) Step(c *node.Ctx) node.Next {
	if !t.Filter.Match(c) {
		return node.End("exit", "notMatched")
	}
	next := node.Go("out")
	next.Planned = c.StartedAt
	return next
}

// Filters names the conditions.
func (t *Trigger) Filters() map[string]filter.Expr {
	return map[string]filter.Expr{"/filter": t.Filter.Expr}
}

// Sentence reads the step.
func (t *Trigger) Sentence() flow.Text {
	days := []string{"", "一", "二", "三", "四", "五", "六", "日"}
	switch t.Every {
	case "day":
		return node.Say("Start: every day at "+t.At.String(), "开始：每天 "+t.At.String())
	case "workday":
		return node.Say("Start: every working day at "+t.At.String(), "开始：每个工作日 "+t.At.String())
	case "week":
		return node.Say("Start: every "+time.Weekday(t.Weekday%7).String()+" at "+t.At.String(), "开始：每周"+days[t.Weekday]+" "+t.At.String())
	case "month":
		return node.Say(fmt.Sprintf("Start: on day %d of every month at %s", t.Day, t.At), fmt.Sprintf("开始：每月 %d 日 %s", t.Day, t.At))
	default:
		return node.Say("Start: on the first working day of every month at "+t.At.String(), "开始：每月首个工作日 "+t.At.String())
	}
}
