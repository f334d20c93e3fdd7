package api

import (
	"context"
	"sort"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/server/identity"
	"github.com/dueflow/dueflow/server/store"
)

type usersIn struct {
	Limit  int    `query:"limit" minimum:"0" maximum:"500"`
	Cursor string `query:"cursor" maxLength:"4000"`
}

func (s *Server) listUsers(ctx context.Context, a policies.Actor, in *usersIn) (*reply[items[identity.User]], error) {
	p, err := s.Identity.ListUsers(ctx, a.Workspace, store.Query{Limit: in.Limit, After: in.Cursor})
	if err != nil {
		return nil, err
	}
	return &reply[items[identity.User]]{items[identity.User]{Items: p.Users, Next: p.Next}}, nil
}

type userIn struct {
	Body identity.NewUser
}

func (s *Server) createUser(ctx context.Context, a policies.Actor, in *userIn) (*tagged[identity.User], error) {
	if in.Body.Teams == nil {
		in.Body.Teams = []string{}
	}
	u, err := s.Identity.CreateUser(ctx, a, in.Body)
	return &tagged[identity.User]{etag(u.Version), u}, err
}

type userChangeIn struct {
	ID      string `path:"id" maxLength:"60"`
	IfMatch string `header:"If-Match"`
	Body    identity.UserChange
}

func (s *Server) updateUser(ctx context.Context, a policies.Actor, in *userChangeIn) (*tagged[identity.User], error) {
	v, err := version(in.IfMatch)
	if err != nil {
		return nil, err
	}
	u, err := s.Identity.UpdateUser(ctx, a, in.ID, in.Body, v)
	return &tagged[identity.User]{etag(u.Version), u}, err
}

// namesFor is how old names of people may be: many requests of one page ask for
// them at once.
const namesFor = 2 * time.Second

type cachedNames struct {
	at    time.Time
	names map[string]string
}

// userNames gives the names of the workspace's people by id. It must not be
// changed.
func (s *Server) userNames(ctx context.Context, ws string) map[string]string {
	if c, ok := s.names.Load(ws); ok {
		if c, ok := c.(cachedNames); ok && time.Since(c.at) < namesFor {
			return c.names
		}
	}
	at := time.Now()
	names := s.readNames(ctx, ws)
	if ctx.Err() == nil {
		s.names.Store(ws, cachedNames{at, names})
	}
	return names
}

func (s *Server) readNames(ctx context.Context, ws string) map[string]string {
	out := map[string]string{}
	q := store.Query{Limit: 500}
	for {
		p, err := s.Identity.ListUsers(ctx, ws, q)
		if err != nil {
			return out
		}
		for _, u := range p.Users {
			out[u.ID] = u.Name
		}
		if p.Next == "" || len(out) > 5000 {
			return out
		}
		q.After = p.Next
	}
}

func (s *Server) listUserNames(ctx context.Context, a policies.Actor, _ *nothing) (*reply[items[ref]], error) {
	out := items[ref]{Items: []ref{}}
	for id, name := range s.userNames(ctx, a.Workspace) {
		out.Items = append(out.Items, ref{id, name})
	}
	sort.Slice(out.Items, func(i, j int) bool { return out.Items[i].Name < out.Items[j].Name })
	return &reply[items[ref]]{out}, nil
}

func (s *Server) listKeys(ctx context.Context, a policies.Actor, _ *nothing) (*reply[items[identity.Key]], error) {
	list, err := s.Identity.ListKeys(ctx, a.Workspace)
	if list == nil {
		list = []identity.Key{}
	}
	return &reply[items[identity.Key]]{items[identity.Key]{Items: list}}, err
}

type keyIn struct {
	Body struct {
		Name      string    `json:"name" maxLength:"100"`
		Role      string    `json:"role,omitempty" maxLength:"60"`
		Roles     []string  `json:"roles,omitempty" maxItems:"20"`
		ExpiresAt time.Time `json:"expiresAt,omitempty"`
	}
}

type keyOut struct {
	identity.Key
	Secret string `json:"secret"`
}

func (s *Server) createKey(ctx context.Context, a policies.Actor, in *keyIn) (*reply[keyOut], error) {
	roles := in.Body.Roles
	if in.Body.Role != "" {
		roles = append(roles, in.Body.Role)
	}
	k, secret, err := s.Identity.CreateKey(ctx, a, identity.NewKey{Name: in.Body.Name, Roles: roles, Expires: in.Body.ExpiresAt})
	return &reply[keyOut]{keyOut{k, secret}}, err
}

type keyPath struct {
	ID string `path:"id" maxLength:"60"`
}

func (s *Server) revokeKey(ctx context.Context, a policies.Actor, in *keyPath) (*nothing, error) {
	return nil, s.Identity.RevokeKey(ctx, a, in.ID)
}
