package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
)

// opened is what the browser says of opening the board, in milliseconds: until
// the first cards are on the screen, and until nothing is asked for any more.
type opened struct{ Cards, Quiet float64 }

// visits are two in one browser: with an empty cache, and once more.
type visits struct {
	Cold, Warm opened
	Count      int // cards mounted
}

const openTimes = 5

// browser times a real browser that opens the board of 5,000 cards, first with
// nothing in its cache and then again. Without Node or a browser it says so and goes on.
func (b *bench) browser(ctx context.Context, p *process) error {
	const what = "a browser opens the board of %d cards: first cards on the screen, quiet network (medians of %d): the very first time; after that"
	node, err := exec.LookPath("node")
	if err != nil {
		b.note(fmt.Sprintf(what, liveCards, openTimes), "not measured: there is no Node", "open ≤ 1 s")
		return nil
	}
	const email, password = "bench@example.com", "a long enough password"
	person := map[string]any{"email": email, "name": "Bench", "password": password, "roles": []string{"finance-manager"}, "teams": []string{}}
	if err := p.client.Do(ctx, "POST", "/users", person, nil); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, node, "tools/openBoard.mjs", p.url, email, password, fmt.Sprint(openTimes))
	cmd.Dir = "builder-ui"
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("the browser: %w", err)
	}
	var all []visits
	if err := json.Unmarshal(said.Bytes(), &all); err != nil || len(all) == 0 {
		return fmt.Errorf("the browser said %q: %w", said.String(), err)
	}
	median := func(of func(visits) float64) float64 {
		var list []float64
		for _, x := range all {
			list = append(list, of(x))
		}
		slices.Sort(list)
		return list[len(list)/2]
	}
	b.note(fmt.Sprintf(what, liveCards, len(all)),
		fmt.Sprintf("%.0f ms, %.0f ms; %.0f ms, %.0f ms; %d cards mounted",
			median(func(x visits) float64 { return x.Cold.Cards }), median(func(x visits) float64 { return x.Cold.Quiet }),
			median(func(x visits) float64 { return x.Warm.Cards }), median(func(x visits) float64 { return x.Warm.Quiet }), all[0].Count), "open ≤ 1 s")
	return nil
}
