package mongostore

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/x/bsonx/bsoncore"
)

// Bodies are stored as sub-documents, with two changes that make the server's
// operators mean what the filter language means:
//
//   - Member names that MongoDB would read as paths or operators are escaped.
//   - A list becomes {"~": [ … ]}. MongoDB looks into lists by itself: a path
//     goes through them, a comparison holds if it does for any element, and
//     sorting takes the least. Wrapped, a list is an object that equals no
//     scalar, and "path.~" asks for its elements.
//
// Integers of 64 bits are int64, other numbers doubles; what a double does not
// hold exactly keeps its text in field x, as a flat list of pointer and text.

const listKey = "~"

var nameEscape = strings.NewReplacer("~", "~t", ".", "~d", "$", "~s")

// escapeName gives the stored form of a member name.
func escapeName(s string) string {
	if s == "" {
		return "~e"
	}
	return nameEscape.Replace(s)
}

var nameUnescape = strings.NewReplacer("~t", "~", "~d", ".", "~s", "$", "~e", "")

func unescapeName(s string) string {
	if strings.IndexByte(s, '~') < 0 {
		return s
	}
	return nameUnescape.Replace(s)
}

// field gives the stored path of a body's dotted path. Valid paths hold
// nothing that needs an escape.
func field(path string) string { return "b." + path }

// encoder turns JSON into BSON.
type encoder struct {
	dec   *json.Decoder
	at    []string // the pointer of the value at hand
	exact []string // field x
}

// encodeBody gives the BSON of a body and its field x.
func encodeBody(body []byte) (bsoncore.Document, []string, error) {
	e := encoder{dec: json.NewDecoder(bytes.NewReader(body))}
	e.dec.UseNumber()
	if tok, err := e.dec.Token(); err != nil || tok != json.Delim('{') {
		return nil, nil, fmt.Errorf("body is no JSON object: %w", err)
	}
	i, dst := bsoncore.AppendDocumentStart(make([]byte, 0, len(body)+len(body)/4))
	dst, err := e.members(dst)
	if err != nil {
		return nil, nil, err
	}
	dst, err = bsoncore.AppendDocumentEnd(dst, i)
	return dst, e.exact, err
}

func (e *encoder) members(dst []byte) ([]byte, error) {
	for e.dec.More() {
		tok, err := e.dec.Token()
		if err != nil {
			return nil, err
		}
		name, _ := tok.(string)
		e.at = append(e.at, name)
		if dst, err = e.value(dst, escapeName(name)); err != nil {
			return nil, err
		}
		e.at = e.at[:len(e.at)-1]
	}
	_, err := e.dec.Token()
	return dst, err
}

func (e *encoder) value(dst []byte, key string) ([]byte, error) {
	tok, err := e.dec.Token()
	if err != nil {
		return nil, err
	}
	switch v := tok.(type) {
	case string:
		return bsoncore.AppendStringElement(dst, key, v), nil
	case bool:
		return bsoncore.AppendBooleanElement(dst, key, v), nil
	case nil:
		return bsoncore.AppendNullElement(dst, key), nil
	case json.Number:
		return e.number(dst, key, string(v)), nil
	}
	var i int32
	i, dst = bsoncore.AppendDocumentElementStart(dst, key)
	if tok == json.Delim('{') {
		if dst, err = e.members(dst); err != nil {
			return nil, err
		}
		return bsoncore.AppendDocumentEnd(dst, i)
	}
	if dst, err = e.list(dst); err != nil {
		return nil, err
	}
	return bsoncore.AppendDocumentEnd(dst, i)
}

func (e *encoder) list(dst []byte) ([]byte, error) {
	i, dst := bsoncore.AppendArrayElementStart(dst, listKey)
	var err error
	for n := 0; e.dec.More(); n++ {
		key := strconv.Itoa(n)
		e.at = append(e.at, key)
		if dst, err = e.value(dst, key); err != nil {
			return nil, err
		}
		e.at = e.at[:len(e.at)-1]
	}
	if _, err = e.dec.Token(); err != nil && err != io.EOF {
		return nil, err
	}
	return bsoncore.AppendArrayEnd(dst, i)
}

func (e *encoder) number(dst []byte, key, text string) []byte {
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return bsoncore.AppendInt64Element(dst, key, i)
	}
	f, err := strconv.ParseFloat(text, 64)
	if math.IsInf(f, 0) {
		f = math.Copysign(math.MaxFloat64, f)
	}
	if err != nil || digits(text) > 15 || math.Abs(f) < smallestNormal {
		e.exact = append(e.exact, pointer(e.at), text)
	}
	return bsoncore.AppendDoubleElement(dst, key, f)
}

// smallestNormal is the least double of full precision; zero is below it too.
const smallestNormal = 0x1p-1022

// digits counts the significant digits of a number; up to 15 survive a double.
func digits(text string) int {
	n := 0
	for _, c := range []byte(text) {
		switch {
		case c == 'e' || c == 'E':
			return n
		case c >= '1' && c <= '9', c == '0' && n > 0:
			n++
		}
	}
	return n
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

func pointer(at []string) string {
	var b strings.Builder
	for _, s := range at {
		b.WriteString("/" + pointerEscape.Replace(s))
	}
	return b.String()
}
