package api

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/server/flows"
)

type hookIn struct {
	FlowPath
	Body struct {
		Renew bool `json:"renew,omitempty" doc:"make a new secret"`
	} `required:"false"`
}

func (s *Server) flowHook(ctx context.Context, a policies.Actor, in *hookIn) (*reply[flows.Hook], error) {
	h, err := s.Flows.Hook(ctx, a.Workspace, in.Key, in.Body.Renew)
	if err == nil && in.Body.Renew {
		s.audit(ctx, a, "renewHook", "flow", in.Key, nil)
	}
	return &reply[flows.Hook]{h}, err
}

type hookCallIn struct {
	FlowPath
	Workspace string `path:"workspace" maxLength:"60"`
	ID        string `header:"webhook-id"`
	Timestamp string `header:"webhook-timestamp"`
	Signature string `header:"webhook-signature"`
	Body      json.RawMessage
	RawBody   []byte
}

func (s *Server) callHook(ctx context.Context, _ policies.Actor, in *hookCallIn) (*reply[map[string]bool], error) {
	started, err := s.Flows.Called(ctx, in.Workspace, in.Key, flows.HookCall{ID: in.ID, Timestamp: in.Timestamp, Signature: in.Signature, Body: in.RawBody})
	return &reply[map[string]bool]{map[string]bool{"started": started}}, err
}

func (s *Server) stopFlow(ctx context.Context, a policies.Actor, in *FlowPath) (*reply[map[string]string], error) {
	b, err := s.Flows.StopFlow(ctx, a.Workspace, in.Key, a.ID)
	if err == nil {
		s.audit(ctx, a, "stop", "flow", in.Key, nil)
	}
	return &reply[map[string]string]{map[string]string{"batch": b}}, err
}

type startIn struct {
	FlowPath
	Body struct {
		Subjects []string `json:"subjects" minItems:"1" maxItems:"500"`
	}
}

func (s *Server) startFlow(ctx context.Context, a policies.Actor, in *startIn) (*reply[map[string]int], error) {
	f, err := s.Flows.Get(ctx, a.Workspace, in.Key)
	if err != nil {
		return nil, err
	}
	subjects, err := s.visibleSubjects(ctx, a, f, in.Body.Subjects)
	if err != nil {
		return nil, err
	}
	n, err := s.Flows.Start(ctx, a.Workspace, in.Key, subjects)
	return &reply[map[string]int]{map[string]int{"started": n}}, err
}

// visibleSubjects checks that every subject is in the actor's view.
func (s *Server) visibleSubjects(ctx context.Context, a policies.Actor, f flows.Flow, ids []string) ([]string, error) {
	doc, err := flow.Parse(f.Draft)
	if err != nil {
		return nil, err
	}
	for i, id := range ids {
		if _, err := s.Records.Get(ctx, a, doc.Subject.Form, id); err != nil {
			if fault.Is(err, fault.NotFound) {
				return nil, fault.At("/subjects/"+strconv.Itoa(i), "reference", nil)
			}
			return nil, err
		}
	}
	return ids, nil
}
