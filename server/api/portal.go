package api

import (
	"context"
	"net/http"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/portal"
)

func (s *Server) portalRoutes() {
	route(s, http.MethodPost, "/customers/{id}/page-link", "getPageLink", need{"customer", "update"}, "The address of a customer's own page; renew makes a new one", s.getPageLink)
	const page = "/pages/{workspace}/{customer}/{token}"
	route(s, http.MethodGet, page, "getPage", public, "What a customer sees at their own page; the address is the proof", s.getPage)
	route(s, http.MethodPost, page+"/promise", "pagePromise", public, "The customer names a day to pay", s.pagePromise)
	route(s, http.MethodPost, page+"/paid", "pagePaid", public, "The customer says that invoices have been paid", s.pagePaid)
	route(s, http.MethodPost, page+"/dispute", "pageDispute", public, "The customer says that something is wrong with an invoice", s.pageDispute)
	route(s, http.MethodPost, page+"/preferences", "pagePrefer", public, "The customer says how they want to be reached", s.pagePrefer)
	route(s, http.MethodPost, page+"/message", "pageWrite", public, "The customer writes, or asks not to be contacted any more", s.pageWrite)
}

type pageLinkIn struct {
	CustomerPath
	Body struct {
		Renew bool `json:"renew,omitempty" doc:"the address up to now stops working"`
	}
}

type pageLinkOut struct {
	Path string `json:"path"`
	On   bool   `json:"on" doc:"whether the workspace has switched the page on"`
}

func (s *Server) getPageLink(ctx context.Context, a policies.Actor, in *pageLinkIn) (*reply[pageLinkOut], error) {
	v, err := s.Access.View(ctx, a, "customer", "update")
	if err != nil {
		return nil, err
	}
	if v.Masked["amounts"] {
		return nil, fault.New(fault.Denied, "policy.denied", nil) // the page shows amounts
	}
	if err := s.inScope(ctx, a, v, in.ID); err != nil {
		return nil, err
	}
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	out := pageLinkOut{On: w.Portal.On}
	if !in.Body.Renew {
		out.Path, err = s.Portal.PathNow(ctx, a.Workspace, in.ID)
		return &reply[pageLinkOut]{out}, err
	}
	if out.Path, err = s.Portal.Renew(ctx, a.Workspace, in.ID); err == nil {
		s.audit(ctx, a, "renewPage", "customer", in.ID, nil)
	}
	return &reply[pageLinkOut]{out}, err
}

// door lets only so many calls a second through to one workspace's pages.
func (s *Server) door(ws string) error {
	if !s.told.pass(ws+"/pages", time.Now()) {
		return fault.New(fault.TooMany, "kind.too_many", nil)
	}
	return nil
}

type pageIn struct{ portal.At }

func (s *Server) getPage(ctx context.Context, _ policies.Actor, in *pageIn) (*reply[portal.Page], error) {
	if err := s.door(in.Workspace); err != nil {
		return nil, err
	}
	p, err := s.Portal.View(ctx, in.Workspace, in.Customer, in.Token)
	return &reply[portal.Page]{p}, err
}

type pagePromiseIn struct {
	portal.At
	Body struct {
		Invoices []string `json:"invoices" maxItems:"200"`
		Date     string   `json:"date" maxLength:"10"`
	}
}

func (s *Server) pagePromise(ctx context.Context, _ policies.Actor, in *pagePromiseIn) (*reply[portal.Page], error) {
	if err := s.door(in.Workspace); err != nil {
		return nil, err
	}
	on, err := value.ParseDate(in.Body.Date)
	if err != nil {
		return nil, fault.At("/date", "date", nil)
	}
	p, err := s.Portal.PromiseToPay(ctx, in.At, in.Body.Invoices, on)
	return &reply[portal.Page]{p}, err
}

type pagePaidIn struct {
	portal.At
	Body struct {
		Invoices  []string `json:"invoices" maxItems:"200"`
		Date      string   `json:"date" maxLength:"10"`
		Reference string   `json:"reference,omitempty" maxLength:"200"`
	}
}

func (s *Server) pagePaid(ctx context.Context, _ policies.Actor, in *pagePaidIn) (*reply[portal.Page], error) {
	if err := s.door(in.Workspace); err != nil {
		return nil, err
	}
	on, err := value.ParseDate(in.Body.Date)
	if err != nil {
		return nil, fault.At("/date", "date", nil)
	}
	p, err := s.Portal.SaysPaid(ctx, in.At, in.Body.Invoices, on, in.Body.Reference)
	return &reply[portal.Page]{p}, err
}

type pageDisputeIn struct {
	portal.At
	Body struct {
		Invoice string `json:"invoice" maxLength:"200"`
		Amount  int64  `json:"amount,omitempty" minimum:"0" doc:"minor units; 0 is all that is open"`
		Reason  string `json:"reason" maxLength:"500"`
	}
}

func (s *Server) pageDispute(ctx context.Context, _ policies.Actor, in *pageDisputeIn) (*reply[portal.Page], error) {
	if err := s.door(in.Workspace); err != nil {
		return nil, err
	}
	p, err := s.Portal.Dispute(ctx, in.At, in.Body.Invoice, in.Body.Amount, in.Body.Reason, func(d ledger.OpenDispute) (ledger.Command, error) {
		return s.disputeDefaults(ctx, policies.SystemActor(in.Workspace, portal.By), in.Customer, d)
	})
	return &reply[portal.Page]{p}, err
}

type pagePreferIn struct {
	portal.At
	Body struct {
		Language string `json:"language,omitempty" enum:"en,zh-CN"`
		Channel  string `json:"channel,omitempty" maxLength:"40"`
	}
}

func (s *Server) pagePrefer(ctx context.Context, _ policies.Actor, in *pagePreferIn) (*reply[portal.Page], error) {
	if err := s.door(in.Workspace); err != nil {
		return nil, err
	}
	p, err := s.Portal.Prefer(ctx, in.At, in.Body.Language, in.Body.Channel)
	return &reply[portal.Page]{p}, err
}

type pageWriteIn struct {
	portal.At
	Body struct {
		Text string `json:"text,omitempty" maxLength:"2000"`
		Stop bool   `json:"stop,omitempty" doc:"a wish not to be contacted any more"`
	}
}

func (s *Server) pageWrite(ctx context.Context, _ policies.Actor, in *pageWriteIn) (*reply[portal.Page], error) {
	if err := s.door(in.Workspace); err != nil {
		return nil, err
	}
	p, err := s.Portal.Write(ctx, in.At, in.Body.Text, in.Body.Stop)
	return &reply[portal.Page]{p}, err
}
