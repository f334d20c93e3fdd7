package api

import (
	"context"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/server/messages"
	"github.com/dueflow/dueflow/server/outreach"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/tasks"
	"github.com/dueflow/dueflow/server/text"
	"github.com/dueflow/dueflow/workflows/run"
)

type reason struct {
	Key   string            `json:"key"`
	Text  map[string]string `json:"text"`
	Until string            `json:"until,omitempty"`
}

func reasonOf(key, until string) *reason {
	if key == "" {
		return nil
	}
	name := key
	if id, ok := strings.CutPrefix(key, "stop:"); ok { // of a flow's stops only this one means the same in every flow
		if name = "stopWhen"; id == "paid" {
			name = id
		}
	}
	return &reason{Key: key, Text: text.Both("reason."+name, nil), Until: until}
}

// reasonIn is a fact's reason, with the flow that stood in the way: the one
// that went first, reminded already, or took the message along.
func reasonIn(f run.Fact, flowNames map[string]map[string]string) *reason {
	key := f.Reason
	if key == "" && f.What == "merged" {
		key = f.What
	}
	r := reasonOf(key, instant(f.Until))
	if r == nil || f.By == "" || f.By == f.Flow {
		return r
	}
	for l, said := range r.Text {
		name := flowNames[f.By][l]
		if name == "" {
			name = f.By
		}
		r.Text[l] = text.Say(l, "reason.byFlow", fault.Params{"reason": said, "flow": name})
	}
	return r
}

type timelineIn struct {
	CustomerPath
	Cursor string `query:"cursor" maxLength:"400"`
	Limit  int    `query:"limit" minimum:"0" maximum:"200"`
}

type timelineEntry struct {
	ID       string            `json:"id"`
	At       string            `json:"at"`
	Kind     string            `json:"kind"`
	Actor    *ref              `json:"actor,omitempty"`
	Text     map[string]string `json:"text"`
	Amount   *int64            `json:"amount,omitempty"`
	Currency value.Currency    `json:"currency,omitempty"`
	Data     map[string]any    `json:"data"`
}

// getTimeline merges the account's journal with the facts of its steps, newest
// first. The cursor is an instant: what is older comes next.
func (s *Server) getTimeline(ctx context.Context, a policies.Actor, in *timelineIn) (*reply[items[timelineEntry]], error) {
	v, err := s.Access.View(ctx, a, "customer", "read")
	if err != nil {
		return nil, err
	}
	if err := s.inScope(ctx, a, v, in.ID); err != nil {
		return nil, err
	}
	limit := in.Limit
	if limit == 0 {
		limit = 50
	}
	before := time.Now().Add(200 * 365 * 24 * time.Hour)
	if in.Cursor != "" {
		if before, err = value.ParseInstant(in.Cursor); err != nil {
			return nil, fault.At("/cursor", "date-time", nil)
		}
	}
	events, err := s.Accounts.EventsBefore(ctx, a.Workspace, in.ID, before, limit+1)
	if err != nil {
		return nil, err
	}
	facts, err := s.Flows.FactsBefore(ctx, a.Workspace, in.ID, before, limit+1)
	if err != nil {
		return nil, err
	}
	written, err := s.Desk.NotesBefore(ctx, a.Workspace, in.ID, before, limit+1)
	if err != nil {
		return nil, err
	}
	heard, err := s.Outreach.Before(ctx, a.Workspace, in.ID, before, limit+1)
	if err != nil {
		return nil, err
	}
	names := s.userNames(ctx, a.Workspace)
	var out []timelineEntry
	if tv, err := s.Access.View(ctx, a, "task", "read"); err == nil {
		ended, err := s.Tasks.EndedBefore(ctx, a.Workspace, in.ID, before, records.Stamped(tv.Scope), limit+1)
		if err != nil {
			return nil, err
		}
		for _, t := range ended {
			out = append(out, taskEntry(t, names))
		}
	}
	for _, h := range heard {
		out = append(out, heardEntry(h, v))
	}
	for _, n := range written {
		by := person(names, n.By)
		out = append(out, timelineEntry{
			ID: "n" + n.ID, At: n.At, Kind: "note", Actor: &by, Text: map[string]string{"en": n.Text, "zh-CN": n.Text},
			Data: map[string]any{"mentions": persons(names, n.Mentions), "files": append([]records.File{}, n.Files...)},
		})
	}
	for _, e := range events {
		out = append(out, eventEntry(e, names, v.Masked["amounts"]))
	}
	flowNames := s.flowNames(ctx, a.Workspace)
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	facts = withoutRepeats(facts)
	refs := make([]flows.RunRef, 0, len(facts))
	for _, f := range facts {
		refs = append(refs, flows.RunRef{Customer: in.ID, Run: f.Run})
	}
	invoices, err := s.Flows.InvoiceOf(ctx, a.Workspace, refs) // of this account, which is in view
	if err != nil {
		return nil, err
	}
	for i, f := range facts {
		if e, ok := factEntry(f, i, flowNames, invoices[refs[i]], w.Location()); ok {
			out = append(out, e)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].At > out[j].At })
	page := items[timelineEntry]{Items: []timelineEntry{}}
	if len(out) > limit {
		// Entries of one instant stay together, so that none falls between pages.
		cut := limit
		for cut < len(out) && out[cut].At == out[cut-1].At {
			cut++
		}
		if cut < len(out) {
			page.Next = out[cut-1].At
		}
		out = out[:cut]
	}
	page.Items = append(page.Items, out...)
	return &reply[items[timelineEntry]]{page}, nil
}

