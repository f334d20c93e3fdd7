package audit

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
)

// The entry that says which texts were taken away.
const (
	takeAction = "take"
	takeObject = "audit"
	maxTake    = 500 // entries that one such entry names
)

// taking is what such an entry says: the numbers, and why. It has no texts of
// its own that would ever have to go.
type taking struct {
	Entries []int64 `json:"entries"`
	Why     string  `json:"why"`
}

// takes are the numbers of entries whose texts this one says were taken away.
func (r row) takes() []int64 {
	var t taking
	if r.Object != takeObject || r.Action != takeAction || r.Taken || json.Unmarshal([]byte(r.After), &t) != nil {
		return nil
	}
	return t.Entries
}

// Taking says which texts to take away, and why.
type Taking struct {
	Object string
	IDs    []string // at most 100
	Why    string   // without anything personal: it stays
	Dry    bool     // only count
}

// Take removes the texts (before, after) of the entries about an object's ids;
// that an entry was there, of what, by whom and when, stays, and so does the
// chain. First an entry by somebody names the numbers and why, then the texts
// go: whoever died in between does it again. It gives how many lost their texts,
// and how many are from before texts could go and keep them.
func (s *Service) Take(ctx context.Context, ws string, by Entry, what Taking) (taken, kept int, err error) {
	col := s.store.In(ws, Collection)
	var rows []row
	flush := func() error {
		if taken += len(rows); len(rows) == 0 || what.Dry {
			rows = rows[:0]
			return nil
		}
		t := taking{Why: what.Why}
		for _, r := range rows {
			t.Entries = append(t.Entries, r.Seq)
		}
		e := Entry{Actor: by.Actor, ActorName: by.ActorName, Addr: by.Addr, Action: takeAction, Object: takeObject, After: JSON(t)}
		if _, err := s.Append(ctx, ws, e); err != nil {
			return err
		}
		for _, r := range rows {
			if err := blank(ctx, col, r); err != nil {
				return err
			}
		}
		rows = rows[:0]
		return nil
	}
	where := filter.And(filter.Eq("object", what.Object), filter.In("id", what.IDs...))
	err = col.Each(ctx, store.Query{Filter: where, Sort: []store.SortKey{{Field: "seq"}}, Limit: maxTake}, func(d store.Doc) error {
		r, err := decode(d)
		switch {
		case err != nil:
			return err
		case r.Taken || r.Before == "" && r.After == "":
			return nil
		case r.Format < withSums:
			kept++
			return nil
		}
		if rows = append(rows, r); len(rows) < maxTake {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	return taken, kept, err
}

// blank takes a row's texts away. Nobody else changes rows, so that no version
// is asked for.
func blank(ctx context.Context, col store.Collection, r row) error {
	r.Before, r.After, r.Salt, r.Taken = "", "", "", true
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = col.Replace(ctx, store.Doc{ID: rowID(r.Seq), Body: body}, 0)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}
