package packs

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/pack"
)

// Policy keeps the roles of workspaces.
type Policy interface {
	Rules(ctx context.Context, ws string) (policies.Policy, int64, error)
	// SetRules refuses who may not update roles.
	SetRules(ctx context.Context, by policies.Actor, p policies.Policy, ifVersion int64) (int64, error)
}

// role is a role of a pack: rows that an administrator has to grant.
type role struct {
	Key   string    `json:"key"`
	Name  flow.Text `json:"name"`
	Rules []right   `json:"rules"`
}

// right is a row of a policy without its role.
type right struct {
	Object string          `json:"object"`
	Action string          `json:"action"`
	Scope  policies.Scope  `json:"scope"`
	Effect policies.Effect `json:"effect"`
}

func (r right) of(key string) policies.Rule {
	return policies.Rule{Role: key, Object: r.Object, Action: r.Action, Scope: r.Scope, Effect: r.Effect}
}

// normal writes a role in the one way that compares equal: rows in order, each once.
func (r role) normal() (json.RawMessage, error) {
	texts := map[string]right{}
	var order []string
	for _, x := range r.Rules {
		raw, err := json.Marshal(x)
		if err != nil {
			return nil, err
		}
		if _, twice := texts[string(raw)]; !twice {
			texts[string(raw)] = x
			order = append(order, string(raw))
		}
	}
	slices.Sort(order)
	r.Rules = []right{}
	for _, t := range order {
		r.Rules = append(r.Rules, texts[t])
	}
	raw, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	return pack.Canonical(raw)
}

func readRole(raw json.RawMessage) (role, error) {
	var r role
	if err := json.Unmarshal(raw, &r); err != nil {
		return r, fault.At("", "invalid", nil)
	}
	return r, nil
}

// normalRole is a pack's role as the handler reads it back.
func normalRole(raw json.RawMessage) (json.RawMessage, error) {
	r, err := readRole(raw)
	if err != nil {
		return nil, err
	}
	return r.normal()
}

type roleHandler struct{ s *Service }

func (h roleHandler) read(ctx context.Context, a policies.Actor, o pack.Object) (json.RawMessage, int64, error) {
	p, ver, err := h.s.Policy.Rules(ctx, a.Workspace)
	if err != nil {
		return nil, 0, err
	}
	k := slices.IndexFunc(p.Roles, func(r policies.Role) bool { return r.Key == o.Key })
	if k < 0 {
		return nil, ver, nil
	}
	out := role{Key: o.Key, Name: flow.Text{"en": p.Roles[k].Name}}
	if theirs, err := readRole(o.Raw); err == nil {
		for _, name := range theirs.Name {
			if name == p.Roles[k].Name { // a workspace keeps one of its names
				out.Name = theirs.Name
			}
		}
	}
	for _, r := range p.Rules {
		if r.Role == o.Key {
			out.Rules = append(out.Rules, right{r.Object, r.Action, r.Scope, r.Effect})
		}
	}
	raw, err := out.normal()
	return raw, ver, err
}

// write puts a role's rows in the place of those that it has; the rows of other
// roles are not touched. nil takes the role away: only an install that failed
// half-way does that.
func (h roleHandler) write(ctx context.Context, a policies.Actor, o pack.Object, raw json.RawMessage, ver int64) error {
	p, now, err := h.s.Policy.Rules(ctx, a.Workspace)
	if err != nil {
		return err
	}
	if now != ver {
		return fault.New(fault.Conflict, "pack.moved", nil)
	}
	next := policies.Policy{Masks: p.Masks}
	for _, r := range p.Roles {
		if r.Key != o.Key {
			next.Roles = append(next.Roles, r)
		}
	}
	for _, r := range p.Rules {
		if r.Role != o.Key {
			next.Rules = append(next.Rules, r)
		}
	}
	if raw != nil {
		r, err := readRole(raw)
		if err != nil {
			return err
		}
		next.Roles = append(next.Roles, policies.Role{Key: o.Key, Name: r.Name.In(a.Language)})
		for _, x := range r.Rules {
			next.Rules = append(next.Rules, x.of(o.Key))
		}
	}
	_, err = h.s.Policy.SetRules(ctx, a, next, ver)
	return err
}

// Rights are what granting a role would change.
type Rights struct {
	Role    string          `json:"role"` // key in the workspace
	Granted bool            `json:"granted"`
	Adds    []policies.Rule `json:"adds"`
	Takes   []policies.Rule `json:"takes"`
}

// rights compares a role as it is with what it would be.
func rights(key string, mine, after json.RawMessage, granted bool) (Rights, error) {
	out := Rights{Role: key, Granted: granted, Adds: []policies.Rule{}, Takes: []policies.Rule{}}
	var was role
	if mine != nil {
		var err error
		if was, err = readRole(mine); err != nil {
			return out, err
		}
	}
	next, err := readRole(after)
	if err != nil {
		return out, err
	}
	for _, x := range next.Rules {
		if !slices.Contains(was.Rules, x) {
			out.Adds = append(out.Adds, x.of(key))
		}
	}
	for _, x := range was.Rules {
		if !slices.Contains(next.Rules, x) {
			out.Takes = append(out.Takes, x.of(key))
		}
	}
	return out, nil
}
