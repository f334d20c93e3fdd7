package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
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
	var before workspaceOut
	w, err := s.Spaces.Update(ctx, a.Workspace, v, func(w *workspace.Workspace) error {
		before = s.showWorkspace(w)
		w.Name, w.Language, w.Timezone, w.Currency, w.Calendar = body.Name, body.Language, body.Timezone, body.Currency, body.Calendar
		w.Window, w.Budgets, w.AllocationRule, w.HeldReason, w.MaxDataAgeHour, w.StopWords = body.Window, body.Budgets, body.AllocationRule, body.HeldReason, body.MaxDataAge, body.StopWords
		w.TotpRoles, w.Portal = body.TotpRoles, body.Portal
		return s.mergeChannels(w, body.Channels)
	})
	if err != nil {
		return nil, err
	}
	s.auditChange(ctx, a, "workspace", a.Workspace, before, s.showWorkspace(w))
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
