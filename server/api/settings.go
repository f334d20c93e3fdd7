package api

import (
	"context"
	"encoding/json"
	"net/http"
	"sort"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/audit"
	"github.com/dueflow/dueflow/server/identity"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/workspace"
)

func (s *Server) settingRoutes() {
	route(s, http.MethodGet, "/workspace", "getWorkspace", signedIn, "The workspace's settings", s.getWorkspace)
	route(s, http.MethodPut, "/workspace", "saveWorkspace", need{"workspace", "update"}, "Change the workspace's settings", s.saveWorkspace)
	route(s, http.MethodGet, "/users", "listUsers", need{"user", "read"}, "People of the workspace", s.listUsers)
	route(s, http.MethodPost, "/users", "createUser", need{"user", "create"}, "Add a person", s.createUser)
	route(s, http.MethodPut, "/users/{id}", "updateUser", need{"user", "update"}, "Change a person's name, roles, teams, or disable them", s.updateUser)
	route(s, http.MethodGet, "/users/names", "listUserNames", signedIn, "Names of people, for pickers", s.listUserNames)
	route(s, http.MethodGet, "/keys", "listKeys", need{"key", "read"}, "API keys", s.listKeys)
	route(s, http.MethodPost, "/keys", "createKey", need{"key", "create"}, "Make an API key; its secret is shown once", s.createKey)
	route(s, http.MethodDelete, "/keys/{id}", "revokeKey", need{"key", "delete"}, "Revoke an API key", s.revokeKey)
	route(s, http.MethodGet, "/roles", "getRoles", need{"role", "read"}, "Roles as rows", s.getRoles)
	route(s, http.MethodPut, "/roles", "saveRoles", need{"role", "update"}, "Change the rows of roles", s.saveRoles)
	route(s, http.MethodGet, "/explain", "explain", need{"role", "read"}, "Why a person may or may not do something to an account", s.explain)
	route(s, http.MethodGet, "/audit", "listAudit", need{"audit", "read"}, "Changes beside the ledger, newest first", s.listAudit)
}

// audit notes a change; the change itself has been made, so a failing log is
// an error of ours to see, not the caller's.
func (s *Server) audit(ctx context.Context, a policies.Actor, action, object, id string, after any) {
	e := audit.Entry{Actor: a.ID, ActorName: a.Name, Action: action, Object: object, ID: id}
	if after != nil {
		e.After = audit.JSON(after)
	}
	if _, err := s.Audit.Append(context.WithoutCancel(ctx), a.Workspace, e); err != nil {
		s.Log.Error("audit entry lost", "action", action, "object", object, "error", err)
	}
}

type workspaceOut struct {
	Version        int64           `json:"version"`
	Key            string          `json:"key"`
	Name           string          `json:"name"`
	Language       string          `json:"language"`
	Timezone       string          `json:"timezone"`
	Currency       value.Currency  `json:"currency"`
	Calendar       string          `json:"calendar"`
	Window         value.Window    `json:"window"`
	Budgets        []ledger.Budget `json:"budgets"`
	AllocationRule string          `json:"allocationRule"`
	HeldReason     string          `json:"heldReason"`
	MaxDataAge     int             `json:"maxDataAgeHours"`
	DataAt         string          `json:"dataAt,omitempty"`
	StopWords      []string        `json:"stopWords" doc:"answers that mean a wish to stop; empty takes ours"`
	Demo           bool            `json:"demo"`
	TotpRoles      []string        `json:"totpRoles"`
	// Portal is the page that customers open from their messages.
	Portal workspace.Portal `json:"portal"`
	// Channels holds the settings of each channel; secrets come back as "•••".
	Channels map[string]map[string]any `json:"channels"`
}

// hiddenSecret stands for a setting that is never shown again.
const hiddenSecret = "•••"

