package house_test

import (
	"path/filepath"
	"strings"
	"testing"

	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/dueflow/dueflow/server/house"
)

// TestReplay replays what engines recorded of housework and handovers, in this
// release and in earlier ones: such workflows are open while we are replaced.
func TestReplay(t *testing.T) {
	files, err := filepath.Glob("testdata/histories/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no histories: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			r := worker.NewWorkflowReplayer()
			r.RegisterWorkflowWithOptions(house.Workflow, workflow.RegisterOptions{Name: house.WorkflowName})
			r.RegisterWorkflowWithOptions(house.HandoverWorkflow, workflow.RegisterOptions{Name: house.HandoverWorkflowName})
			r.RegisterWorkflowWithOptions(house.ScoresWorkflow, workflow.RegisterOptions{Name: house.ScoresWorkflowName})
			if err := r.ReplayWorkflowHistoryFromJSONFile(nil, file); err != nil {
				t.Error(err)
			}
		})
	}
}
