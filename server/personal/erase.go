package personal

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/audit"
	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
)

// Erasure is what somebody asks to be erased. Mark is what stands where a name
// was, Stop why nothing is sent any more, both in the company's language; Confirm
// is the customer's number or name, typed, or the id where the record is gone.
type Erasure struct {
	Customer string
	Reason   string
	Confirm  string
	Mark     string
	Stop     string
	Dry      bool // only count
}

// Gone counts what an erasure takes away of one part.
type Gone struct {
	Part string `json:"part"`
	N    int    `json:"n"`
}

// Text is an event of the journal whose words stay.
type Text struct {
	Seq  int64     `json:"seq"`
	Type string    `json:"type"`
	At   time.Time `json:"at"`
}

// Erased is what an erasure did, or would do.
type Erased struct {
	Dry bool `json:"dryRun"`
	// Done is false where there was too much for one request: asked again, it
	// goes on.
	Done   bool   `json:"done"`
	Mark   string `json:"mark"`
	Counts []Gone `json:"counts"`
	// Texts are the events of the journal with words of people in them; they stay.
	Texts []Text `json:"texts"`
	// OldLog is how many entries of the log keep their texts, as they are from
	// before texts could be taken away.
	OldLog int `json:"oldLog,omitempty"`
	// Hinder says why nothing can be erased yet, where only counting was asked
	// for; the same is a fault otherwise.
	Hinder *fault.Error `json:"-"`
}

const (
	maxReason = 500
	maxTexts  = 200
	// workFor bounds one request; what is left waits for the next.
	workFor = 45 * time.Second
)

// Erase takes a customer's personal data away. All of it is idempotent, in an
// order in which what says that there is more to do goes last: a repeat after a
// crash ends it, and one after the end takes what came since. Faults: NotFound;
// Denied "personal.masked"; Invalid at /reason or /confirm; Conflict
// "personal.openMoney", "personal.openRuns" or "personal.inFlight".
func (s *Service) Erase(ctx context.Context, a policies.Actor, e Erasure) (Erased, error) {
	out := Erased{Dry: e.Dry, Mark: e.Mark, Counts: []Gone{}, Texts: []Text{}}
	r, err := s.open(ctx, a, e.Customer, "delete")
	if err != nil {
		return out, err
	}
	if err := e.check(r); err != nil {
		return out, err
	}
	if out.Hinder, err = s.hinder(ctx, a.Workspace, e.Customer); err != nil {
		return out, err
	}
	if out.Hinder != nil && !e.Dry {
		return out, out.Hinder
	}
	if out.Texts, err = s.texts(ctx, a.Workspace, e); err != nil {
		return out, err
	}
	if !e.Dry {
		if err := s.begin(ctx, a, e); err != nil {
			return out, err
		}
	}
	x := &eraser{s: s, a: a, e: e, out: &out, until: time.Now().Add(workFor), now: value.Instant(s.Now())}
	out.Done, err = x.run(ctx)
	return out, err
}

func (e Erasure) check(r records.Record) error {
	if e.Dry {
		return nil
	}
	known := []string{r.Text("number"), r.Text("name")}
	if r.ID == "" { // only its id is left
		known = []string{e.Customer}
	}
	switch confirm := strings.TrimSpace(e.Confirm); {
	case strings.TrimSpace(e.Reason) == "":
		return fault.At("/reason", "required", nil)
	case len([]rune(e.Reason)) > maxReason:
		return fault.At("/reason", "maxLength", maxReason)
	case confirm == "" || !slices.Contains(known, confirm):
		return fault.At("/confirm", "confirm", nil)
	}
	return nil
}

// hinder says why a customer cannot be erased yet: money is open, a run waits,
// or the end of a message is not known.
func (s *Service) hinder(ctx context.Context, ws, customer string) (*fault.Error, error) {
	st, err := s.Accounts.Load(ctx, ws, customer)
	if err != nil {
		return nil, err
	}
	if n := len(st.OpenItems()); n > 0 {
		return conflict("personal.openMoney", n), nil
	}
	runs, _, err := s.Flows.ListRuns(ctx, ws, flows.RunQuery{Customer: customer, Status: "open", Limit: 500})
	if err != nil {
		return nil, err
	}
	if len(runs) > 0 {
		return conflict("personal.openRuns", len(runs)), nil
	}
	n := 0
	for _, i := range st.Intents {
		if i.Status == ledger.IntentOpen || i.Status == ledger.IntentUnknown || i.Status == ledger.IntentWaiting {
			n++
		}
	}
	if n > 0 {
		return conflict("personal.inFlight", n), nil
	}
	return nil, nil
}

