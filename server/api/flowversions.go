package api

import (
	"context"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/flows"
)

type impactOut struct {
	flows.Impact
	Authors []ref       `json:"authors"`
	Issues  []lintIssue `json:"issues"`
}

func (s *Server) flowImpact(ctx context.Context, a policies.Actor, in *DraftQuery) (*reply[impactOut], error) {
	i, err := s.Flows.Impact(ctx, a, in.Key, in.owner(a), s.runScope(ctx, a))
	if err != nil {
		return nil, err
	}
	return &reply[impactOut]{impactOut{i, s.people(ctx, a.Workspace, i.Authors), said(ctx, i.Issues)}}, nil
}

// ReleaseBody says how a draft goes live.
type ReleaseBody struct {
	Running  string            `json:"running,omitempty" enum:"finish,move,stop" doc:"what runs of older versions do; default finish"`
	Steps    map[string]string `json:"steps,omitempty" doc:"the same by step at which they stand"`
	Revision int64             `json:"revision,omitempty" doc:"the draft's revision that was looked at"`
}

func (b ReleaseBody) release(a policies.Actor) flows.Release {
	return flows.Release{Running: b.Running, Steps: b.Steps, Revision: b.Revision, By: a.ID}
}

type publishIn struct {
	FlowPath
	Body ReleaseBody `required:"false"`
}

func (s *Server) publishFlow(ctx context.Context, a policies.Actor, in *publishIn) (*reply[flows.Published], error) {
	p, err := s.Flows.Publish(ctx, a.Workspace, in.Key, in.Body.release(a))
	if err == nil {
		s.audit(ctx, a, "publish", "flow", in.Key, p)
	}
	return &reply[flows.Published]{p}, err
}

type rollbackIn struct {
	FlowPath
	Body struct {
		ReleaseBody
		Hash string `json:"hash" maxLength:"80"`
	}
}

func (s *Server) rollbackFlow(ctx context.Context, a policies.Actor, in *rollbackIn) (*reply[flows.Published], error) {
	p, err := s.Flows.Rollback(ctx, a.Workspace, in.Key, in.Body.Hash, in.Body.release(a))
	if err == nil {
		s.audit(ctx, a, "rollback", "flow", in.Key, p)
	}
	return &reply[flows.Published]{p}, err
}

type versionOut struct {
	flows.VersionRow
	By ref `json:"by"`
}

func (s *Server) listVersions(ctx context.Context, a policies.Actor, in *FlowPath) (*reply[items[versionOut]], error) {
	rows, err := s.Flows.VersionRows(ctx, a.Workspace, in.Key, s.runScope(ctx, a))
	if err != nil {
		return nil, err
	}
	names := s.userNames(ctx, a.Workspace)
	out := items[versionOut]{Items: []versionOut{}}
	for _, r := range rows {
		out.Items = append(out.Items, versionOut{r, person(names, r.By)})
	}
	return &reply[items[versionOut]]{out}, nil
}

type versionPath struct {
	FlowPath
	Hash string `path:"hash" maxLength:"80"`
}

func (s *Server) getVersion(ctx context.Context, a policies.Actor, in *versionPath) (*reply[flows.Version], error) {
	v, err := s.Flows.Version(ctx, a.Workspace, in.Hash)
	if err == nil && v.Key != in.Key {
		err = fault.New(fault.NotFound, "flow.noVersion", nil)
	}
	return &reply[flows.Version]{v}, err
}
