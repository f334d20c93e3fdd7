package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	builderui "github.com/dueflow/dueflow/builder-ui"
	"github.com/dueflow/dueflow/server/api"
	"github.com/dueflow/dueflow/server/config"
	"github.com/dueflow/dueflow/server/engine"
	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/server/house"
	"github.com/dueflow/dueflow/server/imports"
	"github.com/dueflow/dueflow/server/metrics"
	"github.com/dueflow/dueflow/server/move"
	"github.com/dueflow/dueflow/server/traces"
	"github.com/dueflow/dueflow/workflows/run"
)

// Server is a running Dueflow: core, engine, worker and API.
type Server struct {
	*Core
	Engine  *engine.Engine
	API     *api.Server
	URL     string
	log     *slog.Logger
	unlock  func()
	figures *metrics.Metrics // nil where nobody asks for them
	traces  *traces.Traces   // nil where nobody collects them
	stop    context.CancelFunc
	stopped chan struct{}
	serving chan error
}

// Start opens everything and serves in the background. Close ends it.
func Start(ctx context.Context, cfg config.Config, version string, log *slog.Logger) (*Server, error) {
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return nil, err
	}
	unlock, err := lock(ctx, cfg)
	if err != nil {
		return nil, err
	}
	core, err := OpenCore(ctx, cfg, log)
	if err != nil {
		unlock()
		return nil, err
	}
	if err := move.Here(ctx, core.Store); err != nil {
		_ = core.Close()
		unlock()
		return nil, err
	}
	s := &Server{Core: core, log: log, unlock: unlock, stopped: make(chan struct{}), serving: make(chan error, 1)}
	s.count(version)
	err = s.trace(ctx, version)
	if err == nil {
		err = s.startEngine(ctx)
	}
	if err != nil {
		_ = core.Close()
		unlock()
		return nil, err
	}
	background, stop := context.WithCancel(context.Background())
	s.stop = stop
	go s.work(background)
	if err := s.offerFigures(background); err != nil {
		s.Close()
		return nil, err
	}
	if cfg.Demo {
		if err := s.openDemo(ctx); err != nil {
			s.Close()
			return nil, fmt.Errorf("demo: %w", err)
		}
		go s.liveDemo(background)
	}
	if err := s.listen(version); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Server) startEngine(ctx context.Context) error {
	dir := filepath.Join(s.Config.Data, "engine")
	if s.Config.TemporalAddress == "" {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	opt := engine.Options{Dir: dir, Address: s.Config.TemporalAddress, Namespace: s.Config.TemporalNS, StickyCache: s.Config.StickyCache, Log: s.log}
	if s.traces != nil {
		tracer, err := s.traces.Engine()
		if err != nil {
			return err
		}
		opt.Interceptors = append(opt.Interceptors, tracer)
	}
	e, err := engine.Start(ctx, opt)
	if err != nil {
		return err
	}
	s.Engine = e
	s.connectEngine(e)
	if !s.Config.Has("worker") {
		return nil
	}
	work := Registration(s.Core)
	work.Activities[run.StepActivityName] = s.step(s.activities().Step)
	if err := e.Work(work); err != nil {
		e.Stop()
		return err
	}
	return nil
}

// Registration is what the product's worker runs.
func Registration(c *Core) engine.Registration {
	return engine.Registration{
		Workflows: map[string]any{
			run.AccountWorkflowName: run.AccountWorkflow, flows.BatchWorkflowName: flows.BatchWorkflow, flows.ScheduleWorkflowName: flows.ScheduleWorkflow,
			house.WorkflowName: house.Workflow, house.HandoverWorkflowName: house.HandoverWorkflow, house.ScoresWorkflowName: house.ScoresWorkflow,
		},
		Activities: map[string]any{
			run.StepActivityName: c.activities().Step, flows.BatchActivityName: c.Flows.BatchPage, flows.ScheduleActivityName: c.Flows.Schedule,
			house.TickName: c.House.Tick, house.HandoverPageName: c.House.HandoverPage, house.ScoresPageName: c.House.ScoresPage,
		},
	}
}

// work runs what goes on beside requests until ctx ends.
func (s *Server) work(ctx context.Context) {
	defer close(s.stopped)
	go s.Live.Run(ctx)
	go s.Presence.RunShared(ctx)
	go s.Relay.Sweep(ctx)
	go s.sweepFlows(ctx)
	go s.Tiers.Work(ctx)
	var leaves sync.WaitGroup
	if s.Crew != nil {
		leaves.Go(func() { s.Crew.Run(ctx) })
	}
	s.Relay.Run(ctx)
	leaves.Wait() // it says goodbye in the store
}

const sweepFlows = 20 * time.Second

func (s *Server) sweepFlows(ctx context.Context) {
	kept := map[string]bool{} // workspaces whose housework this process has seen to
	adopted := !s.Config.Has("worker")
	warn := func(err error, about ...any) {
		if err != nil && ctx.Err() == nil {
			s.log.Warn("sweep of flows", append(about, "error", err)...)
		}
	}
	for n := 0; ; n++ {
		keys, err := s.Spaces.Keys(ctx)
		if err == nil && !adopted {
			err = s.adopt(ctx)
			adopted = err == nil
		}
		if err == nil {
			for _, ws := range keys {
				warn(s.sweepSpace(ctx, ws, n, kept), "workspace", ws)
			}
			if n%180 == 0 {
				err = s.Identity.Sweep(ctx)
			}
		}
		warn(err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(sweepFlows):
		}
	}
}

// sweepSpace takes up what dead processes left in one workspace. What fails of
// it keeps nothing else from being taken up.
func (s *Server) sweepSpace(ctx context.Context, ws string, n int, kept map[string]bool) error {
	var errs []error
	if !kept[ws] {
		err := s.House.Start(ctx, ws)
		kept[ws] = err == nil
		errs = append(errs, err)
	}
	for _, sweep := range []func(context.Context, string) error{s.Packs.Resume, s.Flows.Sweep, s.Tasks.Resume, s.recoverMessages, s.Records.Heal} {
		errs = append(errs, sweep(ctx, ws))
	}
	if n%3 == 0 {
		errs = append(errs, s.Outreach.Sweep(ctx, ws))
	}
	return errors.Join(errs...)
}

func (s *Server) listen(version string) error {
	l, err := net.Listen("tcp", s.Config.Listen)
	if err != nil {
		return err
	}
	address := l.Addr().String()
	_ = l.Close() // fiber opens it itself; only the free port of ":0" is wanted
	s.URL, s.Config.Listen = "http://"+address, address
	s.API = api.New(s.deps(version))
	s.House.UseReview(s.API.ReviewLetter)
	go func() { s.serving <- s.API.Listen(address) }()
	for range 100 {
		res, err := http.Get(s.URL + "/healthz") //nolint:noctx // our own loopback socket
		if err == nil {
			_ = res.Body.Close()
			return nil
		}
		select {
		case err := <-s.serving:
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
	return errors.New("the API does not answer")
}

func (s *Server) deps(version string) api.Deps {
	s.Packs.Version = version
	rows := imports.New(s.Spaces, s.Forms, s.Accounts, s.Records, s.Access)
	rows.User = s.userNamed
	d := api.Deps{
		Log: s.log, Store: s.Store, Spaces: s.Spaces, Forms: s.Forms, Accounts: s.Accounts, Records: s.Records, Flows: s.Flows,
		Templates: s.Templates, Messages: s.Messages, Tasks: s.Tasks, Outreach: s.Outreach, Portal: s.Portal, Personal: s.Personal, Tiers: s.Tiers, Desk: s.Desk, Packs: s.Packs, Letters: s.Letters, Browsers: s.Browsers, SSO: s.SSO, House: s.House, Identity: s.Identity, Access: s.Access, Audit: s.Audit,
		Imports: rows, Live: s.Live, Presence: s.Presence, Channels: s.Channels,
		UI: builderui.Dist(), Version: version, DemoDay: s.Config.DemoDay, SecureCookies: s.Config.SecureCookies, EntryLimit: s.Config.EntryLimit,
		Ready: func(ctx context.Context) error {
			if _, err := s.Spaces.Keys(ctx); err != nil {
				return err
			}
			return s.Engine.Healthy(ctx)
		},
		Rehearse:    s.Rehearse,
		Give:        s.World.CreateTask,
		Subjects:    s.World.Subjects,
		Verify:      s.Verify,
		HealthOnly:  !s.Config.Has("api"),
		OnWorkspace: s.newWorkspace,
	}
	if s.Config.Demo {
		d.Demo = demoUsers()
	}
	if s.figures != nil {
		d.Observe = s.figures.Request
	}
	if s.traces != nil {
		d.Trace = s.traces.Request
	}
	return d
}

// Wait blocks until ctx ends or serving fails.
func (s *Server) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-s.serving:
		return err
	}
}

// Close ends the server: no new requests, running ones end, then worker,
// relay and store.
func (s *Server) Close() {
	if s.API != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		_ = s.API.Shutdown(ctx)
		cancel()
	}
	if s.Engine != nil {
		s.Engine.Stop()
	}
	if s.stop != nil {
		s.stop()
		<-s.stopped
	}
	if err := s.Core.Close(); err != nil {
		s.log.Warn("store", "error", err)
	}
	if s.traces != nil {
		if err := s.traces.Close(); err != nil {
			s.log.Warn("traces", "error", err)
		}
	}
	s.unlock()
}
