package api

import (
	"context"
	"encoding/json"
	"slices"
	"sync"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/desk"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/tasks"
	"github.com/dueflow/dueflow/workflows/node"
)

type noteIn struct {
	CustomerPath
	Body struct {
		Text     string   `json:"text" maxLength:"20000"`
		Mentions []string `json:"mentions,omitempty" maxItems:"20"`
		Files    []string `json:"files,omitempty" maxItems:"5" doc:"ids that addNoteFile gave"`
	}
}

func (s *Server) addNote(ctx context.Context, a policies.Actor, in *noteIn) (*reply[desk.Note], error) {
	v, err := s.Access.View(ctx, a, "customer", "read")
	if err != nil {
		return nil, err
	}
	if err := s.inScope(ctx, a, v, in.ID); err != nil {
		return nil, err
	}
	files, err := s.Records.ClaimNoteFiles(ctx, a, in.ID, in.Body.Files)
	if err != nil {
		return nil, err
	}
	n := desk.Note{Customer: in.ID, Text: in.Body.Text, Mentions: in.Body.Mentions, Files: files}
	n, err = s.Desk.AddNote(ctx, a, n, s.whoSees(ctx, a.Workspace, in.ID))
	return &reply[desk.Note]{n}, err
}

type noteFileIn struct {
	CustomerPath
	Body struct {
		Name string `json:"name" maxLength:"1000"`
		Data []byte `json:"data" doc:"the bytes, base64"`
	}
}

func (s *Server) addNoteFile(ctx context.Context, a policies.Actor, in *noteFileIn) (*reply[records.File], error) {
	v, err := s.Access.View(ctx, a, "customer", "read")
	if err != nil {
		return nil, err
	}
	if err := s.inScope(ctx, a, v, in.ID); err != nil {
		return nil, err
	}
	f, err := s.Records.AddNoteFile(ctx, a, in.Body.Name, in.Body.Data)
	return &reply[records.File]{f}, err
}

type noteFilePath struct {
	CustomerPath
	File string `path:"file" maxLength:"60"`
}

func (s *Server) getNoteFile(ctx context.Context, a policies.Actor, in *noteFilePath) (*fileOut, error) {
	v, err := s.Access.View(ctx, a, "customer", "read")
	if err != nil {
		return nil, err
	}
	if err := s.inScope(ctx, a, v, in.ID); err != nil {
		return nil, err
	}
	f, data, err := s.Records.NoteFile(ctx, a.Workspace, in.ID, in.File)
	if err != nil {
		return nil, err
	}
	return download(f, data), nil
}

// whoSees tells of other people whether they may see an account; the members
// are read once, when the first is asked about.
func (s *Server) whoSees(ctx context.Context, ws, customer string) func(user string) bool {
	members := sync.OnceValues(func() ([]policies.Actor, error) { return s.Identity.Members(ctx, ws) })
	return func(user string) bool {
		all, err := members()
		k := slices.IndexFunc(all, func(m policies.Actor) bool { return m.ID == user })
		if err != nil || k < 0 {
			return false
		}
		v, err := s.Access.View(ctx, all[k], "customer", "read")
		return err == nil && s.Records.Visible(ctx, ws, customer, v) == nil
	}
}

func (s *Server) beginWork(ctx context.Context, a policies.Actor, in *CustomerPath) (*reply[desk.Work], error) {
	v, err := s.Access.View(ctx, a, "customer", "read")
	if err != nil {
		return nil, err
	}
	if err := s.inScope(ctx, a, v, in.ID); err != nil {
		return nil, err
	}
	w, err := s.Desk.Begin(ctx, a, in.ID)
	return &reply[desk.Work]{w}, err
}

func (s *Server) endWork(ctx context.Context, a policies.Actor, in *CustomerPath) (*nothing, error) {
	return nil, s.Desk.End(ctx, a, in.ID)
}

type viewerOut struct {
	ref
	Roles []string           `json:"roles"`
	Rules []policies.Decided `json:"rules"` // the rows that decide
}

