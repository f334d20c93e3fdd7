package api

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
)

type rolesOut struct {
	Version int64           `json:"version"` // for If-Match
	Items   []roleName      `json:"items"`
	Policy  policies.Policy `json:"policy"`
	// What rows may speak of.
	Objects  []string `json:"objects"`
	Actions  []string `json:"actions"`
	Commands []string `json:"commands"`
}

type roleName struct {
	Key  string `json:"key"`
	Name string `json:"name"`
}

func (s *Server) getRoles(ctx context.Context, a policies.Actor, _ *nothing) (*tagged[rolesOut], error) {
	p, v, err := s.Access.Rules(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	return &tagged[rolesOut]{etag(v), showRoles(p, v)}, nil
}

func showRoles(p policies.Policy, v int64) rolesOut {
	return rolesOut{v, roleNames(p), p, policies.Objects(), policies.Actions(), policies.Commands()}
}

func roleNames(p policies.Policy) []roleName {
	out := []roleName{}
	for _, r := range p.Roles {
		name := r.Name
		if name == "" {
			name = r.Key
		}
		out = append(out, roleName{r.Key, name})
	}
	return out
}

// rolesIn takes the policy as JSON: a scope is a word or a filter, which no
// schema of a string can say.
type rolesIn struct {
	IfMatch string          `header:"If-Match"`
	Body    json.RawMessage `doc:"roles, rules and masks, as getRoles shows them"`
}

func (s *Server) saveRoles(ctx context.Context, a policies.Actor, in *rolesIn) (*tagged[rolesOut], error) {
	v, err := needVersion(in.IfMatch)
	if err != nil {
		return nil, err
	}
	var p policies.Policy
	if err := json.Unmarshal(in.Body, &p); err != nil {
		return nil, fault.At("", "json", nil)
	}
	next, err := s.Access.SetRules(ctx, a, p, v)
	if err != nil {
		return nil, err
	}
	return &tagged[rolesOut]{etag(next), showRoles(p, next)}, nil
}

type explainIn struct {
	User   string `query:"user" maxLength:"60"`
	Object string `query:"object" maxLength:"40"`
	Action string `query:"action" maxLength:"40"`
	ID     string `query:"id" maxLength:"200" doc:"a customer"`
}

func (s *Server) explain(ctx context.Context, a policies.Actor, in *explainIn) (*reply[policies.Explanation], error) {
	u, err := s.Identity.GetUser(ctx, a.Workspace, in.User)
	if err != nil {
		return nil, err
	}
	who := policies.Actor{ID: u.ID, Name: u.Name, Workspace: a.Workspace, Roles: u.Roles, Teams: u.Teams}
	var account map[string]any
	if in.ID != "" {
		r, err := s.Records.Get(ctx, a, "customer", in.ID)
		if err != nil {
			return nil, err
		}
		account = map[string]any{"id": in.ID}
		for k, raw := range r.Data {
			var v any
			if json.Unmarshal(raw, &v) == nil {
				account[k] = v
			}
		}
	}
	e, err := s.Access.Explain(ctx, who, in.Object, in.Action, account)
	return &reply[policies.Explanation]{e}, err
}
