package access

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/audit"
)

// SetRules replaces a workspace's policy, by an actor of it who may update
// roles. ifVersion is the version that Rules gave. It gives the new version.
// Faults: Invalid, Denied, Conflict "store.version", and Conflict
// "policy.noManager" when nobody could change the policy any more.
func (s *Service) SetRules(ctx context.Context, by policies.Actor, p policies.Policy, ifVersion int64) (int64, error) {
	ws := by.Workspace
	if err := s.Must(ctx, by, "role", "update"); err != nil {
		return 0, err
	}
	if err := s.check(ctx, ws, p); err != nil {
		return 0, err
	}
	old, err := s.fresh(ctx, ws)
	if err != nil {
		return 0, err
	}
	if old.version != ifVersion {
		return 0, fault.New(fault.Conflict, "store.version", nil)
	}
	next, err := policies.New(ws, p)
	if err != nil {
		return 0, err
	}
	people, err := s.members.Members(ctx, ws)
	if err != nil {
		return 0, err
	}
	if slices.ContainsFunc(people, old.engine.CanManage) && !slices.ContainsFunc(people, next.CanManage) {
		return 0, noManager()
	}
	version, err := s.write(ctx, ws, p, ifVersion)
	if err != nil {
		return 0, err
	}
	before, after := difference(old.engine.Policy(), p), difference(p, old.engine.Policy())
	_, err = s.log.Append(ctx, ws, audit.Entry{
		Actor: by.ID, ActorName: by.Name, Action: "update", Object: "role", ID: policyID,
		Before: audit.JSON(before), After: audit.JSON(after),
	})
	return version, err
}

func (s *Service) check(ctx context.Context, ws string, p policies.Policy) error {
	if s.Fields == nil {
		return p.Check(nil)
	}
	fields, err := s.Fields(ctx, ws)
	if err != nil {
		return err
	}
	return p.Check(fields)
}

func (s *Service) write(ctx context.Context, ws string, p policies.Policy, ifVersion int64) (int64, error) {
	body, err := json.Marshal(p)
	if err != nil {
		return 0, err
	}
	c := s.store.In(ws, collection)
	if ifVersion == 0 {
		if _, err = c.Insert(ctx, policyID, body); fault.Is(err, fault.Conflict) {
			err = fault.New(fault.Conflict, "store.version", nil)
		}
	} else {
		d, getErr := c.Get(ctx, policyID)
		if getErr != nil {
			return 0, getErr
		}
		d.Body = body
		_, err = c.Replace(ctx, d, ifVersion)
	}
	if err != nil {
		return 0, err
	}
	now, err := s.fresh(ctx, ws)
	if err != nil {
		return 0, err
	}
	return now.version, nil
}

// difference is what a has and b has not.
func difference(a, b policies.Policy) policies.Policy {
	return policies.Policy{Roles: without(a.Roles, b.Roles), Rules: without(a.Rules, b.Rules), Masks: without(a.Masks, b.Masks)}
}

func without[T comparable](a, b []T) []T {
	there := make(map[T]int, len(b))
	for _, x := range b {
		there[x]++
	}
	out := []T{}
	for _, x := range a {
		if there[x]--; there[x] < 0 {
			out = append(out, x)
		}
	}
	return out
}

func noManager() error { return fault.New(fault.Conflict, "policy.noManager", nil) }

// Known refuses roles that the workspace's policy does not have. Fault: Invalid.
func (s *Service) Known(ctx context.Context, ws string, roles []string) error {
	c, err := s.fresh(ctx, ws)
	if err != nil {
		return err
	}
	var bad []fault.Field
	for i, r := range roles {
		if !c.engine.Policy().HasRole(r) {
			bad = append(bad, fault.Field{Pointer: "/roles/" + strconv.Itoa(i), Rule: "unknownRole"})
		}
	}
	return fault.InvalidFields(bad)
}

// MayGrant tells whether an actor may hand out, take away or act for roles:
// whoever may change the policy, and others for roles that they have
// themselves; roles that the policy does not have grant nothing and do not
// count. Fault: Denied "policy.grant".
func (s *Service) MayGrant(ctx context.Context, by policies.Actor, roles []string) error {
	if by.System {
		return nil
	}
	c, err := s.fresh(ctx, by.Workspace)
	if err != nil || c.engine.CanManage(by) {
		return err
	}
	for _, r := range roles {
		if c.engine.Policy().HasRole(r) && !slices.Contains(by.Roles, r) {
			return fault.New(fault.Denied, "policy.grant", fault.Params{"role": r})
		}
	}
	return nil
}

// KeepsManager refuses a change of people after which nobody could change the
// policy, if somebody can before. Fault: Conflict "policy.noManager".
func (s *Service) KeepsManager(ctx context.Context, ws string, before, after []policies.Actor) error {
	c, err := s.fresh(ctx, ws)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(before, c.engine.CanManage) && !slices.ContainsFunc(after, c.engine.CanManage) {
		return noManager()
	}
	return nil
}
