package app

import (
	"github.com/dueflow/dueflow/workflows/builtin"
	"github.com/dueflow/dueflow/workflows/node"
)

// Nodes are the step types of this product, for commands that judge flows
// without a workspace.
func Nodes() *node.Registry { return builtin.Nodes() }
