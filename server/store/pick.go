package store

import (
	"encoding/json"
	"errors"
	"strings"
)

var errBadBody = errors.New("body is not JSON")

// Pick gives the raw value at a dotted path of a valid body, nil where there is
// none.
func Pick(body []byte, path string) json.RawMessage {
	raw, err := pick(body, path)
	if err != nil {
		return nil
	}
	return raw
}

// pick gives the raw value at a dotted path of a valid JSON object, nil where
// there is none. It skips over the rest without decoding it.
func pick(body []byte, path string) (json.RawMessage, error) {
	for {
		key, rest, deeper := strings.Cut(path, ".")
		v, err := member(body, key)
		if err != nil || v == nil || !deeper {
			return v, err
		}
		if v[0] != '{' {
			return nil, nil
		}
		body, path = v, rest
	}
}

// member gives the raw value of one key of an object.
func member(obj []byte, key string) ([]byte, error) {
	i := skipSpace(obj, 0)
	if i >= len(obj) || obj[i] != '{' {
		return nil, errBadBody
	}
	for i = skipSpace(obj, i+1); i < len(obj) && obj[i] != '}'; {
		end := skipString(obj, i)
		name := obj[i:end]
		i = skipSpace(obj, end)
		if i >= len(obj) || obj[i] != ':' {
			return nil, errBadBody
		}
		i = skipSpace(obj, i+1)
		end = skipValue(obj, i)
		if end <= i {
			return nil, errBadBody
		}
		if keyIs(name, key) {
			return obj[i:end], nil
		}
		if i = skipSpace(obj, end); i < len(obj) && obj[i] == ',' {
			i = skipSpace(obj, i+1)
		}
	}
	return nil, nil
}

// keyIs compares a quoted JSON string with a key.
func keyIs(quoted []byte, key string) bool {
	if len(quoted) < 2 || len(quoted)-2 < len(key) {
		return false
	}
	in := quoted[1 : len(quoted)-1]
	if string(in) == key {
		return true
	}
	for _, c := range in {
		if c == '\\' {
			var s string
			return json.Unmarshal(quoted, &s) == nil && s == key
		}
	}
	return false
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// skipString gives the index after the string that starts at i.
func skipString(b []byte, i int) int {
	for i++; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}

// skipValue gives the index after the value that starts at i.
func skipValue(b []byte, i int) int {
	depth := 0
	for i < len(b) {
		switch b[i] {
		case '"':
			if i = skipString(b, i); depth == 0 {
				return i
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return i
			}
			if depth == 0 {
				return i + 1
			}
		case ',', ' ', '\n', '\t', '\r':
			if depth == 0 {
				return i
			}
		}
		i++
	}
	return i
}
