package api

import (
	"context"
	"net/http"
	"sort"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/desk"
	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/workspace"
)

func (s *Server) reviewRoutes() {
	route(s, http.MethodGet, "/review", "getReview", need{"insight", "read"}, "The weekly review: what moved and what did not, by owner", s.getReview)
}

type reviewIn struct {
	From string `query:"from" maxLength:"10" doc:"first day; default: a week before to"`
	To   string `query:"to" maxLength:"10" doc:"last day; default: today"`
}

// ownerReview is what happened on one person's accounts.
type ownerReview struct {
	Owner    *ref             `json:"owner"` // none: accounts of nobody
	Received map[string]int64 `json:"received"`
	Payments int              `json:"payments"`
	Messages int              `json:"messages"`
	Calls    int              `json:"calls"`
	Made     int              `json:"promisesMade"`
	Kept     int              `json:"promisesKept"`
	PartKept int              `json:"promisesPartKept"`
	Broken   int              `json:"promisesBroken"`
	Opened   int              `json:"disputesOpened"`
	Closed   int              `json:"disputesClosed"`
	Accounts int              `json:"accounts"` // on which something happened
}

type reviewOut struct {
	From     string        `json:"from"`
	To       string        `json:"to"`
	Owners   []ownerReview `json:"owners"`
	Due      []promiseOut  `json:"promisesDue"` // open ones, the soonest first
	Stuck    []cardOut     `json:"stuck"`       // overdue longest, with nothing under way
	Disputes []cardOut     `json:"disputes"`
	Parked   []runOut      `json:"parked"`
}

// maxReview bounds the days of a review, maxReviewed the events it reads.
const (
	maxReview   = 92
	maxReviewed = 100_000
	reviewList  = 20
)

func (s *Server) getReview(ctx context.Context, a policies.Actor, in *reviewIn) (*reply[reviewOut], error) {
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	_, today := s.Spaces.Now(w)
	to, err := optionalDate("/to", in.To)
	if err != nil {
		return nil, err
	}
	if to == 0 {
		to = today
	}
	from, err := optionalDate("/from", in.From)
	if err != nil {
		return nil, err
	}
	if from == 0 {
		from = to - 6
	}
	if from > to || to-from > maxReview {
		return nil, fault.At("/from", "date", nil)
	}
	out := reviewOut{From: from.String(), To: to.String(), Owners: []ownerReview{}, Due: []promiseOut{}, Stuck: []cardOut{}, Disputes: []cardOut{}, Parked: []runOut{}}
	v, err := s.Access.View(ctx, a, "insight", "read")
	if err != nil {
		return nil, err
	}
	start, _ := dayBounds(w, from)
	_, end := dayBounds(w, to)
	byAccount := map[string]*ownerReview{}
	read := 0
	err = s.Accounts.EventsBetween(ctx, a.Workspace, start, end, func(customer string, e ledger.Event) error {
		if read++; read > maxReviewed {
			return fault.At("/from", "tooMuch", maxReviewed)
		}
		r := byAccount[customer]
		if r == nil {
			r = &ownerReview{Received: map[string]int64{}, Accounts: 1}
			byAccount[customer] = r
		}
		r.count(e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := s.reviewOwners(ctx, a, v, byAccount, &out); err != nil {
		return nil, err
	}
	return &reply[reviewOut]{out}, s.reviewOpen(ctx, a, w, today, &out)
}

func (r *ownerReview) count(e ledger.Event) {
	switch e.Type {
	case ledger.PaymentApplied:
		r.Payments++
		r.Received[string(e.Currency)] += e.Amount
	case ledger.PaymentReversed:
		r.Received[string(e.Currency)] -= e.Amount
	case ledger.MessageSent:
		r.Messages++
	case ledger.ContactLogged:
		r.Calls++
	case ledger.PromiseMade:
		r.Made++
	case ledger.PromiseClosed:
		switch e.Status {
		case ledger.PromiseKept:
			r.Kept++
		case ledger.PromisePartKept:
			r.PartKept++
		case ledger.PromiseBroken:
			r.Broken++
		}
	case ledger.DisputeOpened:
		r.Opened++
	case ledger.DisputeClosed:
		r.Closed++
	}
}

func (r *ownerReview) add(x *ownerReview) {
	for c, n := range x.Received {
		r.Received[c] += n
	}
	r.Payments += x.Payments
	r.Messages += x.Messages
	r.Calls += x.Calls
	r.Made += x.Made
	r.Kept += x.Kept
	r.PartKept += x.PartKept
	r.Broken += x.Broken
	r.Opened += x.Opened
	r.Closed += x.Closed
	r.Accounts += x.Accounts
}

// reviewOwners sums accounts of the view up by owner.
func (s *Server) reviewOwners(ctx context.Context, a policies.Actor, v policies.View, byAccount map[string]*ownerReview, out *reviewOut) error {
	ids := make([]string, 0, len(byAccount))
	for id := range byAccount {
		ids = append(ids, id)
	}
	owners, err := s.Records.Owners(ctx, a.Workspace, ids, v.Scope)
	if err != nil {
		return err
	}
	names := s.userNames(ctx, a.Workspace)
	sums := map[string]*ownerReview{}
	for id, owner := range owners {
		r := sums[owner]
		if r == nil {
			r = &ownerReview{Received: map[string]int64{}}
			if owner != "" {
				who := person(names, owner)
				r.Owner = &who
			}
			sums[owner] = r
		}
		r.add(byAccount[id])
	}
	for _, r := range sums {
		if v.Masked["amounts"] {
			r.Received = map[string]int64{}
		}
		out.Owners = append(out.Owners, *r)
	}
	sort.Slice(out.Owners, func(i, k int) bool {
		if out.Owners[i].Accounts != out.Owners[k].Accounts {
			return out.Owners[i].Accounts > out.Owners[k].Accounts
		}
		return out.Owners[i].name() < out.Owners[k].name()
	})
	return nil
}

func (r ownerReview) name() string {
	if r.Owner == nil {
		return ""
	}
	return r.Owner.Name
}

// reviewOpen lists what waits: promises, the longest overdue, disputes, parked runs.
func (s *Server) reviewOpen(ctx context.Context, a policies.Actor, w *workspace.Workspace, today value.Date, out *reviewOut) error {
	var t todayOut
	if err := s.todayPromises(ctx, a, w, today, &t); err != nil && !fault.Is(err, fault.Denied) {
		return err
	}
	out.Due = append(out.Due, t.Promises...)
	for column, list := range map[string]*[]cardOut{desk.FollowUp: &out.Stuck, desk.Disputed: &out.Disputes} {
		cols, err := s.Desk.Cards(ctx, a, desk.Shipped, desk.CardQuery{Column: column, Limit: reviewList})
		if fault.Is(err, fault.Denied) {
			continue
		}
		if err != nil {
			return err
		}
		show, _, err := s.cards(ctx, a, cols[0].Cards)
		if err != nil {
			return err
		}
		for _, r := range cols[0].Cards {
			*list = append(*list, show[r.ID])
		}
	}
	v, err := s.Access.View(ctx, a, "run", "read")
	if fault.Is(err, fault.Denied) {
		return nil
	}
	if err != nil {
		return err
	}
	parked, _, err := s.Flows.ListRuns(ctx, a.Workspace, flows.RunQuery{Status: "parked", Scope: records.Stamped(v.Scope), Limit: reviewList})
	names := s.flowNames(ctx, a.Workspace)
	for _, r := range parked {
		out.Parked = append(out.Parked, s.showRun(ctx, a.Workspace, r, names))
	}
	return err
}
