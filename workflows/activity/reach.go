package activity

import (
	"context"
	"slices"
	"time"

	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/node"
	"github.com/dueflow/dueflow/workflows/run"
)

// way is one channel that reaches the customer now.
type way struct {
	ch channel.Channel
	to string
}

// reach lists the channels that reach the customer, in the order wished for:
// as the step says, or the customer's preferred one, then the fallbacks. With
// none, why says what stands in the way, the most hopeful first: monthlyLimit
// (until says when it ends), notSetUp, noAddress. A demo workspace reaches only
// the sandbox.
func (e *env) reach(ctx context.Context, f *run.Facts, m run.Message) (ways []way, why string, until time.Time, err error) {
	why = "noAddress"
	reached := channel.Reached(f.Customer)
	for _, key := range e.wanted(f, m) {
		ch, ok := e.a.Channels[key]
		if !ok {
			continue
		}
		settings := e.space.Channels[key]
		to := ch.Address(settings, reached)
		if to == "" || unreachable(f.Customer, key, to) {
			continue
		}
		if key != "sandbox" && ch.Check(settings) != nil {
			if why == "noAddress" {
				why = "notSetUp"
			}
			continue
		}
		full, ends, err := e.full(ctx, ch)
		if err != nil {
			return nil, "", until, err
		}
		if full {
			why, until = "monthlyLimit", ends
			continue
		}
		ways = append(ways, way{ch, to})
	}
	return ways, why, until, nil
}

func (e *env) wanted(f *run.Facts, m run.Message) []string {
	if e.space.Demo {
		return []string{"sandbox"}
	}
	var out []string
	for _, key := range append([]string{m.Channel}, m.Fallback...) {
		if key == "preferred" {
			if key = channel.Text(f.Customer, "preferredChannel"); key == "" {
				key = "email"
			}
		}
		if !slices.Contains(out, key) {
			out = append(out, key)
		}
	}
	return out
}

// Unreachable is the field of a customer's record that lists addresses which
// turned out dead, as "channel:address".
const Unreachable = "unreachable"

func unreachable(customer map[string]any, key, to string) bool {
	list, _ := customer[Unreachable].([]any)
	return slices.Contains(list, any(key+":"+channel.Same(to)))
}

// full tells whether the customer has had this month's messages of a channel.
func (e *env) full(ctx context.Context, ch channel.Channel) (bool, time.Time, error) {
	c, ok := ch.(channel.Capped)
	if !ok {
		return false, time.Time{}, nil
	}
	limit := c.MonthlyCap(e.space.Channels[ch.Key()])
	if limit <= 0 {
		return false, time.Time{}, nil
	}
	now := e.Now().In(e.space.Loc)
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, e.space.Loc)
	if err := e.flush(ctx); err != nil { // it counts
		return false, time.Time{}, err
	}
	n, err := e.a.World.SentSince(ctx, e.ws, e.customer, ch.Key(), first)
	return n >= limit, first.AddDate(0, 1, 0), err
}

// lost asks the owner for an address, once for each set of addresses that does
// not reach the customer, however many steps find that out.
func (e *env) lost(ctx context.Context, f *run.Facts) error {
	mark, reached := "", channel.Reached(f.Customer)
	for _, k := range []string{"email", "mobile", "phone", "wecomUserId", "wecomExternalId", "wechatOpenId", "groupBot", "preferredChannel"} {
		mark += channel.Text(reached, k) + "\x00"
	}
	return e.a.World.CreateTask(ctx, e.ws, Task{
		Key: "unreachable/" + e.customer + "/" + channel.ID(mark), Kind: node.ActTask, Customer: e.customer,
		Title:  map[string]string{"en": "No way to reach this customer: add an address", "zh-CN": "无法联系该客户：请补充联系方式"},
		Assign: &node.Assign{Field: "customer.owner"}, Due: f.Calendar.NextWorkday(value.DateOf(e.Now().In(f.WorkLoc))), At: e.Now(),
	})
}
