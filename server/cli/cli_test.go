package cli

import (
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// TestJSONEverywhere: every command can speak to programs, but for the server.
func TestJSONEverywhere(t *testing.T) {
	var c commands
	parser, err := kong.New(&c)
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range parser.Model.Leaves(false) {
		if leaf.Name == "serve" {
			continue
		}
		found := false
		for _, f := range leaf.Flags {
			found = found || f.Name == "json" && f.IsBool()
		}
		if !found {
			t.Errorf("%s has no --json", strings.TrimPrefix(leaf.FullPath(), "dueflow "))
		}
	}
}
