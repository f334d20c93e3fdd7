package mongostore

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/dueflow/dueflow/server/store"
)

// textTokens gives what is indexed of some words: each word, and each pair of
// neighbouring characters that are words of their own.
func textTokens(text string) []string {
	words := strings.Split(text, " ")
	out := make([]string, 0, 2*len(words))
	for i, w := range words {
		if w == "" || w == store.FieldMark {
			continue
		}
		out = append(out, w)
		if i > 0 && store.Alone(w) && store.Alone(words[i-1]) {
			out = append(out, words[i-1]+w)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// queryTokens gives the tokens that a document with the term must have: pairs
// where there are some, for they are rarer. A last word that may go on is not
// among them.
func queryTokens(t store.Term) []string {
	words := t.Words
	if t.Prefix {
		words = words[:len(words)-1]
	}
	var out []string
	for i, w := range words {
		alone := store.Alone(w)
		before := i > 0 && alone && store.Alone(words[i-1])
		after := i+1 < len(words) && alone && store.Alone(words[i+1])
		switch {
		case before:
			out = append(out, words[i-1]+w)
		case !after:
			out = append(out, w)
		}
	}
	return out
}

// spec is a store.Spec with what its unique indexes are called.
type spec struct {
	store.Spec
	unique []uniqueIndex
}

type uniqueIndex struct {
	store.Index
	key string // the member of u
}

func newSpec(s store.Spec) *spec {
	sp := &spec{Spec: s}
	for _, ix := range s.Indexes {
		if ix.Unique {
			sp.unique = append(sp.unique, uniqueIndex{Index: ix, key: short(describe(ix))})
		}
	}
	return sp
}

// describe names an index by what it is on.
func describe(ix store.Index) string {
	parts := make([]string, len(ix.Fields))
	for i, f := range ix.Fields {
		parts[i] = string(f.Kind) + ":" + f.Path
	}
	return strings.Join(parts, ",")
}

// short is a hash that fits an index entry.
func short(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:16])
}

// value gives what a unique index holds of a document: a hash of its values,
// or, when one is missing, something that no other document has. So a plain
// unique index does, which every server has, and no sparse one is needed.
func (u uniqueIndex) value(id string, body []byte) string {
	parts := make([]string, len(u.Fields))
	for i, f := range u.Fields {
		v, ok := canonical(f.Kind, store.Pick(body, f.Path))
		if !ok {
			return "~" + id
		}
		parts[i] = strconv.Quote(v)
	}
	return short(strings.Join(parts, ","))
}

// canonical gives one text for all ways to write a value, not ok if the value
// is missing or of another kind.
func canonical(kind store.FieldKind, raw json.RawMessage) (string, bool) {
	if len(raw) == 0 {
		return "", false
	}
	switch c := raw[0]; {
	case kind == store.Text && c == '"':
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err == nil
	case kind == store.Bool && (c == 't' || c == 'f'):
		return string(raw), true
	case kind == store.Number && (c == '-' || c >= '0' && c <= '9'):
		if i, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
			return strconv.FormatInt(i, 10), true
		}
		f, _ := strconv.ParseFloat(string(raw), 64)
		if f == math.Trunc(f) && math.Abs(f) < 1<<63 {
			return strconv.FormatInt(int64(f), 10), true
		}
		return strconv.FormatFloat(f, 'g', -1, 64), true
	}
	return "", false
}
