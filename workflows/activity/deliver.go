package activity

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"time"
	"unicode/utf8"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/message"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/node"
	"github.com/dueflow/dueflow/workflows/run"
)

// Pacer keeps the rates of channels. It is asked before the ledger is, so that
// no message that waits for its turn holds a grant that grows old.
type Pacer interface {
	// Turn waits until it is the key's turn when that is soon, and gives 0;
	// else it gives how long the caller should stay away, and keeps the place.
	Turn(ctx context.Context, workspace, channel string, perSecond float64, key string) (time.Duration, error)
	// Gate spaces the calls themselves; it takes a moment at most.
	Gate(ctx context.Context, workspace, channel string, perSecond float64) error
}

// deliver calls the provider once and records the end. again tells that
// another channel may be tried: this one is certain never to reach the customer.
func (e *env) deliver(ctx context.Context, w way, settings json.RawMessage, out Outgoing, sent run.Sent) (end run.Sent, again bool, err error) {
	var ref string
	err = fits(w.ch.Info(), out.Message.Text)
	if err == nil {
		err = e.gate(ctx, w, settings)
	}
	if err == nil {
		callCtx, cancel := context.WithTimeout(ctx, sendTimeout)
		ref, err = w.ch.Send(callCtx, settings, out.Message)
		cancel()
	}
	out.Ref, out.Detail = ref, channel.DetailOf(err)
	// The provider has been called: what happened is recorded even when the
	// process is being stopped.
	ctx = context.WithoutCancel(ctx)
	if err == nil {
		out.Cost = cost(w.ch.Info(), settings, out.Message.Text)
		if w.ch.Info().Person {
			end, err = e.waiting(ctx, w.ch, out, sent)
		} else {
			end, err = e.end(ctx, out, sent, ledger.IntentSent, node.ResultOK, "")
		}
		return end, false, err
	}
	class, reason := channel.ClassOf(err)
	switch class {
	case channel.Retry:
		end, err = e.end(ctx, out, sent, ledger.IntentFailed, node.ResultRetry, reason)
	case channel.Permanent:
		end, err = e.end(ctx, out, sent, ledger.IntentFailed, node.ResultFailed, reason)
		again = true
	default:
		end, err = e.end(ctx, out, sent, ledger.IntentUnknown, node.ResultUnknown, reason)
	}
	return end, again, err
}

// gate is the last moment before the call; one that is interrupted here has
// certainly not been sent.
func (e *env) gate(ctx context.Context, w way, settings json.RawMessage) error {
	if e.a.Pacer == nil || e.space.Demo {
		return nil
	}
	if err := e.a.Pacer.Gate(ctx, e.ws, w.ch.Key(), w.ch.Info().LimitsOf(settings).Rate); err != nil {
		return channel.Fail(channel.Retry, "channel.noConnection", err)
	}
	return nil
}

// fits refuses a text that the channel would cut or refuse.
func fits(i *channel.Info, text string) error {
	if n := utf8.RuneCountInString(text); i.MaxText > 0 && n > i.MaxText {
		return channel.Fail(channel.Permanent, "channel.tooLong", errors.New("too many characters"))
	}
	return nil
}

// CostUnits are in one of the workspace's currency. A text message costs less
// than a currency's smallest coin, or a fraction of it more.
const CostUnits = 10_000

// cost of a message in CostUnits; an SMS costs for each part.
func cost(i *channel.Info, settings json.RawMessage, text string) int64 {
	c := int64(math.Round(i.LimitsOf(settings).Cost * CostUnits))
	if i.Key == "sms" {
		c *= int64(message.CountSMS(text).Parts)
	}
	return c
}

func (e *env) end(ctx context.Context, out Outgoing, sent run.Sent, intent, result, reason string) (run.Sent, error) {
	out.Status, out.Reason = intent, reason
	sent.Status, sent.Reason = result, reason
	if _, _, err := e.account.Execute(ctx, by, ledger.EndMessage{Key: out.Key, Status: intent, Ref: out.Ref, Reason: reason}); err != nil {
		return run.Sent{}, err
	}
	return sent, e.record(ctx, out)
}

// record keeps a message that has ended for the end of the step.
func (e *env) record(ctx context.Context, out Outgoing) error {
	if err := e.flush(ctx); err != nil {
		return err
	}
	e.ended = &out
	return nil
}

// flush stores the message that is kept.
func (e *env) flush(ctx context.Context) error {
	if e.ended == nil {
		return nil
	}
	err := e.a.World.SaveMessage(ctx, e.ws, *e.ended)
	if err == nil {
		e.ended = nil
	}
	return err
}

// waiting records a message that a person has to bring out, and asks them to.
// The run goes on: what becomes of it is an event of the task.
func (e *env) waiting(ctx context.Context, ch channel.Channel, out Outgoing, sent run.Sent) (run.Sent, error) {
	if p, ok := ch.(channel.ByPerson); ok {
		ask := p.TaskFor(e.space.Channels[ch.Key()], out.Message)
		results := make([]node.Choice, 0, len(ask.Results))
		for _, r := range ask.Results {
			results = append(results, node.Choice{Key: r.Key, Label: r.Label})
		}
		t := Task{
			Key: out.Key, Kind: node.ActTask, Customer: e.customer, Title: ask.Title, Assign: &node.Assign{Field: "customer.owner"}, Results: results,
			Due: e.space.Calendar.NextWorkday(value.DateOf(e.Now().In(e.space.Loc))), At: e.Now(), Text: ask.Text, Link: ask.Link, Channel: out.Channel,
		}
		for _, i := range out.Message.Items[:min(len(out.Message.Items), MaxAbout)] {
			t.About = append(t.About, About{Key: out.Key, Invoice: channel.Text(i, "id"), Number: channel.Text(i, "number")})
		}
		if len(out.Runs) > 0 {
			t.Run = out.Runs[0]
		}
		if err := e.a.World.CreateTask(ctx, e.ws, t); err != nil {
			return run.Sent{}, err
		}
	}
	end, err := e.end(ctx, out, sent, ledger.IntentWaiting, node.ResultOK, "")
	if err != nil {
		return end, err
	}
	return end, e.flush(ctx) // whoever has the task may be done with it before the step is
}
