package flows

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/node"
	"github.com/dueflow/dueflow/workflows/run"
)

// HeldLog keeps what each run waited for when its step came, and before that.
const HeldLog = "held"

const (
	heldPage = 50
	// maxEarlier is how many earlier holds of a run are kept; the oldest go first.
	maxEarlier = 20
)

// HeldQuery picks what was held back or merged since an instant.
type HeldQuery struct {
	Since  string
	Reason string // "" is all
	Scope  filter.Expr
	Limit  int // 0 is 50, at most 200
	Cursor string
}

func (q HeldQuery) filter() filter.Expr {
	f := filter.And(filter.Gte("at", q.Since), q.Scope)
	if q.Reason != "" {
		f = filter.And(filter.Eq("reason", q.Reason), f)
	}
	return f
}

// Hold is what a run's step waited for instead of sending: deferred, refused, or
// gone along with another message (reason "merged"). The same reason at the same
// step, asked about several times, is one hold: Since is the first of the times,
// At the last.
type Hold struct {
	Node   string `json:"node"`
	Since  string `json:"since,omitempty"`
	At     string `json:"at"`
	Times  int    `json:"times,omitempty"`
	What   string `json:"what"`
	Reason string `json:"reason"`
	Until  string `json:"until,omitempty"` // when it is, or was, to be asked again
	By     string `json:"by,omitempty"`
	Key    string `json:"key,omitempty"`
}

// HeldDoc is a run's last hold, and those before it, newest first.
type HeldDoc struct {
	Customer     string          `json:"customer"`
	CustomerName string          `json:"customerName,omitempty"`
	Acct         json.RawMessage `json:"_acct,omitempty"`
	Label        string          `json:"label,omitempty"`
	Run          string          `json:"run"`
	Flow         string          `json:"flow"`
	Hold
	Earlier []Hold `json:"earlier,omitempty"`
	Dropped int    `json:"dropped,omitempty"` // earlier ones that are no longer kept
}

// holdOf is a fact as a hold; false for one that is none.
func holdOf(f run.Fact) (Hold, bool) {
	if f.What != node.ResultDeferred && f.What != node.ResultRefused && f.What != merged {
		return Hold{}, false
	}
	at := value.Instant(f.At)
	h := Hold{Node: f.Node, Since: at, At: at, Times: 1, What: f.What, Reason: f.Reason, Until: instantOf(f.Until), By: f.By, Key: f.Key}
	if f.What == merged {
		h.Reason = merged
	}
	return h, true
}

// wait takes a hold in. One that the document knows already, from a step that is
// stored a second time, changes nothing.
func (d *HeldDoc) wait(h Hold) {
	now := &d.Hold
	switch {
	case now.At == "":
		*now = h
	case h.At <= now.At && h.Node == now.Node && h.What == now.What && h.Reason == now.Reason:
	case h.Node == now.Node && h.What == now.What && h.Reason == now.Reason && h.By == now.By && h.What != merged:
		if now.Since == "" { // of before the log kept it
			now.Since, now.Times = now.At, 1
		}
		now.At, now.Until, now.Times = h.At, h.Until, now.Times+1
	default:
		if len(d.Earlier) >= maxEarlier {
			d.Dropped++
		}
		d.Earlier = append([]Hold{*now}, d.Earlier[:min(len(d.Earlier), maxEarlier-1)]...)
		*now = h
	}
}

// HeldList gives one page, newest first.
func (s *Service) HeldList(ctx context.Context, ws string, q HeldQuery) ([]HeldDoc, string, error) {
	if q.Limit <= 0 {
		q.Limit = heldPage
	}
	page, err := s.store.In(ws, HeldLog).Find(ctx, store.Query{
		Filter: q.filter(), Sort: []store.SortKey{{Field: "at", Desc: true}}, Limit: min(q.Limit, 200), After: q.Cursor,
	})
	if err != nil {
		return nil, "", err
	}
	out := make([]HeldDoc, 0, len(page.Docs))
	for _, d := range page.Docs {
		var h HeldDoc
		if err := json.Unmarshal(d.Body, &h); err != nil {
			return nil, "", err
		}
		out = append(out, h)
	}
	return out, page.Next, nil
}

// HeldCounts counts by what and reason.
func (s *Service) HeldCounts(ctx context.Context, ws string, q HeldQuery) ([]store.GroupRow, error) {
	return s.store.In(ws, HeldLog).Group(ctx, store.GroupQuery{Filter: q.filter(), By: []string{"what", "reason"}})
}

// heldWrites notes what each run that a step held back or merged waits for.
// runs are their index documents, by id.
func (s *Service) heldWrites(ctx context.Context, ws, customer string, facts []run.Fact, runs map[string]RunDoc) ([]store.Write, error) {
	holds := map[string][]Hold{}
	var ids []string
	for _, f := range facts {
		h, ok := holdOf(f)
		if !ok {
			continue
		}
		id := runID(customer, f.Run)
		if holds[id] == nil {
			ids = append(ids, id)
		}
		holds[id] = append(holds[id], h)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	there, err := s.store.In(ws, HeldLog).GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]store.Write, 0, len(ids))
	for _, id := range ids {
		r := runs[id]
		w := store.Write{Op: store.Insert, Collection: HeldLog}
		var h HeldDoc
		if d, ok := there[id]; ok {
			w.Op = store.Replace
			if err := decodeInto(d, &h); err != nil {
				return nil, err
			}
		}
		h.Customer, h.CustomerName, h.Acct, h.Label, h.Run, h.Flow = customer, r.CustomerName, r.Acct, r.Label, r.Run, r.Flow
		for _, x := range holds[id] {
			h.wait(x)
		}
		body, err := json.Marshal(h)
		if err != nil {
			return nil, err
		}
		w.Doc = store.Doc{ID: id, Body: body}
		out = append(out, w)
	}
	return out, nil
}

const merged = "merged"
