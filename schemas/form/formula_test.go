package form

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/dueflow/dueflow/schemas/fault"
)

// TestFormulaVectors: the table is shared with the browser's evaluator.
func TestFormulaVectors(t *testing.T) {
	raw, err := os.ReadFile("testdata/formulas.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Formula string
		Data    json.RawMessage
		Number  *float64
		Text    *string
		Error   string
	}
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		f, err := ParseFormula(v.Formula)
		if v.Error != "" || err != nil {
			fe, ok := err.(*fault.Error)
			if !ok || len(fe.Fields) != 1 || fe.Fields[0].Rule != v.Error {
				t.Errorf("%s: %v, want %q", v.Formula, err, v.Error)
			}
			continue
		}
		data, err := Decode(v.Data)
		if err != nil {
			t.Fatal(err)
		}
		m := data.(map[string]any)
		if v.Text != nil {
			if got := f.Text(m); got != *v.Text {
				t.Errorf("%s of %s: %q, want %q", v.Formula, v.Data, got, *v.Text)
			}
			continue
		}
		x, ok := f.Number(m)
		if ok != (v.Number != nil) || ok && x != *v.Number {
			t.Errorf("%s of %s: %v %v, want %v", v.Formula, v.Data, x, ok, v.Number)
		}
	}
}

func FuzzFormula(f *testing.F) {
	for _, s := range []string{"a + b", "sum(l.a*l.b)", "'x' & 1", "round(1/3,2)", "((", "-----1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParseFormula(s)
		if err != nil {
			return
		}
		_, _ = p.Number(map[string]any{"a": json.Number("1"), "l": []any{map[string]any{"a": json.Number("2")}}})
		_ = p.Text(nil)
	})
}
