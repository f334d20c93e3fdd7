package form

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/schemas/fault"
)

var update = flag.Bool("update", false, "write testdata/verdicts.json anew")

// TestDesignerForms: every form that the designer's own code made
// (testdata/designer.json, see features/forms/model/golden.test.ts for how and
// for the exceptions) compiles, and the verdicts on its records are those that
// the browser is held to.
func TestDesignerForms(t *testing.T) {
	raw, err := os.ReadFile("testdata/designer.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Form    Form
		Records []json.RawMessage
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	type verdict struct {
		Settled any      `json:"settled"`
		Wrong   []string `json:"wrong"`
	}
	var all [][]verdict
	for _, c := range cases {
		compiled, err := Compile(c.Form)
		if err != nil {
			t.Errorf("%s does not compile: %v", c.Form.Key, err)
			continue
		}
		var list []verdict
		for _, r := range c.Records {
			v, err := Decode(r)
			if err != nil {
				t.Fatal(err)
			}
			compiled.Settle(v.(map[string]any))
			list = append(list, verdict{v, wrongFields(compiled.Validate(v))})
		}
		all = append(all, list)
	}
	var b bytes.Buffer
	b.WriteString("[\n")
	for i, list := range all {
		line, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(line)
		if i < len(all)-1 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	b.WriteString("]\n")
	if *update {
		if err := os.WriteFile("testdata/verdicts.json", b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	old, err := os.ReadFile("testdata/verdicts.json")
	if err != nil || !bytes.Equal(old, b.Bytes()) {
		t.Errorf("testdata/verdicts.json is stale: go test ./schemas/form -run TestDesignerForms -update (%v)", err)
	}
}

func wrongFields(err error) []string {
	out := []string{}
	fe, ok := err.(*fault.Error)
	if !ok {
		return out
	}
	for _, f := range fe.Fields {
		name, _, _ := strings.Cut(strings.TrimPrefix(f.Pointer, "/"), "/")
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
