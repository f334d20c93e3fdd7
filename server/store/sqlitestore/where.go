package sqlitestore

import (
	"encoding/json"
	"strings"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
)

// where builds a condition with its arguments.
type where struct {
	t    *table
	sql  strings.Builder
	args []any
}

// add writes SQL and remembers the arguments of its question marks.
func (w *where) add(sql string, args ...any) {
	w.sql.WriteString(sql)
	w.args = append(w.args, args...)
}

// filter writes e. The rules: a condition may come out NULL, which counts as
// false at the top, under AND and under OR; only a negation has to say so, with
// IS NOT TRUE.
func (w *where) filter(e filter.Expr) {
	switch e := e.(type) {
	case nil:
		w.add("1")
	case filter.All:
		w.join(e, " AND ", "1")
	case filter.Any:
		w.join(e, " OR ", "0")
	case filter.Not:
		w.add("((")
		w.filter(e.Of)
		w.add(") IS NOT TRUE)")
	case filter.Cmp:
		w.cmp(e)
	}
}

func (w *where) join(es []filter.Expr, op, empty string) {
	if len(es) == 0 {
		w.add(empty)
		return
	}
	w.add("(")
	for i, e := range es {
		if i > 0 {
			w.add(op)
		}
		w.filter(e)
	}
	w.add(")")
}

func (w *where) cmp(c filter.Cmp) {
	switch c.Op {
	case filter.OpEq:
		w.equal(c.Field, c.Value)
	case filter.OpNe:
		w.add("((")
		w.equal(c.Field, c.Value)
		w.add(") IS NOT TRUE)")
	case filter.OpIn:
		w.in(c)
	case filter.OpNin:
		w.add("((")
		w.in(c)
		w.add(") IS NOT TRUE)")
	case filter.OpLt:
		w.value(c.Field, "<", c.Value)
	case filter.OpLte:
		w.value(c.Field, "<=", c.Value)
	case filter.OpGt:
		w.value(c.Field, ">", c.Value)
	case filter.OpGte:
		w.value(c.Field, ">=", c.Value)
	case filter.OpExists:
		w.exists(c)
	case filter.OpContains:
		s, _ := c.Value.(string)
		w.contains(c.Field, s)
	case filter.OpStartsWith:
		s, _ := c.Value.(string)
		w.startsWith(c.Field, s)
	case filter.OpHas:
		w.has(c.Field, []any{c.Value})
	case filter.OpHasAny:
		w.has(c.Field, c.List)
	}
}

func (w *where) equal(field string, v any) {
	if v == nil {
		w.missing(field)
		return
	}
	w.value(field, "=", v)
}

// missing is true for null and for nothing. The column, where there is one,
// is NULL for values of another type too, so it only narrows.
func (w *where) missing(field string) {
	if c, ok := w.t.cols[field]; ok {
		w.add("(" + c.name + " IS NULL AND ifnull(json_type(body, " + jsonPath(field) + "), 'null') = 'null')")
		return
	}
	w.add("ifnull(json_type(body, " + jsonPath(field) + "), 'null') = 'null'")
}

func (w *where) exists(c filter.Cmp) {
	if want, _ := c.Value.(bool); !want {
		w.missing(c.Field)
		return
	}
	w.add("json_type(body, " + jsonPath(c.Field) + ") <> 'null'")
}

// kindOf gives the kind of a scalar that is not nil, and its SQL value.
func kindOf(v any) (store.FieldKind, any) {
	switch v := v.(type) {
	case string:
		return store.Text, v
	case bool:
		if v {
			return store.Bool, int64(1)
		}
		return store.Bool, int64(0)
	}
	return store.Number, v
}

// operand gives the expression of a field's value if it is of the kind, else
// NULL: the column made for it, or the same thing spelt out.
func (w *where) operand(field string, kind store.FieldKind) string {
	if c, ok := w.t.cols[field]; ok && c.kind == kind {
		return c.name
	}
	return "(" + typed(field, kind) + ")"
}

// value compares with a scalar of the same type.
func (w *where) value(field, op string, v any) {
	kind, arg := kindOf(v)
	w.add(w.operand(field, kind)+" "+op+" ?", arg)
}

// manyValues is from how many values on a list is passed as one JSON argument,
// which keeps the number of statement shapes and arguments small.
const manyValues = 8

func (w *where) in(c filter.Cmp) {
	byKind := map[store.FieldKind][]any{}
	null := false
	for _, v := range c.List {
		if v == nil {
			null = true
			continue
		}
		kind, arg := kindOf(v)
		byKind[kind] = append(byKind[kind], arg)
	}
	sep := "("
	for _, kind := range []store.FieldKind{store.Text, store.Number, store.Bool} {
		if vs := byKind[kind]; len(vs) > 0 {
			w.add(sep + w.operand(c.Field, kind) + " IN ")
			w.values(vs)
			sep = " OR "
		}
	}
	if null {
		w.add(sep)
		w.missing(c.Field)
		sep = " OR "
	}
	if sep == "(" {
		w.add("(0")
	}
	w.add(")")
}

// values writes a list. Fractions are always bound one by one: the way through
// JSON text could round them.
func (w *where) values(vs []any) {
	if len(vs) >= manyValues && !hasFloat(vs) {
		if text, err := json.Marshal(vs); err == nil {
			w.add("(SELECT value FROM json_each(?))", string(text))
			return
		}
	}
	w.add("(?"+strings.Repeat(", ?", len(vs)-1)+")", vs...)
}

func hasFloat(vs []any) bool {
	for _, v := range vs {
		if _, ok := v.(float64); ok {
			return true
		}
	}
	return false
}

var likeEscape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// contains relies on LIKE folding ASCII letters only, as the language does.
func (w *where) contains(field, s string) {
	w.add(w.operand(field, store.Text)+` LIKE ? ESCAPE '\'`, "%"+likeEscape.Replace(s)+"%")
}

// startsWith is a range, so that an index serves it. The last byte of UTF-8
// text is never 255, so it can be raised by one.
func (w *where) startsWith(field, s string) {
	x := w.operand(field, store.Text)
	if s == "" {
		w.add(x + " IS NOT NULL")
		return
	}
	end := []byte(s)
	end[len(end)-1]++
	w.add("("+x+" >= ? AND "+x+" < ?)", s, string(end))
}

// has looks through a list's elements, one kind of value after the other.
func (w *where) has(field string, vs []any) {
	byKind := map[store.FieldKind][]any{}
	for _, v := range vs {
		kind, arg := kindOf(v)
		byKind[kind] = append(byKind[kind], arg)
	}
	p := jsonPath(field)
	w.add("(json_type(body, " + p + ") = 'array' AND EXISTS (SELECT 1 FROM json_each(body, " + p + ") AS e WHERE 0")
	for _, kind := range []store.FieldKind{store.Text, store.Number, store.Bool} {
		if args := byKind[kind]; len(args) > 0 {
			w.add(" OR e.type IN (" + jsonTypes[kind] + ") AND e.value IN ")
			w.values(args)
		}
	}
	w.add("))")
}

var jsonTypes = map[store.FieldKind]string{
	store.Text:   "'text'",
	store.Number: "'integer', 'real'",
	store.Bool:   "'true', 'false'",
}
