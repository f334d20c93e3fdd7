package main

import (
	"context"
	"fmt"
	"time"
)

// rounds of the series, and the pause between them.
const (
	rounds = 4
	pause  = time.Minute
)

// series: n accounts with some invoices each get four messages, a minute apart,
// which is the life of a run: its waits, its facts, a quarter of its start and
// of its end for each message. Invoices of one account that are due together go
// into one message, as they do in life. Beside it, in the same run, bare
// workflows of the same shape: one for each account.
func (b *bench) series(ctx context.Context, n, invoices int) error {
	p, err := b.fresh(ctx, fmt.Sprintf("series%d", invoices))
	if err != nil {
		return err
	}
	defer p.stop()
	at := minute(time.Duration(n*invoices) * 30 * time.Millisecond)
	if err := p.load(ctx, n, invoices, at.Format(time.DateOnly)); err != nil {
		return err
	}
	settle(p.cmd.Process.Pid)
	cpu0 := p.cpu()
	if err := p.publish(ctx, "series", seriesAt(at.Format("15:04"))); err != nil {
		return err
	}
	settle(p.cmd.Process.Pid)
	start := ms(p.cpu()-cpu0) / float64(n*rounds)
	if wait := time.Until(at); wait < 0 {
		return fmt.Errorf("preparing took %s too long; use fewer runs", -wait)
	} else if wait > 2*time.Second {
		time.Sleep(wait - 2*time.Second)
	}
	b.sink.reset()
	cpu0 = p.cpu()
	ok := b.sink.await(n*rounds, rounds*pause+2*time.Minute)
	messages, doubled := b.sink.counts()
	settle(p.cmd.Process.Pid)
	if !ok || doubled > 0 {
		return fmt.Errorf("%d of %d messages, %d doubled", messages, n*rounds, doubled)
	}
	per := ms(p.cpu()-cpu0) / float64(n*rounds)
	bareStart, bare, err := b.bare(ctx, n, rounds)
	if err != nil {
		return err
	}
	bareStart /= rounds
	shape := fmt.Sprintf("%d accounts × %d invoices × %d rounds", n, invoices, rounds)
	b.note(shape+": CPU per message, its share of the start", fmt.Sprintf("%.2f ms, %.2f ms", per, start), "")
	b.note(shape+": CPU per reminded invoice, start included", fmt.Sprintf("%.2f ms", (per+start)/float64(invoices)), "≤ 5 ms, < 6 ms")
	b.note(shape+": bare workflow, CPU per message, its share of the start", fmt.Sprintf("%.2f ms, %.2f ms", bare, bareStart), "")
	b.note(shape+": ratio of messages, start included", fmt.Sprintf("%.2f", (per+start)/(bare+bareStart)), "≤ 1.5")
	b.note("memory after it", fmt.Sprintf("%d MB", rss(p.cmd.Process.Pid)), "")
	return nil
}

func seriesAt(tod string) string {
	wait := `{"type":"wait","v":1,"cfg":{"for":{"value":1,"unit":"minute"}}}`
	send := `{"type":"send","v":1,"cfg":{"channel":"webhook","template":"overdue-friendly"}}`
	return fmt.Sprintf(`{"format":"dueflow.flow/1","key":"series","name":{"en":"Series"},"subject":{"form":"invoice"},
 "stopWhen":[{"id":"paid","when":{"field":"invoice.open","op":"lte","value":0},"outcome":"goal"}],
 "nodes":{"start":{"type":"trigger.date","v":1,"cfg":{"field":"invoice.dueDate","at":%q}},
  "s1":%s,"w1":%s,"s2":%s,"w2":%s,"s3":%s,"w3":%s,"s4":%s,"end":{"type":"end","v":1}},
 "edges":[{"from":"start","to":"s1"},{"from":"s1","to":"w1"},{"from":"w1","to":"s2"},{"from":"s2","to":"w2"},{"from":"w2","to":"s3"},
  {"from":"s3","to":"w3"},{"from":"w3","to":"s4"},{"from":"s4","to":"end"}]}`, tod, send, wait, send, wait, send, wait, send)
}
