package policies

import (
	"encoding/json"
	"slices"

	"github.com/dueflow/dueflow/schemas/filter"
)

// Rule is one row: a role may, or may not, do an action on an object for the
// accounts in a scope.
type Rule struct {
	// Role is the key of a role in the same policy.
	Role string `json:"role"`
	// Object is one of Objects, the key of a form of the company's own,
	// "record" for all of those, or "*".
	Object string `json:"object"`
	// Action is one of Actions or "*"; "write" covers create, update and delete,
	// and all Commands.
	Action string `json:"action"`
	Scope  Scope  `json:"scope"`
	Effect Effect `json:"effect"`
}

// Effect is what a row does.
type Effect string

// The effects. A deny that holds overrides every allow.
const (
	Allow Effect = "allow"
	Deny  Effect = "deny"
)

// Scope says for which accounts a row holds: All, Own, Team, or the JSON of a
// filter over account fields (owner, team, tier, region, id, …). In JSON a
// filter is written as the object that it is.
type Scope string

// The scopes that have a name.
const (
	All  Scope = "all"  // every account
	Own  Scope = "own"  // owner is the actor
	Team Scope = "team" // team is one of the actor's, or owner is the actor
)

func (s Scope) named() bool { return s == All || s == Own || s == Team }

// MarshalJSON writes a name as text and a filter as an object.
func (s Scope) MarshalJSON() ([]byte, error) {
	if !s.named() && json.Valid([]byte(s)) && s[0] == '{' {
		return []byte(s), nil
	}
	return json.Marshal(string(s))
}

// UnmarshalJSON reads both forms; Policy.Check judges what was read.
func (s *Scope) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		*s = Scope(text)
		return nil
	}
	*s = Scope(raw)
	return nil
}

// Mask hides the fields with an access tag from a role.
type Mask struct {
	Role   string `json:"role"`
	Access string `json:"access"`
}

// Role names a role. Shipped roles have no Name; their text key is
// "role."+Key.
type Role struct {
	Key  string `json:"key"`
	Name string `json:"name,omitempty"`
}

// Policy is all rows of one workspace.
type Policy struct {
	Roles []Role `json:"roles"`
	Rules []Rule `json:"rules"`
	Masks []Mask `json:"masks"`
}

// HasRole tells whether the policy knows a role.
func (p Policy) HasRole(key string) bool {
	return slices.ContainsFunc(p.Roles, func(r Role) bool { return r.Key == key })
}

// The objects and actions with a meaning of their own; Any is all of them.
const (
	Any    = "*"
	Record = "record"
	Write  = "write"
)

// byAccount are the objects that belong to accounts; only their rows may have
// a scope other than All.
var byAccount = []string{
	"customer", "contact", "invoice", "payment", "reminder", Record,
	"account", "journal", "run", "message", "task", "batch", "insight",
}

var ofWorkspace = []string{
	"flow", "form", "template", "pack", "workspace", "user", "role", "key", "audit",
}

var actions = []string{
	"read", "create", "update", "delete", Write, "export", "control", "publish", "review",
}

// commands are the actions on the ledger of an account.
var commands = []string{"promise", "dispute", "hold", "contact", "payment", "credit"}

// Objects lists what rows can speak of; every other object is taken for the
// key of a form of the company's own.
func Objects() []string { return append(slices.Clone(byAccount), ofWorkspace...) }

// Actions lists what can be done with objects, without Commands.
func Actions() []string { return slices.Clone(actions) }

// Commands lists what can be done with the object "account" besides: promises,
// disputes, holds and stop wishes, notes of contact, allocating and reversing
// payments, and credit (credit notes, write-offs, cancelled invoices).
func Commands() []string { return slices.Clone(commands) }

// scoped tells whether a row on the object may have a scope other than All.
func scoped(object string) bool {
	return object != Any && !slices.Contains(ofWorkspace, object)
}

func custom(object string) bool {
	return !slices.Contains(byAccount, object) && !slices.Contains(ofWorkspace, object)
}

// objectIn tells whether a row's object covers the one asked for.
func objectIn(asked, row string) bool {
	return row == Any || row == asked || row == Record && custom(asked)
}

// actionIn tells whether a row's action covers the one asked for.
func actionIn(asked, row string) bool {
	if row == Any || row == asked {
		return true
	}
	return row == Write && (asked == "create" || asked == "update" || asked == "delete" || slices.Contains(commands, asked))
}

// reach is a compiled scope.
type reach struct {
	scope Scope
	expr  filter.Expr // of a filter
}

func (r reach) all() bool { return r.scope == All }

// personal tells whether the filter depends on the actor.
func (r reach) personal() bool { return r.scope == Own || r.scope == Team }

// of is the scope as a filter for an actor; nil is everything. An actor
// without an id owns nothing, and without teams has only what they own.
func (r reach) of(a Actor) filter.Expr {
	own := filter.None()
	if a.ID != "" {
		own = filter.Eq("owner", a.ID)
	}
	switch r.scope {
	case All:
		return nil
	case Own:
		return own
	case Team:
		teams := slices.DeleteFunc(slices.Clone(a.Teams), func(t string) bool { return t == "" })
		if len(teams) == 0 {
			return own
		}
		return filter.Or(own, filter.In("team", teams...))
	}
	return r.expr
}

func (r reach) holds(a Actor, account map[string]any) bool {
	return filter.Match(r.of(a), account)
}
