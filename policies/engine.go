// Package policies says who may: it turns the rows of a workspace's policy
// (role, object, action, scope, effect) into answers, and each answer into one
// filter over account fields that lists, counts and searches pass through. It
// is pure; it knows no storage and no users, only the roles an actor brings.
// It is the only door to casbin, which matches rows to requests and lets deny
// override; scopes are this package's own.
package policies

import (
	"slices"
	"strings"
	"sync"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
)

// Engine answers for one workspace and one policy. It does not change and is
// safe for concurrent use. Answers are remembered per set of roles, so that a
// call costs about a microsecond after the first.
type Engine struct {
	workspace string
	policy    Policy
	reaches   []reach                    // by row
	masks     map[string]map[string]bool // role → tags
	roles     map[string]bool
	named     map[string]bool // forms of the company's own that rows name

	mu    sync.RWMutex
	known map[question]*grant

	rows *matcher
}

// question is what grants are remembered by.
type question struct{ roles, object, action string }

// maxKnown bounds the memory; what is forgotten is worked out again.
const maxKnown = 20_000

// grant is the answer to a question before it is known who asks.
type grant struct {
	ok          bool
	allow, deny []reach
	fixed       bool // scope is the same for everyone
	scope       filter.Expr
	masked      map[string]bool
}

// New makes the engine. Its error is that of p.Check.
func New(workspace string, p Policy) (*Engine, error) {
	if err := p.Check(nil); err != nil {
		return nil, err
	}
	e := &Engine{
		workspace: workspace, policy: p, masks: map[string]map[string]bool{}, named: map[string]bool{},
		roles: map[string]bool{}, known: map[question]*grant{},
	}
	for _, r := range p.Roles {
		e.roles[r.Key] = true
	}
	for _, r := range p.Rules {
		c, err := compile(r.Scope)
		if err != nil {
			return nil, err
		}
		e.reaches = append(e.reaches, c)
		e.named[r.Object] = true
	}
	for _, m := range p.Masks {
		if e.masks[m.Role] == nil {
			e.masks[m.Role] = map[string]bool{}
		}
		e.masks[m.Role][m.Access] = true
	}
	var err error
	e.rows, err = newMatcher(workspace, p.Rules)
	return e, err
}

// Policy is what the engine was made of; it must not be changed.
func (e *Engine) Policy() Policy { return e.policy }

// Can tells whether the actor may do the action on some of the objects.
func (e *Engine) Can(a Actor, object, action string) bool {
	if a.System {
		return true
	}
	g := e.grant(a, object, action)
	return g != nil && g.ok
}

// CanManage tells whether the actor may change the policy itself.
func (e *Engine) CanManage(a Actor) bool { return e.Can(a, "role", "update") }

// View is for which accounts the actor may do the action, and what is masked
// meanwhile: the union of the allowed scopes without the denied ones. An
// access tag is masked unless a role that allows the action does not mask it.
// The view must not be changed. Fault: Denied "policy.denied".
func (e *Engine) View(a Actor, object, action string) (View, error) {
	if a.System {
		return View{}, nil
	}
	g := e.grant(a, object, action)
	if g == nil || !g.ok {
		return View{}, fault.New(fault.Denied, "policy.denied", fault.Params{"object": object, "action": action})
	}
	v := View{Scope: g.scope, Masked: g.masked}
	if !g.fixed {
		v.Scope = g.scopeFor(a)
	}
	return v, nil
}

// scopeFor builds the filter for an actor.
func (g *grant) scopeFor(a Actor) filter.Expr {
	denied := make([]filter.Expr, len(g.deny))
	for i, r := range g.deny {
		denied[i] = filter.Negate(r.of(a))
	}
	allowed := make([]filter.Expr, len(g.allow))
	for i, r := range g.allow {
		if allowed[i] = r.of(a); allowed[i] == nil { // everything: Or would drop it
			return filter.And(denied...)
		}
	}
	return filter.And(append([]filter.Expr{filter.Or(allowed...)}, denied...)...)
}

// grant gives the remembered answer; nil when the actor is of another
// workspace or has no role in this one.
func (e *Engine) grant(a Actor, object, action string) *grant {
	roles := e.knownRoles(a)
	if len(roles) == 0 {
		return nil
	}
	if custom(object) && !e.named[object] {
		object = Record // no row tells such forms apart
	}
	q := question{roleSet(roles), object, action}
	e.mu.RLock()
	g, ok := e.known[q]
	e.mu.RUnlock()
	if ok {
		return g
	}
	g = e.decide(roles, q)
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.known) >= maxKnown {
		clear(e.known)
	}
	e.known[q] = g
	return g
}

// decide works out a grant. The rows are asked in general, not for one
// account: every allow holds somewhere, a deny holds everywhere only if it is
// for all accounts.
func (e *Engine) decide(roles []string, q question) *grant {
	g := &grant{fixed: true}
	var granting []string
	g.ok = e.rows.ask(roles, q, func(row int) bool {
		r, s := e.policy.Rules[row], e.reaches[row]
		if r.Effect == Deny {
			g.deny = addReach(g.deny, s)
			return s.all()
		}
		g.allow, granting = addReach(g.allow, s), append(granting, r.Role)
		return true
	})
	if !g.ok {
		return g
	}
	for _, s := range slices.Concat(g.allow, g.deny) {
		g.fixed = g.fixed && !s.personal()
	}
	if g.fixed {
		g.scope = g.scopeFor(Actor{})
	}
	g.masked = e.masked(granting)
	return g
}

func addReach(list []reach, r reach) []reach {
	if slices.ContainsFunc(list, func(x reach) bool { return x.scope == r.scope }) {
		return list
	}
	return append(list, r)
}

// masked is what all of the roles mask; nil when that is nothing.
func (e *Engine) masked(roles []string) map[string]bool {
	var out map[string]bool
	for tag := range e.masks[roles[0]] {
		if slices.ContainsFunc(roles, func(r string) bool { return !e.masks[r][tag] }) {
			continue
		}
		if out == nil {
			out = map[string]bool{}
		}
		out[tag] = true
	}
	return out
}

// knownRoles are the actor's roles in this workspace's policy, without copying
// them when they all are.
func (e *Engine) knownRoles(a Actor) []string {
	if a.Workspace != e.workspace {
		return nil
	}
	unknown := func(r string) bool { return !e.roles[r] }
	if slices.ContainsFunc(a.Roles, unknown) {
		return slices.DeleteFunc(slices.Clone(a.Roles), unknown)
	}
	return a.Roles
}

// roleSet names a set of known roles, whose keys hold no space.
func roleSet(roles []string) string {
	if len(roles) == 1 {
		return roles[0]
	}
	if !slices.IsSorted(roles) {
		roles = slices.Sorted(slices.Values(roles))
	}
	return strings.Join(roles, " ")
}
