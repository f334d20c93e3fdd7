package activity

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/node"
	"github.com/dueflow/dueflow/workflows/run"
)

// Do performs an action that is not a message to the customer.
func (e *env) Do(ctx context.Context, f *run.Facts, r *run.Run, a node.Action) (node.Result, error) {
	switch a.Kind {
	case node.ActTask, node.ActNotify:
		return e.task(ctx, f, r, a)
	case node.ActEscalate:
		res, err := e.task(ctx, f, r, a)
		if err != nil || res.Status != node.ResultOK || len(a.Set) == 0 {
			return res, err
		}
		return e.update(ctx, r, a)
	case node.ActScore:
		return node.Result{Status: node.ResultOK}, e.a.World.Score(ctx, e.ws, e.customer)
	case node.ActUpdate:
		return e.update(ctx, r, a)
	case node.ActHold:
		return e.hold(ctx, r, a)
	case node.ActWebhook:
		return e.webhook(ctx, f, r, a)
	}
	return node.Result{Status: node.ResultFailed, Reason: "unknownAction"}, nil
}

func (e *env) task(ctx context.Context, f *run.Facts, r *run.Run, a node.Action) (node.Result, error) {
	t := Task{
		Key: a.Key, Kind: a.Kind, Customer: e.customer, Run: r.ID, Title: f.Words(r, a.Title), Work: f.Work(r, a),
		Assign: a.Assign, Results: a.Results, Answer: a.Answer, At: e.Now(),
		About: []About{{Key: a.Key, Run: r.ID, Waits: a.Waits}},
	}
	if a.DueIn != nil {
		t.Due = f.Calendar.NextWorkday(a.DueIn.AddToDate(value.DateOf(e.Now().In(f.WorkLoc)), f.Calendar))
	}
	if r.Form == "invoice" {
		number, _ := f.InvoiceDoc(r.Subject)["number"].(string)
		i := f.State.Items[r.Subject]
		t.About[0].Invoice, t.About[0].Number, t.About[0].Owed = r.Subject, number, i != nil && i.Open() > 0
	}
	if err := e.a.World.CreateTask(ctx, e.ws, t); err != nil {
		return node.Result{}, err
	}
	return node.Result{Status: node.ResultOK, Ref: a.Key}, nil
}

// leaveTasks takes back the tasks that runs waited for before a step, or asked
// for in it, and wait for no longer. Those that were done are not touched.
func (e *env) leaveTasks(ctx context.Context, before map[string]*run.Run, changed []*run.Run) error {
	var left []Left
	for _, r := range changed {
		waited := ""
		if b := before[r.ID]; b != nil {
			waited = b.Vars[node.VarTask]
		}
		if r.Status == run.Done {
			// It may have asked in this very step, or in one that was not stored.
			d, err := e.Definition(ctx, r.Hash)
			if err != nil {
				return err
			}
			if waited != "" || d.Asks() {
				left = append(left, Left{Run: r.ID, Key: r.Key(), Why: r.Reason, Ended: true})
			}
		} else if waited != "" && r.Vars[node.VarTask] != waited {
			left = append(left, Left{Run: r.ID, Key: r.Key()})
		}
	}
	if len(left) == 0 {
		return nil
	}
	return e.a.World.LeaveTasks(ctx, e.ws, e.customer, left)
}

func (e *env) update(ctx context.Context, r *run.Run, a node.Action) (node.Result, error) {
	byForm := map[string]map[string]json.RawMessage{}
	for field, v := range a.Set {
		form, key, _ := strings.Cut(field, ".")
		if byForm[form] == nil {
			byForm[form] = map[string]json.RawMessage{}
		}
		byForm[form][key] = v
	}
	for form, set := range byForm {
		id := e.customer
		if form == "invoice" {
			if r.Form != "invoice" {
				return node.Result{Status: node.ResultFailed, Reason: "noInvoice"}, nil
			}
			id = r.Subject
		}
		err := e.a.World.SetFields(ctx, e.ws, form, id, set)
		if k := fault.KindOf(err); k == fault.Invalid || k == fault.NotFound || k == fault.Conflict {
			return node.Result{Status: node.ResultFailed, Reason: "invalid"}, nil
		}
		if err != nil {
			return node.Result{}, err
		}
	}
	return node.Result{Status: node.ResultOK}, nil
}

func (e *env) hold(ctx context.Context, r *run.Run, a node.Action) (node.Result, error) {
	c := ledger.SetHold{Until: a.Until, Reason: a.Reason}
	if r.Form == "invoice" {
		c.Invoice = r.Subject
	}
	_, _, err := e.account.Execute(ctx, by, c)
	if k := fault.KindOf(err); k == fault.Invalid || k == fault.NotFound || k == fault.Conflict {
		return node.Result{Status: node.ResultFailed, Reason: "invalid"}, nil
	}
	return node.Result{Status: node.ResultOK}, err
}

// webhook tells another system; a repeat has the same webhook-id, so that the
// receiver can drop it.
func (e *env) webhook(ctx context.Context, f *run.Facts, r *run.Run, a node.Action) (node.Result, error) {
	body, err := json.Marshal(map[string]any{
		"type": "flow.webhook", "run": r.ID, "flow": r.Flow, "node": r.Node, "workspace": e.ws, "customer": f.Customer, "subject": f.Doc(r.Form, r.Subject)[r.Form],
	})
	if err != nil {
		return node.Result{}, err
	}
	callCtx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	err = e.a.Poster.Call(callCtx, e.space.Channels["webhook"], a.URL, a.Key, body)
	if err == nil {
		return node.Result{Status: node.ResultOK}, nil
	}
	if class, reason := channel.ClassOf(err); class == channel.Permanent {
		return node.Result{Status: node.ResultFailed, Reason: reason}, nil
	} else {
		return node.Result{Status: node.ResultRetry, Reason: reason}, nil
	}
}
