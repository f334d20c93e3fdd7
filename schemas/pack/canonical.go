package pack

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/schemas/form"
)

// Canonical rewrites JSON with sorted keys, without spaces and without
// escaping what needs none, so that equal contents are equal bytes.
func Canonical(raw []byte) (json.RawMessage, error) {
	v, err := form.Decode(raw)
	if err != nil {
		return nil, err
	}
	return canonicalOf(v)
}

func canonicalOf(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

func sum(raw []byte) string {
	h := sha256.Sum256(raw)
	return hex.EncodeToString(h[:])
}

// order sorts objects by kind and key, the order of a package.
func order(objects []Object) {
	slices.SortFunc(objects, func(a, b Object) int {
		if d := slices.Index(Kinds, a.Kind) - slices.Index(Kinds, b.Kind); d != 0 {
			return d
		}
		return strings.Compare(a.Key, b.Key)
	})
}
