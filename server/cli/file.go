package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
)

// flowFile reads the document of a flow from a file; nil if the name is the
// key of a flow and not a file's.
func flowFile(name string) (json.RawMessage, error) {
	raw, err := os.ReadFile(name)
	if os.IsNotExist(err) && !strings.ContainsAny(name, "./\\") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var doc json.RawMessage
	return doc, readJSON(name, raw, &doc)
}

// readJSON reads a file's content into v. Fault: Invalid "cli.json" with file
// and line.
func readJSON(name string, raw []byte, v any) error {
	err := json.Unmarshal(raw, v)
	if err == nil {
		return nil
	}
	at := len(raw)
	if x, ok := errors.AsType[*json.SyntaxError](err); ok {
		at = int(x.Offset)
	} else if x, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		at = int(x.Offset)
	}
	line := 1 + bytes.Count(raw[:min(at, len(raw))], []byte("\n"))
	return fault.New(fault.Invalid, "cli.json", fault.Params{"file": filepath.Base(name), "line": line})
}