// listViewers names everybody who can see an account.
func (s *Server) listViewers(ctx context.Context, a policies.Actor, in *CustomerPath) (*reply[items[viewerOut]], error) {
	r, err := s.Records.Get(ctx, a, "customer", in.ID)
	if err != nil {
		return nil, err
	}
	doc := map[string]any{"id": in.ID}
	for _, k := range records.ScopeFields {
		var v any
		if json.Unmarshal(r.Data[k], &v) == nil { // absent: nothing
			doc[k] = v
		}
	}
	members, err := s.Identity.Members(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	names := s.userNames(ctx, a.Workspace)
	out := items[viewerOut]{Items: []viewerOut{}}
	for _, m := range members {
		x, err := s.Access.Explain(ctx, m, "customer", "read", doc)
		if err != nil {
			return nil, err
		}
		if !x.Allowed {
			continue
		}
		o := viewerOut{person(names, m.ID), m.Roles, []policies.Decided{}}
		for _, d := range x.Rules {
			if d.Decides {
				o.Rules = append(o.Rules, d)
			}
		}
		out.Items = append(out.Items, o)
	}
	return &reply[items[viewerOut]]{out}, nil
}

type noticesIn struct {
	Cursor string `query:"cursor" maxLength:"4000"`
	Limit  int    `query:"limit" minimum:"0" maximum:"100"`
}

type noticeOut struct {
	desk.Notice
	Customer *ref `json:"customer,omitempty"`
	By       *ref `json:"by,omitempty"`
}

type noticesOut struct {
	Items  []noticeOut `json:"items"`
	Next   string      `json:"next,omitempty"`
	Unread int64       `json:"unread"`
}

func (s *Server) listNotices(ctx context.Context, a policies.Actor, in *noticesIn) (*reply[noticesOut], error) {
	list, next, unread, err := s.Desk.Notices(ctx, a, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(list))
	for _, n := range list {
		ids = append(ids, n.Customer)
	}
	// A notice of an account that is no longer in the person's view says nothing.
	customers := map[string]string{}
	if v, err := s.Access.View(ctx, a, "customer", "read"); err == nil {
		if customers, err = s.Records.Names(ctx, a.Workspace, ids, v.Scope); err != nil {
			return nil, err
		}
	}
	names := s.userNames(ctx, a.Workspace)
	out := noticesOut{Items: []noticeOut{}, Next: next, Unread: unread}
	for _, n := range list {
		o := noticeOut{Notice: n}
		if n.By != "" {
			by := person(names, n.By)
			o.By = &by
		}
		if n.Customer != "" {
			name, seen := customers[n.Customer]
			if !seen {
				continue
			}
			o.Customer = &ref{n.Customer, name}
		}
		out.Items = append(out.Items, o)
	}
	return &reply[noticesOut]{out}, nil
}

type readIn struct {
	Body struct {
		IDs []string `json:"ids,omitempty" maxItems:"200" doc:"none: all"`
	} `required:"false"`
}

func (s *Server) readNotices(ctx context.Context, a policies.Actor, in *readIn) (*nothing, error) {
	return nil, s.Desk.MarkRead(ctx, a, in.Body.IDs)
}

type newTaskIn struct {
	Body struct {
		Customer string            `json:"customer" maxLength:"200"`
		Title    map[string]string `json:"title"`
		Assignee string            `json:"assignee,omitempty" maxLength:"80"`
		Role     string            `json:"role,omitempty" maxLength:"60"`
		Team     string            `json:"team,omitempty" maxLength:"60"`
		Due      string            `json:"due,omitempty" maxLength:"10"`
	}
}

func (s *Server) createTask(ctx context.Context, a policies.Actor, in *newTaskIn) (*nothing, error) {
	b := in.Body
	v, err := s.Access.View(ctx, a, "task", "update")
	if err != nil {
		return nil, err
	}
	if err := s.inScope(ctx, a, v, b.Customer); err != nil {
		return nil, err
	}
	if len(b.Title) == 0 {
		return nil, fault.At("/title", "required", nil)
	}
	due, err := optionalDate("/due", b.Due)
	if err != nil {
		return nil, err
	}
	return nil, s.giveTask(ctx, a, node.ActTask, b.Customer, b.Title, &node.Assign{User: b.Assignee, Role: b.Role, Team: b.Team}, due)
}

type changeTaskIn struct {
	ID   string `path:"id" maxLength:"60"`
	Body struct {
		Assignee *string `json:"assignee,omitempty" doc:"empty puts it back into its queue"`
		Due      string  `json:"due,omitempty" maxLength:"10"`
	}
}

func (s *Server) changeTask(ctx context.Context, a policies.Actor, in *changeTaskIn) (*reply[taskOut], error) {
	v, err := s.Access.View(ctx, a, "task", "update")
	if err != nil {
		return nil, err
	}
	due, err := optionalDate("/due", in.Body.Due)
	if err != nil {
		return nil, err
	}
	if u := in.Body.Assignee; u != nil && *u != "" {
		if err := s.mayHave(ctx, a.Workspace, *u); err != nil {
			return nil, err
		}
	}
	t, err := s.Tasks.Change(ctx, a.Workspace, in.ID, tasks.Changes{Assignee: in.Body.Assignee, Due: due, By: a.ID}, records.Stamped(v.Scope))
	if err != nil {
		return nil, err
	}
	return s.showTask(ctx, a, v, t)
}
