package e2e

import (
	"testing"
	"time"

	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/channel"
	interpreter "github.com/dueflow/dueflow/workflows/run"
)

// TestStepIsStored: what a step changed and the message that ended in it are
// stored together; a message that is there already, from an attempt that broke
// off, does not keep the step from being stored, nor is it stored twice.
func TestStepIsStored(t *testing.T) {
	s := newSpace(t, nil)
	c := s.customer("Stored")
	now := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	r := &interpreter.Run{ID: "f/" + c, Flow: "f", Hash: "h", Form: "customer", Subject: c, Node: "send", Status: interpreter.Active, Started: now, Wake: now}
	store := func(status, detail string) {
		t.Helper()
		m := activity.Outgoing{
			Key: "k", Channel: "sandbox", Status: status, Detail: detail, At: now,
			Message: channel.Message{Key: "k", Workspace: s.key, Customer: c, Text: "Dear customer", Currency: "CNY"},
		}
		facts := []interpreter.Fact{{Run: r.ID, Flow: r.Flow, Node: r.Node, At: now, What: "sent", Key: "k"}}
		must(t, s.srv.World.SaveStep(t.Context(), s.key, c, []*interpreter.Run{r}, facts, &m))
	}
	want := func(node, status, detail string, steps int64) {
		t.Helper()
		if all := s.all(); len(all) != 1 || all[0].Status != status || all[0].Detail != detail || all[0].Text != "Dear customer" {
			t.Errorf("messages %+v, want one that is %s", all, status)
		}
		if runs := s.runs(); len(runs) != 1 || runs[0].Node != node {
			t.Errorf("runs %+v, want one at %s", runs, node)
		}
		n, err := s.srv.Store.In(s.key, flows.Steps).Count(t.Context(), nil, 0)
		if err != nil || n != steps {
			t.Errorf("%d documents of facts, want %d; %v", n, steps, err)
		}
	}
	store("failed", "busy")
	want("send", "failed", "busy", 1)
	r.Node = "wait"
	store("sent", "taken")
	want("wait", "sent", "taken", 2)
}