// hide gives a channel's settings with its secrets hidden. What a channel does
// not know (any more) is hidden too.
func (s *Server) hide(key string, raw json.RawMessage) map[string]any {
	var m map[string]any
	if json.Unmarshal(raw, &m) != nil {
		return nil
	}
	ch := s.Channels[key]
	for f, v := range m {
		if v != "" && (ch == nil || ch.Info().Secret(f)) {
			m[f] = hiddenSecret
		}
	}
	return m
}

func (s *Server) showWorkspace(w *workspace.Workspace) workspaceOut {
	out := workspaceOut{
		Version: w.Version, Key: w.Key, Name: w.Name, Language: w.Language, Timezone: w.Timezone, Currency: w.Currency, Calendar: w.Calendar,
		Window: w.Window, Budgets: w.Budgets, AllocationRule: w.AllocationRule, HeldReason: w.HeldReason, MaxDataAge: w.MaxDataAgeHour, StopWords: append([]string{}, w.StopWords...),
		DataAt: instant(w.DataAt), Demo: w.Demo != nil, TotpRoles: append([]string{}, w.TotpRoles...), Portal: w.Portal, Channels: map[string]map[string]any{},
	}
	for key, raw := range w.Channels {
		if m := s.hide(key, raw); m != nil {
			out.Channels[key] = m
		}
	}
	return out
}

func (s *Server) getWorkspace(ctx context.Context, a policies.Actor, _ *nothing) (*tagged[workspaceOut], error) {
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	out := s.showWorkspace(w)
	if ok, err := s.Access.Can(ctx, a, "workspace", "update"); err != nil || !ok {
		out.Channels = map[string]map[string]any{}
	}
	return &tagged[workspaceOut]{etag(w.Version), out}, nil
}

type workspaceIn struct {
	IfMatch string `header:"If-Match"`
	Body    json.RawMessage
}

func (s *Server) saveWorkspace(ctx context.Context, a policies.Actor, in *workspaceIn) (*tagged[workspaceOut], error) {
	v, err := needVersion(in.IfMatch)
	if err != nil {
		return nil, err
	}
	var body workspaceOut
	current, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	body = s.showWorkspace(current)
	if err := json.Unmarshal(in.Body, &body); err != nil {
		if fe, ok := err.(*fault.Error); ok {
			return nil, fe
		}
		return nil, fault.At("", "json", nil)
	}
	w, err := s.Spaces.Update(ctx, a.Workspace, v, func(w *workspace.Workspace) error {
		w.Name, w.Language, w.Timezone, w.Currency, w.Calendar = body.Name, body.Language, body.Timezone, body.Currency, body.Calendar
		w.Window, w.Budgets, w.AllocationRule, w.HeldReason, w.MaxDataAgeHour, w.StopWords = body.Window, body.Budgets, body.AllocationRule, body.HeldReason, body.MaxDataAge, body.StopWords
		w.TotpRoles, w.Portal = body.TotpRoles, body.Portal
		return s.mergeChannels(w, body.Channels)
	})
	if err != nil {
		return nil, err
	}
	s.audit(ctx, a, "update", "workspace", a.Workspace, s.showWorkspace(w))
	return &tagged[workspaceOut]{etag(w.Version), s.showWorkspace(w)}, nil
}

// mergeChannels takes new channel settings; a secret sent back as it was shown
// stays what it is.
func (s *Server) mergeChannels(w *workspace.Workspace, next map[string]map[string]any) error {
	old := w.Channels
	w.Channels = map[string]json.RawMessage{}
	for key, m := range next {
		raw, err := s.mergeChannel(key, old[key], m)
		if err != nil {
			return at("/channels/"+key, err)
		}
		w.Channels[key] = raw
	}
	return nil
}

// mergeChannel judges a channel's new settings; a secret sent back as it was
// shown stays what it is.
func (s *Server) mergeChannel(key string, old json.RawMessage, next map[string]any) (json.RawMessage, error) {
	ch, ok := s.Channels[key]
	if !ok {
		return nil, fault.At("", "unknownField", nil)
	}
	var was map[string]any
	_ = json.Unmarshal(old, &was)
	for f, v := range next {
		if v == hiddenSecret && ch.Info().Secret(f) {
			next[f] = was[f]
		}
		if next[f] == nil || next[f] == "" {
			delete(next, f) // an emptied field is one that is not set
		}
	}
	raw, err := json.Marshal(next)
	if err != nil {
		return nil, err
	}
	return raw, ch.Check(raw)
}

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

