package e2e

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/server/store"
)

// change writes fields of a flow's document, as a process would that died after.
func (s *space) change(flow string, fields map[string]any) {
	s.t.Helper()
	col := s.srv.Store.In(s.key, flows.Collection)
	for {
		d, err := col.Get(s.t.Context(), flow)
		must(s.t, err)
		var body map[string]any
		must(s.t, json.Unmarshal(d.Body, &body))
		for k, v := range fields {
			body[k] = v
		}
		raw, err := json.Marshal(body)
		must(s.t, err)
		if _, err = col.Replace(s.t.Context(), store.Doc{ID: flow, Body: raw}, d.Ver); err == nil {
			return
		}
	}
}

func (s *space) openRuns() (n int) {
	for _, r := range s.runs() {
		if r.Status != "done" {
			n++
		}
	}
	return n
}

// TestChangeOfAFlowIsCarriedOut: what publishing or stopping a flow asks for is
// begun by the sweep if the process died before, and once only.
func TestChangeOfAFlowIsCarriedOut(t *testing.T) {
	s := newSpace(t, nil)
	s.publish(twoSteps)
	f, err := s.srv.Flows.Get(t.Context(), s.key, "two")
	must(t, err)
	if len(f.Todo) != 0 {
		t.Errorf("left to do: %+v", f.Todo)
	}
	// The record is in the store only, so that no event starts its run.
	body := fmt.Sprintf(`{"number":"S-1","customer":%q,"issueDate":%q,"dueDate":%q,"amount":700,"currency":"CNY","status":"open","open":700,"_unbooked":%q}`, s.customer("Halfway"), s.today()-30, s.today()+30, "2999-01-01T00:00:00.000Z")
	_, err = s.srv.Store.In(s.key, "r_invoice").Insert(t.Context(), "silent", json.RawMessage(body))
	must(t, err)
	for range 2 {
		s.change("two", map[string]any{"todo": []flows.Batch{{ID: "enrolment", Kind: "enrol", Flow: "two", Hash: f.Hash}}})
		must(t, s.srv.Flows.Sweep(t.Context(), s.key))
		s.eventually("the invoice has a run", func() bool { return s.openRuns() == 1 })
	}
	if f, err = s.srv.Flows.Get(t.Context(), s.key, "two"); err != nil || len(f.Todo) != 0 {
		t.Errorf("left to do: %+v, %v", f.Todo, err)
	}
	s.change("two", map[string]any{"status": "stopped", "todo": []flows.Batch{{ID: "stop", Kind: "control", Flow: "two", Action: "stop", By: "u"}}})
	// Another one that cannot be carried out stands in nobody's way.
	_, err = s.srv.Store.In(s.key, flows.Collection).Insert(t.Context(), "broken", json.RawMessage(`{"key":"broken","status":"stopped","todo":[{"id":"x","kind":"enrol","flow":"broken","hash":"none"}]}`))
	must(t, err)
	if s.srv.Flows.Sweep(t.Context(), s.key) == nil {
		t.Error("what cannot be carried out is not told")
	}
	s.eventually("the run is stopped", func() bool { return s.openRuns() == 0 })
}

// TestStopEndsEnrolment: a flow that is stopped while it takes in what is open
// takes in no more, and what was starting meanwhile is stopped as well.
func TestStopEndsEnrolment(t *testing.T) {
	s := newSpace(t, nil)
	c := s.customer("Many")
	s.invoice(c, "E-1", 700, s.today()+30)
	s.settled(c)
	s.publish(twoSteps)
	s.eventually("a run", func() bool { return s.openRuns() == 1 })
	must(t, s.c.Do(t.Context(), "POST", "/flows/two/stop", nil, nil))
	s.eventually("it is stopped", func() bool { return s.openRuns() == 0 })
	f, err := s.srv.Flows.Get(t.Context(), s.key, "two")
	must(t, err)

	s.invoice(c, "E-2", 700, s.today()+30)
	batches := s.srv.Store.In(s.key, flows.Batches)
	left := func(id, entry string) flows.BatchState {
		t.Helper()
		raw, err := json.Marshal(flows.Batch{ID: id, Workspace: s.key, Kind: "enrol", Flow: "two", Hash: f.Hash, Entry: entry, Status: "running"})
		must(t, err)
		_, err = batches.Insert(t.Context(), id, raw)
		must(t, err)
		return flows.BatchState{Workspace: s.key, ID: id}
	}
	for _, entry := range []string{"", "2026-11-01"} {
		more, err := s.srv.Flows.BatchPage(t.Context(), left("late"+entry, entry))
		if b, _ := s.srv.Flows.GetBatch(t.Context(), s.key, "late"+entry); err != nil || more || b.Status != "done" || b.Done != 0 {
			t.Errorf("an enrolment of a stopped flow goes on: %v, %v, %+v", more, err, b)
		}
	}
	// One whose page was under way when the flow was stopped.
	s.change("two", map[string]any{"status": flows.Live})
	_, err = s.srv.Flows.BatchPage(t.Context(), left("between", ""))
	must(t, err)
	s.change("two", map[string]any{"status": flows.Stopped})
	must(t, s.srv.Flows.Sweep(t.Context(), s.key))
	s.eventually("what was starting is stopped", func() bool { return len(s.runs()) == 2 && s.openRuns() == 0 })

	// A newer version has an enrolment of its own; a calendar's goes on to its end.
	s.change("two", map[string]any{"status": flows.Live, "hash": "newer"})
	for entry, done := range map[string]int64{"": 0, "2026-12-01": 2} {
		if _, err := s.srv.Flows.BatchPage(t.Context(), left("old"+entry, entry)); err != nil {
			t.Error(err)
		}
		if b, _ := s.srv.Flows.GetBatch(t.Context(), s.key, "old"+entry); b.Done != done {
			t.Errorf("entry %q: %+v", entry, b)
		}
	}
}
