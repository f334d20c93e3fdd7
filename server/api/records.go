package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/imports"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
)

type listIn struct {
	Form   string `path:"form" maxLength:"40"`
	Filter string `query:"filter" doc:"condition in the filter language, as JSON" maxLength:"12000"`
	Search string `query:"search" maxLength:"200"`
	Sort   string `query:"sort" doc:"fields, comma separated, - for descending" maxLength:"200"`
	Limit  int    `query:"limit" minimum:"0" maximum:"500"`
	Cursor string `query:"cursor" maxLength:"4000"`
}

// RecordPath names a record.
type RecordPath struct {
	Form string `path:"form" maxLength:"40"`
	ID   string `path:"id" maxLength:"200"`
}

type createIn struct {
	Form string `path:"form" maxLength:"40"`
	Body struct {
		ID   string          `json:"id,omitempty" maxLength:"120"`
		Data json.RawMessage `json:"data"`
	}
}

type updateIn struct {
	RecordPath
	IfMatch string `header:"If-Match"`
	Body    struct {
		Data json.RawMessage `json:"data"`
	}
}

type deleteIn struct {
	RecordPath
	IfMatch string `header:"If-Match"`
}

func (s *Server) recordRoutes() {
	route(s, http.MethodGet, "/records/{form}", "listRecords", signedIn, "Records of a form", s.listRecords)
	route(s, http.MethodGet, "/records/{form}/count", "countRecords", signedIn, "Number of records", s.countRecords)
	route(s, http.MethodPost, "/records/{form}", "createRecord", signedIn, "Create a record; invoices are booked, payments applied", s.createRecord)
	route(s, http.MethodGet, "/records/{form}/{id}", "getRecord", signedIn, "One record", s.getRecord)
	route(s, http.MethodPut, "/records/{form}/{id}", "updateRecord", signedIn, "Replace a record's data", s.updateRecord)
	route(s, http.MethodDelete, "/records/{form}/{id}", "deleteRecord", signedIn, "Move a record to the bin", s.deleteRecord)
}

func (s *Server) listRecords(ctx context.Context, a policies.Actor, in *listIn) (*reply[records.List], error) {
	q, err := listQuery(in)
	if err != nil {
		return nil, err
	}
	l, err := s.Records.List(ctx, a, in.Form, q)
	if err != nil {
		return nil, err
	}
	if in.Form == "customer" {
		if err := s.withBalances(ctx, a, l.Items); err != nil {
			return nil, err
		}
	}
	return &reply[records.List]{l}, nil
}

func listQuery(in *listIn) (records.ListQuery, error) {
	q := records.ListQuery{Search: in.Search, Limit: in.Limit, Cursor: in.Cursor}
	if in.Filter != "" {
		e, err := filter.Parse([]byte(in.Filter))
		if err != nil {
			return q, at("/filter", err)
		}
		q.Filter = e
	}
	for f := range strings.SplitSeq(in.Sort, ",") {
		if f = strings.TrimSpace(f); f == "" {
			continue
		}
		name, desc := strings.CutPrefix(f, "-")
		q.Sort = append(q.Sort, store.SortKey{Field: name, Desc: desc})
	}
	return q, nil
}

// at puts the places of a fault below a pointer.
func at(pointer string, err error) error {
	fe, ok := err.(*fault.Error)
	if !ok || len(fe.Fields) == 0 {
		return err
	}
	out := *fe
	out.Fields = nil
	for _, f := range fe.Fields {
		f.Pointer = pointer + f.Pointer
		out.Fields = append(out.Fields, f)
	}
	return &out
}

type count struct {
	Count   int64 `json:"count"`
	AtLeast bool  `json:"atLeast" doc:"true when there are more than were counted"`
}

// maxCount bounds counting: people need "more than 10,000", not the number.
const maxCount = 10_000

