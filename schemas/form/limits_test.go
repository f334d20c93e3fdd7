package form_test

import (
	"fmt"
	"testing"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/form"
)

// TestLimitsAreSaid: a place that is wrong says the value that it must have, and
// large numbers are written out.
func TestLimitsAreSaid(t *testing.T) {
	limit := func(err error, pointer string) string {
		t.Helper()
		fe, ok := err.(*fault.Error)
		if !ok {
			t.Fatalf("%v", err)
		}
		for _, f := range fe.Fields {
			if f.Pointer == pointer {
				return fmt.Sprint(f.Limit)
			}
		}
		return fmt.Sprint(fe.Fields)
	}
	_, err := flow.Parse([]byte(`{"format":"dueflow.flow/9","key":"x","name":{"en":"X"},"subject":{"form":"invoice"},"nodes":{"a":{"type":"end","v":1}},"edges":[]}`))
	if got := limit(err, "/format"); got != flow.Format {
		t.Errorf("the format that is known: %s", got)
	}
	err = form.Builtin()["invoice"].Validate(map[string]any{"number": "1", "amount": float64(1 << 60)})
	if got := limit(err, "/amount"); got != "1000000000000000" {
		t.Errorf("the largest amount: %s", got)
	}
}
