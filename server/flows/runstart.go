package flows

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/run"
)

// about is what the index copies from records.
type about struct {
	name  string
	acct  json.RawMessage
	label string
}

func (s *Service) about(ctx context.Context, ws, customer, formKey string, subjects []string) (map[string]about, error) {
	out := map[string]about{}
	read := func(formKey string, ids []string, f func(id string, b map[string]json.RawMessage)) error {
		docs, err := s.store.In(ws, "r_"+formKey).GetMany(ctx, ids)
		if err != nil {
			return err
		}
		for id, d := range docs {
			var b map[string]json.RawMessage
			if err := json.Unmarshal(d.Body, &b); err != nil {
				return err
			}
			f(id, b)
		}
		return nil
	}
	str := func(raw json.RawMessage) string {
		var v string
		_ = json.Unmarshal(raw, &v)
		return v
	}
	var base about
	err := read("customer", []string{customer}, func(_ string, b map[string]json.RawMessage) {
		base.name = str(b["name"])
		acct := map[string]json.RawMessage{}
		for _, k := range []string{"owner", "team", "tier", "region"} {
			if b[k] != nil {
				acct[k] = b[k]
			}
		}
		base.acct, _ = json.Marshal(acct)
	})
	if err != nil {
		return nil, err
	}
	for _, id := range subjects {
		out[id] = about{base.name, base.acct, base.name}
	}
	if formKey == "invoice" {
		err = read("invoice", subjects, func(id string, b map[string]json.RawMessage) {
			out[id] = about{base.name, base.acct, str(b["number"])}
		})
	}
	return out, err
}

// startRuns puts new runs into the index and tells the account's workflow.
// A run that exists is left alone, unless nobody took it up.
func (s *Service) startRuns(ctx context.Context, ws string, d *run.Definition, customer string, subjects []string, entry string) (int, error) {
	w, err := s.spaces.Get(ctx, ws)
	if err != nil {
		return 0, err
	}
	now, _ := s.spaces.Now(w)
	info, err := s.about(ctx, ws, customer, d.Flow.Subject.Form, subjects)
	if err != nil {
		return 0, err
	}
	writes := make([]store.Write, 0, len(subjects))
	for _, subject := range subjects {
		r := run.NewRun(d, subject, entry, now)
		doc := RunDoc{
			Run: r.ID, Customer: customer, CustomerName: info[subject].name, Acct: info[subject].acct, Flow: r.Flow, Hash: r.Hash,
			Form: r.Form, Subject: subject, Label: info[subject].label, Node: r.Node, Status: Starting,
			Started: value.Instant(now), Updated: value.Instant(now), Entry: entry,
		}
		body, err := json.Marshal(doc)
		if err != nil {
			return 0, err
		}
		writes = append(writes, store.Write{Op: store.Insert, Collection: Runs, Doc: store.Doc{ID: runID(customer, r.ID), Body: body}})
	}
	_, errs := s.store.Apply(ctx, ws, writes)
	var start []string
	there := map[string]string{} // subjects of runs that exist, by id
	for i, err := range errs {
		switch {
		case err == nil:
			start = append(start, subjects[i])
		case fault.KeyOf(err) == "store.exists":
			there[writes[i].Doc.ID] = subjects[i]
		default:
			return 0, err
		}
	}
	again, err := s.notTaken(ctx, ws, there)
	if err != nil {
		return 0, err
	}
	if start = append(start, again...); len(start) == 0 {
		return 0, nil
	}
	return len(start), s.engine.Tell(ctx, ws, customer, []run.Note{{Kind: run.NoteStart, Hash: d.Hash, Form: d.Flow.Subject.Form, Ids: start, Entry: entry}})
}

// notTaken gives the subjects, of runs by id, that no workflow took up yet.
func (s *Service) notTaken(ctx context.Context, ws string, runs map[string]string) ([]string, error) {
	if len(runs) == 0 {
		return nil, nil
	}
	ids := slices.Sorted(maps.Keys(runs))
	docs, err := s.store.In(ws, Runs).GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, id := range ids {
		var r RunDoc
		if d, ok := docs[id]; !ok {
			continue
		} else if err := json.Unmarshal(d.Body, &r); err != nil {
			return nil, err
		}
		if r.Status == Starting {
			out = append(out, runs[id])
		}
	}
	return out, nil
}
