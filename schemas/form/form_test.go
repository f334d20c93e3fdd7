package form

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/schemas/fault"
)

func TestBuiltinForms(t *testing.T) {
	forms := Builtin()
	for _, key := range []string{"customer", "contact", "invoice", "payment", "reminder"} {
		if forms[key] == nil {
			t.Fatalf("no form %s", key)
		}
		for _, f := range forms[key].Fields {
			if f.Label["en"] == "" || f.Label["zh-CN"] == "" {
				t.Errorf("%s.%s has no label in both languages", key, f.Key)
			}
			if !f.System {
				t.Errorf("%s.%s is not a system field", key, f.Key)
			}
		}
	}
}

// TestOneMistakeOneError: every wrong value gives exactly one entry with its
// pointer, rule and limit.
func TestOneMistakeOneError(t *testing.T) {
	inv := Builtin()["invoice"]
	base := `{"number":"INV-1","customer":"c1","issueDate":"2026-11-01","dueDate":"2026-12-01","amount":100,"currency":"CNY"}`
	for _, tc := range []struct{ change, pointer, rule string }{
		{`"number":""`, "/number", "minLength"},
		{`"number":null`, "/number", "type"},
		{`"amount":0`, "/amount", "minimum"},
		{`"amount":1.5`, "/amount", "type"},
		{`"amount":1e308`, "/amount", "maximum"},
		{`"amount":"12"`, "/amount", "type"},
		{`"dueDate":"2026-02-30"`, "/dueDate", "format.date"},
		{`"currency":"yuan"`, "/currency", "pattern"},
		{`"colour":"red"`, "/colour", "unknownField"},
		{`"instalments":[{"due":"2026-12-01"}]`, "/instalments/0/amount", "required"},
		{`"note":"` + strings.Repeat("字", 5001) + `"`, "/note", "maxLength"},
	} {
		key := tc.change[1 : strings.Index(tc.change[1:], `"`)+1]
		var m map[string]json.RawMessage
		if err := json.Unmarshal([]byte(base), &m); err != nil {
			t.Fatal(err)
		}
		m[key] = json.RawMessage(tc.change[len(key)+3:])
		raw, _ := json.Marshal(m)
		v, err := Decode(raw)
		if err != nil {
			t.Fatal(err)
		}
		err = inv.Validate(v)
		fe, ok := err.(*fault.Error)
		if !ok || len(fe.Fields) != 1 || fe.Fields[0].Pointer != tc.pointer || fe.Fields[0].Rule != tc.rule {
			t.Errorf("%.40s: %v", tc.change, err)
		}
	}
	v, _ := Decode([]byte(`{}`))
	if fe := inv.Validate(v).(*fault.Error); len(fe.Fields) != 6 {
		t.Errorf("an empty invoice: %v", fe)
	}
}