func conflict(key string, n int) *fault.Error {
	return &fault.Error{Kind: fault.Conflict, Key: key, Params: fault.Params{"n": n}}
}

// begin notes who erases and why, and sees to it that nothing is sent to the
// customer again; then it looks once more, as a message may have been granted
// just before.
func (s *Service) begin(ctx context.Context, a policies.Actor, e Erasure) error {
	note := audit.Entry{Actor: a.ID, ActorName: a.Name, Action: "personal.erase", Object: logObject, ID: e.Customer, After: audit.JSON(map[string]string{"reason": e.Reason})}
	if _, err := s.Log.Append(ctx, a.Workspace, note); err != nil {
		return err // what nobody could see afterwards is not done
	}
	// A wish that is there, or upheld already, is as good.
	_, st, err := s.Accounts.ExecuteAll(ctx, a.Workspace, e.Customer, a.ID, []ledger.Command{ledger.WishStop{Reason: e.Stop}, ledger.ConfirmStop{Reason: e.Stop}})
	if err != nil {
		return err
	}
	if st.StopWish == nil {
		return fault.New(fault.Unavailable, "busy", nil)
	}
	hinder, err := s.hinder(ctx, a.Workspace, e.Customer)
	if err == nil && hinder != nil {
		return hinder
	}
	return err
}

// texts are the journal's events with words that people wrote. The journal is
// the bookkeeping and a chain: they stay, and whoever erases is told.
func (s *Service) texts(ctx context.Context, ws string, x Erasure) ([]Text, error) {
	events, _, err := s.Accounts.Events(ctx, ws, x.Customer)
	out := []Text{}
	for _, e := range events {
		own := e.Note != "" || e.Reason != "" && !strings.HasPrefix(e.Type, "message.") && e.Reason != x.Stop
		if own && len(out) < maxTexts {
			out = append(out, Text{e.Seq, e.Type, e.At})
		}
	}
	return out, err
}

// words are what names the customer and its contacts now, to be looked for where
// no id stands.
func (s *Service) words(ctx context.Context, ws, customer string) ([]string, error) {
	var out []string
	take := func(r records.Record) error {
		for _, k := range []string{"name", "email", "phone", "mobile", "postalAddress"} {
			if w := r.Text(k); len(w) >= minWord {
				out = append(out, w)
			}
		}
		return nil
	}
	all := policies.SystemActor(ws, "personal")
	r, err := s.Records.Get(ctx, all, "customer", customer)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	_ = take(r)
	return out, s.Records.Each(ctx, all, "contact", records.ListQuery{Filter: filter.Eq("customer", customer)}, take)
}

// minWord is the shortest word that is looked for, in bytes: two characters of
// Chinese, four letters. Shorter ones are in much else.
const minWord = 4

// rewrite changes a document by a pure function until nobody is in the way, and
// tells whether there was anything to change. Dry only tells.
func rewrite(ctx context.Context, col store.Collection, d store.Doc, dry bool, change func(map[string]json.RawMessage)) (bool, error) {
	for range 20 {
		var m map[string]json.RawMessage
		if err := json.Unmarshal(d.Body, &m); err != nil {
			return false, fault.Wrap(fault.Internal, "store.body", err)
		}
		before, err := json.Marshal(m)
		if err != nil {
			return false, err
		}
		change(m)
		after, err := json.Marshal(m)
		if err != nil {
			return false, err
		}
		if string(before) == string(after) {
			return false, nil
		}
		if dry {
			return true, nil
		}
		_, err = col.Replace(ctx, store.Doc{ID: d.ID, Body: after}, d.Ver)
		if fault.Is(err, fault.NotFound) {
			return false, nil
		}
		if fault.KeyOf(err) != "store.version" {
			return err == nil, err
		}
		if d, err = col.Get(ctx, d.ID); err != nil {
			return false, err
		}
	}
	return false, fault.New(fault.Unavailable, "busy", nil)
}
