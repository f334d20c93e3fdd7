package builtin

import "testing"

// A step that is added to a flow must have a way on, whether or not its
// settings are complete yet; only those that end a run have none.
func TestStepsGoOn(t *testing.T) {
	ends := map[string]bool{"end": true, "stop": true}
	reg := Nodes()
	for _, typ := range reg.Types() {
		required, _ := reg.Ports(typ.Name, typ.V)
		if got := len(required) > 0; got == ends[typ.Name] {
			t.Errorf("%s has the ports %q", typ.Name, required)
		}
	}
}
