package tasks

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
)

const (
	settings  = "taskSettings"
	rulesID   = "rules"
	maxRules  = 100
	maxDays   = 60
	byOwner   = "owner"
	byUser    = "user"
	byTeam    = "team"
	toManager = "finance-manager"
)

// AssignRule says who gets a task that names nobody: the first rule whose condition
// over the customer's record holds.
type AssignRule struct {
	Name string `json:"name" maxLength:"100"`
	// When is a filter over the customer's fields, such as region, tier or open
	// amount; none fits all.
	When json.RawMessage `json:"when,omitempty"`
	// To is owner, user, or team: its people in turn.
	To   string `json:"to" enum:"owner,user,team"`
	User string `json:"user,omitempty" maxLength:"80"`
	Team string `json:"team,omitempty" maxLength:"100"`
}

// TaskSettings are those of a workspace's tasks.
type TaskSettings struct {
	Rules []AssignRule `json:"rules" maxItems:"100"`
	// Due is how many working days a task has that names no date; default 1.
	Due int `json:"dueDays"`
	// Remind is how many working days before the due date its owner is told
	// again; 0 is on the day. Less than 0 never.
	Remind int `json:"remindDays"`
	// Escalate is how many working days after the due date the people of
	// EscalateTo are told; 0 never.
	Escalate   int    `json:"escalateDays"`
	EscalateTo string `json:"escalateTo" maxLength:"60"`
	Version    int64  `json:"version,omitempty"`
}

func standard() TaskSettings {
	return TaskSettings{Rules: []AssignRule{}, Due: 1, Remind: 0, Escalate: 2, EscalateTo: toManager}
}

// GetSettings gives a workspace's settings; version 0 is the standard.
func (s *Service) GetSettings(ctx context.Context, ws string) (TaskSettings, error) {
	out := standard()
	d, err := s.store.In(ws, settings).Get(ctx, rulesID)
	if fault.Is(err, fault.NotFound) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	err = json.Unmarshal(d.Body, &out)
	out.Version = d.Ver
	return out, err
}

// SaveSettings changes them. known judges fields of conditions, active tells
// whether somebody may be given tasks. Faults: Invalid, Conflict
// "store.version".
func (s *Service) SaveSettings(ctx context.Context, ws string, in TaskSettings, ifVersion int64, known func(string) (filter.Type, bool), active func(string) bool) (TaskSettings, error) {
	if err := in.check(known, active); err != nil {
		return in, err
	}
	in.Version = 0
	body, err := json.Marshal(in)
	if err != nil {
		return in, err
	}
	col := s.store.In(ws, settings)
	var d store.Doc
	if ifVersion == 0 {
		if d, err = col.Insert(ctx, rulesID, body); fault.Is(err, fault.Conflict) {
			err = fault.New(fault.Conflict, "store.version", nil)
		}
	} else {
		d, err = col.Replace(ctx, store.Doc{ID: rulesID, Body: body}, ifVersion)
	}
	in.Version = d.Ver
	return in, err
}

func (in TaskSettings) check(known func(string) (filter.Type, bool), active func(string) bool) error {
	var bad []fault.Field
	at := func(pointer, rule string, ok bool, limit any) {
		if !ok {
			bad = append(bad, fault.Field{Pointer: pointer, Rule: rule, Limit: limit})
		}
	}
	at("/rules", "maxItems", len(in.Rules) <= maxRules, maxRules)
	at("/dueDays", "maximum", in.Due >= 0 && in.Due <= maxDays, maxDays)
	at("/remindDays", "maximum", in.Remind >= -1 && in.Remind <= maxDays, maxDays)
	at("/escalateDays", "maximum", in.Escalate >= 0 && in.Escalate <= maxDays, maxDays)
	at("/escalateTo", "required", in.Escalate == 0 || in.EscalateTo != "", nil)
	for k, r := range in.Rules {
		p := "/rules/" + strconv.Itoa(k)
		at(p+"/to", "enum", slices.Contains([]string{byOwner, byUser, byTeam}, r.To), nil)
		at(p+"/user", "reference", r.To != byUser || active(r.User), nil)
		at(p+"/team", "required", r.To != byTeam || r.Team != "", nil)
		if e, err := parseWhen(r.When); err != nil {
			at(p+"/when", "filter", false, nil)
		} else if e != nil && filter.Check(e, known) != nil {
			at(p+"/when", "unknownField", false, nil)
		}
	}
	return fault.InvalidFields(bad)
}

func parseWhen(raw json.RawMessage) (filter.Expr, error) {
	if len(raw) == 0 || string(raw) == "null" || string(raw) == "{}" {
		return nil, nil
	}
	return filter.Parse(raw)
}

// RuleFor is the first rule that a customer's record fits.
func (in TaskSettings) RuleFor(customer map[string]any) (AssignRule, bool) {
	for _, r := range in.Rules {
		e, err := parseWhen(r.When)
		if err == nil && (e == nil || filter.Match(e, customer)) {
			return r, true
		}
	}
	return AssignRule{}, false
}

// turnOf gives the next of some people in turn, over all processes. people is
// in the order of their ids.
func (s *Service) turnOf(ctx context.Context, ws, team string, people []string) (string, error) {
	if len(people) == 0 {
		return "", nil
	}
	col := s.store.In(ws, settings)
	id := "turn-" + turnID(team)
	for range 50 {
		var last struct {
			Last string `json:"last"`
		}
		d, err := col.Get(ctx, id)
		fresh := fault.Is(err, fault.NotFound)
		if err != nil && !fresh {
			return "", err
		}
		if !fresh {
			if err := json.Unmarshal(d.Body, &last); err != nil {
				return "", err
			}
		}
		next := people[0]
		for _, p := range people {
			if p > last.Last {
				next = p
				break
			}
		}
		last.Last = next
		body, err := json.Marshal(last)
		if err != nil {
			return "", err
		}
		if fresh {
			_, err = col.Insert(ctx, id, body)
		} else {
			_, err = col.Replace(ctx, store.Doc{ID: id, Body: body}, d.Ver)
		}
		if fault.Is(err, fault.Conflict) {
			continue
		}
		return next, err
	}
	return "", fault.New(fault.Unavailable, "busy", nil)
}
