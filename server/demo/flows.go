package demo

import (
	"embed"
	"encoding/json"
)

//go:embed flows/*.json
var flowFiles embed.FS

// Flows gives the demo's flow documents, ready to save and publish, in the
// order of their file names.
func Flows() []json.RawMessage {
	entries, err := flowFiles.ReadDir("flows")
	if err != nil {
		panic(err) // embedded
	}
	out := make([]json.RawMessage, 0, len(entries))
	for _, e := range entries {
		raw, err := flowFiles.ReadFile("flows/" + e.Name())
		if err != nil {
			panic(err)
		}
		out = append(out, raw)
	}
	return out
}
