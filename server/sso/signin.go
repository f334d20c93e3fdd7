package sso

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/identity"
)

const (
	underway   = 10 * time.Minute // how long somebody may take at the provider
	stateAbout = "oidc-state"
	atProvider = 20 * time.Second // for all that is asked of a provider
)

// state travels in a sealed cookie of the browser that began, so that no
// server has to remember it and no other browser can end it.
type state struct {
	Workspace string `json:"w"`
	State     string `json:"s"`
	Nonce     string `json:"n"`
	Verifier  string `json:"v"`
	Return    string `json:"r"`
	Until     int64  `json:"u"`
}

func random() string {
	var b [24]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Begin gives the address at the provider to send a browser to, and what its
// cookie must hold meanwhile. back is where it returns to, then is the page of
// ours to show in the end. Faults: NotFound "oidc.none", Unavailable
// "oidc.provider".
func (s *Service) Begin(ctx context.Context, ws, back, then string) (to, cookie string, err error) {
	set, err := s.get(ctx, ws)
	if err == nil && !set.Enabled {
		err = fault.New(fault.NotFound, "oidc.none", nil)
	}
	if err != nil {
		return "", "", err
	}
	ctx, cancel := s.reach(ctx)
	defer cancel()
	p, err := s.provider(ctx, set.Issuer)
	if err != nil {
		return "", "", err
	}
	st := state{
		Workspace: ws, State: random(), Nonce: random(), Verifier: oauth2.GenerateVerifier(), Return: ownPage(then),
		Until: s.now().Add(underway).Unix(),
	}
	raw, err := json.Marshal(st)
	if err != nil {
		return "", "", err
	}
	to = config(set, p, back).AuthCodeURL(st.State, oidc.Nonce(st.Nonce), oauth2.S256ChallengeOption(st.Verifier))
	return to, base64.RawURLEncoding.EncodeToString([]byte(s.vault.Seal(raw, stateAbout))), nil
}

// ownPage is a path of ours, so that nobody is sent elsewhere after signing in.
func ownPage(p string) string {
	if !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") || strings.ContainsAny(p, "\\\r\n") || len(p) > 500 {
		return "/"
	}
	return p
}

func config(set Settings, p *oidc.Provider, back string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: set.ClientID, ClientSecret: set.Secret, Endpoint: p.Endpoint(), RedirectURL: back,
		Scopes: []string{oidc.ScopeOpenID, "profile", "email", "groups"},
	}
}

func (s *Service) reach(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, atProvider)
	return oidc.ClientContext(ctx, s.client), cancel
}

// provider finds out where a provider's pages are; that is asked once an hour.
func (s *Service) provider(ctx context.Context, issuer string) (*oidc.Provider, error) {
	s.mu.Lock()
	k, ok := s.known[issuer]
	s.mu.Unlock()
	if ok && time.Since(k.at) < knownFor {
		return k.p, nil
	}
	p, err := oidc.NewProvider(ctx, issuer)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, "oidc.provider", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.known) > 1000 {
		clear(s.known)
	}
	s.known[issuer] = knownProvider{p, time.Now()}
	return p, nil
}

// Result is who came back from a provider.
type Result struct {
	Workspace string
	Claims    identity.Claims
	Create    bool
	Then      string
}

func badReturn(err error) error { return fault.Wrap(fault.Unauthenticated, "oidc.refused", err) }

// End takes a browser that comes back from its provider with a code. Faults:
// Unauthenticated "oidc.state" for one that did not begin here or took too
// long, "oidc.refused", Unavailable "oidc.provider".
func (s *Service) End(ctx context.Context, cookie, given, code, back string) (Result, error) {
	st, err := s.open(cookie, given)
	if err != nil {
		return Result{}, err
	}
	set, err := s.get(ctx, st.Workspace)
	if err == nil && !set.Enabled {
		err = fault.New(fault.NotFound, "oidc.none", nil)
	}
	if err != nil {
		return Result{}, err
	}
	ctx, cancel := s.reach(ctx)
	defer cancel()
	p, err := s.provider(ctx, set.Issuer)
	if err != nil {
		return Result{}, err
	}
	cfg := config(set, p, back)
	token, err := cfg.Exchange(ctx, code, oauth2.VerifierOption(st.Verifier))
	if err != nil {
		return Result{}, badReturn(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := p.VerifierContext(ctx, &oidc.Config{ClientID: set.ClientID, Now: s.now}).Verify(ctx, raw)
	if err != nil {
		return Result{}, badReturn(err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(st.Nonce)) != 1 {
		return Result{}, badReturn(nil)
	}
	claims, err := s.claims(ctx, set, p, cfg, token, id)
	return Result{Workspace: st.Workspace, Claims: claims, Create: set.Create, Then: st.Return}, err
}

func (s *Service) open(cookie, given string) (state, error) {
	var st state
	bad := fault.New(fault.Unauthenticated, "oidc.state", nil)
	sealed, err := base64.RawURLEncoding.DecodeString(cookie)
	if err != nil {
		return st, bad
	}
	raw, err := s.vault.Open(string(sealed), stateAbout)
	if err != nil || json.Unmarshal(raw, &st) != nil {
		return st, bad
	}
	if s.now().Unix() > st.Until || subtle.ConstantTimeCompare([]byte(st.State), []byte(given)) != 1 {
		return st, bad
	}
	return st, nil
}

// claims reads what the token says; what it leaves out is asked of the
// provider's page about the user, for the same subject.
func (s *Service) claims(ctx context.Context, set Settings, p *oidc.Provider, cfg *oauth2.Config, token *oauth2.Token, id *oidc.IDToken) (identity.Claims, error) {
	all := map[string]any{}
	if err := id.Claims(&all); err != nil {
		return identity.Claims{}, badReturn(err)
	}
	claim := set.GroupClaim
	if claim == "" {
		claim = "groups"
	}
	if all["email"] == nil || len(set.Groups) > 0 && all[claim] == nil {
		if info, err := p.UserInfo(ctx, cfg.TokenSource(ctx, token)); err == nil && info.Subject == id.Subject {
			more := map[string]any{}
			if err := info.Claims(&more); err != nil {
				return identity.Claims{}, badReturn(err)
			}
			for k, v := range more {
				if all[k] == nil {
					all[k] = v
				}
			}
		}
	}
	out := identity.Claims{Issuer: id.Issuer, Subject: id.Subject, Mapped: len(set.Groups) > 0, Roles: set.Roles}
	out.Email, _ = all["email"].(string)
	out.Name, _ = all["name"].(string)
	out.Verified = all["email_verified"] == true || all["email_verified"] == "true"
	if out.Mapped {
		out.Roles, out.Teams = set.grant(all[claim])
	}
	return out, nil
}

// grant is what the groups of a claim stand for: a list, or one name.
func (s Settings) grant(claim any) (roles, teams []string) {
	var mine []string
	switch v := claim.(type) {
	case string:
		mine = []string{v}
	case []any:
		for _, x := range v {
			if g, ok := x.(string); ok {
				mine = append(mine, g)
			}
		}
	}
	for _, g := range s.Groups {
		if slices.Contains(mine, g.Group) {
			roles = append(roles, g.Roles...)
			teams = append(teams, g.Teams...)
		}
	}
	return roles, teams
}
