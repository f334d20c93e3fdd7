package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/audit"
)

func (s *Server) auditRoutes() {
	route(s, http.MethodGet, "/audit", "listAudit", need{"audit", "read"}, "Changes beside the ledger, newest first", s.listAudit)
	route(s, http.MethodGet, "/audit/check", "checkAudit", need{"audit", "read"}, "Whether the log of changes is whole: nothing changed, lost or slipped in", s.checkAudit)
}

// audit notes what somebody did.
func (s *Server) audit(ctx context.Context, a policies.Actor, action, object, id string, after any) {
	e := audit.Entry{Action: action, Object: object, ID: id}
	if after != nil {
		e.After = audit.JSON(after)
	}
	s.note(ctx, a, e)
}

// auditChange notes an update with what was there before.
func (s *Server) auditChange(ctx context.Context, a policies.Actor, object, id string, before, after any) {
	s.note(ctx, a, audit.Entry{Action: "update", Object: object, ID: id, Before: audit.JSON(before), After: audit.JSON(after)})
}

// note writes an entry; the change itself has been made, so a failing log is an
// error of ours to see, not the caller's.
func (s *Server) note(ctx context.Context, a policies.Actor, e audit.Entry) {
	e.Actor, e.ActorName = a.ID, a.Name
	if _, err := s.Audit.Append(context.WithoutCancel(ctx), a.Workspace, e); err != nil {
		s.Log.Error("audit entry lost", "action", e.Action, "object", e.Object, "error", err)
	}
}

type auditIn struct {
	Actor  string `query:"actor" maxLength:"200" doc:"who: the id of a user or key, or the name of a part of the product"`
	Object string `query:"object" maxLength:"200" doc:"the kind of thing"`
	ID     string `query:"id" maxLength:"500" doc:"the thing; only with object"`
	From   string `query:"from" maxLength:"10" doc:"first day, in the workspace's time zone"`
	To     string `query:"to" maxLength:"10" doc:"last day"`
	Seq    int64  `query:"seq" minimum:"0" doc:"only the entry of this number"`
	Before int64  `query:"before" minimum:"0" doc:"only entries of lower numbers"`
	Limit  int    `query:"limit" minimum:"0" maximum:"500"`
	Cursor string `query:"cursor" maxLength:"4000"`
}

// query is what in asks for, with days of a time zone; each part is answered by
// an index or by number.
func (in *auditIn) query(zone *time.Location) (audit.Query, error) {
	q := audit.Query{Limit: in.Limit, After: in.Cursor}
	if in.ID != "" && in.Object == "" {
		return q, fault.At("/object", "required", nil)
	}
	var where []filter.Expr
	for _, c := range []struct{ field, value string }{{"actor", in.Actor}, {"object", in.Object}, {"id", in.ID}} {
		if c.value != "" {
			where = append(where, filter.Eq(c.field, c.value))
		}
	}
	if in.Seq > 0 {
		where = append(where, filter.Eq("seq", in.Seq))
	}
	if in.Before > 0 {
		where = append(where, filter.Lt("seq", in.Before))
	}
	if len(where) > 0 {
		q.Filter = filter.And(where...)
	}
	from, err := optionalDate("/from", in.From)
	if err != nil {
		return q, err
	}
	to, err := optionalDate("/to", in.To)
	if err != nil {
		return q, err
	}
	if in.From != "" {
		q.From = from.At(value.TimeOfDay(0), zone)
	}
	if in.To != "" {
		q.To = (to + 1).At(value.TimeOfDay(0), zone)
	}
	return q, nil
}

func (s *Server) listAudit(ctx context.Context, a policies.Actor, in *auditIn) (*reply[items[auditEntry]], error) {
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	q, err := in.query(w.Location())
	if err != nil {
		return nil, err
	}
	p, err := s.Audit.List(ctx, a.Workspace, q)
	if err != nil {
		return nil, err
	}
	list, err := s.seenEntries(ctx, a, p.Entries)
	if in.ID != "" { // asked about an account, it must not tell that there is one
		list = slices.DeleteFunc(list, func(e auditEntry) bool { return e.Hidden })
	}
	return &reply[items[auditEntry]]{items[auditEntry]{Items: list, Next: p.Next}}, err
}

// auditCheck is what a walk over the log found.
type auditCheck struct {
	audit.Report
}

func (s *Server) checkAudit(ctx context.Context, a policies.Actor, _ *nothing) (*reply[auditCheck], error) {
	r, err := s.Audit.Verify(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	return &reply[auditCheck]{auditCheck{r}}, nil
}
