package activity

import (
	"context"
	"encoding/json"
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

// Send asks the ledger for the message and, once it is granted, hands it to
// the channel at once and records how it ended.
func (e *env) Send(ctx context.Context, f *run.Facts, m run.Message) (run.Sent, error) {
	ch, to := e.pick(f, m)
	if ch == nil {
		return run.Sent{Result: node.Result{Status: node.ResultFailed, Reason: "noAddress"}}, nil
	}
	if key, _ := f.State.Answered(m.Key); key == "" { // nothing has been decided about it yet
		wait, err := e.a.World.WaitFor(ctx, e.ws, e.customer)
		if err != nil {
			return run.Sent{}, err
		}
		if wait > 0 {
			return run.Sent{Result: node.Result{Status: node.ResultDeferred, Reason: "working", Until: e.Now().Add(wait)}}, nil
		}
	}
	settings := e.space.Channels[ch.Key()]
	var d ledger.Decision
	_, st, err := e.a.Ledger.Execute(ctx, e.ws, e.customer, by, ledger.Intend{
		Key: m.Key, Keys: m.Keys, Items: m.Items, Currency: m.Currency, Channel: ch.Key(),
		Rules: m.Rules, Resend: ch.Idempotent(settings), Out: &d,
	})
	if err != nil {
		return run.Sent{}, err
	}
	f.State = st
	sent := run.Sent{Dropped: d.Dropped}
	sent.Ref = m.Key
	switch d.Verdict {
	case ledger.Refused:
		sent.Status, sent.Reason, sent.Ref = node.ResultRefused, d.Reason, ""
		return sent, nil
	case ledger.Deferred:
		sent.Status, sent.Reason, sent.Until, sent.Ref = node.ResultDeferred, d.Reason, d.Until, ""
		return sent, nil
	}
	out, err := e.compose(ctx, f, m, d, ch.Key(), to)
	switch {
	case d.Verdict == ledger.Already:
		out.Status, sent.Status = "sent", node.ResultOK
		return sent, e.a.World.SaveMessage(ctx, e.ws, out)
	case d.Verdict == ledger.Unknown:
		out.Status, sent.Status, sent.Reason = "unknown", node.ResultUnknown, "unknownSend"
		return sent, e.a.World.SaveMessage(ctx, e.ws, out)
	case err != nil:
		return e.ended(ctx, out, sent, ledger.IntentFailed, node.ResultFailed, reasonOf(err))
	}
	return e.deliver(ctx, ch, settings, out, sent)
}

func reasonOf(err error) string {
	if k := fault.KeyOf(err); k != "" {
		return "template"
	}
	return "internal"
}

// deliver calls the provider once and records the end.
func (e *env) deliver(ctx context.Context, ch channel.Channel, settings json.RawMessage, out Outgoing, sent run.Sent) (run.Sent, error) {
	callCtx, cancel := context.WithTimeout(ctx, sendTimeout)
	ref, err := ch.Send(callCtx, settings, out.Message)
	cancel()
	out.Ref = ref
	// The provider has been called: what happened is recorded even when the
	// process is being stopped.
	ctx = context.WithoutCancel(ctx)
	if err == nil {
		return e.ended(ctx, out, sent, ledger.IntentSent, node.ResultOK, "")
	}
	class, reason := channel.ClassOf(err)
	switch class {
	case channel.Retry:
		return e.ended(ctx, out, sent, ledger.IntentFailed, node.ResultRetry, reason)
	case channel.Permanent:
		return e.ended(ctx, out, sent, ledger.IntentFailed, node.ResultFailed, reason)
	}
	return e.ended(ctx, out, sent, ledger.IntentUnknown, node.ResultUnknown, reason)
}

func (e *env) ended(ctx context.Context, out Outgoing, sent run.Sent, intent, result, reason string) (run.Sent, error) {
	out.Status, out.Reason = intent, reason
	sent.Status, sent.Reason = result, reason
	if _, _, err := e.a.Ledger.Execute(ctx, e.ws, e.customer, by, ledger.EndMessage{Key: out.Key, Status: intent, Ref: out.Ref, Reason: reason}); err != nil {
		return run.Sent{}, err
	}
	return sent, e.a.World.SaveMessage(ctx, e.ws, out)
}

// pick chooses the channel: as the step says, or the customer's preferred one,
// then the fallbacks, the first that reaches the customer. A demo workspace
// reaches only the sandbox.
func (e *env) pick(f *run.Facts, m run.Message) (channel.Channel, string) {
	wanted := append([]string{m.Channel}, m.Fallback...)
	if e.space.Demo {
		wanted = []string{"sandbox"}
	}
	for _, key := range wanted {
		if key == "preferred" {
			key, _ = f.Customer["preferredChannel"].(string)
			if key == "" {
				key = "email"
			}
		}
		ch, ok := e.a.Channels[key]
		if !ok {
			continue
		}
		if to := ch.Address(f.Customer); to != "" {
			return ch, to
		}
	}
	return nil, ""
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
			Currency: string(m.Currency), Amount: d.Amount, Seq: d.Seq,
		},
	}
	vars := MessageVars(e.space, f, d, m.Currency)
	for _, x := range vars["items"].([]any) {
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
	out.Message.Language, out.Message.Subject, out.Message.Text, out.Message.HTML = r.Language, r.Subject, r.Text, r.HTML
	return out, nil
}

// MessageVars are the variables of a message about the granted items.
func MessageVars(s *Space, f *run.Facts, d ledger.Decision, cur value.Currency) message.Vars {
	items := make([]any, 0, len(d.Items))
	maxDPD := 0
	for _, id := range d.Items {
		doc := f.InvoiceDoc(id)
		items = append(items, doc)
		if n, ok := doc["dpd"].(int); ok && n > maxDPD {
			maxDPD = n
		}
	}
	customer := map[string]any{}
	for k, v := range f.Customer {
		customer[k] = v
	}
	return message.Vars{
		"customer": customer, "items": items, "total": d.Amount, "currency": string(cur), "count": int64(len(items)), "maxDpd": int64(maxDPD),
		"today": f.Today.String(), "company": map[string]any{"name": s.Name},
	}
}
