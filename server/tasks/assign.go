package tasks

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/value"
)

func turnID(team string) string {
	sum := sha256.Sum256([]byte(team))
	return hex.EncodeToString(sum[:12])
}

// Assignment is who a task goes to. For names whom the assignee stands in for.
type Assignment struct {
	Assignee, For string
}

// Asked is a task that has to go to somebody.
type Asked struct {
	// Named is whom the step or a person named, "" for nobody.
	Named string
	// Queued tasks wait for a role or team, and go to nobody without a rule.
	Queued   bool
	Customer map[string]any // the customer's record
	Today    value.Date
	People   []policies.Actor // who can log in
	// MaySee tells whether somebody may see the account: nobody else gets it.
	MaySee func(policies.Actor) bool
}

// Assign finds who a task goes to: whom it names, else whom the first rule
// that fits names; and their deputy while they are away. People who are gone
// or may not see the account get nothing.
func (s *Service) Assign(ctx context.Context, ws string, q Asked) (Assignment, error) {
	active := func(id string) bool {
		k := slices.IndexFunc(q.People, func(a policies.Actor) bool { return a.ID == id })
		return k >= 0 && q.MaySee(q.People[k])
	}
	named := q.Named
	if named != "" && !active(named) {
		named = ""
	}
	set, err := s.GetSettings(ctx, ws)
	if err != nil {
		return Assignment{}, err
	}
	away, err := s.Absences(ctx, ws, q.Today)
	if err != nil {
		return Assignment{}, err
	}
	if named == "" {
		if named, err = s.byRule(ctx, ws, set, q, away, active); err != nil {
			return Assignment{}, err
		}
	}
	if owner, _ := q.Customer["owner"].(string); named == "" && q.Named != "" && !q.Queued && active(owner) {
		named = owner // whom it named has gone
	}
	if named == "" {
		return Assignment{}, nil
	}
	out := Assignment{Assignee: Deputy(named, q.Today, away, active)}
	if out.Assignee != named {
		out.For = named
	}
	return out, nil
}

func (s *Service) byRule(ctx context.Context, ws string, set TaskSettings, q Asked, away map[string]Absence, active func(string) bool) (string, error) {
	r, ok := set.RuleFor(q.Customer)
	if !ok {
		return "", nil
	}
	switch r.To {
	case byUser:
		if active(r.User) {
			return r.User, nil
		}
	case byOwner:
		if owner, _ := q.Customer["owner"].(string); active(owner) {
			return owner, nil
		}
	case byTeam:
		var there []string
		for _, p := range q.People {
			if slices.Contains(p.Teams, r.Team) && !away[p.ID].Away(q.Today) && q.MaySee(p) {
				there = append(there, p.ID)
			}
		}
		slices.Sort(there)
		return s.turnOf(ctx, ws, r.Team, there)
	}
	return "", nil
}
