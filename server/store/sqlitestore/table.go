package sqlitestore

import (
	"strings"

	"github.com/dueflow/dueflow/server/store"
)

// table is a collection: its spec and the SQL that never changes.
type table struct {
	spec store.Spec
	name string // quoted table
	fts  string // quoted search table, "" without search
	cols map[string]column

	get, getMany                            string
	insert, replace, seek, put, del, delAny string
	version, setWords, ftsPut, ftsDel       string
}

// column is the generated column of an indexed field.
type column struct {
	name string // quoted
	kind store.FieldKind
}

func newTable(spec store.Spec) *table {
	t := &table{spec: spec, name: quote("c_" + fold(spec.Name)), cols: map[string]column{}}
	for _, ix := range spec.Indexes {
		for _, f := range ix.Fields {
			t.cols[f.Path] = column{name: quote(columnName(f)), kind: f.Kind}
		}
	}
	t.get = "SELECT id, ver, json(body) FROM " + t.name + " WHERE id = ?"
	t.getMany = "SELECT id, ver, json(body) FROM " + t.name + " WHERE id IN (SELECT value FROM json_each(?))"
	t.version = "SELECT ver FROM " + t.name + " WHERE id = ?"
	t.insert = "INSERT INTO " + t.name + "(id, ver, body) VALUES(?, ?, jsonb(?))"
	t.replace = "UPDATE " + t.name + " SET ver = ver + 1, body = jsonb(?) WHERE id = ? AND ver = ?"
	t.seek = "SELECT n, ver, words FROM " + t.name + " WHERE id = ?"
	t.put = "UPDATE " + t.name + " SET ver = ?, body = jsonb(?) WHERE n = ?"
	t.del = "DELETE FROM " + t.name + " WHERE id = ? AND ver = ? RETURNING n"
	t.delAny = "DELETE FROM " + t.name + " WHERE id = ? RETURNING n"
	if len(spec.Search) > 0 {
		t.fts = quote("f_" + fold(spec.Name))
		t.insert = "INSERT INTO " + t.name + "(id, ver, body, words) VALUES(?, ?, jsonb(?), ?)"
		t.setWords = "UPDATE " + t.name + " SET words = ? WHERE n = ?"
		t.ftsPut = "INSERT OR REPLACE INTO " + t.fts + "(rowid, t) VALUES(?, ?)"
		t.ftsDel = "DELETE FROM " + t.fts + " WHERE rowid = ?"
	}
	return t
}

// fold makes a name that differs only in case from another a different one, as
// SQLite compares identifiers without ASCII case.
func fold(s string) string {
	var b strings.Builder
	for _, r := range s {
		if 'A' <= r && r <= 'Z' {
			b.WriteByte('^')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// quote makes an identifier. Names and paths were validated to hold no quote.
func quote(s string) string { return `"` + s + `"` }

func columnName(f store.IndexField) string { return "g_" + string(f.Kind) + "_" + fold(f.Path) }

func indexName(spec store.Spec, ix store.Index) string {
	var b strings.Builder
	b.WriteString("i_" + fold(spec.Name))
	for _, f := range ix.Fields {
		b.WriteString("|" + columnName(f))
	}
	if ix.Unique {
		b.WriteString("|unique")
	}
	if ix.Sparse {
		b.WriteString("|sparse")
	}
	return b.String()
}

// jsonPath is the SQL literal of a validated dotted path. It is a literal
// because a bound path would keep SQLite from using an index.
func jsonPath(path string) string {
	return `'$."` + strings.ReplaceAll(path, ".", `"."`) + `"'`
}

// typed is the expression of a generated column: the value if it has the
// kind, else NULL.
func typed(path string, kind store.FieldKind) string {
	p := jsonPath(path)
	switch kind {
	case store.Number:
		return "CASE WHEN json_type(body, " + p + ") IN ('integer', 'real') THEN body ->> " + p + " END"
	case store.Bool:
		return "CASE json_type(body, " + p + ") WHEN 'true' THEN 1 WHEN 'false' THEN 0 END"
	default:
		return "CASE json_type(body, " + p + ") WHEN 'text' THEN body ->> " + p + " END"
	}
}

// ordered is the expression to sort and group by a field without a column:
// NULL, then numbers, text, and booleans as blobs, which sort last.
func ordered(path string) string {
	p := jsonPath(path)
	return "CASE json_type(body, " + p + ") WHEN 'true' THEN x'01' WHEN 'false' THEN x'00'" +
		" WHEN 'object' THEN NULL WHEN 'array' THEN NULL ELSE body ->> " + p + " END"
}

// orderBy gives the expression that sorts by a field.
func (t *table) orderBy(path string) string {
	if c, ok := t.cols[path]; ok {
		return c.name
	}
	return ordered(path)
}

// orderValue gives the SQL value of v in orderBy's expression, nil for NULL.
func (t *table) orderValue(path string, v any) any {
	c, ok := t.cols[path]
	switch b := v.(type) {
	case store.Composite:
		return nil
	case bool:
		n := int64(0)
		if b {
			n = 1
		}
		if !ok {
			return []byte{byte(n)}
		}
		if c.kind == store.Bool {
			return n
		}
		return nil
	case string:
		if ok && c.kind != store.Text {
			return nil
		}
	case int64, float64:
		if ok && c.kind != store.Number {
			return nil
		}
	}
	return v
}
