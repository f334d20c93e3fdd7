package store

// A keyset condition over several keys with missing values in both directions
// is a disjunction that no index can serve. It is cut into segments instead:
// disjoint pieces, each a plain conjunction that an index serves in order, to
// be asked one after the other until the page is full.

// Bound says how a segment limits one sort key.
type Bound string

// The bounds.
const (
	// Equal is the position's own value, where nil is missing.
	Equal Bound = "equal"
	// Beyond is past the value, which is not nil, in the key's direction, and
	// not missing.
	Beyond Bound = "beyond"
	// Present is not missing.
	Present Bound = "present"
	// Absent is missing.
	Absent Bound = "absent"
)

// Segment bounds the first len(Bounds) sort keys. Where all of them are Equal,
// the segment also is limited to ids past the position's.
type Segment struct{ Bounds []Bound }

// PastID tells whether the segment is limited to ids past the position's.
func (s Segment) PastID(keys int) bool {
	return len(s.Bounds) == keys && (keys == 0 || s.Bounds[keys-1] == Equal)
}

// Segments cuts what comes after a position into segments, in order. Without
// a position the one segment is everything.
func Segments(sort []SortKey, after *Position) []Segment {
	if after == nil {
		return []Segment{{}}
	}
	equal := make([]Bound, len(sort))
	for i := range equal {
		equal[i] = Equal
	}
	out := []Segment{{Bounds: equal}}
	for i := len(sort) - 1; i >= 0; i-- {
		for _, b := range beyond(sort[i], after.Values[i]) {
			out = append(out, Segment{Bounds: append(equal[:i:i], b)})
		}
	}
	return out
}

// beyond lists what comes after value v of a key, in order.
func beyond(k SortKey, v any) []Bound {
	switch {
	case v == nil && k.Desc:
		return nil
	case v == nil:
		return []Bound{Present}
	case k.Desc:
		return []Bound{Beyond, Absent}
	default:
		return []Bound{Beyond}
	}
}
