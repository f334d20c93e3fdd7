package e2e

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dueflow/dueflow/server/app"
	"github.com/dueflow/dueflow/server/cli"
	"github.com/dueflow/dueflow/server/clock"
	"github.com/dueflow/dueflow/server/workspace"
)

// daily reminds all customers every day.
const daily = `{"format":"dueflow.flow/1","key":"daily","name":{"en":"Daily"},"subject":{"form":"customer"},
 "nodes":{"start":{"type":"trigger.schedule","v":1,"cfg":{"every":"day","at":"00:10"}},"end":{"type":"end","v":1}},
 "edges":[{"from":"start","to":"end"}]}`

// restore copies the store while the server runs, kills the server, and restores the
// copy, with the key, into a new data directory. The engine's file is not in it.
func (d *drill) restore() {
	d.t.Helper()
	was, copies, data := d.given["data"], d.t.TempDir(), d.t.TempDir()
	run := func(args ...string) (int, string) {
		var out, errs bytes.Buffer
		return cli.Run(d.t.Context(), "test", args, &out, &errs), errs.String()
	}
	if code, errs := run("backup", "--data", was, copies); code != 0 {
		d.t.Fatalf("backup: %s", errs)
	}
	d.kill()
	key := filepath.Join(was, "secret.key")
	if code, errs := run("restore", "--data", was, copies); code == 0 || !strings.Contains(errs, "is not empty") {
		d.t.Fatalf("over data that is there: %d %s", code, errs)
	}
	if code, errs := run("restore", "--data", data, d.t.TempDir()); code == 0 || !strings.Contains(errs, "no backup") {
		d.t.Fatalf("of nothing: %d %s", code, errs)
	}
	if code, errs := run("restore", "--data", data, "--key", key, copies); code != 0 {
		d.t.Fatalf("restore: %s", errs)
	}
	d.given["data"] = data
}

// TestRestoredStore: a copy of the store, taken while the server ran, is all that
// is left: the engine's file, with all that it waits for, is gone. The runs go on
// from the steps where they were: what was sent is not sent again, what waits
// waits no longer than it should, a person's result is heard, a paused run can be
// resumed, and the calendar goes on.
func TestRestoredStore(t *testing.T) {
	const day = 8.0 // seconds
	d := &drill{t: t, given: map[string]string{"data": t.TempDir(), "listen": "127.0.0.1:0"}}
	start := time.Now()
	d.inProcess(func(srv *app.Server) {
		d.space = newSpaceOn(t, srv, "lost", func(w *workspace.Workspace) {
			w.Demo = &clock.Demo{Epoch: start, Start: start, DaySeconds: day}
		})
	})
	today := func() (v string) {
		var out struct{ Today string }
		must(t, d.c.Do(t.Context(), "GET", "/clock", nil, &out))
		return out.Today
	}
	book := func(name, number string) string {
		c := d.customer(name)
		d.create("invoice", map[string]any{"number": number, "customer": c, "issueDate": "2026-01-05", "dueDate": today(), "amount": 1000, "currency": "CNY"})
		return c
	}
	d.up()
	book("Waits", "L-1")
	book("Rests", "L-2")
	d.publish(twoSteps)
	at := func(node, status string) (n int) {
		for _, r := range d.runs() {
			if r.Node == node && r.Status == status {
				n++
			}
		}
		return n
	}
	d.until("both wait after their first message", func() bool { return at("wait", "active") == 2 && len(d.messages()) == 2 })
	done := func(flow string) (n int) {
		for _, r := range d.runs() {
			if r.Flow.Key == flow && r.Status == "done" {
				n++
			}
		}
		return n
	}
	var rests string
	for _, r := range d.runs() {
		if strings.Contains(r.Subject.Label, "L-2") {
			rests = r.ID
		}
	}
	control := func(action string) {
		must(t, d.c.Do(t.Context(), "POST", "/runs/actions", map[string]any{"ids": []string{rests}, "action": action}, nil))
	}
	control("pause")
	d.until("one rests", func() bool { return at("wait", "paused") == 1 })
	d.publish(asking)
	var tasks struct{ Items []struct{ ID string } }
	d.until("a task for each", func() bool {
		return d.c.Do(t.Context(), "GET", "/tasks", nil, &tasks) == nil && len(tasks.Items) == 2
	})
	d.publish(daily)
	entered := func() (n int) {
		for _, r := range d.runs() {
			if strings.HasPrefix(r.Flow.Key, "daily") {
				n++
			}
		}
		return n
	}
	d.until("the calendar starts some", func() bool { return entered() > 0 })
	d.restore()
	d.up()
	before := entered()
	must(t, d.c.Do(t.Context(), "POST", "/tasks/"+tasks.Items[0].ID+"/complete", map[string]any{"result": "gone"}, nil))
	d.until("the result is heard", func() bool { return done("ask") == 1 })
	d.until("the one that waited goes on", func() bool { return len(d.messages()) == 3 })
	d.until("the calendar goes on", func() bool { return entered() > before })
	control("resume")
	d.until("the one that rested goes on", func() bool { return len(d.messages()) == 4 })
	d.until("both are at the end", func() bool { return done("two") == 2 })
	if m := d.messages(); len(m) != 4 {
		t.Errorf("%d messages: %+v", len(m), m)
	}
	d.kill()
	d.inProcess(func(srv *app.Server) {
		d.srv = srv
		d.verify()
	})
}
