// Package house does a workspace's housework on time: it reminds of tasks that
// are due and tells others of those that are late, sends notices by e-mail, and
// the weekly review, begins the night's computation of scores, and empties the
// bin of what lay in it for too long. One durable workflow a workspace keeps the
// time; all that was done is marked in the store, so that a repeat, another
// process or a crash in between changes nothing. Accounts of people who leave are handed
// over by a workflow of their own.
package house

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/browsers"
	"github.com/dueflow/dueflow/server/desk"
	"github.com/dueflow/dueflow/server/identity"
	"github.com/dueflow/dueflow/server/letters"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/tasks"
	"github.com/dueflow/dueflow/server/tiers"
	"github.com/dueflow/dueflow/server/workspace"
)

const (
	state     = "house"
	doneID    = "done"
	handovers = "handover"
)

// Specs are the collections of this room.
var Specs = []store.Spec{{Name: state}, {Name: handovers}}

// Access answers who may see what.
type Access interface {
	View(ctx context.Context, a policies.Actor, object, action string) (policies.View, error)
}

// Engine starts and wakes workflows.
type Engine interface {
	Poke(ctx context.Context, id, name, signal string, arg any) error
	Launch(ctx context.Context, id, name string, arg any) error
}

// Log takes what goes wrong and is tried again.
type Log interface {
	Warn(msg string, args ...any)
}

// Service does the housework of all workspaces.
type Service struct {
	Store    *store.Store
	Spaces   *workspace.Service
	Tasks    *tasks.Service
	Desk     *desk.Service
	Records  *records.Service
	Identity *identity.Service
	Access   Access
	Letters  *letters.Service
	Browsers *browsers.Service
	Tiers    *tiers.Service
	Log      Log
	// Audit notes what was done for somebody.
	Audit  func(ctx context.Context, by policies.Actor, action, object, id string, after any)
	engine Engine

	mu       sync.Mutex
	reviewer Reviewer
}

// Reviewer writes the weekly review as a person may see it: HTML and text.
type Reviewer func(ctx context.Context, a policies.Actor, lang string) (html, plain string, err error)

// UseReview sets who writes the review; until then none is sent.
func (s *Service) UseReview(r Reviewer) {
	s.mu.Lock()
	s.reviewer = r
	s.mu.Unlock()
}

func (s *Service) writer() Reviewer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reviewer
}

// UseEngine sets the engine; without one nothing is done on time.
func (s *Service) UseEngine(e Engine) { s.engine = e }

// Start makes sure that a workspace's housework is done.
func (s *Service) Start(ctx context.Context, ws string) error {
	return s.engine.Poke(ctx, ID(ws), WorkflowName, PokeSignal, State{Workspace: ws})
}

// done is what was done last, by day.
type done struct {
	Tasks  value.Date `json:"tasks"`
	Digest value.Date `json:"digest"`
	Review value.Date `json:"review"`
	Scores value.Date `json:"scores"`
	Bin    value.Date `json:"bin"`
}

func (s *Service) done(ctx context.Context, ws string) (done, int64, error) {
	var out done
	d, err := s.Store.In(ws, state).Get(ctx, doneID)
	if fault.Is(err, fault.NotFound) {
		return out, 0, nil
	}
	if err == nil {
		err = json.Unmarshal(d.Body, &out)
	}
	return out, d.Ver, err
}

