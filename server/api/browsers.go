package api

import (
	"context"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/browsers"
)

type noticeBrowserOut struct {
	Key string `json:"key" doc:"the server's public key, for the browser"`
	On  bool   `json:"on" doc:"the browser of this session shows notices"`
	May bool   `json:"may" doc:"false in a demo, which reaches nobody"`
}

func (s *Server) getNoticeBrowser(ctx context.Context, a policies.Actor, _ *nothing) (*reply[noticeBrowserOut], error) {
	x, ok := sessionOf(ctx)
	if !ok {
		return nil, noBrowser()
	}
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	key, err := s.Browsers.Key(ctx)
	return &reply[noticeBrowserOut]{noticeBrowserOut{key, x.Notices, w.Demo == nil}}, err
}

// noBrowser refuses programs: only somebody who is signed in has a browser.
func noBrowser() error { return fault.New(fault.Denied, "push.session", nil) }

type agreeIn struct{ Body browsers.Subscription }

func (s *Server) agreeToNotices(ctx context.Context, a policies.Actor, in *agreeIn) (*nothing, error) {
	x, ok := sessionOf(ctx)
	if !ok {
		return nil, noBrowser()
	}
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	if w.Demo != nil {
		return nil, fault.New(fault.Denied, "push.demo", nil)
	}
	return nil, s.Browsers.Agree(ctx, x, in.Body)
}

func (s *Server) disagreeToNotices(ctx context.Context, _ policies.Actor, _ *nothing) (*nothing, error) {
	x, ok := sessionOf(ctx)
	if !ok {
		return nil, noBrowser()
	}
	return nil, s.Identity.Disagree(ctx, x.ID, "")
}
