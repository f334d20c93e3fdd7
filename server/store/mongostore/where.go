package mongostore

import (
	"strings"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
)

func nothing() bson.D { return bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: bson.A{}}}}} }

// is makes {path: {op: v}}.
func is(path, op string, v any) bson.D {
	return bson.D{{Key: path, Value: bson.D{{Key: op, Value: v}}}}
}

// where gives the condition of e.
func where(e filter.Expr) bson.D {
	switch e := e.(type) {
	case filter.All:
		if len(e) == 0 {
			return bson.D{}
		}
		return bson.D{{Key: "$and", Value: wheres(e)}}
	case filter.Any:
		if len(e) == 0 {
			return nothing()
		}
		return bson.D{{Key: "$or", Value: wheres(e)}}
	case filter.Not:
		return bson.D{{Key: "$nor", Value: bson.A{where(e.Of)}}}
	case filter.Cmp:
		return whereCmp(e)
	}
	return bson.D{}
}

func wheres(es []filter.Expr) bson.A {
	out := make(bson.A, len(es))
	for i, e := range es {
		out[i] = where(e)
	}
	return out
}

// whereCmp relies on lists being wrapped: no operator looks into them, and
// comparisons hold only within a type.
func whereCmp(c filter.Cmp) bson.D {
	path := field(c.Field)
	switch c.Op {
	case filter.OpContains:
		s, _ := c.Value.(string)
		return bson.D{{Key: path, Value: primitive.Regex{Pattern: foldRegex(s)}}}
	case filter.OpStartsWith:
		s, _ := c.Value.(string)
		return bson.D{{Key: path, Value: primitive.Regex{Pattern: "^" + quoteRegex(s)}}}
	case filter.OpExists:
		if want, _ := c.Value.(bool); want {
			return is(path, "$ne", nil)
		}
		return is(path, "$eq", nil)
	case filter.OpIn, filter.OpNin:
		return is(path, "$"+string(c.Op), bson.A(c.List))
	case filter.OpHas:
		return is(path+"."+listKey, "$elemMatch", bson.D{{Key: "$eq", Value: c.Value}})
	case filter.OpHasAny:
		return is(path+"."+listKey, "$elemMatch", bson.D{{Key: "$in", Value: bson.A(c.List)}})
	default:
		return is(path, "$"+string(c.Op), c.Value)
	}
}

// quoteRegex makes a pattern of a text that means itself, in every regular
// expression engine that servers use.
func quoteRegex(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < 0x80 && strings.ContainsRune(`\.+*?()|[]{}^$-/#`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// foldRegex is quoteRegex with ASCII letters in either case. The i option
// would fold the letters of all scripts.
func foldRegex(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch lower := r | 0x20; {
		case r < 0x80 && 'a' <= lower && lower <= 'z':
			b.WriteString("[" + string(lower) + string(lower&^0x20) + "]")
		default:
			b.WriteString(quoteRegex(string(r)))
		}
	}
	return b.String()
}

// query joins filter and search; false when nothing can be found.
func (sp *spec) query(f filter.Expr, search string) (bson.A, bool) {
	terms, none := store.SearchTerms(search)
	if none || len(terms) > 0 && len(sp.Search) == 0 {
		return nil, false
	}
	all := bson.A{}
	if f != nil {
		all = append(all, where(f))
	}
	for _, t := range terms {
		all = append(all, whereTerm(t)...)
	}
	return all, true
}

// whereTerm finds candidates by their tokens, for which there is an index, and
// holds the phrase against the words.
func whereTerm(t store.Term) bson.A {
	all := bson.A{}
	last := len(t.Words) - 1
	for _, tok := range queryTokens(t) {
		all = append(all, bson.D{{Key: "t", Value: tok}})
	}
	if t.Prefix {
		all = append(all, bson.D{{Key: "t", Value: primitive.Regex{Pattern: "^" + quoteRegex(t.Words[last])}}})
	}
	return append(all, bson.D{{Key: "s", Value: primitive.Regex{Pattern: " " + quoteRegex(strings.Join(t.Words, " "))}}})
}

// and joins conditions.
func and(all bson.A) bson.D {
	switch len(all) {
	case 0:
		return bson.D{}
	case 1:
		d, _ := all[0].(bson.D)
		return d
	}
	return bson.D{{Key: "$and", Value: all}}
}
