package engine

import (
	"context"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/server/api/visibilityservice/v1"
	"go.temporal.io/server/chasm"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/metrics"
	"go.temporal.io/server/common/namespace"
	"go.temporal.io/server/common/persistence/visibility/manager"
	"go.temporal.io/server/common/persistence/visibility/store"
	"go.temporal.io/server/common/resolver"
	"go.temporal.io/server/common/searchattribute"
)

// noVisibility is a visibility store that keeps nothing. We keep our own index
// of runs and never query the engine's; its rows and indexes would cost more
// than the workflows themselves.
type noVisibility struct{}

// NewVisibilityStore makes noVisibility a factory of itself.
func (noVisibility) NewVisibilityStore(config.CustomDatastoreConfig, searchattribute.Provider, searchattribute.MapperProvider, namespace.Registry, *chasm.Registry, resolver.ServiceResolver, log.Logger, metrics.Handler) (store.VisibilityStore, error) {
	return noVisibility{}, nil
}

func (noVisibility) Close()               {}
func (noVisibility) GetName() string      { return "none" }
func (noVisibility) GetIndexName() string { return "none" }

func (noVisibility) ValidateCustomSearchAttributes(sa map[string]any) (map[string]any, error) {
	return sa, nil
}

func (noVisibility) RecordWorkflowExecutionStarted(context.Context, *store.InternalRecordWorkflowExecutionStartedRequest) error {
	return nil
}

func (noVisibility) RecordWorkflowExecutionClosed(context.Context, *store.InternalRecordWorkflowExecutionClosedRequest) error {
	return nil
}

func (noVisibility) UpsertWorkflowExecution(context.Context, *store.InternalUpsertWorkflowExecutionRequest) error {
	return nil
}

func (noVisibility) DeleteWorkflowExecution(context.Context, *manager.VisibilityDeleteWorkflowExecutionRequest) error {
	return nil
}

func (noVisibility) ListWorkflowExecutions(context.Context, *manager.ListWorkflowExecutionsRequestV2) (*store.InternalListExecutionsResponse, error) {
	return &store.InternalListExecutionsResponse{}, nil
}

func (noVisibility) CountWorkflowExecutions(context.Context, *manager.CountWorkflowExecutionsRequest) (*store.InternalCountExecutionsResponse, error) {
	return &store.InternalCountExecutionsResponse{}, nil
}

func (noVisibility) GetWorkflowExecution(context.Context, *manager.GetWorkflowExecutionRequest) (*store.InternalGetWorkflowExecutionResponse, error) {
	return nil, serviceerror.NewNotFound("the embedded engine keeps no visibility records")
}

func (noVisibility) ListChasmExecutions(context.Context, *visibilityservice.ListChasmExecutionsRequest) (*store.InternalListExecutionsResponse, error) {
	return &store.InternalListExecutionsResponse{}, nil
}

func (noVisibility) CountChasmExecutions(context.Context, *visibilityservice.CountChasmExecutionsRequest) (*store.InternalCountExecutionsResponse, error) {
	return &store.InternalCountExecutionsResponse{}, nil
}

func (noVisibility) AddSearchAttributes(context.Context, *manager.AddSearchAttributesRequest) error {
	return nil
}
