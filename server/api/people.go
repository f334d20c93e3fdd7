package api

import (
	"context"
	"net/http"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/identity"
	"github.com/dueflow/dueflow/server/letters"
	"github.com/dueflow/dueflow/server/sso"
)

func (s *Server) peopleRoutes() {
	route(s, http.MethodGet, "/invitations", "listInvitations", need{"user", "read"}, "Invitations that wait", s.listInvitations)
	route(s, http.MethodPost, "/invitations", "invite", need{"user", "create"}, "Invite a person; the link is shown once and sent by e-mail", s.invite)
	route(s, http.MethodPost, "/invitations/{id}/resend", "reinvite", need{"user", "create"}, "Send another link; the old one is good no more", s.reinvite)
	route(s, http.MethodDelete, "/invitations/{id}", "revokeInvitation", need{"user", "create"}, "Take an invitation back", s.revokeInvitation)
	route(s, http.MethodPost, "/users/{id}/reset", "giveReset", need{"user", "update"}, "Make a link to a new password", s.giveReset)
	route(s, http.MethodDelete, "/users/{id}/totp", "resetTotp", need{"user", "update"}, "Take away a lost second factor", s.resetTotp)
	route(s, http.MethodGet, "/workspace/oidc", "getProvider", need{"workspace", "update"}, "The workspace's sign-in provider", s.getProvider)
	route(s, http.MethodPut, "/workspace/oidc", "saveProvider", need{"workspace", "update"}, "Change the sign-in provider", s.saveProvider)
}

// maxPosting bounds letters that are sent beside requests; more are dropped,
// whoever asked for one asks again.
const maxPosting = 8

// How a letter fared.
const (
	mailSent   = "sent"
	mailFailed = "failed"
	mailNone   = "none" // the workspace has no e-mail
)

// linkOut is a link that is shown once, and whether it was sent too. Path is
// to be put behind the server's own address.
type linkOut struct {
	Path      string    `json:"path"`
	Mail      string    `json:"mail" enum:"sent,failed,none"`
	ExpiresAt time.Time `json:"expiresAt"`
}

type invitationOut struct {
	identity.Invitation
	ByName string `json:"byName,omitempty"`
}

type invitedOut struct {
	Invitation invitationOut `json:"invitation"`
	Link       linkOut       `json:"link"`
}

func (s *Server) listInvitations(ctx context.Context, a policies.Actor, _ *nothing) (*reply[items[invitationOut]], error) {
	list, err := s.Identity.ListInvitations(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	names := s.userNames(ctx, a.Workspace)
	out := items[invitationOut]{Items: []invitationOut{}}
	for _, i := range list {
		out.Items = append(out.Items, invitationOut{i, names[i.By]})
	}
	return &reply[items[invitationOut]]{out}, nil
}

type inviteIn struct {
	Body struct {
		Email    string   `json:"email" maxLength:"200"`
		Name     string   `json:"name,omitempty" maxLength:"100"`
		Language string   `json:"language,omitempty" maxLength:"10"`
		Roles    []string `json:"roles" maxItems:"20"`
		Teams    []string `json:"teams,omitempty" maxItems:"50"`
	}
}

func (s *Server) invite(ctx context.Context, a policies.Actor, in *inviteIn) (*reply[invitedOut], error) {
	i, link, err := s.Identity.Invite(ctx, a, identity.NewInvitation(in.Body))
	if err != nil {
		return nil, err
	}
	return s.sendInvitation(ctx, a, i, link), nil
}

func (s *Server) sendInvitation(ctx context.Context, a policies.Actor, i identity.Invitation, link string) *reply[invitedOut] {
	path := "/join#" + link
	mail := s.post(ctx, a.Workspace, letters.Letter{
		Key: "invite/" + link[:len(link)/2], To: i.Email, Name: i.Name, Language: i.Language, Subject: "letter.invite.subject",
		Lines: []string{"letter.invite.text", "letter.invite.until"}, Params: fault.Params{"by": a.Name}, Path: path, Button: "letter.invite.button",
	})
	return &reply[invitedOut]{invitedOut{invitationOut{i, a.Name}, linkOut{path, mail, i.ExpiresAt}}}
}

// post sends a letter while its asker waits, and says how it went.
func (s *Server) post(ctx context.Context, ws string, l letters.Letter) string {
	if ws == "" || !s.Letters.Ready(ctx, ws) {
		return mailNone
	}
	if err := s.Letters.Send(ctx, ws, l); err != nil {
		s.Log.Warn("a letter was not sent", "workspace", ws, "letter", l.Subject, "error", err)
		return mailFailed
	}
	return mailSent
}

type idPath struct {
	ID string `path:"id" maxLength:"60"`
}

func (s *Server) reinvite(ctx context.Context, a policies.Actor, in *idPath) (*reply[invitedOut], error) {
	i, link, err := s.Identity.Reinvite(ctx, a, in.ID)
	if err != nil {
		return nil, err
	}
	return s.sendInvitation(ctx, a, i, link), nil
}

func (s *Server) revokeInvitation(ctx context.Context, a policies.Actor, in *idPath) (*nothing, error) {
	return nil, s.Identity.RevokeInvitation(ctx, a, in.ID)
}

func (s *Server) giveReset(ctx context.Context, a policies.Actor, in *idPath) (*reply[linkOut], error) {
	r, err := s.Identity.GiveReset(ctx, a, in.ID)
	if err != nil {
		return nil, err
	}
	mail := s.post(ctx, a.Workspace, resetLetter(r))
	return &reply[linkOut]{linkOut{"/reset#" + r.Link, mail, r.Expires}}, nil
}

func resetLetter(r *identity.ResetLetter) letters.Letter {
	return letters.Letter{
		Key: "reset/" + r.Link[:len(r.Link)/2], To: r.Email, Name: r.Name, Language: r.Language, Subject: "letter.reset.subject",
		Lines: []string{"letter.reset.text", "letter.reset.until"}, Path: "/reset#" + r.Link, Button: "letter.reset.button",
	}
}

func (s *Server) resetTotp(ctx context.Context, a policies.Actor, in *idPath) (*nothing, error) {
	return nil, s.Identity.ResetTotp(ctx, a, in.ID)
}

func (s *Server) getProvider(ctx context.Context, a policies.Actor, _ *nothing) (*tagged[sso.Settings], error) {
	p, err := s.SSO.Get(ctx, a.Workspace)
	return &tagged[sso.Settings]{etag(p.Version), p}, err
}

type providerIn struct {
	IfMatch string `header:"If-Match"`
	Body    sso.Settings
}

func (s *Server) saveProvider(ctx context.Context, a policies.Actor, in *providerIn) (*tagged[sso.Settings], error) {
	v, err := needVersion(in.IfMatch)
	if err != nil {
		return nil, err
	}
	p, err := s.SSO.Save(ctx, a, in.Body, v)
	return &tagged[sso.Settings]{etag(p.Version), p}, err
}
