package personal

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/audit"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
)

// records writes the records of each form whose records belong to a customer.
func (x *archive) records(ctx context.Context) error {
	all, err := x.s.Forms.List(ctx, x.a.Workspace)
	if err != nil {
		return err
	}
	for _, e := range all {
		if e.Published == nil {
			continue
		}
		f, err := x.s.Forms.Get(ctx, x.a.Workspace, e.Key)
		if err != nil {
			return err
		}
		if fd, ok := f.Field("customer"); !ok || fd.Ref != "customer" {
			continue
		}
		err = x.part("records-"+e.Key, func(add func(any) error) error {
			q := records.ListQuery{Filter: filter.Eq("customer", x.id)}
			return x.s.Records.Each(ctx, x.a, e.Key, q, func(r records.Record) error {
				x.ids[e.Key] = append(x.ids[e.Key], r.ID)
				return add(r)
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// browsers writes which browsers of the customer take notices, without the keys
// that would let somebody else send to them.
func (x *archive) browsers(ctx context.Context) func(add func(any) error) error {
	return func(add func(any) error) error {
		raw, err := x.s.Records.MarkOf(ctx, x.a.Workspace, x.id, "push")
		if x.record.ID == "" {
			return nil
		}
		if err != nil {
			return err
		}
		var list []struct {
			Endpoint string `json:"endpoint"`
		}
		_ = json.Unmarshal(raw, &list) // none yet
		for _, b := range list {
			host, _, _ := strings.Cut(strings.TrimPrefix(b.Endpoint, "https://"), "/")
			if err := add(map[string]string{"service": host}); err != nil {
				return err
			}
		}
		return nil
	}
}

// page writes what is kept of the customer's own page: how often its address was
// renewed, what was said there on its last day, and which invoices were said to
// be paid.
func (x *archive) page(ctx context.Context) func(add func(any) error) error {
	return func(add func(any) error) error {
		raw, err := x.s.Records.MarkOf(ctx, x.a.Workspace, x.id, pageMark)
		if x.record.ID == "" {
			return nil
		}
		if err != nil || raw == nil {
			return err
		}
		return add(raw)
	}
}

// audit writes the log's entries about the customer and its records.
func (x *archive) audit(ctx context.Context) func(add func(any) error) error {
	return func(add func(any) error) error {
		if err := x.s.may(ctx, x.a, x.record, "audit", "read"); err != nil {
			return err
		}
		return x.some(func(form string, ids []string) error {
			q := audit.Query{Filter: filter.And(filter.Eq("object", form), filter.In("id", ids...)), Limit: page}
			for {
				p, err := x.s.Log.List(ctx, x.a.Workspace, q)
				if err != nil {
					return err
				}
				for _, e := range p.Entries {
					if err := add(e); err != nil {
						return err
					}
				}
				if p.Next == "" {
					return nil
				}
				q.After = p.Next
			}
		})
	}
}

// some visits the ids of the customer's records, form by form and some at a
// time.
func (x *archive) some(f func(form string, ids []string) error) error {
	keys := make([]string, 0, len(x.ids))
	for k := range x.ids {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		for ids := range slices.Chunk(x.ids[k], 100) {
			if err := f(k, ids); err != nil {
				return err
			}
		}
	}
	return nil
}

// files writes the files of the records and notes as they are. Of a form that
// the actor may not read no record is known here.
func (x *archive) files(ctx context.Context) error {
	left := maxFiles
	l := Listed{File: "files/", Part: "files"}
	one := func(d store.Doc) error {
		var f struct {
			Name string `json:"name"`
			Data []byte `json:"data"`
		}
		if err := json.Unmarshal(d.Body, &f); err != nil {
			return err
		}
		if left -= len(f.Data); left < 0 {
			return errCut
		}
		w, err := x.zip.CreateHeader(&zip.FileHeader{Name: "files/" + d.ID + "-" + f.Name, Method: zip.Store, Modified: x.now})
		if err != nil {
			return err
		}
		l.Rows++
		_, err = w.Write(f.Data)
		return err
	}
	col := x.s.Store.In(x.a.Workspace, records.Files)
	x.ids[records.NoteForm] = []string{x.id}
	err := x.some(func(form string, ids []string) error {
		return col.Each(ctx, store.Query{Filter: filter.And(filter.In("record", ids...), filter.Eq("form", form)), Limit: 4}, one)
	})
	if errors.Is(err, errCut) {
		l.Cut, err = true, nil
	}
	x.list = append(x.list, l)
	return err
}
