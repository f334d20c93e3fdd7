package pack_test

import (
	"testing"

	"github.com/dueflow/dueflow/schemas/pack"
)

func TestBuiltin(t *testing.T) {
	all, err := pack.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		file, err := p.Write()
		if err != nil {
			t.Fatal(p.ID, err)
		}
		back, err := pack.Read(file)
		if err != nil {
			t.Fatal(p.ID, err)
		}
		if len(back.Objects) != len(p.Objects) {
			t.Errorf("%s: %d objects, want %d", p.ID, len(back.Objects), len(p.Objects))
		}
		for _, f := range back.Lint(pack.World{}) {
			if f.Severity == "error" {
				t.Errorf("%s: %s%s: %s %v", p.ID, f.Object, f.Pointer, f.Key, f.Params)
			}
		}
	}
}
