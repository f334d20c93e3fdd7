package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/dueflow/dueflow/server/engine"
	"github.com/dueflow/dueflow/server/heap"
)

// runBare runs n workflows that do nothing but what any durable reminder must:
// wait on a timer, run one local activity that posts to the sink, so many
// rounds a minute apart, and end. It prints the CPU milliseconds of a start,
// and of a message from its timer on.
func runBare(ctx context.Context, n, rounds int, sinkURL string) error {
	heap.Adapt(ctx) // as the server does
	dir, err := os.MkdirTemp("", "dueflow-bare-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary directory
	e, err := engine.Start(ctx, engine.Options{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer e.Stop()
	body := bytes.Repeat([]byte("x"), 1500) // about a reminder's size
	hc := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	done := make(chan struct{}, n*rounds)
	post := func(ctx context.Context, id string) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, sinkURL, bytes.NewReader(body))
		if err != nil {
			return err
		}
		req.Header.Set("Webhook-Id", id)
		res, err := hc.Do(req)
		if err != nil {
			return err
		}
		done <- struct{}{}
		return res.Body.Close()
	}
	flow := func(ctx workflow.Context, at time.Time) error {
		ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: time.Minute})
		for round := range rounds {
			if err := workflow.Sleep(ctx, at.Add(time.Duration(round)*pause).Sub(workflow.Now(ctx))); err != nil {
				return err
			}
			id := fmt.Sprintf("%s/%d", workflow.GetInfo(ctx).WorkflowExecution.ID, round)
			if err := workflow.ExecuteLocalActivity(ctx, "bare.post", id).Get(ctx, nil); err != nil {
				return err
			}
		}
		return nil
	}
	if err := e.Work(engine.Registration{Workflows: map[string]any{"bare": flow}, Activities: map[string]any{"bare.post": post}}); err != nil {
		return err
	}
	at := time.Now().Add(10*time.Second + time.Duration(n)*25*time.Millisecond)
	before := cpu(os.Getpid())
	for i := range n {
		if err := e.Launch(ctx, fmt.Sprintf("bare/%d", i), "bare", at); err != nil {
			return err
		}
	}
	settle(os.Getpid())
	start := ms(cpu(os.Getpid())-before) / float64(n)
	wait := time.Until(at)
	if wait < 0 {
		return fmt.Errorf("starting bare workflows took %s too long; use fewer", -wait)
	}
	time.Sleep(max(0, wait-time.Second))
	before = cpu(os.Getpid())
	for range n * rounds {
		select {
		case <-done:
		case <-time.After(2 * time.Minute):
			return fmt.Errorf("bare workflows did not all finish")
		}
	}
	fmt.Fprintf(os.Stderr, "bare: all done %s after they were due\n", time.Since(at).Round(10*time.Millisecond))
	settle(os.Getpid())
	fmt.Printf("%f %f\n", start, ms(cpu(os.Getpid())-before)/float64(n*rounds))
	return nil
}