type rolesOut struct {
	Version int64           `json:"version"` // for If-Match
	Items   []roleName      `json:"items"`
	Policy  policies.Policy `json:"policy"`
	// What rows may speak of.
	Objects  []string `json:"objects"`
	Actions  []string `json:"actions"`
	Commands []string `json:"commands"`
}

type roleName struct {
	Key  string `json:"key"`
	Name string `json:"name"`
}

func (s *Server) getRoles(ctx context.Context, a policies.Actor, _ *nothing) (*tagged[rolesOut], error) {
	p, v, err := s.Access.Rules(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	return &tagged[rolesOut]{etag(v), showRoles(p, v)}, nil
}

func showRoles(p policies.Policy, v int64) rolesOut {
	return rolesOut{v, roleNames(p), p, policies.Objects(), policies.Actions(), policies.Commands()}
}

func roleNames(p policies.Policy) []roleName {
	out := []roleName{}
	for _, r := range p.Roles {
		name := r.Name
		if name == "" {
			name = r.Key
		}
		out = append(out, roleName{r.Key, name})
	}
	return out
}

// rolesIn takes the policy as JSON: a scope is a word or a filter, which no
// schema of a string can say.
type rolesIn struct {
	IfMatch string          `header:"If-Match"`
	Body    json.RawMessage `doc:"roles, rules and masks, as getRoles shows them"`
}

func (s *Server) saveRoles(ctx context.Context, a policies.Actor, in *rolesIn) (*tagged[rolesOut], error) {
	v, err := needVersion(in.IfMatch)
	if err != nil {
		return nil, err
	}
	var p policies.Policy
	if err := json.Unmarshal(in.Body, &p); err != nil {
		return nil, fault.At("", "json", nil)
	}
	next, err := s.Access.SetRules(ctx, a, p, v)
	if err != nil {
		return nil, err
	}
	return &tagged[rolesOut]{etag(next), showRoles(p, next)}, nil
}

type explainIn struct {
	User   string `query:"user" maxLength:"60"`
	Object string `query:"object" maxLength:"40"`
	Action string `query:"action" maxLength:"40"`
	ID     string `query:"id" maxLength:"200" doc:"a customer"`
}

func (s *Server) explain(ctx context.Context, a policies.Actor, in *explainIn) (*reply[policies.Explanation], error) {
	u, err := s.Identity.GetUser(ctx, a.Workspace, in.User)
	if err != nil {
		return nil, err
	}
	who := policies.Actor{ID: u.ID, Name: u.Name, Workspace: a.Workspace, Roles: u.Roles, Teams: u.Teams}
	var account map[string]any
	if in.ID != "" {
		r, err := s.Records.Get(ctx, a, "customer", in.ID)
		if err != nil {
			return nil, err
		}
		account = map[string]any{"id": in.ID}
		for k, raw := range r.Data {
			var v any
			if json.Unmarshal(raw, &v) == nil {
				account[k] = v
			}
		}
	}
	e, err := s.Access.Explain(ctx, who, in.Object, in.Action, account)
	return &reply[policies.Explanation]{e}, err
}

type auditIn struct {
	Limit  int    `query:"limit" minimum:"0" maximum:"500"`
	Cursor string `query:"cursor" maxLength:"4000"`
}

func (s *Server) listAudit(ctx context.Context, a policies.Actor, in *auditIn) (*reply[items[audit.Entry]], error) {
	p, err := s.Audit.List(ctx, a.Workspace, audit.Query{Limit: in.Limit, After: in.Cursor})
	if p.Entries == nil {
		p.Entries = []audit.Entry{}
	}
	return &reply[items[audit.Entry]]{items[audit.Entry]{Items: p.Entries, Next: p.Next}}, err
}
