package api

import (
	"cmp"
	"context"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/server/messages"
	"github.com/dueflow/dueflow/server/records"
)

type heldIn struct {
	Reason string `query:"reason" maxLength:"60" doc:"only those held back for this reason; merged is one"`
	Limit  int    `query:"limit" minimum:"0" maximum:"200"`
	Cursor string `query:"cursor" maxLength:"4000"`
}

type heldEntry struct {
	Customer ref      `json:"customer"`
	Label    string   `json:"label,omitempty" doc:"the invoice's number, or the customer's name"`
	Flow     flowRef  `json:"flow"`
	At       string   `json:"at"`
	What     string   `json:"what" doc:"deferred, refused or merged"`
	Reason   *reason  `json:"reason"`
	Until    string   `json:"until,omitempty" doc:"when it is asked again"`
	Other    *flowRef `json:"other,omitempty" doc:"the flow that went first, took it along, or used up the budget"`
	Message  string   `json:"message,omitempty" doc:"the message it became part of"`
	Since    string   `json:"since,omitempty" doc:"when it was first held for this reason at this step"`
	Times    int      `json:"times,omitempty" doc:"how often it was asked about and held since then"`
	// Earlier are what it waited for before, newest first, at most twenty.
	Earlier []holdOut `json:"earlier,omitempty"`
	Dropped int       `json:"dropped,omitempty" doc:"how many still earlier ones are no longer kept"`
}

type holdOut struct {
	Since   string   `json:"since"`
	At      string   `json:"at" doc:"the last time it was held for this reason"`
	Times   int      `json:"times"`
	What    string   `json:"what" doc:"deferred, refused or merged"`
	Reason  *reason  `json:"reason"`
	Until   string   `json:"until,omitempty" doc:"when it was to be asked again"`
	Other   *flowRef `json:"other,omitempty"`
	Message string   `json:"message,omitempty"`
}

type heldGroup struct {
	Reason *reason `json:"reason"`
	What   string  `json:"what"`
	Count  int64   `json:"count"`
}

type heldList struct {
	Since  string      `json:"since"`
	Groups []heldGroup `json:"groups" doc:"over all of the last day, whatever reason is asked for"`
	Items  []heldEntry `json:"items"`
	Next   string      `json:"next,omitempty"`
}

// listHeld lists, newest first, the reminders of the last day that did not go
// out when their step came, in the actor's view: each with the last reason
// and those before it.
func (s *Server) listHeld(ctx context.Context, a policies.Actor, in *heldIn) (*reply[heldList], error) {
	v, err := s.Access.View(ctx, a, "run", "read")
	if err != nil {
		return nil, err
	}
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	now, _ := s.Spaces.Now(w)
	q := flows.HeldQuery{Since: value.Instant(now.Add(-24 * time.Hour)), Scope: records.Stamped(v.Scope)}
	rows, err := s.Flows.HeldCounts(ctx, a.Workspace, q)
	if err != nil {
		return nil, err
	}
	out := heldList{Since: q.Since, Groups: []heldGroup{}, Items: []heldEntry{}}
	for _, r := range rows {
		what, _ := r.Keys[0].(string)
		why, _ := r.Keys[1].(string)
		out.Groups = append(out.Groups, heldGroup{reasonOf(why, ""), what, r.Count})
	}
	q.Reason, q.Limit, q.Cursor = in.Reason, in.Limit, in.Cursor
	list, next, err := s.Flows.HeldList(ctx, a.Workspace, q)
	if err != nil {
		return nil, err
	}
	out.Next = next
	names := s.flowNames(ctx, a.Workspace)
	named := func(key string) flowRef {
		if names[key] == nil {
			return flowRef{key, map[string]string{"en": key, "zh-CN": key}}
		}
		return flowRef{key, names[key]}
	}
	for _, h := range list {
		now := showHold(h.Hold, h.Flow, named)
		e := heldEntry{
			Customer: ref{h.Customer, h.CustomerName}, Label: h.Label, Flow: named(h.Flow), At: now.At, What: now.What,
			Reason: now.Reason, Until: now.Until, Other: now.Other, Message: now.Message, Since: now.Since, Times: now.Times,
			Dropped: h.Dropped,
		}
		for _, x := range h.Earlier {
			e.Earlier = append(e.Earlier, showHold(x, h.Flow, named))
		}
		out.Items = append(out.Items, e)
	}
	return &reply[heldList]{out}, nil
}

// showHold is a hold of a flow's run for people; named names a flow.
func showHold(h flows.Hold, flow string, named func(key string) flowRef) holdOut {
	out := holdOut{
		Since: cmp.Or(h.Since, h.At), At: h.At, Times: max(h.Times, 1), What: h.What, Reason: reasonOf(h.Reason, h.Until), Until: h.Until,
	}
	if h.By != "" && (h.By != flow || h.What == "merged") {
		other := named(h.By)
		out.Other = &other
	}
	if h.What == "merged" && h.Key != "" {
		out.Message = messages.ID(h.Key)
	}
	return out
}
