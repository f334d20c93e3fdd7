package e2e

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// operation is a route that changes something, as the API describes it.
type operation struct {
	id, method, path string
	body             map[string]any // its schema, nil for none
}

type described struct {
	Paths      map[string]map[string]json.RawMessage
	Components struct {
		Schemas map[string]map[string]any
	}
}

func (d *described) writes(t *testing.T) []operation {
	t.Helper()
	var out []operation
	for path, methods := range d.Paths {
		for _, method := range []string{"post", "put", "patch", "delete"} {
			raw, ok := methods[method]
			if !ok {
				continue
			}
			var o struct {
				OperationID string
				RequestBody struct {
					Content map[string]struct{ Schema map[string]any }
				}
			}
			must(t, json.Unmarshal(raw, &o))
			out = append(out, operation{o.OperationID, strings.ToUpper(method), path, o.RequestBody.Content["application/json"].Schema})
		}
	}
	slices.SortFunc(out, func(x, y operation) int { return strings.Compare(x.id, y.id) })
	return out
}

// fill makes a value of a schema, with id in every text that may be any.
func (d *described) fill(schema map[string]any, id string, depth int) any {
	if ref, ok := schema["$ref"].(string); ok {
		schema = d.Components.Schemas[ref[strings.LastIndex(ref, "/")+1:]]
	}
	if list, ok := schema["enum"].([]any); ok && len(list) > 0 {
		return list[0]
	}
	kind := schema["type"]
	if list, ok := kind.([]any); ok {
		kind = list[0]
	}
	switch kind {
	case "string":
		if schema["contentEncoding"] == "base64" { // a file: what it holds is the same for both
			return "eA=="
		}
		return id
	case "integer", "number":
		return 1
	case "boolean":
		return false
	case "array":
		if items, ok := schema["items"].(map[string]any); ok && depth < 5 {
			return []any{d.fill(items, id, depth+1)}
		}
		return []any{}
	case "object":
		out := map[string]any{}
		props, _ := schema["properties"].(map[string]any)
		for name, p := range props {
			if sub, ok := p.(map[string]any); ok && depth < 5 {
				out[name] = d.fill(sub, id, depth+1)
			}
		}
		if more, ok := schema["additionalProperties"].(map[string]any); ok && len(props) == 0 && depth < 5 {
			out["en"] = d.fill(more, id, depth+1)
		}
		return out
	}
	return map[string]any{"customer": id, "id": id}
}

// elsewhere are what ids in paths mean that name no account; the value is one
// that is not there, the same for both askers.
var elsewhere = []string{"absences", "users", "invitations", "keys", "calendars", "catalogs", "packs", "publishers", "channel-settings", "answers", "boards", "templates", "hooks", "flows", "forms", "imports"}

// TestWritesTellNothing: whoever may do everything, but not with some accounts,
// gets the same answer about them as about accounts that are not there, from
// every route that changes something, with their ids in the path and in the
// body; no byte of them comes back, and nothing of them is changed.
func TestWritesTellNothing(t *testing.T) {
	s := newSpace(t, nil)
	s.spyRole()
	hidden, seen := s.knownAccount("zqhidden", "B"), s.knownAccount("zqseen", "A")
	s.publish(twoSteps)
	s.eventually("messages", func() bool { return len(s.messages()) >= 2 })
	for _, k := range []*known{&hidden, &seen} {
		var page struct{ Items []message }
		must(t, s.c.Do(t.Context(), "GET", "/messages?customer="+k.customer, nil, &page))
		k.message = page.Items[0].ID
		s.settled(k.customer)
	}
	b := s.enter(s.person("spy", "spy"))
	var doc described
	must(t, b.do(t, "GET", "/openapi.json", nil, &doc))
	operations := doc.writes(t)
	if len(operations) < 80 {
		t.Fatalf("only %d routes", len(operations))
	}
	before, absent := s.stored(hidden), hidden.absent()
	hands := map[string]bool{}
	others := s.tries(absent, seen)
	for i, r := range s.tries(hidden, seen) {
		hands[r.op] = true
		s.alike(b, r, others[i], hidden, absent)
	}
	for _, o := range operations {
		if slices.Contains(ownDoors, o.id) {
			continue
		}
		paths, none := pathOf(t, o, hidden), pathOf(t, o, absent)
		for i := range paths {
			for name, id := range hidden.names() {
				r, n := try{op: o.id, method: o.method, path: paths[i]}, try{op: o.id, method: o.method, path: none[i]}
				if o.body != nil {
					r.body, n.body = doc.fill(o.body, id, 0), doc.fill(o.body, absent.names()[name], 0)
				}
				s.alike(b, r, n, hidden, absent)
				if o.body == nil {
					break
				}
			}
		}
	}
	if d := cmp.Diff(before, s.stored(hidden)); d != "" || len(before) < 10 {
		t.Errorf("what is stored of the hidden account, of %d documents:\n%s", len(before), d)
	}
	// The same by hand works where one may: else the refusals proved nothing.
	for _, r := range s.tries(seen, seen) {
		if !r.must {
			continue
		}
		if status, text, _ := b.told(t, r, nil, s.matchOf(r.path)); status >= 400 {
			t.Errorf("%s %s with an account that may be seen: %d %s", r.method, r.path, status, text)
		}
	}
	for id := range hands {
		if !slices.ContainsFunc(operations, func(o operation) bool { return o.id == id }) {
			t.Errorf("the table names %s, which the API does not", id)
		}
	}
}

// ownDoors are routes that name no account and would end the test: the first
// takes the spy's own rights, the second scores all accounts alike.
var ownDoors = []string{"saveRoles", "runTiers"}

// byChance are routes that never answer the same twice.
var byChance = []string{"newPushKeys"}
