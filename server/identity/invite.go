package identity

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/audit"
	"github.com/dueflow/dueflow/server/store"
)

const (
	inviteFor  = 7 * 24 * time.Hour
	maxInvites = 500 // pending ones of a workspace
)

// Invitation is a person asked into a workspace who has not come yet.
type Invitation struct {
	ID        string    `json:"id"`
	Email     string    `json:"email"`
	Name      string    `json:"name,omitempty"`
	Language  string    `json:"language,omitempty"`
	Roles     []string  `json:"roles"`
	Teams     []string  `json:"teams"`
	By        string    `json:"by"`
	CreatedAt time.Time `json:"createdAt"`
	ExpiresAt time.Time `json:"expiresAt"`
	Expired   bool      `json:"expired"`
}

// inviteDoc is an invitation as stored: of its link only the hash.
type inviteDoc struct {
	Hash      string   `json:"hash"`
	Workspace string   `json:"workspace"`
	Email     string   `json:"email"`
	Name      string   `json:"name,omitempty"`
	Language  string   `json:"language,omitempty"`
	Roles     []string `json:"roles"`
	Teams     []string `json:"teams"`
	By        string   `json:"by"`
	System    bool     `json:"system,omitempty"` // made by the product itself
	Created   string   `json:"created"`
	Expires   string   `json:"expires"`
}

func (i inviteDoc) shown(id string, now time.Time) Invitation {
	created, _ := value.ParseInstant(i.Created)
	expires, _ := value.ParseInstant(i.Expires)
	return Invitation{
		ID: id, Email: i.Email, Name: i.Name, Language: i.Language, Roles: i.Roles, Teams: i.Teams, By: i.By,
		CreatedAt: created, ExpiresAt: expires, Expired: over(i.Expires, now),
	}
}

// NewInvitation is whom to ask, and what they will be.
type NewInvitation struct {
	Email    string   `json:"email"`
	Name     string   `json:"name,omitempty"`
	Language string   `json:"language,omitempty"`
	Roles    []string `json:"roles"`
	Teams    []string `json:"teams,omitempty"`
}

// Invite asks a person into the actor's workspace and gives the secret of
// their link, good once and for seven days; it is kept nowhere. Faults:
// Invalid, Denied "policy.grant", Conflict "user.member" and "invite.exists".
func (s *Service) Invite(ctx context.Context, by policies.Actor, n NewInvitation) (Invitation, string, error) {
	n.Email, n.Roles, n.Teams = normalEmail(n.Email), unique(n.Roles), unique(n.Teams)
	if err := s.checkInvite(ctx, by, n); err != nil {
		return Invitation{}, "", err
	}
	secret, now := newToken(), s.now()
	doc := inviteDoc{
		Hash: hashOf(secret), Workspace: by.Workspace, Email: n.Email, Name: n.Name, Language: n.Language, Roles: n.Roles, Teams: n.Teams,
		By: by.ID, System: by.System, Created: value.Instant(now), Expires: value.Instant(now.Add(inviteFor)),
	}
	body, err := json.Marshal(doc)
	if err != nil {
		return Invitation{}, "", err
	}
	d, err := s.in(invites).Insert(ctx, newID(), body)
	if err != nil {
		return Invitation{}, "", err
	}
	out := doc.shown(d.ID, now)
	return out, linkSecret(d.ID, secret), s.note(ctx, by, audit.Entry{Action: "create", Object: "invitation", ID: d.ID, After: audit.JSON(out)})
}

func (s *Service) checkInvite(ctx context.Context, by policies.Actor, n NewInvitation) error {
	name := n.Name
	if name == "" {
		name = "-" // the person says their name when they come
	}
	bad := append(checkPerson(n.Email, name, n.Language), checkTeams(n.Teams)...)
	if len(n.Roles) == 0 {
		bad = append(bad, fault.Field{Pointer: "/roles", Rule: "required"})
	}
	if err := fault.InvalidFields(bad); err != nil {
		return err
	}
	if err := s.mayGrant(ctx, by, n.Roles); err != nil {
		return err
	}
	_, u, err := s.byEmail(ctx, n.Email)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if _, there := u.member(by.Workspace); err == nil && there {
		return fault.New(fault.Conflict, "user.member", nil)
	}
	list, err := s.ListInvitations(ctx, by.Workspace)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(list, func(i Invitation) bool { return i.Email == n.Email }) {
		return fault.New(fault.Conflict, "invite.exists", nil)
	}
	if len(list) >= maxInvites {
		return fault.At("", "maxItems", maxInvites)
	}
	return nil
}

// ListInvitations gives a workspace's pending invitations, oldest first.
func (s *Service) ListInvitations(ctx context.Context, ws string) ([]Invitation, error) {
	out := []Invitation{}
	q := store.Query{Filter: filter.Eq("workspace", ws), Sort: []store.SortKey{{Field: "created"}}}
	err := s.in(invites).Each(ctx, q, func(d store.Doc) error {
		var i inviteDoc
		if err := json.Unmarshal(d.Body, &i); err != nil {
			return fault.Wrap(fault.Internal, "identity.stored", err)
		}
		out = append(out, i.shown(d.ID, s.now()))
		return nil
	})
	return out, err
}

func noInvite() error { return fault.New(fault.NotFound, "invite.none", nil) }

// Reinvite gives an invitation another link and another seven days; the old
// link is good no more. Faults: NotFound "invite.none", Denied "policy.grant".
func (s *Service) Reinvite(ctx context.Context, by policies.Actor, id string) (Invitation, string, error) {
	secret, now := newToken(), s.now()
	var out Invitation
	_, err := change(ctx, s.in(invites), id, func(i *inviteDoc, _ store.Doc) error {
		if i.Workspace != by.Workspace {
			return noInvite()
		}
		i.Hash, i.Expires = hashOf(secret), value.Instant(now.Add(inviteFor))
		i.By, i.System = by.ID, by.System
		out = i.shown(id, now)
		return s.mayGrant(ctx, by, i.Roles)
	})
	if fault.Is(err, fault.NotFound) {
		err = noInvite()
	}
	if err != nil {
		return Invitation{}, "", err
	}
	return out, linkSecret(id, secret), s.note(ctx, by, audit.Entry{Action: "resend", Object: "invitation", ID: id, After: audit.JSON(out)})
}

// RevokeInvitation takes an invitation back. Fault: NotFound "invite.none".
func (s *Service) RevokeInvitation(ctx context.Context, by policies.Actor, id string) error {
	i, err := takeBack(ctx, s.in(invites), id, noInvite, func(i inviteDoc) bool { return i.Workspace == by.Workspace })
	if err != nil {
		return err
	}
	return s.note(ctx, by, audit.Entry{Action: "delete", Object: "invitation", ID: id, Before: audit.JSON(i.shown(id, s.now()))})
}

// linkSecret is what a link carries: where its document is, and the secret.
func linkSecret(id, secret string) string { return id + "." + secret }

func badLink() error { return fault.New(fault.Unauthenticated, "invite.link", nil) }

func (s *Service) invitation(ctx context.Context, link string) (store.Doc, inviteDoc, error) {
	var i inviteDoc
	id, secret, ok := strings.Cut(link, ".")
	if !ok || len(link) > 200 {
		return store.Doc{}, i, badLink()
	}
	d, err := s.in(invites).Get(ctx, id)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) {
		return d, i, badLink()
	}
	if err == nil {
		err = json.Unmarshal(d.Body, &i)
	}
	if err == nil && (!same(i.Hash, hashOf(secret)) || over(i.Expires, s.now())) {
		err = badLink()
	}
	return d, i, err
}
