package packs

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/server/flows"
)

// Removal is what taking a pack out does with one of its objects.
type Removal struct {
	Kind   pack.Kind `json:"kind"`
	As     string    `json:"as"`
	Name   flow.Text `json:"name,omitempty"`
	Action string    `json:"action"` // remove, keep, stop
	Reason string    `json:"reason,omitempty"`
}

// What a removal does, and why something stays.
const (
	Remove = "remove"
	Stop   = "stop"

	WasLive = "wasLive" // its versions and runs are history
	IsLive  = "isLive"  // it goes on as the workspace's own flow
	Changed = "changed" // the workspace has changed it
	InUse   = "inUse"   // another flow sends it
	Used    = "used"    // the workspace or a flow that stays keeps this calendar
	Records = "records" // records may hold values of its fields
	Granted = "granted" // people may have the role
)

// Uninstall takes a pack out: what nobody has changed and nothing uses goes,
// the rest stays as the workspace's own. Records are never touched. With stop
// live flows are taken off the air; otherwise they go on. With dry it only
// says what it would do.
func (s *Service) Uninstall(ctx context.Context, a policies.Actor, id string, stop, dry bool) ([]Removal, error) {
	now, err := s.Get(ctx, a.Workspace, id)
	if err != nil {
		return nil, err
	}
	if now.Version == "" || now.State == Changing {
		return nil, none(id)
	}
	live, err := s.Flows.List(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	out := []Removal{}
	var steps []step
	var stops []string
	going := map[string]bool{}
	// Flows first: a message that only a removed flow sends may go as well.
	for _, kind := range []pack.Kind{pack.Flow, pack.Message, pack.Board, pack.Calendar, pack.Form, pack.Role} {
		for _, h := range now.Objects {
			if h.Kind != kind {
				continue
			}
			o := pack.Object{Kind: h.Kind, Key: h.As, Raw: h.Base}
			mine, _, err := s.handler(kind).read(ctx, a, o)
			if err != nil {
				return nil, err
			}
			if mine == nil {
				continue
			}
			r := Removal{Kind: kind, As: h.As, Name: NameOf(h.Base), Action: Keep}
			r.Reason = s.stays(h, mine, live, going)
			if kind == pack.Calendar && r.Reason == "" {
				if r.Reason, err = s.calendarInUse(ctx, a.Workspace, h.As, going); err != nil {
					return nil, err
				}
			}
			if r.Reason == "" {
				r.Action = Remove
				steps = append(steps, step{Object: o, Before: mine})
				going[string(kind)+"/"+h.As] = true
			} else if r.Reason == IsLive && stop {
				r.Action, r.Reason = Stop, WasLive
				stops = append(stops, h.As)
			}
			out = append(out, r)
		}
	}
	if dry {
		return out, nil
	}
	for _, key := range stops {
		if _, err := s.Flows.StopFlow(ctx, a.Workspace, key, a.ID); err != nil {
			return nil, err
		}
	}
	_, err = s.change(ctx, a, now, pending{Steps: steps, By: a.ID})
	return out, err
}

// stays says why an object is kept, "" when it may go.
func (s *Service) stays(h Held, mine json.RawMessage, all []flows.Flow, going map[string]bool) string {
	switch h.Kind {
	case pack.Form:
		return Records
	case pack.Role:
		return Granted
	case pack.Flow:
		for _, f := range all {
			switch {
			case f.Key != h.As:
			case f.Status == flows.Live:
				return IsLive
			case f.Version > 0:
				return WasLive
			}
		}
	case pack.Message:
		for _, f := range all {
			if !going["flows/"+f.Key] && strings.Contains(string(f.Draft), `"`+h.As+`"`) {
				return InUse
			}
		}
	}
	m, err := pack.Merge(h.Kind, h.As, h.Base, mine, h.Base, nil)
	if err != nil || len(m.Kept) > 0 {
		return Changed
	}
	return ""
}