func (s *Server) countRecords(ctx context.Context, a policies.Actor, in *listIn) (*reply[count], error) {
	q, err := listQuery(in)
	if err != nil {
		return nil, err
	}
	n, err := s.Records.Count(ctx, a, in.Form, q.Filter, maxCount+1)
	return &reply[count]{count{min(n, maxCount), n > maxCount}}, err
}

func etag(v int64) string { return `"` + strconv.FormatInt(v, 10) + `"` }

// version reads If-Match; 0 is none, "*" any.
func version(ifMatch string) (int64, error) {
	v := strings.Trim(strings.TrimPrefix(ifMatch, "W/"), `"`)
	if v == "" || v == "*" {
		return 0, nil
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < 0 {
		return 0, fault.At("/headers/If-Match", "id", nil)
	}
	return n, nil
}

func needVersion(ifMatch string) (int64, error) {
	if ifMatch == "" {
		return 0, fault.New(fault.Invalid, "precondition.required", nil)
	}
	return version(ifMatch)
}

func (s *Server) getRecord(ctx context.Context, a policies.Actor, in *RecordPath) (*tagged[records.Record], error) {
	r, err := s.Records.Get(ctx, a, in.Form, in.ID)
	return &tagged[records.Record]{etag(r.Version), r}, err
}

func (s *Server) createRecord(ctx context.Context, a policies.Actor, in *createIn) (*tagged[records.Record], error) {
	r, err := s.Records.Create(ctx, a, in.Form, records.Input{ID: in.Body.ID, Data: in.Body.Data})
	return &tagged[records.Record]{etag(r.Version), r}, err
}

func (s *Server) updateRecord(ctx context.Context, a policies.Actor, in *updateIn) (*tagged[records.Record], error) {
	v, err := needVersion(in.IfMatch)
	if err != nil {
		return nil, err
	}
	r, err := s.Records.Update(ctx, a, in.Form, in.ID, in.Body.Data, v)
	return &tagged[records.Record]{etag(r.Version), r}, err
}

func (s *Server) deleteRecord(ctx context.Context, a policies.Actor, in *deleteIn) (*nothing, error) {
	v, err := needVersion(in.IfMatch)
	if err != nil {
		return nil, err
	}
	return nil, s.Records.Delete(ctx, a, in.Form, in.ID, v)
}

type importIn struct {
	Form string `path:"form" maxLength:"40"`
	Body struct {
		Rows   []importRow `json:"rows" maxItems:"500"`
		DryRun bool        `json:"dryRun,omitempty"`
	}
}

// importRow is one record to create or update. References in data are external
// ids, numbers or ids.
type importRow struct {
	Line       int            `json:"line"`
	ExternalID string         `json:"externalId,omitempty" maxLength:"120"`
	Data       map[string]any `json:"data"`
}

type importedRow struct {
	Line    int      `json:"line"`
	Status  string   `json:"status"`
	ID      string   `json:"id,omitempty"`
	Problem *Problem `json:"problem,omitempty"`
}

func (s *Server) importRows(ctx context.Context, a policies.Actor, in *importIn) (*reply[items[importedRow]], error) {
	rows := make([]imports.Row, len(in.Body.Rows))
	for i, r := range in.Body.Rows {
		rows[i] = imports.Row(r)
	}
	results := s.Imports.Upsert(ctx, a, in.Form, rows, in.Body.DryRun)
	if !in.Body.DryRun {
		if err := s.Imports.Fresh(ctx, a.Workspace, in.Form); err != nil {
			return nil, err
		}
	}
	out := items[importedRow]{Items: make([]importedRow, 0, len(results))}
	for _, r := range results {
		row := importedRow{Line: r.Line, Status: r.Status, ID: r.ID}
		if r.Problem != nil {
			row.Problem = faultProblem(langOf(ctx), r.Problem)
		}
		out.Items = append(out.Items, row)
	}
	return &reply[items[importedRow]]{out}, nil
}

// items is a page of a list.
type items[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`
}
