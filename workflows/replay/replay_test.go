// Package replay holds recorded histories of workflows: runs that were started
// by earlier releases are still open when a new one is installed, so every
// history is replayed against today's code, for ever. The package only tests.
package replay_test

import (
	"path/filepath"
	"strings"
	"testing"

	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/dueflow/dueflow/workflows/run"
)

func histories(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("histories/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no histories: %v", err)
	}
	return files
}

func replay(file string, account any) error {
	r := worker.NewWorkflowReplayer()
	r.RegisterWorkflowWithOptions(account, workflow.RegisterOptions{Name: run.AccountWorkflowName})
	return r.ReplayWorkflowHistoryFromJSONFile(nil, file)
}

func TestReplay(t *testing.T) {
	for _, file := range histories(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			if err := replay(file, run.AccountWorkflow); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestReplayNotices: a change that running accounts could not survive must
// not pass, or the test above proves nothing.
func TestReplayNotices(t *testing.T) {
	changed := func(ctx workflow.Context, st run.AccountState) error {
		if err := workflow.Sleep(ctx, 1); err != nil {
			return err
		}
		return run.AccountWorkflow(ctx, st)
	}
	for _, file := range histories(t) {
		if replay(file, changed) == nil {
			t.Errorf("%s: a new timer at the start went unnoticed", file)
		}
	}
}
