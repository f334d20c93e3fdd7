package run

import (
	"cmp"
	"context"
	"slices"
	"sort"
	"time"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/node"
)

// wish is what one run wants to send in one currency.
type wish struct {
	act
	key      string
	currency value.Currency
	items    []string
	dpd      int
	rank     int // of its flow
}

// group is what becomes one message: all wishes of one currency and channel,
// or those that an earlier message answers. The first wish leads.
type group struct {
	name     string
	answered string // the key of that earlier message
	wishes   []wish
}

// send merges the sends of a round: all wishes of one currency and channel
// become one message, led by the flow of the highest priority and in it by the
// most overdue item. Where that leaves several messages, the higher goes first.
func (s *stepper) send(ctx context.Context, sends []act) error {
	groups := map[string]*group{}
	add := func(name, answered string, w wish) {
		if groups[name] == nil {
			groups[name] = &group{name: name, answered: answered}
		}
		groups[name].wishes = append(groups[name].wishes, w)
	}
	look := s.outlook()
	for _, a := range sends {
		wishes, refused := s.wishes(a, look)
		if len(wishes) == 0 {
			s.note(a, refused)
		}
		for _, w := range wishes {
			if key := look.answered[w.key]; key != "" {
				// An earlier, interrupted step got this far: ask about that message.
				add("answered:"+key, key, w)
				continue
			}
			add(string(w.currency)+":"+w.action.Channel, "", w)
		}
	}
	var first claim
	for _, g := range inOrder(groups) {
		sent, err := s.sendGroup(ctx, g, first)
		if err != nil {
			return err
		}
		for k, w := range g.wishes {
			s.answer(w, g.wishes[0], k > 0, sent)
		}
		first = first.after(g, sent)
	}
	return nil
}

// inOrder sorts groups, and the wishes in each: by priority, then the most
// overdue, then by name, so that the order is always the same.
func inOrder(groups map[string]*group) []*group {
	out := make([]*group, 0, len(groups))
	for _, name := range sortedIDs(groups) {
		ws := groups[name].wishes
		sort.SliceStable(ws, func(a, b int) bool {
			if ws[a].rank != ws[b].rank {
				return ws[a].rank > ws[b].rank
			}
			if ws[a].dpd != ws[b].dpd {
				return ws[a].dpd > ws[b].dpd
			}
			return ws[a].key < ws[b].key
		})
		out = append(out, groups[name])
	}
	sort.SliceStable(out, func(a, b int) bool { return out[a].wishes[0].rank > out[b].wishes[0].rank })
	return out
}

// claim is the highest flow's hold on the customer's next slot in a round.
type claim struct {
	made bool
	rank int
	flow string
	// until is when it is going to be used; zero: it has been, just now.
	until time.Time
}

// after is the claim once a group has been asked for: the first that went out
// or waits for its hour keeps it.
func (c claim) after(g *group, sent Sent) claim {
	lead := g.wishes[0]
	next := claim{made: true, rank: lead.rank, flow: lead.run.Flow}
	switch {
	case c.made && c.until.IsZero():
		return c
	case sent.Status == node.ResultOK:
		return next
	case sent.Status == node.ResultDeferred && sent.Reason != "budget" && !c.made:
		next.until = sent.Until
		return next
	}
	return c
}

// above tells whether a higher flow than the wish's has the claim.
func (c claim) above(w wish) bool { return c.made && c.rank > w.rank && c.flow != w.run.Flow }

func (s *stepper) sendGroup(ctx context.Context, g *group, first claim) (Sent, error) {
	lead := g.wishes[0]
	m := Message{
		Key: lead.key, Currency: lead.currency, Channel: lead.action.Channel, Fallback: lead.action.Fallback,
		Template: lead.action.Template, Flow: lead.run.Flow, Node: lead.run.Node, Rules: s.account.RulesFor(s.defs[lead.run.Hash]),
	}
	yields := g.answered == "" && first.above(lead) && slices.ContainsFunc(m.Rules.Budgets, func(b ledger.Budget) bool { return b.Class == "" })
	if yields && !first.until.IsZero() {
		// The slot is the higher flow's, which waits for its hour.
		return Sent{Result: node.Result{Status: node.ResultDeferred, Reason: "priority", Until: first.until, By: first.flow}}, nil
	}
	if g.answered != "" {
		m.Key = g.answered
	}
	seen := map[string]bool{}
	for _, w := range g.wishes {
		if w.key != m.Key {
			m.Keys = append(m.Keys, w.key)
		}
		m.Runs = append(m.Runs, w.run.ID)
		for _, id := range w.items {
			if !seen[id] {
				seen[id] = true
				m.Items = append(m.Items, id)
			}
		}
	}
	m.Apart = s.apart(lead, m.Items)
	sent, err := s.env.Send(ctx, s.account, m)
	if err == nil && yields && sent.Status == node.ResultDeferred && sent.Reason == "budget" {
		sent.Reason, sent.By = "priority", first.flow
	}
	return sent, err
}

