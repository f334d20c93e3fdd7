package personal

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/server/forms"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/channel"
)

const (
	tests    = "templatetest"
	pageMark = "page" // of the customer's own page: its address, and what was said there
	// logObject is what entries about giving out and erasing are about: not the
	// customer, whose entries lose their texts.
	logObject = "personal"
)

// ways lead to a customer without a field of its form.
var ways = []string{channel.ContactsField, activity.Unreachable, "push"}

// changes are, by collection, how a document loses what is personal. They are
// idempotent, and leave keys, times, amounts and states alone.
var changes = map[string]func(map[string]json.RawMessage, *eraser){
	"message": func(m map[string]json.RawMessage, x *eraser) {
		blank(m, "to", "subject", "text", "html")
		remove(m, "addr", "detail", "ref")
		strip(m, "delivery", "detail")
		each(m, "items", func(i map[string]json.RawMessage) {
			keepOnly(i, "invoice", "number", "dueDate", "open", "currency", "dpd")
		})
		keepKey(m, "reason")
		x.named(m)
	},
	"heard": func(m map[string]json.RawMessage, _ *eraser) { remove(m, "address", "text", "detail") },
	"task": func(m map[string]json.RawMessage, x *eraser) {
		remove(m, "note", "text", "link")
		var title map[string]string
		_ = json.Unmarshal(m["title"], &title) // as the room wrote it
		for lang := range title {
			title[lang] = x.e.Mark
		}
		set(m, "title", title)
		if text(m, "status") == "open" { // nobody could do it any more
			set(m, "status", "done")
			set(m, "doneAt", x.now)
			set(m, "doneBy", x.a.ID)
		}
		x.named(m)
	},
	flows.Runs: func(m map[string]json.RawMessage, x *eraser) {
		remove(m, "vars")
		if text(m, "form") != "invoice" { // an invoice's label is its number
			x.mark(m, "label")
		}
		x.named(m)
	},
	flows.HeldLog: func(m map[string]json.RawMessage, x *eraser) {
		if label := text(m, "label"); label != "" && label == text(m, "customerName") {
			x.mark(m, "label")
		}
		x.named(m)
	},
	"tier": func(m map[string]json.RawMessage, _ *eraser) { remove(m, "reason") },
}

// empty takes what is personal out of a record: what the form says is personal,
// names, notes and everything that people write in words of their own. Numbers,
// amounts, choices, references and what books an invoice or payment stay.
func (x *eraser) empty(f forms.Published, m map[string]json.RawMessage) {
	before, _ := json.Marshal(m)
	for _, fd := range f.Fields {
		if m[fd.Key] == nil || !personalField(f.Key, fd) {
			continue
		}
		if fd.Key == f.Title {
			x.mark(m, fd.Key)
			continue
		}
		delete(m, fd.Key)
	}
	for k := range m {
		if _, ok := f.Field(k); !ok && !strings.HasPrefix(k, "_") && !form.Reserved(k) && k != pageMark && k != "stage" && k != "escalated" {
			delete(m, k) // a field of an earlier revision
		}
	}
	x.named(m)
	if after, _ := json.Marshal(m); string(after) == string(before) {
		return
	}
	var version int64
	_ = json.Unmarshal(m["_dv"], &version) // 1 if it never changed
	m["_dv"] = json.RawMessage(strconv.FormatInt(max(version, 1)+1, 10))
	set(m, "_updated", x.now)
	set(m, "_by", x.a.ID)
}

// own are fields that ship and hold words of people; other fields that ship are
// personal where they say so.
var own = []string{"name", "note", "subject", "result", "role"}

// plain are types whose values name nobody.
var plain = []string{"number", "money", "percent", "currency", "boolean", "choice", "multiChoice", "reference", "user", "team", "channel", "timezone"}

func personalField(formKey string, f form.Field) bool {
	switch {
	case f.Personal || f.Access == "personal":
		return true
	case f.System:
		return slices.Contains(own, f.Key)
	case f.Type == "file":
		return formKey != "invoice" && formKey != "payment"
	}
	return !slices.Contains(plain, f.Type)
}

// named puts the mark where the customer's name was copied.
func (x *eraser) named(m map[string]json.RawMessage) { x.mark(m, "customerName") }

func (x *eraser) mark(m map[string]json.RawMessage, key string) {
	if text(m, key) != "" {
		set(m, key, x.e.Mark)
	}
}

func text(m map[string]json.RawMessage, key string) string {
	var s string
	_ = json.Unmarshal(m[key], &s) // no text is none
	return s
}

func set(m map[string]json.RawMessage, key string, v any) {
	if raw, err := json.Marshal(v); err == nil {
		m[key] = raw
	}
}

func blank(m map[string]json.RawMessage, keys ...string) {
	for _, k := range keys {
		if m[k] != nil {
			set(m, k, "")
		}
	}
}

func remove(m map[string]json.RawMessage, keys ...string) {
	for _, k := range keys {
		delete(m, k)
	}
}

// strip removes keys of an object inside.
func strip(m map[string]json.RawMessage, at string, keys ...string) {
	var in map[string]json.RawMessage
	if json.Unmarshal(m[at], &in) == nil && in != nil {
		remove(in, keys...)
		set(m, at, in)
	}
}

func each(m map[string]json.RawMessage, at string, f func(map[string]json.RawMessage)) {
	var list []map[string]json.RawMessage
	if json.Unmarshal(m[at], &list) == nil && list != nil {
		for _, i := range list {
			f(i)
		}
		set(m, at, list)
	}
}

func keepOnly(m map[string]json.RawMessage, keys ...string) {
	for k := range m {
		if !slices.Contains(keys, k) {
			delete(m, k)
		}
	}
}

// keepKey removes a reason that a person wrote; text keys stay.
func keepKey(m map[string]json.RawMessage, key string) {
	if strings.ContainsFunc(text(m, key), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '.'
	}) {
		delete(m, key)
	}
}

func quote(s string) json.RawMessage {
	raw, _ := json.Marshal(s) //nolint:errchkjson // a text is always JSON
	return raw
}

func itoa(n int) string { return strconv.Itoa(n) }
