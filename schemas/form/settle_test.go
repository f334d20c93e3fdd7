package form

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/dueflow/dueflow/schemas/fault"
)

const order = `{
 "type":"object","additionalProperties":false,
 "properties":{
  "kind":{"oneOf":[{"const":"a","title":"A"},{"const":"b","title":"B"}]},
  "extra":{"type":"string"},
  "after":{"type":"string"},
  "rate":{"type":"number","x-df-access":"amounts"},
  "lines":{"type":"array","items":{"type":"object","additionalProperties":false,"properties":{
    "qty":{"type":"number"},"price":{"type":"integer"},"sum":{"type":"integer","x-df-formula":"qty * price"}}}},
  "net":{"type":"integer","x-df-formula":"sum(lines.sum)"},
  "tax":{"type":"integer","x-df-formula":"net * rate / 100"},
  "label":{"type":"string","x-df-formula":"kind & '-' & net"}
 },
 "allOf":[
  {"if":{"not":{"properties":{"kind":{"const":"a"}},"required":["kind"]}},"then":{"properties":{"extra":false}}},
  {"if":{"not":{"required":["extra"]}},"then":{"properties":{"after":false,"tax":false}}}
 ]}`

func compiled(t *testing.T, schema string) *Compiled {
	t.Helper()
	c, err := Compile(Form{Key: "order", Name: map[string]string{"en": "Order"}, Schema: json.RawMessage(schema)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func settle(t *testing.T, c *Compiled, in string) string {
	t.Helper()
	v, err := Decode([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	c.Settle(v.(map[string]any))
	if err := c.Validate(v); err != nil {
		t.Errorf("%s settled is not valid: %v", in, err)
	}
	out, _ := json.Marshal(v)
	return string(out)
}

// TestSettle: hidden fields go, one after the other; formulas follow rows and
// other formulas; what a client claims a formula to be does not count.
func TestSettle(t *testing.T) {
	c := compiled(t, order)
	for in, want := range map[string]string{
		`{"kind":"b","extra":"x","after":"y","tax":9}`:                                               `{"kind":"b","label":"b-0","net":0}`,
		`{"kind":"a","extra":"x","after":"y","rate":13,"net":7,"lines":[{"qty":2.5,"price":99},{}]}`: `{"after":"y","extra":"x","kind":"a","label":"a-248","lines":[{"price":99,"qty":2.5,"sum":248},{"sum":0}],"net":248,"rate":13,"tax":32}`,
	} {
		if got := settle(t, c, in); got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
		if again := settle(t, c, settle(t, c, in)); again != want {
			t.Errorf("settling twice: %s", again)
		}
	}
	if f, _ := c.Field("tax"); f.Access != "amounts" {
		t.Errorf("a formula over a masked field has the access tag %q", f.Access)
	}
}

func TestBadMeaning(t *testing.T) {
	for props, want := range map[string]string{
		`"a":{"type":"number","x-df-formula":"b + 1"}`:                                                           "/schema/properties/a/x-df-formula formulaField",
		`"a":{"type":"number","x-df-formula":"a + 1"}`:                                                           "/schema/properties/a/x-df-formula formulaCycle",
		`"a":{"type":"number","x-df-formula":"b"},"b":{"type":"number","x-df-formula":"a"}`:                      "/schema/properties/a/x-df-formula formulaCycle",
		`"a":{"type":"number","x-df-formula":"1 +"}`:                                                             "/schema/properties/a/x-df-formula@3 formula",
		`"a":{"type":"string","x-df-check":"magic"}`:                                                             "/schema/properties/a/x-df-check enum",
		`"a":{"type":"string","x-df-type":"autoNumber","x-df-auto":{"digits":40}}`:                               "/schema/properties/a/x-df-auto autoNumber",
		`"r":{"type":"array","items":{"type":"object","properties":{"x":{"type":"number","x-df-formula":"y"}}}}`: "/schema/properties/r/items/properties/x/x-df-formula formulaField",
	} {
		_, err := Compile(Form{Key: "bad", Name: map[string]string{"en": "Bad"}, Schema: json.RawMessage(`{"type":"object","properties":{` + props + `}}`)})
		fe, ok := err.(*fault.Error)
		if !ok || len(fe.Fields) == 0 || fe.Fields[0].Pointer+" "+fe.Fields[0].Rule != want {
			t.Errorf("%s: %v, want %s", props, err, want)
		}
	}
}

// TestCheckVectors: the table is shared with the browser.
func TestCheckVectors(t *testing.T) {
	raw, err := os.ReadFile("testdata/checks.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Check, Value string
		OK           bool
	}
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		if got := Checks[v.Check](v.Value); got != v.OK {
			t.Errorf("%s %s: %v", v.Check, v.Value, got)
		}
	}
}

// TestNamedChecks: a wrong check digit is named at its place, in rows too.
func TestNamedChecks(t *testing.T) {
	c := compiled(t, `{"type":"object","properties":{"code":{"type":"string","x-df-check":"uscc"},
	 "rows":{"type":"array","items":{"type":"object","properties":{"card":{"type":"string","x-df-check":"luhn"}}}}}}`)
	v, _ := Decode([]byte(`{"code":"91350100M000100Y44","rows":[{"card":"79927398713"},{"card":"79927398710"}]}`))
	fe, ok := c.Validate(v).(*fault.Error)
	if !ok || len(fe.Fields) != 2 || fe.Fields[0].Pointer != "/code" || fe.Fields[1].Pointer != "/rows/1/card" || fe.Fields[1].Rule != "check.luhn" {
		t.Errorf("%v", fe)
	}
}

func TestMigrate(t *testing.T) {
	steps := []Step{
		{Op: "rename", From: "old", To: []string{"fresh"}},
		{Op: "retype", From: "count", To: []string{"amount"}, Type: "number"},
		{Op: "split", From: "full", To: []string{"first", "last"}},
		{Op: "default", To: []string{"tier"}, Value: json.RawMessage(`"B"`)},
	}
	for in, want := range map[string]string{
		`{"old":1,"count":"1,200.50","full":"Ada  King Lovelace"}`:   `{"amount":1200.5,"first":"Ada","fresh":1,"last":"King Lovelace","tier":"B"}`,
		`{"old":1,"fresh":2,"count":"many","full":"Ada","tier":"A"}`: `{"count":"many","first":"Ada","fresh":2,"old":1,"tier":"A"}`,
		`{}`: `{"tier":"B"}`,
	} {
		var m map[string]json.RawMessage
		_ = json.Unmarshal([]byte(in), &m)
		Migrate(m, steps)
		got, _ := json.Marshal(m)
		if string(got) != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
		if Migrate(m, steps) {
			t.Errorf("%s: a second time changes something", in)
		}
	}
}
