package policies

import (
	"maps"
	"slices"
)

// Explanation is why something is allowed or not.
type Explanation struct {
	Allowed bool `json:"allowed"`
	// Reason is "system", "allowed", "denied" by a row, "none" when no row
	// allows it, or "workspace" for an actor of another workspace.
	Reason string `json:"reason"`
	// Rules are the rows on the actor's roles, the object and the action.
	Rules []Decided `json:"rules"`
	// Masked are the access tags that stay hidden, sorted.
	Masked []string `json:"masked,omitempty"`
}

// Decided is a row and what it did.
type Decided struct {
	Rule
	// Row is its place among the policy's rows, from 0.
	Row int `json:"row"`
	// Holds tells whether the account is in the row's scope; without an
	// account, whether it can be in it (allow) or must be (deny).
	Holds bool `json:"holds"`
	// Decides marks the rows without which the answer could be another.
	Decides bool `json:"decides"`
}

// Explain answers for one account, given by its fields, or in general for a
// nil account, and names the rows that decide.
func (e *Engine) Explain(a Actor, object, action string, account map[string]any) Explanation {
	switch {
	case a.System:
		return Explanation{Allowed: true, Reason: "system", Rules: []Decided{}}
	case a.Workspace != e.workspace:
		return Explanation{Reason: "workspace", Rules: []Decided{}}
	}
	roles := e.knownRoles(a)
	q := question{roleSet(roles), object, action}
	x := Explanation{Rules: []Decided{}, Reason: "none"}
	e.rows.ask(roles, q, func(row int) bool {
		x.Rules = append(x.Rules, Decided{Rule: e.policy.Rules[row], Row: row, Holds: e.holds(row, a, account)})
		return false // so that every row is asked
	})
	x.Allowed = e.rows.ask(roles, q, func(row int) bool { return e.holds(row, a, account) })
	decisive := Deny
	if x.Allowed {
		x.Reason, decisive = "allowed", Allow
	}
	for i, r := range x.Rules {
		if r.Decides = r.Holds && r.Effect == decisive; r.Decides && !x.Allowed {
			x.Reason = "denied"
		}
		x.Rules[i] = r
	}
	if g := e.grant(a, object, action); x.Allowed && g != nil {
		x.Masked = slices.Sorted(maps.Keys(g.masked))
	}
	return x
}

func (e *Engine) holds(row int, a Actor, account map[string]any) bool {
	s := e.reaches[row]
	if account == nil {
		return e.policy.Rules[row].Effect == Allow || s.all()
	}
	return s.holds(a, account)
}