func TestHostileSchemas(t *testing.T) {
	deep := strings.Repeat(`{"properties":{"a":`, 40) + `{}` + strings.Repeat(`}}`, 40)
	many := `{"type":"object","properties":{` + strings.TrimSuffix(strings.Repeat(`"f":{},`, 1), ",") + `}}`
	for name, raw := range map[string]string{
		"deep": deep, "remote": `{"type":"object","properties":{"a":{"$ref":"https://example.com/x"}}}`,
		"huge":       `{"type":"object","description":"` + strings.Repeat("x", MaxSchemaBytes) + `"}`,
		"look-ahead": `{"type":"object","properties":{"a":{"type":"string","pattern":"^(?=x)"}}}`,
		"go-only":    `{"type":"object","properties":{"a":{"type":"string","pattern":"(?i)x"}}}`,
		"counted":    `{"type":"object","properties":{"a":{"type":"string","pattern":"(((a{100}){100}){100})"}}}`,
		"not JSON":   `{"type":`, "bad type": `{"type":"objekt"}`,
		"vocabulary": `{"type":"object","properties":{"a":{"type":"string","x-df-magic":true}}}`,
		"reserved":   `{"type":"object","properties":{"open":{"type":"integer"}}}`,
		"array":      `{"type":"array"}`,
	} {
		_, err := Compile(Form{Key: "custom", Name: map[string]string{"en": "x"}, Schema: json.RawMessage(raw)})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Compile(Form{Key: "custom", Name: map[string]string{"en": "x"}, Schema: json.RawMessage(many)}); err != nil {
		t.Errorf("a plain form: %v", err)
	}
	var b strings.Builder
	b.WriteString(`{"type":"object","properties":{`)
	for i := range MaxFields + 1 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"f` + strings.Repeat("a", i%50) + string(rune('a'+i%26)) + strings.Repeat("b", i/26) + `":{}`)
	}
	b.WriteString(`}}`)
	if _, err := Compile(Form{Key: "custom", Name: map[string]string{"en": "x"}, Schema: json.RawMessage(b.String())}); !fault.Is(err, fault.Invalid) {
		t.Errorf("too many fields: %v", err)
	}
}

func TestSuccessor(t *testing.T) {
	old := Builtin()["invoice"]
	change := func(f func(props map[string]any, doc map[string]any)) error {
		var doc map[string]any
		if err := json.Unmarshal(old.Schema, &doc); err != nil {
			t.Fatal(err)
		}
		f(doc["properties"].(map[string]any), doc)
		raw, _ := json.Marshal(doc)
		next, err := Compile(Form{Key: old.Key, Name: old.Name, Title: old.Title, Schema: raw})
		if err != nil {
			t.Fatal(err)
		}
		return CheckSuccessor(old, next)
	}
	if err := change(func(p, _ map[string]any) {
		p["project"] = map[string]any{"type": "string", "x-df-searchable": true}
		p["number"].(map[string]any)["x-df-label"] = map[string]any{"en": "No."}
	}); err != nil {
		t.Errorf("a new field and a new label: %v", err)
	}
	for name, f := range map[string]func(p, d map[string]any){
		"removed":  func(p, _ map[string]any) { delete(p, "dueDate") },
		"retyped":  func(p, _ map[string]any) { p["amount"] = map[string]any{"type": "string", "x-df-system": true} },
		"loosened": func(p, _ map[string]any) { p["amount"].(map[string]any)["minimum"] = -5 },
		"optional": func(_, d map[string]any) { d["required"] = []any{"number"} },
	} {
		if err := change(f); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestOfficialSuite runs the required tests of the JSON Schema project for
// draft 2020-12, where they are at hand. Tests that need other documents are
// refused by design.
func TestOfficialSuite(t *testing.T) {
	dir := os.Getenv("DUEFLOW_TEST_JSON_SCHEMA_SUITE")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data", "json-schema-test-suite", "tests", "draft2020-12")
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.json"))
	if len(files) == 0 {
		t.Skip("the JSON Schema test suite is not at hand; set DUEFLOW_TEST_JSON_SCHEMA_SUITE to its tests/draft2020-12")
	}
	ran, failed, refused := 0, 0, 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var groups []struct {
			Description string
			Schema      json.RawMessage
			Tests       []struct {
				Description string
				Data        json.RawMessage
				Valid       bool
			}
		}
		if err := json.Unmarshal(raw, &groups); err != nil {
			t.Fatal(err)
		}
		for _, g := range groups {
			s, err := CompileSchema(g.Schema)
			if err != nil {
				refused += len(g.Tests)
				continue
			}
			for _, c := range g.Tests {
				v, err := Decode(c.Data)
				if err != nil {
					continue
				}
				ran++
				if got := len(s.Validate(v)) == 0; got != c.Valid {
					failed++
				}
			}
		}
	}
	t.Logf("official suite: %d ran, %d differ, %d refused by design (other documents, patterns outside RE2, dialects)", ran, failed, refused)
	if ran < 1000 || failed > 23 {
		t.Errorf("%d of %d differ", failed, ran)
	}
}

func FuzzCompileSchema(f *testing.F) {
	f.Add([]byte(`{"type":"object","properties":{"a":{"type":"string","pattern":"^a+$"}}}`))
	f.Add([]byte(`{"$ref":"#"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := CompileSchema(raw)
		if err != nil {
			return
		}
		s.Validate(map[string]any{"a": "x"})
	})
}
