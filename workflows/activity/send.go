package activity

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/message"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/node"
	"github.com/dueflow/dueflow/workflows/run"
)

// sendTimeout bounds one call of a provider.
const sendTimeout = 60 * time.Second

// by is who gives commands for flows, in the journal.
const by = "flow"

// Send takes the first channel that reaches the customer, asks the ledger for
// the message and, once it is granted, hands it over at once and records how it
// ended. A channel that is certain never to reach the customer makes room for
// the next one.
func (e *env) Send(ctx context.Context, f *run.Facts, m run.Message) (run.Sent, error) {
	ways, why, until, err := e.reach(ctx, f, m)
	if err != nil {
		return run.Sent{}, err
	}
	answered, _ := f.State.Answered(m.Key)
	if answered == "" { // nothing has been decided about it yet
		wait, err := e.a.World.WaitFor(ctx, e.ws, e.customer)
		if err != nil {
			return run.Sent{}, err
		}
		if wait > 0 {
			return deferred("working", e.Now().Add(wait)), nil
		}
	} else if i := f.State.Intents[answered]; i != nil {
		// A message that was begun is not begun again on another channel.
		ways = []way{{e.a.Channels[i.Channel], ""}}
		if c := ways[0].ch; c != nil {
			ways[0].to = c.Address(e.space.Channels[i.Channel], channel.Reached(f.Customer))
		}
	}
	if len(ways) == 0 {
		if why == "monthlyLimit" {
			return deferred(why, until), nil
		}
		if why == "noAddress" {
			err = e.lost(ctx, f)
		}
		return run.Sent{Result: node.Result{Status: node.ResultFailed, Reason: why}}, err
	}
	var sent run.Sent
	dead := 0
	for _, w := range ways {
		again := false
		if sent, again, err = e.attempt(ctx, f, m, w); err != nil || !again {
			return sent, err
		}
		if deadEnds[sent.Reason] {
			dead++
			if err := e.a.World.Dead(ctx, e.ws, e.customer, w.ch.Key(), w.to); err != nil {
				return sent, err
			}
		}
	}
	if dead == len(ways) {
		err = e.lost(ctx, f)
	}
	return sent, err
}

// deadEnds are reasons why an address will never take a message.
var deadEnds = map[string]bool{"channel.badNumber": true, "channel.notFollower": true, "channel.expired": true, "channel.blacklisted": true}

func deferred(reason string, until time.Time) run.Sent {
	return run.Sent{Result: node.Result{Status: node.ResultDeferred, Reason: reason, Until: until}}
}

// attempt asks the ledger for the message on one channel and sends it.
func (e *env) attempt(ctx context.Context, f *run.Facts, m run.Message, w way) (sent run.Sent, again bool, err error) {
	if err := e.flush(ctx); err != nil {
		return run.Sent{}, false, err
	}
	var key string
	var settings json.RawMessage
	wish := ledger.Intend{Key: m.Key, Keys: m.Keys, Items: m.Items, Currency: m.Currency, Rules: m.Rules}
	if w.ch != nil {
		key = w.ch.Key()
		settings = e.space.Channels[key]
		wish.Channel, wish.Resend = key, w.ch.Idempotent(settings)
	}
	wait, err := e.turn(ctx, f, wish, w, settings)
	if err != nil || wait > 0 {
		return deferred("rate", e.Now().Add(wait)), false, err
	}
	var d ledger.Decision
	wish.Out = &d
	_, st, err := e.account.Execute(ctx, by, wish)
	if err != nil {
		return run.Sent{}, false, err
	}
	f.State = st
	sent = run.Sent{Dropped: d.Dropped}
	sent.Ref, sent.By = m.Key, d.Other
	switch d.Verdict {
	case ledger.Refused:
		sent.Status, sent.Reason, sent.Until, sent.Ref = node.ResultRefused, d.Reason, d.Until, ""
		return sent, false, nil
	case ledger.Deferred:
		sent.Status, sent.Reason, sent.Until, sent.Ref = node.ResultDeferred, d.Reason, d.Until, ""
		return sent, false, nil
	case ledger.Waiting:
		sent.Status = node.ResultOK
		return sent, false, nil
	}
	out, err := e.compose(ctx, f, m, d, key, w.to)
	switch {
	case d.Verdict == ledger.Already:
		out.Status, sent.Status = "sent", node.ResultOK
		return sent, false, e.record(ctx, out)
	case d.Verdict == ledger.Unknown || w.ch == nil:
		out.Status, sent.Status, sent.Reason = "unknown", node.ResultUnknown, "unknownSend"
		return sent, false, e.record(ctx, out)
	case err != nil:
		sent, err = e.end(ctx, out, sent, ledger.IntentFailed, node.ResultFailed, reasonOf(err))
		return sent, false, err
	}
	return e.deliver(ctx, w, settings, out, sent)
}

