package tiers

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
)

// Why all customers of a workspace are scored anew.
const (
	CauseNight    = "night"    // a day has passed
	CauseSettings = "settings" // the weights have changed
	CauseAsked    = "asked"    // a person wants it now
)

// Round is a computation of all customers of a workspace. There is one at a time:
// a later one takes the place of one that is under way.
type Round struct {
	ID       string     `json:"id"`
	Cause    string     `json:"cause" enum:"night,settings,asked"`
	By       string     `json:"by,omitempty"`
	Date     value.Date `json:"date"`
	Seen     int64      `json:"seen"`    // customers
	Changed  int64      `json:"changed"` // got another tier
	Fell     int64      `json:"fell"`    // of them, to a worse one
	Failed   int64      `json:"failed"`  // could not be changed; the next run tries again
	Started  string     `json:"startedAt"`
	Finished string     `json:"finishedAt,omitempty"`
	Cursor   string     `json:"cursor,omitempty"`
}

const current = "current"

// LastRun gives the newest run; the zero Round before the first.
func (s *Service) LastRun(ctx context.Context, ws string) (Round, error) {
	r, _, err := s.run(ctx, ws)
	return r, err
}

func (s *Service) run(ctx context.Context, ws string) (Round, int64, error) {
	var r Round
	d, err := s.store.In(ws, runs).Get(ctx, current)
	if fault.Is(err, fault.NotFound) {
		return r, 0, nil
	}
	if err == nil {
		err = json.Unmarshal(d.Body, &r)
	}
	return r, d.Ver, err
}

// Begin notes a run; Page does it. The night's goes on with one of the same day
// that is under way, for its scores are as new; one that an earlier day left
// unfinished gives way, for half of its scores are of that day. New settings that
// were not applied to all yet stay the cause, and so nobody is warned of them.
func (s *Service) Begin(ctx context.Context, ws, cause, by string) (Round, error) {
	w, err := s.spaces.Get(ctx, ws)
	if err != nil {
		return Round{}, err
	}
	now, today := s.spaces.Now(w)
	r := Round{ID: strings.ReplaceAll(uuid.Must(uuid.NewV7()).String(), "-", ""), Cause: cause, By: by, Date: today, Started: value.Instant(now)}
	for n := 1; ; n++ {
		was, ver, err := s.run(ctx, ws)
		if err != nil {
			return r, err
		}
		if was.ID != "" && was.Finished == "" {
			if cause == CauseNight && was.Date == today {
				return was, nil
			}
			if was.Cause == CauseSettings {
				r.Cause = CauseSettings
			}
		}
		if err = s.putRun(ctx, ws, r, ver); !fault.Is(err, fault.Conflict) || n == attempts {
			return r, err
		}
	}
}

func (s *Service) putRun(ctx context.Context, ws string, r Round, ver int64) error {
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if ver == 0 {
		_, err = s.store.In(ws, runs).Insert(ctx, current, body)
	} else {
		_, err = s.store.In(ws, runs).Replace(ctx, store.Doc{ID: current, Body: body}, ver)
	}
	return err
}

const (
	pageSize = 100
	// maxRest bounds how long a page rests after its work: as long as it worked,
	// so that the night's computation takes half a core at most.
	maxRest = 2 * time.Second
)

// Page scores a page of customers and tells whether there are more. A page that
// is done again changes nothing but the figures of the run.
func (s *Service) Page(ctx context.Context, ws, id string) (bool, error) {
	r, ver, err := s.run(ctx, ws)
	if err != nil || r.ID != id || r.Finished != "" {
		return false, err
	}
	began := time.Now()
	p, err := s.present(ctx, ws, r.Cause == CauseSettings)
	if err != nil {
		return false, err
	}
	list, err := s.records.List(ctx, policies.SystemActor(ws, "score"), "customer", records.ListQuery{Limit: pageSize, Cursor: r.Cursor})
	if err != nil {
		return false, err
	}
	if err := s.scorePage(ctx, p, &r, list.Items); err != nil {
		return false, err
	}
	r.Cursor = list.Next
	if r.Cursor == "" {
		r.Finished = value.Instant(p.now)
	}
	if err := s.putRun(ctx, ws, r, ver); err != nil {
		if fault.Is(err, fault.Conflict) { // another run has begun, or this page was done twice
			return true, nil
		}
		return false, err
	}
	if r.Finished != "" {
		return false, nil
	}
	select {
	case <-ctx.Done():
	case <-time.After(min(time.Since(began), maxRest)):
	}
	return true, nil
}

// scorePage reads cards, accounts and journals of a page in a query each, and
// writes the cards that change nothing else in one go.
func (s *Service) scorePage(ctx context.Context, p present, run *Round, list []records.Record) error {
	ws := p.w.Key
	by, ids := make(map[string]records.Record, len(list)), make([]string, 0, len(list))
	for _, r := range list {
		by[r.ID] = r
		ids = append(ids, r.ID)
	}
	docs, err := s.store.In(ws, collection).GetMany(ctx, ids)
	if err != nil {
		return err
	}
	var plain []store.Write
	err = s.accounts.EventsOf(ctx, ws, ids, func(id string, events []ledger.Event, st *ledger.State) error {
		card := Card{Score: ledger.Score{Reasons: []ledger.Points{}}}
		if d, there := docs[id]; there {
			if err := json.Unmarshal(d.Body, &card); err != nil {
				return err
			}
		}
		next := p.judge(card, by[id], events, st)
		run.Seen++
		if next.Setting == "" && !next.Owed {
			w, err := write(id, next, docs[id].Ver)
			plain = append(plain, w)
			return err
		}
		was := next.Current
		switch next, err = s.settle(ctx, p, by[id], next, docs[id].Ver); {
		case fault.Is(err, fault.Conflict) || fault.Is(err, fault.Invalid) || fault.Is(err, fault.NotFound):
			run.Failed++ // somebody is at it; a record that fails its form does not stop the others
			return nil
		case err != nil:
			return err
		}
		run.Changed++
		if next.Current > was && was != "" {
			run.Fell++
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, errs := s.store.Apply(ctx, ws, plain)
	for _, err := range errs {
		switch {
		case fault.Is(err, fault.Conflict):
			run.Failed++
		case err != nil:
			return err
		}
	}
	return nil
}

func write(id string, c Card, ver int64) (store.Write, error) {
	body, err := json.Marshal(c)
	if ver == 0 {
		return store.Write{Op: store.Insert, Collection: collection, Doc: store.Doc{ID: id, Body: body}}, err
	}
	return store.Write{Op: store.Replace, Collection: collection, Doc: store.Doc{ID: id, Body: body}, IfVer: ver}, err
}