// apart are the items that are not due, due today or past due while the lead's
// invoice is not: "past its due date" is untrue of them. What a customer's run
// says is about everything that is open, whatever its date.
func (s *stepper) apart(lead wish, items []string) (out []string) {
	if lead.run.Form != "invoice" {
		return nil
	}
	for _, id := range items {
		i := s.account.State.Items[id]
		if i != nil && cmp.Compare(i.DPD(s.account.Today), 0) != cmp.Compare(lead.dpd, 0) {
			out = append(out, id)
		}
	}
	return out
}

// answer tells a run how its wish went: an item that was dropped from a message
// that went out has its own reason; one that went along with another run's
// message is merged into it. Of several currencies the worst counts.
func (s *stepper) answer(w, lead wish, along bool, sent Sent) {
	res := sent.Result
	if res.Status == node.ResultOK {
		res.By = ""
		if along {
			res.By = lead.run.Flow
		}
		if len(w.items) == 1 {
			if why := sent.Dropped[w.items[0]]; why != "" {
				res = node.Result{Status: node.ResultRefused, Reason: why}
				if why == "duplicate" {
					res.By = sent.By
				}
			}
		}
	}
	if was := s.results[w.run.ID]; was != nil && was.Status != node.ResultOK {
		return
	}
	s.note(w.act, res)
}

// outlook is what all wishes of a round ask of the same account: worked out
// once, since an account may have thousands of runs that wish at once.
type outlook struct {
	whyNot   func(id string, cur value.Currency) string
	answered map[string]string // the intent that answers a step key
	reminded map[string]map[string]ledger.Reminder
	open     []string // once somebody asks
}

func (s *stepper) outlook() *outlook {
	st := s.account.State
	return &outlook{whyNot: st.WhyNot(s.account.Today), answered: st.AnsweredKeys(), reminded: map[string]map[string]ledger.Reminder{}}
}

// remindedBy are the items of which others than a flow reminded not long ago.
func (o *outlook) remindedBy(s *stepper, flow, hash string, rules ledger.Rules) map[string]ledger.Reminder {
	r, ok := o.reminded[hash]
	if !ok && rules.Duplicate > 0 {
		r = s.account.State.Reminders([]string{flow}, dayOf(s.env.Now(), rules.Location), rules.Duplicate)
		o.reminded[hash] = r
	}
	return r
}

// wishes are a run's items by currency: its invoice, or for a customer's run
// everything open. Items that may not be in a message now are left out, so that
// a merged message answers only for what it holds; with none left, refused says
// why.
func (s *stepper) wishes(a act, look *outlook) (out []wish, refused node.Result) {
	st, today, d := s.account.State, s.account.Today, s.defs[a.run.Hash]
	rules := s.account.RulesFor(d)
	items := []string{a.run.Subject}
	if a.run.Form != "invoice" {
		if look.open == nil {
			look.open = st.OpenItems()
		}
		items = look.open
	}
	refused = node.Result{Status: node.ResultRefused, Reason: "paid"}
	reminded := look.remindedBy(s, a.run.Flow, a.run.Hash, rules)
	by := map[value.Currency]*wish{}
	for _, id := range items {
		i := st.Items[id]
		if i == nil {
			continue
		}
		if why := look.whyNot(id, i.Currency); why != "" {
			refused = node.Result{Status: node.ResultRefused, Reason: why}
			continue
		}
		key := a.action.Key
		if a.run.Form != "invoice" {
			key += "/" + string(i.Currency)
		}
		// What a flow has begun to send it may finish, whatever others have sent since.
		if r, ok := reminded[id]; ok && look.answered[key] == "" {
			at := rules.Window.Next(r.Until.At(0, rules.Location), rules.Calendar)
			refused = node.Result{Status: node.ResultRefused, Reason: "duplicate", Until: at, By: r.Flow}
			continue
		}
		w := by[i.Currency]
		if w == nil {
			w = &wish{act: a, key: key, currency: i.Currency, dpd: i.DPD(today), rank: d.Flow.Settings.Rank()}
			by[i.Currency] = w
		}
		w.items = append(w.items, id)
		w.dpd = max(w.dpd, i.DPD(today))
	}
	for _, c := range sortedIDs(by) {
		out = append(out, *by[c])
	}
	return out, refused
}