func (s *Service) mark(ctx context.Context, ws string, change func(*done)) error {
	for range 20 {
		now, ver, err := s.done(ctx, ws)
		if err != nil {
			return err
		}
		change(&now)
		body, err := json.Marshal(now)
		if err != nil {
			return err
		}
		col := s.Store.In(ws, state)
		if ver == 0 {
			_, err = col.Insert(ctx, doneID, body)
		} else {
			_, err = col.Replace(ctx, store.Doc{ID: doneID, Body: body}, ver)
		}
		if !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return fault.New(fault.Unavailable, "busy", nil)
}

// day is a workspace's present, as housework needs it.
type day struct {
	w     *workspace.Workspace
	now   time.Time // the workspace's
	today value.Date
	open  time.Time // when its day begins: the hour from which it sends
}

func (d day) at(date value.Date, tod value.TimeOfDay) time.Time {
	return date.At(tod, d.w.Location())
}

// retryMail is when letters that could not be sent are tried again.
const retryMail = 5 * time.Minute

// Tick does what is due in a workspace and says, in real time, when to look
// again.
func (s *Service) Tick(ctx context.Context, st State) (time.Time, error) {
	w, err := s.Spaces.Get(ctx, st.Workspace)
	if err != nil {
		return time.Time{}, err
	}
	d := day{w: w}
	d.now, d.today = s.Spaces.Now(w)
	d.open = d.at(d.today, w.Window.From)
	was, _, err := s.done(ctx, w.Key)
	if err != nil {
		return time.Time{}, err
	}
	lost, err := s.Desk.MailLost(ctx, w.Key)
	if err != nil {
		return time.Time{}, err
	}
	if lost > 0 {
		s.Log.Warn("letters were on their way when a process died; they are not sent again, the app has their notices", "workspace", w.Key, "notices", lost)
	}
	if !d.now.Before(d.open) && w.Cal().IsWorkday(d.today) {
		if was.Tasks < d.today {
			if err := s.nudge(ctx, d); err != nil {
				return time.Time{}, err
			}
		}
		if was.Digest < d.today {
			if err := s.digest(ctx, d); err != nil {
				return time.Time{}, err
			}
		}
	}
	again, err := s.mailNow(ctx, d)
	if err != nil {
		return time.Time{}, err
	}
	push, err := s.push(ctx, d.w)
	if err != nil {
		return time.Time{}, err
	}
	review, missing, err := s.review(ctx, d, was.Review)
	if err != nil {
		return time.Time{}, err
	}
	next := d.at(d.today+1, w.Window.From)
	if d.now.Before(d.open) {
		next = d.open
	}
	if !review.IsZero() && review.Before(next) {
		next = review
	}
	scores, err := s.scores(ctx, d, was.Scores)
	if err != nil {
		return time.Time{}, err
	}
	if scores.Before(next) {
		next = scores
	}
	full, err := s.emptyBin(ctx, d, was.Bin)
	if err != nil {
		return time.Time{}, err
	}
	real := w.Demo.Real(next)
	if soon := s.Spaces.RealNow().Add(retryBin); full && soon.Before(real) {
		real = soon
	}
	if retry := s.Spaces.RealNow().Add(retryMail); (again || push || missing) && retry.Before(real) {
		real = retry
	}
	return real, nil
}

const page = 200

// nudge tells owners of tasks that are due and others of those that are late.
func (s *Service) nudge(ctx context.Context, d day) error {
	ws := d.w.Key
	set, err := s.Tasks.GetSettings(ctx, ws)
	if err != nil {
		return err
	}
	people, err := s.Identity.Members(ctx, ws)
	if err != nil {
		return err
	}
	managers, err := s.Identity.Managers(ctx, ws)
	if err != nil {
		return err
	}
	for {
		list, err := s.Tasks.Nudges(ctx, ws, d.today, d.w.Cal(), page)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			break
		}
		// First they are told, then that is marked: a crash in between tells them
		// again, and a notice of the same key changes nothing.
		chiefs := s.chiefs(ctx, list, managers, people)
		if err := s.tell(ctx, d, list, chiefs, set.EscalateTo, people); err != nil {
			return err
		}
		for _, n := range list {
			if err := s.Tasks.Told(ctx, ws, n, chiefs[n.ID], set.EscalateTo); err != nil {
				return err
			}
		}
	}
	return s.mark(ctx, ws, func(x *done) { x.Tasks = d.today })
}
