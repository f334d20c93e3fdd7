package flow_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/dueflow/dueflow/schemas/flow"
)

// genUnits draws units as an editor makes them.
func genUnits(t *rapid.T) flow.Units {
	u := flow.Units{"name": json.RawMessage(`{"en":"x"}`), "subject": json.RawMessage(`{"form":"invoice"}`)}
	ids := []string{"a", "b", "c", "d"}
	for _, id := range ids {
		if rapid.Bool().Draw(t, "node "+id) {
			u["nodes/"+id] = json.RawMessage(fmt.Sprintf(`{"type":"end","v":%d}`, rapid.IntRange(1, 3).Draw(t, "v")))
		}
	}
	for _, from := range ids {
		for _, port := range []string{"out", "else"} {
			to := rapid.SampledFrom(ids).Draw(t, "to")
			if u["nodes/"+from] != nil && u["nodes/"+to] != nil && rapid.Bool().Draw(t, "edge") {
				u["edges/"+from+"/"+port] = json.RawMessage(`"` + to + `"`)
			}
		}
	}
	var order []string
	for _, id := range []string{"paid", "gone"} {
		if rapid.Bool().Draw(t, "stop") {
			u["stops/"+id] = json.RawMessage(`{"id":"` + id + `","outcome":"goal","when":{}}`)
			order = append([]string{id}, order...)
		}
	}
	if len(order) > 0 {
		u["stopOrder"], _ = json.Marshal(order)
	}
	if rapid.Bool().Draw(t, "pos") {
		u["pos/a"] = json.RawMessage(`[1,2]`)
	}
	if rapid.Bool().Draw(t, "note") {
		u["notes/n"] = json.RawMessage(`{"id":"n","text":"𠮷 مرحبا"}`)
	}
	return u
}

// Taking apart and putting together lose nothing.
func TestUnitsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := genUnits(t)
		doc, dropped := u.PutTogether(flow.Format, "k")
		if len(dropped) > 0 {
			t.Fatalf("dropped %v", dropped)
		}
		back, err := flow.TakeApart(doc)
		if err != nil {
			t.Fatal(err)
		}
		if d := flow.Differences(u, back); len(d) > 0 {
			t.Fatalf("differ in %v\n%s", d, doc)
		}
	})
}

// A merge keeps every edit of both sides, and what both changed is a conflict
// that take decides.
func TestMergeLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, mine, theirs := genUnits(t), genUnits(t), genUnits(t)
		_, conflicts := flow.Merge(base, mine, theirs, nil)
		take := map[string]string{}
		for _, c := range conflicts {
			take[c] = rapid.SampledFrom([]string{"mine", "theirs"}).Draw(t, c)
		}
		merged, left := flow.Merge(base, mine, theirs, take)
		if len(left) > 0 {
			t.Fatalf("still in conflict: %v", left)
		}
		for name := range union(base, mine, theirs) {
			m, h := !flow.Same(base[name], mine[name]), !flow.Same(base[name], theirs[name])
			want := base[name]
			switch {
			case m && (!h || flow.Same(mine[name], theirs[name]) || take[name] == "mine"):
				want = mine[name]
			case h:
				want = theirs[name]
			}
			if !flow.Same(merged[name], want) {
				t.Fatalf("%s: %s, want %s", name, merged[name], want)
			}
		}
	})
}

func union(all ...flow.Units) map[string]bool {
	out := map[string]bool{}
	for _, u := range all {
		for n := range u {
			out[n] = true
		}
	}
	return out
}

func TestUnitsKeepWhatADocumentSaysTwice(t *testing.T) {
	doc := json.RawMessage(`{"format":"dueflow.flow/1","key":"k","name":{"en":"x"},"subject":{"form":"invoice"},
	 "nodes":{"a":{"type":"end","v":1},"b":{"type":"end","v":1}},"edges":[{"from":"a","to":"b"},{"from":"a","to":"a"}]}`)
	u, err := flow.TakeApart(doc)
	if err != nil {
		t.Fatal(err)
	}
	back, _ := u.PutTogether(flow.Format, "k")
	f, err := flow.Parse(back)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Edges) != 2 {
		t.Fatalf("edges: %v", f.Edges)
	}
}

func TestEdgesToNowhereAreDropped(t *testing.T) {
	u := flow.Units{"nodes/a": json.RawMessage(`{}`), "edges/a/out": json.RawMessage(`"gone"`)}
	if _, dropped := u.PutTogether(flow.Format, "k"); len(dropped) != 1 || dropped[0] != "edges/a/out" {
		t.Fatalf("dropped %v", dropped)
	}
}
