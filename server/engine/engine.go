package engine

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	tlog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/dueflow/dueflow/workflows/run"
)

// TaskQueue of all our workflows.
const TaskQueue = "dueflow"

// Options of an engine.
type Options struct {
	// Dir holds the embedded engine's file; unused with Address.
	Dir string
	// Address of a Temporal cluster, "" for the embedded engine.
	Address string
	// Namespace on a cluster, made if it is missing; "" is Namespace.
	Namespace string
	// StickyCache is how many workflows stay in memory; 0 is 2000. Others are
	// read back when something happens to them.
	StickyCache int
	// Interceptors see what is started and run.
	Interceptors []interceptor.ClientInterceptor
	Log          *slog.Logger
}

// Engine starts workflows and runs them when a worker is started.
type Engine struct {
	opt      Options
	embedded *Embedded
	client   client.Client
	worker   worker.Worker
}

// Start connects to the engine, starting the embedded one if no address is given.
func Start(ctx context.Context, opt Options) (*Engine, error) {
	e := &Engine{opt: opt}
	address := opt.Address
	if e.opt.Namespace == "" {
		e.opt.Namespace = Namespace
	}
	if address == "" {
		emb, err := StartEmbedded(opt.Dir, opt.Log)
		if err != nil {
			return nil, err
		}
		e.embedded, address = emb, emb.Address
	}
	c, err := client.DialContext(ctx, client.Options{
		HostPort: address, Namespace: e.opt.Namespace, Logger: quiet{tlog.NewStructuredLogger(opt.Log)}, DataConverter: shrinking(),
		Interceptors:      opt.Interceptors,
		ConnectionOptions: client.ConnectionOptions{GrpcCompression: &client.GrpcCompressionNone{}},
	})
	if err != nil {
		e.Stop()
		return nil, fmt.Errorf("engine client: %w", err)
	}
	e.client = c
	if opt.Address != "" {
		if err := e.ensureNamespace(ctx); err != nil {
			e.Stop()
			return nil, err
		}
	}
	return e, nil
}

func (e *Engine) ensureNamespace(ctx context.Context) error {
	_, err := e.client.WorkflowService().RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace: e.opt.Namespace, WorkflowExecutionRetentionPeriod: durationpb.New(72 * time.Hour),
	})
	if _, exists := err.(*serviceerror.NamespaceAlreadyExists); err != nil && !exists {
		return fmt.Errorf("engine namespace: %w", err)
	}
	return nil
}

// Registration is what a worker runs.
type Registration struct {
	Workflows  map[string]any
	Activities map[string]any
}

// Work starts the worker.
func (e *Engine) Work(r Registration) error {
	size := e.opt.StickyCache
	if size == 0 {
		size = 2000
	}
	worker.SetStickyWorkflowCacheSize(size)
	e.worker = worker.New(e.client, TaskQueue, worker.Options{
		WorkflowTaskPollerBehavior:              worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{InitialNumberOfPollers: 4, MinimumNumberOfPollers: 2, MaximumNumberOfPollers: 32}),
		ActivityTaskPollerBehavior:              worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{InitialNumberOfPollers: 1, MinimumNumberOfPollers: 1, MaximumNumberOfPollers: 4}),
		MaxConcurrentLocalActivityExecutionSize: 64 * runtime.NumCPU(),
		MaxConcurrentWorkflowTaskExecutionSize:  64 * runtime.NumCPU(),
		// In a burst tasks wait longer than the usual 5 s; taken from the worker
		// that remembers the workflow, each would be replayed from its history. A
		// worker that is gone is noticed by its silence, not by this.
		StickyScheduleToStartTimeout: time.Minute,
		WorkerStopTimeout:            10 * time.Second,
	})
	for name, w := range r.Workflows {
		e.worker.RegisterWorkflowWithOptions(w, workflow.RegisterOptions{Name: name})
	}
	for name, a := range r.Activities {
		e.worker.RegisterActivityWithOptions(a, activity.RegisterOptions{Name: name})
	}
	if err := e.worker.Start(); err != nil {
		return fmt.Errorf("worker: %w", err)
	}
	return nil
}

