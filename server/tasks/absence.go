package tasks

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

const absences = "absence"

// Absence is when somebody is away, and who does their tasks meanwhile.
type Absence struct {
	User   string     `json:"user"`
	From   value.Date `json:"from"`
	To     value.Date `json:"to"` // the last day
	Deputy string     `json:"deputy,omitempty"`
}

// Away tells whether it holds on a day.
func (a Absence) Away(day value.Date) bool { return a.User != "" && a.From <= day && day <= a.To }

// maxAbsence is how long one may be, in days.
const maxAbsence = 400

// SetAbsence notes when somebody is away. active tells whether somebody may be
// given tasks. Faults: Invalid.
func (s *Service) SetAbsence(ctx context.Context, ws string, a Absence, active func(string) bool) error {
	var bad []fault.Field
	if a.From == 0 {
		bad = append(bad, fault.Field{Pointer: "/from", Rule: "required"})
	}
	if a.To < a.From || a.To > a.From+maxAbsence {
		bad = append(bad, fault.Field{Pointer: "/to", Rule: "afterStart", Limit: maxAbsence})
	}
	if a.Deputy != "" && (a.Deputy == a.User || !active(a.Deputy)) {
		bad = append(bad, fault.Field{Pointer: "/deputy", Rule: "reference"})
	}
	if err := fault.InvalidFields(bad); err != nil {
		return err
	}
	body, err := json.Marshal(a)
	if err != nil {
		return err
	}
	col := s.store.In(ws, absences)
	if _, err = col.Insert(ctx, a.User, body); fault.Is(err, fault.Conflict) {
		_, err = col.Replace(ctx, store.Doc{ID: a.User, Body: body}, 0)
	}
	return err
}

// EndAbsence says that somebody is there.
func (s *Service) EndAbsence(ctx context.Context, ws, user string) error {
	err := s.store.In(ws, absences).Delete(ctx, user, 0)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// Absences gives those that are not over on a day, by user.
func (s *Service) Absences(ctx context.Context, ws string, day value.Date) (map[string]Absence, error) {
	out := map[string]Absence{}
	err := s.store.In(ws, absences).Each(ctx, store.Query{Limit: 500}, func(d store.Doc) error {
		var a Absence
		if err := json.Unmarshal(d.Body, &a); err != nil {
			return err
		}
		if a.To >= day {
			out[a.User] = a
		}
		return nil
	})
	return out, err
}

// maxDeputies is how far deputies of deputies are asked.
const maxDeputies = 5

// Deputy is who does somebody's tasks on a day: they themselves, or the first
// of their deputies who is there; they themselves again if nobody is.
func Deputy(user string, day value.Date, away map[string]Absence, active func(string) bool) string {
	at := user
	for range maxDeputies {
		a := away[at]
		if !a.Away(day) {
			return at
		}
		if a.Deputy == "" || a.Deputy == user || !active(a.Deputy) {
			return user
		}
		at = a.Deputy
	}
	return user
}
