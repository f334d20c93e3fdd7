package api

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/message"
	"github.com/dueflow/dueflow/server/audit"
)

type historyIn struct {
	Key    string `path:"key" maxLength:"60"`
	Cursor string `query:"cursor" maxLength:"4000"`
}

// templateRevision is a template as somebody saved it. Without a document it
// was deleted, or went back to how it ships.
type templateRevision struct {
	Seq      int64             `json:"seq"`
	At       string            `json:"at"`
	By       string            `json:"by,omitempty"`
	Document *message.Document `json:"document,omitempty"`
}

const historyPage = 30

// templateHistory reads what the audit log holds of a template, the newest
// first: which words were in force when, and who chose them.
func (s *Server) templateHistory(ctx context.Context, a policies.Actor, in *historyIn) (*reply[items[templateRevision]], error) {
	// A test that somebody sent to themselves changed nothing.
	page, err := s.Audit.List(ctx, a.Workspace, audit.Query{
		Filter: filter.And(filter.Eq("object", "template"), filter.Eq("id", in.Key), filter.Ne("action", "test")), Limit: historyPage, After: in.Cursor,
	})
	if err != nil {
		return nil, err
	}
	out := items[templateRevision]{Items: make([]templateRevision, 0, len(page.Entries)), Next: page.Next}
	for _, e := range page.Entries {
		r := templateRevision{Seq: e.Seq, At: instant(e.At), By: e.ActorName}
		if len(e.After) > 0 && string(e.After) != "null" {
			r.Document = new(message.Document)
			if err := json.Unmarshal(e.After, r.Document); err != nil {
				return nil, err
			}
		}
		out.Items = append(out.Items, r)
	}
	return &reply[items[templateRevision]]{out}, nil
}
