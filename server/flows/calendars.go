package flows

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/server/store"
)

// CalendarUsers names the flows that use a calendar: in the draft, in the live
// version, or in a version that still carries runs. Flows that are about to be
// deleted can be left out.
func (s *Service) CalendarUsers(ctx context.Context, ws, id, lang string, but ...string) ([]string, error) {
	list, err := s.List(ctx, ws)
	if err != nil {
		return nil, err
	}
	rows, err := s.store.In(ws, Runs).Group(ctx, store.GroupQuery{Filter: openRuns, By: []string{"flow", "hash"}, Limit: 10_000})
	if err != nil {
		return nil, err
	}
	hashes := map[string][]string{}
	for _, r := range rows {
		key, _ := r.Keys[0].(string)
		hash, _ := r.Keys[1].(string)
		hashes[key] = append(hashes[key], hash)
	}
	var out []string
	for _, f := range list {
		if slices.Contains(but, f.Key) {
			continue
		}
		if f.Status == Live {
			hashes[f.Key] = append(hashes[f.Key], f.Hash)
		}
		used := usesCalendar(f.Draft, id)
		for _, h := range hashes[f.Key] {
			if used {
				break
			}
			v, err := s.Version(ctx, ws, h)
			if err != nil {
				return nil, err
			}
			used = usesCalendar(v.Document, id)
		}
		if used {
			out = append(out, f.Name.In(lang))
		}
	}
	private, err := s.privateUsers(ctx, ws, id, but)
	return append(out, private...), err
}

func usesCalendar(doc json.RawMessage, id string) bool {
	var f struct {
		Settings flow.Settings `json:"settings"`
	}
	return json.Unmarshal(doc, &f) == nil && f.Settings.Calendar == id
}

// privateUsers are drafts that one person keeps apart.
func (s *Service) privateUsers(ctx context.Context, ws, id string, but []string) ([]string, error) {
	var out []string
	err := s.store.In(ws, Privates).Each(ctx, store.Query{Limit: 200}, func(d store.Doc) error {
		var p Private
		if err := json.Unmarshal(d.Body, &p); err != nil {
			return err
		}
		if usesCalendar(p.Document, id) && !slices.Contains(but, p.Key) {
			out = append(out, p.Key)
		}
		return nil
	})
	return out, err
}