// Tell gives an account's workflow notes, starting it if it is not running. A
// repeat is harmless: runs start once by id, and events only make it look again.
func (e *Engine) Tell(ctx context.Context, workspace, customer string, n []run.Note) error {
	_, err := e.client.SignalWithStartWorkflow(ctx, run.AccountID(workspace, customer), run.NoteSignal, n, client.StartWorkflowOptions{
		TaskQueue: TaskQueue, WorkflowTaskTimeout: 20 * time.Second,
	}, run.AccountWorkflowName, run.AccountState{Workspace: workspace, Customer: customer})
	if err != nil {
		return fmt.Errorf("tell the account's workflow: %w", err)
	}
	return nil
}

// Launch starts a workflow by id once; one that runs already is left alone.
func (e *Engine) Launch(ctx context.Context, id, name string, arg any) error {
	_, err := e.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: id, TaskQueue: TaskQueue, WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
	}, name, arg)
	if err != nil {
		return fmt.Errorf("start %s: %w", name, err)
	}
	return nil
}

// Identity tells engines apart: one that was made anew, or another cluster, has
// another.
func (e *Engine) Identity(ctx context.Context) (string, error) {
	res, err := e.client.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: e.opt.Namespace})
	if err != nil {
		return "", fmt.Errorf("engine namespace: %w", err)
	}
	return res.GetNamespaceInfo().GetId(), nil
}

// Poke makes a workflow look again, starting it if it is not running.
func (e *Engine) Poke(ctx context.Context, id, name, signal string, arg any) error {
	_, err := e.client.SignalWithStartWorkflow(ctx, id, signal, nil, client.StartWorkflowOptions{ID: id, TaskQueue: TaskQueue}, name, arg)
	if err != nil {
		return fmt.Errorf("poke %s: %w", name, err)
	}
	return nil
}

// Cancel asks a workflow to end; one that is not running is no error.
func (e *Engine) Cancel(ctx context.Context, id string) error {
	err := e.client.CancelWorkflow(ctx, id, "")
	if _, gone := err.(*serviceerror.NotFound); err != nil && !gone {
		return err
	}
	return nil
}

// Runs asks an account's workflow for its runs; none when it is not running.
func (e *Engine) Runs(ctx context.Context, workspace, customer string) (map[string]*run.Run, error) {
	v, err := e.client.QueryWorkflow(ctx, run.AccountID(workspace, customer), "", run.StateQuery)
	if err != nil {
		if _, gone := err.(*serviceerror.NotFound); gone {
			return nil, nil
		}
		return nil, err
	}
	var runs map[string]*run.Run
	return runs, v.Get(&runs)
}

// Healthy tells whether the engine answers.
func (e *Engine) Healthy(ctx context.Context) error {
	_, err := e.client.CheckHealth(ctx, &client.CheckHealthRequest{})
	return err
}

// Client is the plain client, for benchmarks and histories.
func (e *Engine) Client() client.Client { return e.client }

// Stop ends worker, client and embedded server, in this order.
func (e *Engine) Stop() {
	if e.worker != nil {
		e.worker.Stop()
	}
	if e.client != nil {
		e.client.Close()
	}
	if e.embedded != nil {
		e.embedded.Stop()
	}
}

// quiet drops the client's debug and info lines, and its warning of steps that
// take seconds: ours do when providers are slow, and the engine waits for them.
type quiet struct{ tlog.Logger }

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}

func (q quiet) Warn(msg string, args ...any) {
	if !strings.HasPrefix(msg, longTask) {
		q.Logger.Warn(msg, args...)
	}
}

// longTask begins the client's line about a workflow task of over five seconds.
const longTask = "[TMPRL1104]"