// heardEntry is what a provider told, or the customer wrote.
func heardEntry(h outreach.Heard, v policies.View) timelineEntry {
	if v.Masked["personal"] {
		h.Address, h.Text, h.Detail = "•••", "•••", ""
	}
	e := timelineEntry{
		ID: "h" + h.ID, At: h.At, Kind: "message." + h.Kind, Text: text.Both("heard."+h.Kind, fault.Params{"address": h.Address, "text": h.Text}),
		Data: map[string]any{"channel": h.Channel, "detail": h.Detail, "stop": h.Stop},
	}
	if h.Message != "" {
		e.Data["message"] = h.Message
	}
	if r := reasonOf(h.Reason, ""); r != nil {
		e.Data["reason"] = r
	}
	return e
}

// taskEntry is a task that somebody has done, or that was taken back.
func taskEntry(t tasks.Entry, names map[string]string) timelineEntry {
	e := timelineEntry{ID: "t" + t.ID, At: t.DoneAt, Kind: "task.done", Text: map[string]string{}, Data: map[string]any{"task": t.ID, "result": t.Result}}
	if t.DoneBy != "" {
		by := person(names, t.DoneBy)
		e.Actor = &by
	}
	var numbers []string
	for _, a := range t.About {
		if a.Number != "" && !slices.Contains(numbers, a.Number) {
			numbers = append(numbers, a.Number)
		}
	}
	if n := len(numbers) - 3; n > 0 {
		numbers = append(numbers[:3], "+"+strconv.Itoa(n))
	}
	why := reasonOf(t.TakenBack, "")
	if why != nil {
		e.Kind, e.Data["reason"] = "task.takenBack", why
	}
	for _, l := range text.Languages {
		p := fault.Params{"title": t.Title[l]}
		if why != nil {
			p["reason"] = why.Text[l]
		}
		said := []string{text.Say(l, "event."+e.Kind, p)}
		if len(numbers) > 0 {
			said = append(said, strings.Join(numbers, " "))
		}
		for _, r := range t.Results {
			if r.Key == t.Result && r.Label[l] != "" {
				said = append(said, r.Label[l])
			}
		}
		if t.Note != "" {
			said = append(said, t.Note)
		}
		e.Text[l] = strings.Join(said, " · ")
	}
	return e
}

func eventEntry(e ledger.Event, names map[string]string, masked bool) timelineEntry {
	key := "event." + e.Type
	if e.Type == ledger.PromiseClosed {
		key += "." + e.Status
	}
	status := any(e.Status)
	if e.Type == ledger.ContactLogged {
		status = text.Word("call." + e.Status)
		if e.Reason != "" {
			key = "event.contact.against"
		}
	}
	out := timelineEntry{
		ID: "e" + value.Instant(e.At) + "-" + itoa(e.Seq), At: value.Instant(e.At), Kind: e.Type, Currency: e.Currency,
		Text: text.Both(key, fault.Params{"number": e.Number, "reason": e.Reason, "status": status, "value": e.Value.String()}),
		Data: map[string]any{"seq": e.Seq, "value": e.Value, "invoice": e.Invoice, "payment": e.Payment, "status": e.Status, "note": e.Note, "hash": e.Hash},
	}
	about := e.Key
	if e.Type == ledger.ContactLogged { // a call's own key is no message's; Ref names the one that waited for it
		about = e.Ref
	}
	if about != "" {
		out.Data["message"] = messages.ID(about)
	}
	if e.Amount != 0 && !masked {
		n := e.Amount
		out.Amount = &n
	}
	if name := names[e.By]; name != "" {
		out.Actor = &ref{e.By, name}
	} else if e.By != "" {
		out.Actor = &ref{e.By, e.By}
	}
	return out
}

// quiet facts say nothing that the journal or the next fact does not.
var quiet = map[string]bool{"left": true, "sent": true, "task": false}

// withoutRepeats leaves out deferrals that were followed by the same one again:
// a message that waits is looked at every few minutes, and only the last look
// says anything. facts are newest first.
func withoutRepeats(facts []run.Fact) []run.Fact {
	later := map[string]run.Fact{} // what came next, by run
	var out []run.Fact
	for _, f := range facts {
		next, ok := later[f.Run]
		later[f.Run] = f
		if ok && f.What == "deferred" && next.What == f.What && next.Reason == f.Reason && next.Node == f.Node {
			continue
		}
		out = append(out, f)
	}
	return out
}

// factEntry reads a fact; invoice is the number of the one it is about, which
// tells apart what happened to several on one day.
func factEntry(f run.Fact, n int, flowNames map[string]map[string]string, invoice string, loc *time.Location) (timelineEntry, bool) {
	if quiet[f.What] || f.What == "merged" && f.By == f.Flow {
		return timelineEntry{}, false
	}
	e := timelineEntry{ID: "f" + value.Instant(f.At) + "-" + itoa(int64(n)), At: value.Instant(f.At), Kind: "step", Text: map[string]string{}, Data: map[string]any{"run": f.Run, "node": f.Node, "what": f.What, "reason": f.Reason}}
	if f.Key != "" && f.What != "paused" && f.What != "resumed" {
		e.Data["message"] = messages.ID(f.Key)
	}
	for _, l := range text.Languages {
		name := flowNames[f.Flow][l]
		if name == "" {
			name = f.Flow
		}
		p := fault.Params{"flow": name, "until": untilText(f.Until, loc)}
		if r := reasonIn(f, flowNames); r != nil {
			p["reason"] = r.Text[l]
		}
		e.Text[l] = text.Say(l, "fact."+f.What, p)
		if invoice != "" {
			e.Text[l] += " · " + invoice
		}
	}
	return e, true
}

func untilText(t time.Time, loc *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(loc).Format("2006-01-02 15:04")
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return value.Instant(t)
}
