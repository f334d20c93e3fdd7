// Package sso signs people in through a workspace's own provider, by OpenID
// Connect: authorisation code with PKCE, a state bound to the browser, a nonce
// in the token. It says what a provider claims of a person; who that is here,
// and what they may do, is decided by server/identity.
package sso

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/audit"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/vault"
	"github.com/dueflow/dueflow/server/workspace"
)

const (
	collection = "oidc" // one document a workspace, in the system database
	knownFor   = time.Hour
	maxGroups  = 200
)

// Specs are the collections of this room, in the system database.
var Specs = []store.Spec{{Name: collection}}

// Group is what people of a provider's group are here.
type Group struct {
	Group string   `json:"group" maxLength:"200"`
	Roles []string `json:"roles" maxItems:"20"`
	Teams []string `json:"teams,omitempty" maxItems:"50"`
}

// Settings of a workspace's provider.
type Settings struct {
	Enabled  bool   `json:"enabled"`
	Label    string `json:"label" maxLength:"60" doc:"on the button of the sign-in page"`
	Issuer   string `json:"issuer" maxLength:"300"`
	ClientID string `json:"clientId" maxLength:"300"`
	// Secret is sealed when stored, and shown as "•••".
	Secret string `json:"secret,omitempty" maxLength:"500"`
	// GroupClaim names the claim with a person's groups; default "groups".
	GroupClaim string `json:"groupClaim,omitempty" maxLength:"100"`
	// Groups, when there are any, decide roles and teams at every sign-in.
	Groups []Group `json:"groups,omitempty" maxItems:"200"`
	// Create lets people in who have no account here yet, with Roles when no
	// groups are mapped.
	Create  bool     `json:"create"`
	Roles   []string `json:"roles,omitempty" maxItems:"20"`
	Version int64    `json:"version,omitempty"`
}

// Hidden stands for a secret that is set.
const Hidden = "•••"

// Guard judges roles.
type Guard interface {
	Known(ctx context.Context, ws string, roles []string) error
	MayGrant(ctx context.Context, by policies.Actor, roles []string) error
}

// Log takes what was changed.
type Log interface {
	Append(ctx context.Context, ws string, e audit.Entry) (audit.Entry, error)
}

// Service signs in through providers.
type Service struct {
	store  *store.Store
	vault  *vault.Vault
	guard  Guard
	log    Log
	client *http.Client
	now    func() time.Time

	mu    sync.Mutex
	known map[string]knownProvider
}

type knownProvider struct {
	p  *oidc.Provider
	at time.Time
}

// New makes the service. client is how providers are reached.
func New(s *store.Store, v *vault.Vault, g Guard, l Log, client *http.Client, now func() time.Time) *Service {
	return &Service{store: s, vault: v, guard: g, log: l, client: client, now: now, known: map[string]knownProvider{}}
}

// Get gives a workspace's settings; none yet are empty, with version 0.
func (s *Service) Get(ctx context.Context, ws string) (Settings, error) {
	out, err := s.get(ctx, ws)
	if out.Secret != "" {
		out.Secret = Hidden
	}
	return out, err
}

func (s *Service) get(ctx context.Context, ws string) (Settings, error) {
	out := Settings{Groups: []Group{}}
	d, err := s.store.In(workspace.System, collection).Get(ctx, ws)
	if fault.Is(err, fault.NotFound) {
		return out, nil
	}
	if err == nil {
		err = json.Unmarshal(d.Body, &out)
	}
	if err == nil && out.Secret != "" {
		var raw []byte
		raw, err = s.vault.Open(out.Secret, sealedFor(ws))
		out.Secret = string(raw)
	}
	out.Version = d.Ver
	return out, err
}

func sealedFor(ws string) string { return "oidc/" + ws }

// Save changes a workspace's settings; ifVersion is the one that Get gave.
// Whoever saves must be allowed to hand out every role that is mapped. Faults:
// Invalid, Denied "policy.grant", Conflict "store.version".
func (s *Service) Save(ctx context.Context, by policies.Actor, in Settings, ifVersion int64) (Settings, error) {
	old, err := s.get(ctx, by.Workspace)
	if err != nil {
		return old, err
	}
	if old.Version != ifVersion {
		return old, fault.New(fault.Conflict, "store.version", nil)
	}
	if in.Secret == Hidden {
		in.Secret = old.Secret
	}
	if err := s.check(ctx, by, in); err != nil {
		return old, err
	}
	in.Version = 0
	stored := in
	if in.Secret != "" {
		stored.Secret = s.vault.Seal([]byte(in.Secret), sealedFor(by.Workspace))
	}
	body, err := json.Marshal(stored)
	if err != nil {
		return old, err
	}
	c := s.store.In(workspace.System, collection)
	var d store.Doc
	if ifVersion == 0 {
		if d, err = c.Insert(ctx, by.Workspace, body); fault.Is(err, fault.Conflict) {
			err = fault.New(fault.Conflict, "store.version", nil)
		}
	} else {
		d, err = c.Replace(ctx, store.Doc{ID: by.Workspace, Body: body}, ifVersion)
	}
	if err != nil {
		return old, err
	}
	in.Version = d.Ver
	for _, x := range []*Settings{&in, &old} {
		if x.Secret != "" {
			x.Secret = Hidden
		}
	}
	_, err = s.log.Append(ctx, by.Workspace, audit.Entry{
		Actor: by.ID, ActorName: by.Name, Action: "update", Object: "oidc", ID: by.Workspace, Before: audit.JSON(old), After: audit.JSON(in),
	})
	return in, err
}

func (s *Service) check(ctx context.Context, by policies.Actor, in Settings) error {
	var bad []fault.Field
	at := func(pointer, rule string, ok bool) {
		if !ok {
			bad = append(bad, fault.Field{Pointer: pointer, Rule: rule})
		}
	}
	u, err := url.Parse(in.Issuer)
	at("/issuer", "url", err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil)
	at("/clientId", "required", in.ClientID != "")
	at("/label", "required", strings.TrimSpace(in.Label) != "")
	at("/groups", "maxItems", len(in.Groups) <= maxGroups)
	for _, g := range in.Groups {
		at("/groups", "required", g.Group != "" && len(g.Roles) > 0)
	}
	at("/roles", "required", !in.Create || len(in.Groups) > 0 || len(in.Roles) > 0)
	if in.Enabled || in.Issuer != "" {
		if err := fault.InvalidFields(bad); err != nil {
			return err
		}
	}
	roles := slices.Clone(in.Roles)
	for _, g := range in.Groups {
		roles = append(roles, g.Roles...)
	}
	if err := s.guard.Known(ctx, by.Workspace, roles); err != nil {
		return err
	}
	return s.guard.MayGrant(ctx, by, roles)
}

// Choice is a provider that somebody may sign in with.
type Choice struct {
	Workspace string `json:"workspace"`
	Label     string `json:"label"`
}

// Choices lists the enabled providers, for the sign-in page.
func (s *Service) Choices(ctx context.Context) ([]Choice, error) {
	out := []Choice{}
	err := s.store.In(workspace.System, collection).Each(ctx, store.Query{Limit: 100}, func(d store.Doc) error {
		var x Settings
		if err := json.Unmarshal(d.Body, &x); err != nil {
			return err
		}
		if x.Enabled {
			out = append(out, Choice{d.ID, x.Label})
		}
		return nil
	})
	return out, err
}
