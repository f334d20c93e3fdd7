package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// packs: every pack that ships is planned and installed beside 10,000 open
// invoices, and its rehearsals are played.
func (b *bench) packs(ctx context.Context) error {
	p, err := b.fresh(ctx, "packs")
	if err != nil {
		return err
	}
	defer p.stop()
	if err := p.load(ctx, 2500, 4, "2026-06-01"); err != nil {
		return err
	}
	settle(p.cmd.Process.Pid)
	var catalog struct{ Items []struct{ ID string } }
	if err := p.client.Do(ctx, "GET", "/packs/catalog", nil, &catalog); err != nil {
		return err
	}
	var installs, trials []time.Duration
	for _, x := range catalog.Items {
		start := time.Now()
		if err := p.client.Do(ctx, "GET", "/packs/catalog/"+x.ID+"/trial", nil, nil); err != nil {
			return err
		}
		trials = append(trials, time.Since(start))
		start = time.Now()
		var plan struct{ Hash string }
		if err := p.client.Do(ctx, "POST", "/packs/plan", map[string]any{"id": x.ID}, &plan); err != nil {
			return err
		}
		if err := p.client.Do(ctx, "POST", "/packs/apply", map[string]any{"id": x.ID, "hash": plan.Hash}, nil); err != nil {
			return err
		}
		installs = append(installs, time.Since(start))
	}
	b.note(fmt.Sprintf("%d packs beside 10,000 open invoices: plan to draft, median and longest", len(installs)), spread(installs), "2 s")
	b.note("what a pack would do with its sample data: median and longest", spread(trials), "")
	folders, err := filepath.Glob("schemas/pack/packs/*")
	if err != nil {
		return err
	}
	start := time.Now()
	for _, dir := range folders {
		if out, err := exec.CommandContext(ctx, b.bin, "pack", "test", dir).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", dir, err, out)
		}
	}
	b.note(fmt.Sprintf("rehearsals of %d packs, a process each", len(folders)), time.Since(start).Round(10*time.Millisecond).String(), "60 s")
	return nil
}

// spread is the median and the longest.
func spread(times []time.Duration) string {
	slices.Sort(times)
	return fmt.Sprintf("%s, %s", times[len(times)/2].Round(time.Millisecond), times[len(times)-1].Round(time.Millisecond))
}
