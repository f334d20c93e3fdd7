// Command bench measures the whole product as a process of its own: readiness,
// idling, the cost of a durable reminder beside a bare workflow of the same
// shape, bursts, open runs, the records API, and kill drills. It prints a
// Markdown table; compare ratios within one run, machines differ.
//
//	go run ./server/bench -bin .build/dueflow [-only reminders,burst,…]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"
)

type bench struct {
	bin  string
	dir  string
	sink *sink
	out  []line
}

type line struct{ what, figure, bar string }

func (b *bench) note(what, figure, bar string) {
	b.out = append(b.out, line{what, figure, bar})
	fmt.Fprintf(os.Stderr, "%-60s %s\n", what, figure)
}

func main() {
	bin := flag.String("bin", ".build/dueflow", "the server's binary")
	only := flag.String("only", "", "scenarios, comma separated; all by default")
	runs := flag.Int("runs", 2000, "runs of the reminder scenario")
	messages := flag.Int("messages", 10_000, "messages of the channel scenario")
	bare := flag.Int("bare", 0, "internal: run this many bare workflows against -sink")
	barely := flag.Int("rounds", 1, "internal: messages of each bare workflow")
	sinkURL := flag.String("sink", "", "internal: the sink of -bare")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if *bare > 0 {
		if err := runBare(ctx, *bare, *barely, *sinkURL); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	dir, err := os.MkdirTemp("", "dueflow-bench-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary directory
	s, err := newSink()
	if err != nil {
		panic(err)
	}
	b := &bench{bin: *bin, dir: dir, sink: s}
	failed := false
	for _, x := range []struct {
		name string
		f    func(context.Context) error
	}{
		{"idle", b.idle},
		{"reminders", func(ctx context.Context) error { return b.reminders(ctx, *runs) }},
		{"series", func(ctx context.Context) error { return b.series(ctx, *runs/4, 4) }},
		{"open", b.openRuns},
		{"records", b.records},
		{"rehearse", b.rehearse},
		{"tiers", b.scores},
		{"falls", b.falls},
		{"packs", b.packs},
		{"live", b.live},
		{"channel", func(ctx context.Context) error { return b.channel(ctx, *messages) }},
		{"kill", b.killDrill},
	} {
		if *only != "" && !strings.Contains(","+*only+",", ","+x.name+",") {
			continue
		}
		start := time.Now()
		if err := x.f(ctx); err != nil {
			failed = true
			fmt.Fprintf(os.Stderr, "%s: %v\n", x.name, err)
		}
		fmt.Fprintf(os.Stderr, "-- %s took %s\n", x.name, time.Since(start).Round(time.Second))
	}
	fmt.Println("| what | measured | bar |\n| --- | --- | --- |")
	for _, l := range b.out {
		fmt.Printf("| %s | %s | %s |\n", l.what, l.figure, l.bar)
	}
	if failed {
		os.Exit(1)
	}
}
