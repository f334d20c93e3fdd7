package outreach

import (
	"context"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/accounts"
	"github.com/dueflow/dueflow/server/messages"
	"github.com/dueflow/dueflow/server/tasks"
	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/node"
)

// TaskDone takes in a finished task: the message that waited for it ends, and
// a reviewed stop wish is upheld or lifted.
func (s *Service) TaskDone(ctx context.Context, ws, customer string, e node.Event) error {
	if strings.HasPrefix(e.Key, reviewKey) {
		return s.reviewed(ctx, ws, customer, e.Result)
	}
	m, err := s.Messages.Get(ctx, ws, channel.ID(e.Key), nil)
	if fault.Is(err, fault.NotFound) {
		return nil // most tasks are about no message
	}
	if err != nil || m.Status != ledger.IntentWaiting {
		return err
	}
	status, why := ledger.IntentSent, ""
	if p, ok := s.Channels[m.Channel].(channel.ByPerson); ok {
		for _, o := range p.TaskFor(nil, channel.Message{}).Results {
			if o.Key == e.Result && o.Failed {
				status, why = ledger.IntentFailed, "notReached"
			}
		}
	}
	return s.end(ctx, ws, m, status, why, e.Result)
}

// rests are the events, beside those that settle, after which a message that
// waits may be wrong to send.
var rests = map[string]bool{ledger.DisputeOpened: true, ledger.PromiseMade: true, ledger.HoldSet: true, ledger.StopWished: true}

// Project is a sink of the relay: a message that waits for a person is taken
// back when the reason for it is gone, and a call that was logged by hand is
// the one that was asked for.
func (s *Service) Project(ctx context.Context, d accounts.Delivery) error {
	settled, called := false, ""
	for _, e := range d.Events {
		settled = settled || e.Settling() || rests[e.Type]
		if e.Type == ledger.ContactLogged {
			called = e.Status
		}
	}
	if !settled && called == "" {
		return nil
	}
	w, err := s.Spaces.Get(ctx, d.Workspace)
	if err != nil {
		return err
	}
	_, today := s.Spaces.Now(w)
	for key, i := range d.State.Intents {
		if i.Status != ledger.IntentWaiting {
			continue
		}
		if why := gone(d.State, i, today); why != "" {
			err = s.takeBack(ctx, d.Workspace, key, why)
		} else if called != "" && i.Channel == "call" {
			_, err = s.Tasks.Complete(ctx, d.Workspace, channel.ID(key), tasks.Ending{Result: called, By: by}, nil)
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}

// gone says why a message that waits must not go out any more, "" when it may.
func gone(st *ledger.State, i *ledger.Intent, today value.Date) string {
	switch {
	case st.StopWish != nil:
		return "stopWish"
	case st.Hold.Active(today):
		return "hold"
	}
	why, whyNot := "paid", st.WhyNot(today)
	for _, id := range i.Items {
		if why = whyNot(id, i.Currency); why == "" {
			return ""
		}
	}
	return why
}

// takeBack ends a message that waits, with its task, and at the provider where
// that can be done.
func (s *Service) takeBack(ctx context.Context, ws, key, why string) error {
	m, err := s.Messages.Get(ctx, ws, channel.ID(key), nil)
	if err != nil || m.Status != ledger.IntentWaiting {
		return err
	}
	if c, ok := s.Channels[m.Channel].(channel.Canceller); ok && m.Ref != "" {
		w, err := s.Spaces.Get(ctx, ws)
		if err != nil {
			return err
		}
		if err := c.Cancel(ctx, w.Channels[m.Channel], m.Ref); err != nil {
			s.Log.Warn("a message that waits was not taken back at the provider", "workspace", ws, "channel", m.Channel, "error", err)
		}
	}
	if err := s.Tasks.Drop(ctx, ws, m.ID, why); err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return s.end(ctx, ws, m, ledger.IntentFailed, why, "")
}

const (
	askPage  = 100
	giveUpIn = 14 * 24 * time.Hour
)

// Sweep asks providers what became of messages that wait for a person, some of
// each channel a round.
func (s *Service) Sweep(ctx context.Context, ws string) error {
	w, err := s.Spaces.Get(ctx, ws)
	if err != nil || w.Demo != nil {
		return err
	}
	now, _ := s.Spaces.Now(w)
	for key, raw := range w.Channels {
		asker, ok := s.Channels[key].(channel.Asker)
		if !ok {
			continue
		}
		s.mu.Lock()
		after := s.after[ws+"/"+key]
		s.mu.Unlock()
		list, next, err := s.Messages.List(ctx, ws, messages.Query{Channel: key, Status: ledger.IntentWaiting, Limit: askPage, Cursor: after})
		if err != nil {
			return err
		}
		s.mu.Lock()
		s.after[ws+"/"+key] = next
		s.mu.Unlock()
		for _, m := range list {
			if err := s.ask(ctx, ws, asker, raw, m, now); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) ask(ctx context.Context, ws string, a channel.Asker, raw []byte, m messages.Entry, now time.Time) error {
	done, err := a.Ask(ctx, raw, channel.Message{Key: m.Key, To: m.To}, m.Ref)
	if !done {
		if at, bad := value.ParseInstant(m.At); bad == nil && now.Sub(at) > giveUpIn {
			return s.takeBack(ctx, ws, m.Key, "channel.staffDeclined")
		}
		return nil // the provider is asked again at the next round, whatever kept it
	}
	status, why := ledger.IntentSent, ""
	if err != nil {
		status = ledger.IntentFailed
		_, why = channel.ClassOf(err)
	}
	if err := s.Tasks.Drop(ctx, ws, m.ID, status); err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return s.end(ctx, ws, m, status, why, channel.DetailOf(err))
}
