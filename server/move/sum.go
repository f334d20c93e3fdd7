package move

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dueflow/dueflow/server/store"
)

// Sum is what two copies of a collection have in common: how many documents, and a
// checksum over their ids, versions and bodies in the order of the ids.
type Sum struct {
	Name      string `json:"name"`
	Documents int64  `json:"documents"`
	Checksum  string `json:"checksum"`
}

// sum reads a collection, which it ensures as it is; each is called for every document.
func sum(ctx context.Context, s *store.Store, ws string, spec store.Spec, each func()) (Sum, error) {
	out, h, b := Sum{Name: spec.Name}, sha256.New(), []byte{}
	err := pages(ctx, s, ws, spec, func(d store.Doc) error {
		var err error
		b = strconv.AppendInt(append(append(b[:0], d.ID...), 0), d.Ver, 10)
		if b, err = canonical(append(b, 0), d.Body); err != nil {
			return err
		}
		put(h, b)
		out.Documents++
		each()
		return nil
	})
	out.Checksum = hex.EncodeToString(h.Sum(nil)[:16])
	return out, err
}

// put writes a text with its length, so that no two lists of texts read the same.
func put(h hash.Hash, b []byte) {
	_, _ = h.Write(strconv.AppendInt(nil, int64(len(b)), 10))
	_, _ = h.Write([]byte{0})
	_, _ = h.Write(b)
}

// canonical appends a body so that equal ones are equal bytes: drivers keep JSON by
// value, and may write 1.0 as 1.
func canonical(dst []byte, body []byte) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	return appendValue(dst, v), nil
}

func appendValue(dst []byte, v any) []byte {
	switch v := v.(type) {
	case map[string]any:
		dst = append(dst, '{')
		for _, k := range slices.Sorted(maps.Keys(v)) {
			dst = append(strconv.AppendQuote(dst, k), ':')
			dst = append(appendValue(dst, v[k]), ',')
		}
		return append(dst, '}')
	case []any:
		dst = append(dst, '[')
		for _, x := range v {
			dst = append(appendValue(dst, x), ',')
		}
		return append(dst, ']')
	case string:
		return strconv.AppendQuote(dst, v)
	case json.Number:
		return append(dst, number(string(v))...)
	case bool:
		return strconv.AppendBool(dst, v)
	}
	return append(dst, "null"...)
}

// number writes a number as its digits, without zeros at either end, and the power of
// ten of the last: 1, 1.0 and 0.1e1 are all "1e0".
func number(text string) string {
	mantissa, power := text, 0
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		n, err := strconv.Atoi(text[i+1:])
		if err != nil {
			return text // a power beyond all stores: they keep it as it is
		}
		mantissa, power = text[:i], n
	}
	digits, negative := strings.CutPrefix(mantissa, "-")
	whole, part, _ := strings.Cut(digits, ".")
	digits = strings.TrimLeft(whole+part, "0")
	power -= len(part)
	short := strings.TrimRight(digits, "0")
	if short == "" {
		return "0"
	}
	power += len(digits) - len(short)
	if negative {
		short = "-" + short
	}
	return short + "e" + strconv.Itoa(power)
}
