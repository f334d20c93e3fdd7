package mongostore

import (
	"bytes"
	"encoding/json"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/bson"
	"pgregory.net/rapid"
)

// genJSON draws JSON text with the names and numbers that go wrong.
func genJSON(depth int) *rapid.Generator[string] {
	number := rapid.StringMatching(`-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?`)
	text := rapid.Map(rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "~", "$", ".", "~d", "a.b", "$set", "王芳", "~~", "~e"})), func(s string) string {
		b, _ := json.Marshal(strings.ReplaceAll(s, "\x00", "0"))
		return string(b)
	})
	leaf := rapid.OneOf(number, text, rapid.SampledFrom([]string{"null", "true", "false", "[]", "{}", "9223372036854775807", "1.0"}))
	if depth == 0 {
		return leaf
	}
	list := rapid.Map(rapid.SliceOfN(genJSON(depth-1), 0, 3), func(v []string) string { return "[" + strings.Join(v, ",") + "]" })
	return rapid.OneOf(leaf, list, genObject(depth, text))
}

func genObject(depth int, name *rapid.Generator[string]) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		names := rapid.SliceOfNDistinct(name, 0, 4, rapid.ID).Draw(t, "names")
		for i, n := range names {
			names[i] = n + ":" + genJSON(depth-1).Draw(t, "value")
		}
		return "{" + strings.Join(names, ",") + "}"
	})
}

func TestBodyRoundTrip(t *testing.T) {
	object := genObject(4, rapid.Map(rapid.SampledFrom([]string{"a", "b.c", "$d", "~", "", "~t"}), func(s string) string { return `"` + s + `"` }))
	rapid.Check(t, func(t *rapid.T) {
		body := object.Draw(t, "body")
		b, exact, err := encodeBody([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := bson.Marshal(bson.D{{Key: "_id", Value: "a"}, {Key: "v", Value: int64(1)}, {Key: "b", Value: bson.Raw(b)}, {Key: "x", Value: exact}})
		if err != nil {
			t.Fatal(err)
		}
		doc, err := decodeDoc(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := exactly(t, doc.Body), exactly(t, []byte(body)); !reflect.DeepEqual(got, want) {
			t.Fatalf("\n got %s\nwant %s", doc.Body, body)
		}
	})
}

// exactly decodes JSON with numbers as fractions.
func exactly(t *rapid.T, text []byte) any {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return fractions(v)
}

func fractions(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			v[k] = fractions(x)
		}
	case []any:
		for i, x := range v {
			v[i] = fractions(x)
		}
	case json.Number:
		r, _ := new(big.Rat).SetString(string(v))
		return "number " + r.RatString()
	}
	return v
}