// turn waits for the channel's rate, but only for a message that the ledger
// would grant now.
func (e *env) turn(ctx context.Context, f *run.Facts, wish ledger.Intend, w way, settings json.RawMessage) (time.Duration, error) {
	if e.a.Pacer == nil || e.space.Demo || w.ch == nil {
		return 0, nil
	}
	rate := w.ch.Info().LimitsOf(settings).Rate
	if rate <= 0 || f.State.Evaluate(wish, ledger.Now{At: e.Now(), Today: f.Today, By: by, Calendar: f.Calendar}).Verdict != ledger.Granted {
		return 0, nil
	}
	return e.a.Pacer.Turn(ctx, e.ws, w.ch.Key(), rate, wish.Key)
}

func reasonOf(err error) string {
	if k := fault.KeyOf(err); k != "" {
		return "template"
	}
	return "internal"
}

// compose renders the message from what the ledger granted.
func (e *env) compose(ctx context.Context, f *run.Facts, m run.Message, d ledger.Decision, ch, to string) (Outgoing, error) {
	lang, _ := f.Customer["language"].(string)
	if lang == "" {
		lang = e.space.Language
	}
	name, _ := f.Customer["name"].(string)
	out := Outgoing{
		Key: m.Key, Channel: ch, Template: m.Template, Flow: m.Flow, Node: m.Node, Runs: m.Runs, Items: d.Items,
		At: e.Now(), Checks: d.Checks, Open: d.Amount, Record: f.Customer,
		Message: channel.Message{
			Key: m.Key, Workspace: e.ws, Customer: e.customer, To: to, Name: name, Language: lang,
			Currency: string(m.Currency), Amount: d.Amount, Seq: d.Seq, Template: m.Template, Record: f.Customer,
		},
	}
	page := ""
	if e.space.Page != nil {
		page = e.space.Page(e.customer, f.Customer)
	}
	vars, apart := MessageVars(e.space, f, d, m)
	vars["page"] = page
	for _, x := range slices.Concat(vars["items"].([]any), apart) {
		out.Message.Items = append(out.Message.Items, x.(map[string]any))
	}
	t, err := e.a.World.Template(ctx, e.ws, m.Template)
	if err != nil {
		return out, err
	}
	out.Tone = t.Tone
	r, err := t.Render(vars, lang)
	if err != nil {
		return out, err
	}
	r = t.WithPage(t.WithApart(r, vars, apart), page)
	out.Message.Language, out.Message.Subject, out.Message.Text, out.Message.HTML = r.Language, r.Subject, r.Text, r.HTML
	out.Message.Vars = figures(e.space, vars, &out.Message)
	return out, nil
}

// figures are what a provider's registered template may be filled with, about
// the same items as the words: the first stands for all in number and dueDate.
func figures(s *Space, vars message.Vars, m *channel.Message) map[string]string {
	out := map[string]string{
		"name": m.Name, "amount": value.Money{Amount: vars["total"].(int64), Currency: value.Currency(m.Currency)}.String(), "currency": m.Currency,
		"count": fmt.Sprint(vars["count"]), "company": s.Name, "text": m.Text, "subject": m.Subject, "days": fmt.Sprint(vars["maxDpd"]), "today": fmt.Sprint(vars["today"]),
	}
	if len(m.Items) > 0 {
		out["number"], out["dueDate"] = channel.Text(m.Items[0], "number"), channel.Text(m.Items[0], "dueDate")
	}
	return out
}

// MessageVars are the variables of a message about the granted items. Those that
// stand apart (run.Message.Apart) are in none of them and given beside, unless
// nothing else was granted.
func MessageVars(s *Space, f *run.Facts, d ledger.Decision, m run.Message) (vars message.Vars, apart []any) {
	items := make([]any, 0, len(d.Items))
	total, maxDPD := d.Amount, 0
	all := !slices.ContainsFunc(d.Items, func(id string) bool { return !slices.Contains(m.Apart, id) })
	for _, id := range d.Items {
		doc := f.InvoiceDoc(id)
		if !all && slices.Contains(m.Apart, id) {
			apart = append(apart, doc)
			total -= doc["asked"].(int64)
			continue
		}
		items = append(items, doc)
		maxDPD = max(maxDPD, doc["dpd"].(int))
	}
	customer := map[string]any{}
	for k, v := range f.Customer {
		customer[k] = v
	}
	delete(customer, channel.ContactsField)
	customer["contact"] = channel.ContactName(f.Customer)
	return message.Vars{
		"customer": customer, "items": items, "total": total, "currency": string(m.Currency), "count": int64(len(items)), "maxDpd": int64(maxDPD),
		"today": f.Today.String(), "company": map[string]any{"name": s.Name}, "page": "",
	}, apart
}
