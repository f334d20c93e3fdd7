// Package builtin is the one list of the node types and channels that ship.
package builtin

import (
	"github.com/dueflow/dueflow/workflows/node"
	"github.com/dueflow/dueflow/workflows/node/approval"
	"github.com/dueflow/dueflow/workflows/node/branch"
	"github.com/dueflow/dueflow/workflows/node/end"
	"github.com/dueflow/dueflow/workflows/node/escalate"
	"github.com/dueflow/dueflow/workflows/node/hold"
	"github.com/dueflow/dueflow/workflows/node/loop"
	"github.com/dueflow/dueflow/workflows/node/notify"
	"github.com/dueflow/dueflow/workflows/node/promisecheck"
	"github.com/dueflow/dueflow/workflows/node/score"
	"github.com/dueflow/dueflow/workflows/node/send"
	"github.com/dueflow/dueflow/workflows/node/split"
	"github.com/dueflow/dueflow/workflows/node/stop"
	"github.com/dueflow/dueflow/workflows/node/switchtier"
	"github.com/dueflow/dueflow/workflows/node/task"
	"github.com/dueflow/dueflow/workflows/node/triggerdate"
	"github.com/dueflow/dueflow/workflows/node/triggerevent"
	"github.com/dueflow/dueflow/workflows/node/triggermanual"
	"github.com/dueflow/dueflow/workflows/node/triggerschedule"
	"github.com/dueflow/dueflow/workflows/node/triggerwebhook"
	"github.com/dueflow/dueflow/workflows/node/update"
	"github.com/dueflow/dueflow/workflows/node/wait"
	"github.com/dueflow/dueflow/workflows/node/waitfor"
	"github.com/dueflow/dueflow/workflows/node/webhook"
)

// Nodes is the registry of all node types.
func Nodes() *node.Registry {
	return node.NewRegistry(
		triggerdate.Type, triggerevent.Type, triggerschedule.Type, triggermanual.Type, triggerwebhook.Type,
		wait.Type, waitfor.Type,
		branch.Type, switchtier.Type, promisecheck.Type, split.Type, loop.Type, end.Type,
		send.Type, task.Type, approval.Type, notify.Type, escalate.Type, update.Type, score.Type, hold.Type, webhook.Type, stop.Type,
	)
}
