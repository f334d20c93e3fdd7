package api

import (
	"context"
	"net/http"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/server/records"
)

func (s *Server) binRoutes() {
	route(s, http.MethodGet, "/bin/{form}", "listBin", signedIn, "Deleted records of a form, those deleted last first; kept for 90 days", s.listBin)
	route(s, http.MethodPost, "/bin/{form}/{id}/restore", "restoreRecord", signedIn, "Bring a deleted record back under its id", s.restoreRecord)
	route(s, http.MethodDelete, "/bin/{form}/{id}", "removeRecord", signedIn, "Remove a deleted record for good", s.removeRecord)
}

type binIn struct {
	Form   string `path:"form" maxLength:"40"`
	Limit  int    `query:"limit" minimum:"0" maximum:"500"`
	Cursor string `query:"cursor" maxLength:"4000"`
}

func (s *Server) listBin(ctx context.Context, a policies.Actor, in *binIn) (*reply[records.Binful], error) {
	l, err := s.Records.ListBin(ctx, a, in.Form, in.Limit, in.Cursor)
	return &reply[records.Binful]{l}, err
}

func (s *Server) restoreRecord(ctx context.Context, a policies.Actor, in *RecordPath) (*tagged[records.Record], error) {
	r, err := s.Records.Restore(ctx, a, in.Form, in.ID)
	if err != nil {
		return nil, err
	}
	s.audit(ctx, a, "restore", in.Form, in.ID, nil)
	return &tagged[records.Record]{etag(r.Version), r}, nil
}

func (s *Server) removeRecord(ctx context.Context, a policies.Actor, in *RecordPath) (*nothing, error) {
	if err := s.Records.RemoveBinned(ctx, a, in.Form, in.ID); err != nil {
		return nil, err
	}
	s.audit(ctx, a, "remove", in.Form, in.ID, nil)
	return nil, nil
}
