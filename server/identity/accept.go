package identity

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
)

// Invited is what the holder of a link may know of it. Known people have an
// account already and come in with its password.
type Invited struct {
	Invitation
	Workspace string `json:"workspace"`
	Known     bool   `json:"known"`
}

// LookInvitation gives the invitation of a link. Fault: Unauthenticated
// "invite.link" for one that is unknown, used or over.
func (s *Service) LookInvitation(ctx context.Context, link string) (Invited, error) {
	d, i, err := s.invitation(ctx, link)
	if err != nil {
		return Invited{}, err
	}
	_, _, err = s.byEmail(ctx, i.Email)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Invited{}, err
	}
	return Invited{i.shown(d.ID, s.now()), i.Workspace, err == nil}, nil
}

// Acceptance is what a person says who follows their link.
type Acceptance struct {
	Link     string
	Name     string
	Password string
	Language string
	Code     string // the second factor of a person who has one
}

// Accept brings an invited person in and uses up the link; what is invalid
// does not use it up. It holds only while whoever invited them could still do
// so. Faults: Unauthenticated "invite.link", Denied "invite.void", Invalid, and
// those of Login for people who have an account.
func (s *Service) Accept(ctx context.Context, a Acceptance, from From) (Session, string, error) {
	d, i, err := s.invitation(ctx, a.Link)
	if err != nil {
		return Session{}, "", err
	}
	by, err := s.inviter(ctx, i)
	if err != nil {
		return Session{}, "", err
	}
	n := NewUser{Email: i.Email, Name: a.Name, Language: a.Language, Password: a.Password, Roles: i.Roles, Teams: i.Teams}
	_, _, err = s.byEmail(ctx, i.Email)
	known := err == nil
	switch {
	case known:
		err = s.showWho(ctx, i.Email, a.Password, a.Code, from)
	case fault.Is(err, fault.NotFound):
		if err = checkPassword(a.Password, i.Email); err == nil {
			err = s.checkNew(ctx, by, n)
		}
	}
	if err != nil {
		return Session{}, "", err
	}
	// Whoever deletes the link has it; a second one with the same link has not.
	if err := s.in(invites).Delete(ctx, d.ID, d.Ver); err != nil {
		return Session{}, "", badLink()
	}
	if known {
		_, err = s.AddMember(ctx, by, i.Email, Membership{Roles: i.Roles, Teams: i.Teams})
	} else {
		_, err = s.CreateUser(ctx, by, n)
	}
	if err != nil {
		_, _ = s.in(invites).Insert(context.WithoutCancel(ctx), d.ID, d.Body)
		return Session{}, "", err
	}
	ud, u, err := s.byEmail(ctx, i.Email)
	if err != nil {
		return Session{}, "", err
	}
	return s.begin(ctx, ud, u, entry{From: from, Workspace: i.Workspace, Via: viaInvitation})
}

// inviter is who invited, as they are now.
func (s *Service) inviter(ctx context.Context, i inviteDoc) (policies.Actor, error) {
	if i.System {
		return policies.SystemActor(i.Workspace, i.By), nil
	}
	void := fault.New(fault.Denied, "invite.void", nil)
	if strings.HasPrefix(i.By, "key-") {
		d, err := s.in(keys).Get(ctx, i.By)
		var k keyDoc
		if err == nil {
			err = json.Unmarshal(d.Body, &k)
		}
		if fault.Is(err, fault.NotFound) || err == nil && (over(k.Expires, s.now()) || k.Workspace != i.Workspace) {
			return policies.Actor{}, void
		}
		return policies.Actor{ID: i.By, Name: k.Name, Workspace: k.Workspace, Roles: k.Roles}, err
	}
	_, u, err := s.byID(ctx, i.By)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return policies.Actor{}, err
	}
	m, there := u.member(i.Workspace)
	if err != nil || !there || u.Disabled {
		return policies.Actor{}, void
	}
	return u.actor(i.By, m), nil
}
