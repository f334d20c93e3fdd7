package app

import (
	"context"
	"encoding/json"
	"time"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/node"
	"github.com/dueflow/dueflow/workflows/run"
)

// Verification is what replaying all messages against the journal found.
type Verification struct {
	Accounts   int64              `json:"accounts"`
	Events     int64              `json:"events"`
	Messages   int64              `json:"messages"`
	Sent       int64              `json:"sent"`
	Failed     int64              `json:"failed"`
	Unknown    int64              `json:"unknown"`
	Open       int64              `json:"open"` // granted, not ended yet
	Crossed    int64              `json:"crossed"`
	Deferred   int64              `json:"deferred"`
	Violations int64              `json:"violations"`
	Details    []ledger.Violation `json:"details"`
	Audit      string             `json:"audit"` // "ok", or what is wrong with the log's chain
	// AuditTaken is how many entries of the log lost their texts, as it says.
	AuditTaken int64 `json:"auditTaken,omitempty"`
}

const maxDetails = 100

// Verify replays the journal of every account and checks each message against
// what the ledger said at that moment.
func (c *Core) Verify(ctx context.Context, ws string) (any, error) {
	v, err := c.verify(ctx, ws, nil)
	return v, err
}

func (c *Core) verify(ctx context.Context, ws string, progress func(int64)) (*Verification, error) {
	v := &Verification{Details: []ledger.Violation{}, Audit: "ok"}
	err := c.Accounts.Each(ctx, ws, func(customer string, events []ledger.Event, st *ledger.State) error {
		f := ledger.Verify(customer, events, st)
		v.Accounts++
		v.Events += f.Events
		v.Messages += f.Messages
		v.Sent += f.Sent
		v.Failed += f.Failed
		v.Unknown += f.Unknown
		v.Open += f.Open
		v.Crossed += f.Crossed
		v.Violations += int64(len(f.Violations))
		if room := maxDetails - len(v.Details); room > 0 {
			v.Details = append(v.Details, f.Violations[:min(room, len(f.Violations))]...)
		}
		if progress != nil {
			progress(v.Accounts)
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	if v.Deferred, err = c.countFacts(ctx, ws, node.ResultDeferred); err != nil {
		return nil, err
	}
	r, err := c.Audit.Verify(ctx, ws)
	if err != nil {
		return nil, err
	}
	v.AuditTaken = r.Taken
	if !r.OK {
		v.Audit = r.Problem
		v.Violations++
	}
	return v, nil
}

func (c *Core) countFacts(ctx context.Context, ws, what string) (int64, error) {
	var n int64
	err := c.Store.In(ws, flows.Steps).Each(ctx, store.Query{Limit: 500}, func(d store.Doc) error {
		var s struct {
			Facts []run.Fact `json:"facts"`
		}
		if err := json.Unmarshal(d.Body, &s); err != nil {
			return err
		}
		for _, f := range s.Facts {
			if f.What == what {
				n++
			}
		}
		return nil
	})
	return n, err
}

// staleAfter is how long a granted message may be without an end before nobody
// can still be about to end it.
const staleAfter = 5 * time.Minute

// recoverMessages marks messages as unknown that were granted and never ended,
// because the process died and the run did not come back to them.
func (c *Core) recoverMessages(ctx context.Context, ws string) error {
	w, err := c.Spaces.Get(ctx, ws)
	if err != nil {
		return err
	}
	before := value.Instant(w.Demo.Virtual(c.Now().Add(-staleAfter)))
	stale, err := c.Accounts.InFlight(ctx, ws, before)
	if err != nil {
		return err
	}
	for _, st := range stale {
		for key, i := range st.Intents {
			if i.Status != ledger.IntentOpen || value.Instant(i.At) >= before {
				continue
			}
			if _, _, err := c.Accounts.Execute(ctx, ws, st.ID, "recovery", ledger.EndMessage{Key: key, Status: ledger.IntentUnknown}); err != nil {
				return err
			}
			if err := c.World.SaveMessage(ctx, ws, unknownMessage(ws, st.ID, key, i)); err != nil {
				return err
			}
		}
	}
	return nil
}

// unknownMessage is the entry of the review queue for a message whose text was
// lost with the process.
func unknownMessage(ws, customer, key string, i *ledger.Intent) activity.Outgoing {
	return activity.Outgoing{
		Key: key, Channel: i.Channel, Items: i.Items, Status: ledger.IntentUnknown, Reason: "unknownSend", At: i.At, Open: i.Amount,
		Message: channel.Message{Key: key, Workspace: ws, Customer: customer, Currency: string(i.Currency), Amount: i.Amount, Seq: i.Seq},
	}
}

// VerifyWith is Verify with progress: accounts done.
func (c *Core) VerifyWith(ctx context.Context, ws string, progress func(int64)) (*Verification, error) {
	return c.verify(ctx, ws, progress)
}
