package app

import (
	"context"
	"strconv"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/server/accounts"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/node"
)

// Who has to look at a dispute past its deadline.
const managerStage = 2

// lateDisputes gives tasks about disputes past their deadline: first to the
// owner, then to the managers; and ends them when the dispute is closed. The
// keys make a repeat harmless.
func (c *Core) lateDisputes(ctx context.Context, d accounts.Delivery) error {
	for _, e := range d.Events {
		var err error
		switch e.Type {
		case ledger.DisputeOverdue:
			err = c.lateDispute(ctx, d, e)
		case ledger.DisputeClosed:
			for stage := 1; stage <= managerStage && err == nil; stage++ {
				err = c.Tasks.CompleteKey(ctx, d.Workspace, disputeKey(e.Dispute, stage), e.By)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func disputeKey(dispute string, stage int) string {
	return "dispute/" + dispute + "/" + strconv.Itoa(stage)
}

func (c *Core) lateDispute(ctx context.Context, d accounts.Delivery, e ledger.Event) error {
	w, err := c.Spaces.Get(ctx, d.Workspace)
	if err != nil {
		return err
	}
	now, today := c.Spaces.Now(w)
	to := &node.Assign{User: e.Owner}
	title := map[string]string{"en": "Settle the dispute on " + e.Number, "zh-CN": "处理 " + e.Number + " 的异议"}
	if e.Stage == managerStage || e.Owner == "" {
		set, err := c.Tasks.GetSettings(ctx, d.Workspace)
		if err != nil {
			return err
		}
		to = &node.Assign{Role: set.EscalateTo}
		title = map[string]string{"en": "Dispute on " + e.Number + " is past its deadline", "zh-CN": e.Number + " 的异议已过期限"}
	}
	return c.World.CreateTask(ctx, d.Workspace, activity.Task{
		Key: disputeKey(e.Dispute, e.Stage), Kind: node.ActTask, Customer: d.Customer, Title: title, Assign: to,
		Due: w.Cal().AddWorkdays(today, 1), At: now,
	})
}
