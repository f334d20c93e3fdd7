package house

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/desk"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
)

// The states of a handover.
const (
	Running = "running"
	Done    = "done"
)

// Handover moves all accounts and open tasks of one person to another.
type Handover struct {
	ID       string `json:"id"`
	From     string `json:"from"`
	To       string `json:"to"`
	By       string `json:"by"`
	Status   string `json:"status"`
	Accounts int64  `json:"accounts"` // to move, as counted at the start
	Tasks    int64  `json:"tasks"`
	Moved    int64  `json:"movedAccounts"`
	Given    int64  `json:"movedTasks"`
	Failed   int64  `json:"failed"` // accounts that could not be changed
	// Cursor is how far the accounts are read; Read that all of them were.
	Cursor  string `json:"cursor,omitempty"`
	Read    bool   `json:"read,omitempty"`
	Started string `json:"startedAt"`
	Updated string `json:"updatedAt"`
}

// Preview counts what a handover would move.
func (s *Service) Preview(ctx context.Context, ws, from string) (accounts, open int64, err error) {
	if accounts, err = s.Store.In(ws, records.Prefix+"customer").Count(ctx, filter.Eq("owner", from), 0); err != nil {
		return 0, 0, err
	}
	open, err = s.Tasks.CountOf(ctx, ws, from)
	return accounts, open, err
}

// HandOver begins a handover. Faults: Invalid when to is not somebody who can
// log in, or the same person.
func (s *Service) HandOver(ctx context.Context, by policies.Actor, from, to string) (Handover, error) {
	ws := by.Workspace
	people, err := s.Identity.Members(ctx, ws)
	if err != nil {
		return Handover{}, err
	}
	if from == to || !slices.ContainsFunc(people, func(a policies.Actor) bool { return a.ID == to }) {
		return Handover{}, fault.At("/to", "reference", nil)
	}
	h := Handover{ID: strings.ReplaceAll(uuid.Must(uuid.NewV7()).String(), "-", ""), From: from, To: to, By: by.ID, Status: Running}
	if h.Accounts, h.Tasks, err = s.Preview(ctx, ws, from); err != nil {
		return h, err
	}
	h.Started = value.Instant(s.Spaces.RealNow())
	h.Updated = h.Started
	body, err := json.Marshal(h)
	if err != nil {
		return h, err
	}
	if _, err := s.Store.In(ws, handovers).Insert(ctx, h.ID, body); err != nil {
		return h, err
	}
	s.Audit(ctx, by, "handover", "user", from, h)
	return h, s.engine.Launch(ctx, "handover/"+ws+"/"+h.ID, HandoverWorkflowName, HandoverState{ws, h.ID})
}

// Adopt hands handovers and computations of scores that are under way to an
// engine that does not know of them.
func (s *Service) Adopt(ctx context.Context, ws string) error {
	err := s.Store.In(ws, handovers).Each(ctx, store.Query{Filter: filter.Eq("status", Running), Limit: 50}, func(d store.Doc) error {
		return s.engine.Launch(ctx, "handover/"+ws+"/"+d.ID, HandoverWorkflowName, HandoverState{ws, d.ID})
	})
	if err != nil {
		return err
	}
	r, err := s.Tiers.LastRun(ctx, ws)
	if err != nil || r.ID == "" || r.Finished != "" {
		return err
	}
	return s.engine.Launch(ctx, "scores/"+ws+"/"+r.ID, ScoresWorkflowName, ScoresState{ws, r.ID})
}

// GetHandover gives how far a handover has come. Fault: NotFound
// "handover.none".
func (s *Service) GetHandover(ctx context.Context, ws, id string) (Handover, error) {
	h, _, err := s.handover(ctx, ws, id)
	return h, err
}

func (s *Service) handover(ctx context.Context, ws, id string) (Handover, store.Doc, error) {
	var h Handover
	d, err := s.Store.In(ws, handovers).Get(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return h, d, fault.New(fault.NotFound, "handover.none", nil)
	}
	if err == nil {
		err = json.Unmarshal(d.Body, &h)
	}
	return h, d, err
}

const handoverPage = 50

// HandoverPage moves one page and tells whether there is more.
func (s *Service) HandoverPage(ctx context.Context, st HandoverState) (bool, error) {
	h, d, err := s.handover(ctx, st.Workspace, st.ID)
	if err != nil || h.Status != Running {
		return false, err
	}
	if !h.Read {
		if err := s.moveAccounts(ctx, st.Workspace, &h); err != nil {
			return false, err
		}
	} else {
		n, err := s.Tasks.HandOver(ctx, st.Workspace, h.From, h.To, handoverPage)
		if err != nil {
			return false, err
		}
		h.Given += int64(n)
		if n < handoverPage {
			h.Status = Done
		}
	}
	h.Updated = value.Instant(s.Spaces.RealNow())
	body, err := json.Marshal(h)
	if err != nil {
		return false, err
	}
	d.Body = body
	if _, err := s.Store.In(st.Workspace, handovers).Replace(ctx, d, d.Ver); err != nil {
		return false, err
	}
	if h.Status != Done {
		return true, nil
	}
	return false, s.Desk.Notify(ctx, st.Workspace, desk.Notice{User: h.To, Kind: desk.KindHandover, By: h.By})
}

// moveAccounts gives a page of accounts to their new owner. It reads on by id,
// so that an account that cannot be changed does not hold up the others.
func (s *Service) moveAccounts(ctx context.Context, ws string, h *Handover) error {
	page, err := s.Store.In(ws, records.Prefix+"customer").Find(ctx, store.Query{Filter: filter.Eq("owner", h.From), Limit: handoverPage, After: h.Cursor})
	if err != nil {
		return err
	}
	to, err := json.Marshal(h.To)
	if err != nil {
		return err
	}
	actor := policies.SystemActor(ws, "handover")
	for _, d := range page.Docs {
		switch err := s.giveAccount(ctx, actor, d.ID, h.From, to); {
		case fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict):
			h.Failed++
		case err != nil && !fault.Is(err, fault.NotFound):
			return err
		default:
			h.Moved++
		}
	}
	h.Cursor, h.Read = page.Next, page.Next == ""
	return nil
}

// giveAccount changes an account's owner, if it is still the one who leaves.
func (s *Service) giveAccount(ctx context.Context, actor policies.Actor, id, from string, to json.RawMessage) error {
	for range 10 {
		r, err := s.Records.Get(ctx, actor, "customer", id)
		if err != nil {
			return err
		}
		var owner string
		if json.Unmarshal(r.Data["owner"], &owner) != nil || owner != from {
			return nil
		}
		r.Data["owner"] = to
		data, err := json.Marshal(r.Data)
		if err != nil {
			return err
		}
		if _, err = s.Records.Update(ctx, actor, "customer", id, data, r.Version); !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return fault.New(fault.Conflict, "store.version", nil)
}
