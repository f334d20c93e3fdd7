package app

import (
	"context"
	"time"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/server/metrics"
	"github.com/dueflow/dueflow/server/traces"
	"github.com/dueflow/dueflow/workflows/run"
)

// count begins to count what the server does, if somebody is to ask for it.
func (s *Server) count(version string) {
	if s.Config.Metrics == "" {
		return
	}
	s.figures = metrics.New(version)
	s.figures.Gauge("dueflow_live_connections", "Open live connections of browsers.", func() float64 { return float64(s.Live.Connections()) })
	s.figures.Gauge("dueflow_workspaces", "Workspaces of the store; -1 when it does not answer.", func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		keys, err := s.Spaces.Keys(ctx)
		if err != nil {
			return -1
		}
		return float64(len(keys))
	})
	s.Accounts.OnEvents = func(events []ledger.Event) {
		for _, e := range events {
			s.figures.Fact(e.Type)
		}
	}
}

// trace begins to send traces, if somebody collects them.
func (s *Server) trace(ctx context.Context, version string) (err error) {
	if s.Config.Traces != "" {
		s.traces, err = traces.Start(ctx, s.Config.Traces, version)
	}
	return err
}

// step is an account's step, counted where somebody asks for the figures.
func (s *Server) step(do func(context.Context, run.StepIn) (run.StepOut, error)) func(context.Context, run.StepIn) (run.StepOut, error) {
	if s.figures == nil {
		return do
	}
	return func(ctx context.Context, in run.StepIn) (run.StepOut, error) {
		start := time.Now()
		out, err := do(ctx, in)
		s.figures.Step(time.Since(start), err)
		return out, err
	}
}

func (s *Server) offerFigures(ctx context.Context) error {
	if s.figures == nil {
		return nil
	}
	address, err := s.figures.Serve(ctx, s.Config.Metrics, func(err error) { s.log.Error("metrics", "error", err) })
	if err == nil {
		s.log.Info("metrics", "url", "http://"+address+"/metrics")
		s.Config.Metrics = address
	}
	return err
}
