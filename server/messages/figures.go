package messages

import (
	"context"
	"encoding/json"
	"time"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/activity"
)

// Figures are what became of a channel's messages in some days. Cost is in the
// workspace's currency.
type Figures struct {
	Sent      int64   `json:"sent"`
	Failed    int64   `json:"failed"`
	Unknown   int64   `json:"unknown"`
	Waiting   int64   `json:"waiting"`
	Delivered int64   `json:"delivered"`
	Bounced   int64   `json:"bounced"`
	Replied   int64   `json:"replied"`
	Cost      float64 `json:"cost" doc:"in the workspace's currency"`
}

// ChannelFigures are a channel's figures and its last message that went wrong.
type ChannelFigures struct {
	Figures
	Bad *Message
}

// ByChannel sums up the messages since an instant.
func (s *Service) ByChannel(ctx context.Context, ws string, since time.Time) (map[string]ChannelFigures, error) {
	rows, err := s.store.In(ws, collection).Group(ctx, store.GroupQuery{
		Filter: filter.Gte("at", value.Instant(since)), By: []string{"channel", "status", "delivery.state"}, Sum: "cost",
	})
	if err != nil {
		return nil, err
	}
	out, costs := map[string]ChannelFigures{}, map[string]int64{}
	for _, r := range rows {
		key, _ := r.Keys[0].(string)
		status, _ := r.Keys[1].(string)
		heard, _ := r.Keys[2].(string)
		f := out[key]
		f.add(status, heard, r.Count)
		costs[key] += r.Sum
		f.Cost = float64(costs[key]) / activity.CostUnits
		out[key] = f
	}
	for key, f := range out { // one short query for each channel that has had trouble
		if f.Failed+f.Unknown == 0 {
			continue
		}
		if f.Bad, err = s.lastBad(ctx, ws, key, since); err != nil {
			return nil, err
		}
		out[key] = f
	}
	return out, nil
}

func (f *ChannelFigures) add(status, heard string, n int64) {
	for _, c := range []struct {
		is bool
		to *int64
	}{
		{status == ledger.IntentSent, &f.Sent},
		{status == ledger.IntentFailed, &f.Failed},
		{status == ledger.IntentUnknown, &f.Unknown},
		{status == ledger.IntentWaiting, &f.Waiting},
		{heard == "delivered", &f.Delivered},
		{heard == "bounced", &f.Bounced},
		{heard == "replied", &f.Replied},
	} {
		if c.is {
			*c.to += n
		}
	}
}

func (s *Service) lastBad(ctx context.Context, ws, key string, since time.Time) (*Message, error) {
	page, err := s.store.In(ws, collection).Find(ctx, store.Query{
		Filter: filter.And(filter.Eq("channel", key), filter.In("status", ledger.IntentFailed, ledger.IntentUnknown), filter.Gte("at", value.Instant(since))),
		Sort:   []store.SortKey{{Field: "at", Desc: true}}, Limit: 1,
	})
	if err != nil || len(page.Docs) == 0 {
		return nil, err
	}
	var m Message
	return &m, json.Unmarshal(page.Docs[0].Body, &m)
}
