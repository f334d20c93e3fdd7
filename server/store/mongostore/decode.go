package mongostore

import (
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/bson"

	"github.com/dueflow/dueflow/server/store"
)

// decodeDoc turns a stored document with _id, v, b and x into a store.Doc.
func decodeDoc(raw bson.Raw) (store.Doc, error) {
	var d store.Doc
	var body bson.Raw
	dec := decoder{}
	elems, err := raw.Elements()
	if err != nil {
		return d, err
	}
	for _, e := range elems {
		switch v := e.Value(); e.Key() {
		case "_id":
			d.ID, _ = v.StringValueOK()
		case "v":
			d.Ver, _ = v.AsInt64OK()
		case "b":
			body, _ = v.DocumentOK()
		case "x":
			dec.exact = exactNumbers(v)
		}
	}
	if body == nil {
		return d, fmt.Errorf("document %s has no body", d.ID)
	}
	d.Body, err = dec.object(make([]byte, 0, len(body)), body, "")
	return d, err
}

func exactNumbers(v bson.RawValue) map[string]string {
	list, ok := v.ArrayOK()
	if !ok {
		return nil
	}
	values, err := list.Values()
	if err != nil {
		return nil
	}
	m := map[string]string{}
	for i := 0; i+1 < len(values); i += 2 {
		at, _ := values[i].StringValueOK()
		m[at], _ = values[i+1].StringValueOK()
	}
	return m
}

// decoder turns BSON into JSON. Pointers are kept track of only where there
// are exact numbers to be put in.
type decoder struct{ exact map[string]string }

func (d *decoder) step(at, key string) string {
	if d.exact == nil {
		return ""
	}
	return at + "/" + pointerEscape.Replace(key)
}

func (d *decoder) object(dst []byte, raw bson.Raw, at string) ([]byte, error) {
	elems, err := raw.Elements()
	if err != nil {
		return nil, err
	}
	if len(elems) == 1 && elems[0].Key() == listKey {
		if list, ok := elems[0].Value().ArrayOK(); ok {
			return d.list(dst, list, at)
		}
	}
	dst = append(dst, '{')
	for i, e := range elems {
		if i > 0 {
			dst = append(dst, ',')
		}
		name := unescapeName(e.Key())
		dst = append(appendString(dst, name), ':')
		if dst, err = d.value(dst, e.Value(), d.step(at, name)); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

func (d *decoder) list(dst []byte, raw bson.Raw, at string) ([]byte, error) {
	values, err := raw.Values()
	if err != nil {
		return nil, err
	}
	dst = append(dst, '[')
	for i, v := range values {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = d.value(dst, v, d.step(at, strconv.Itoa(i))); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}

func (d *decoder) value(dst []byte, v bson.RawValue, at string) ([]byte, error) {
	switch v.Type {
	case bson.TypeEmbeddedDocument:
		return d.object(dst, v.Document(), at)
	case bson.TypeString:
		return appendString(dst, v.StringValue()), nil
	case bson.TypeBoolean:
		return strconv.AppendBool(dst, v.Boolean()), nil
	case bson.TypeNull:
		return append(dst, "null"...), nil
	case bson.TypeInt64:
		return strconv.AppendInt(dst, v.Int64(), 10), nil
	case bson.TypeInt32:
		return strconv.AppendInt(dst, int64(v.Int32()), 10), nil
	case bson.TypeDouble:
		if text, ok := d.exact[at]; ok {
			return append(dst, text...), nil
		}
		text, err := json.Marshal(v.Double())
		return append(dst, text...), err
	}
	return nil, fmt.Errorf("a body holds BSON type %s", v.Type)
}

// appendString writes a JSON string.
func appendString(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= utf8.RuneSelf && !utf8.ValidString(s) {
			text, _ := json.Marshal(s) // a string can always be marshalled
			return append(dst, text...)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}
