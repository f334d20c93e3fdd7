package node

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dueflow/dueflow/schemas/flow"
)

// What a Names can be asked about.
const (
	NameField    = "field"
	NameTemplate = "template"
	NameChannel  = "channel"
	NameUser     = "user"
	NameRole     = "role"
	NameTeam     = "team"
)

// Names says fields, templates and people as the workspace calls them, so that
// sentences read well. The zero value says their keys.
type Names struct {
	Name  func(kind, key string) flow.Text
	Value func(field string, v any) flow.Text
}

// Of is the name of a thing in a language, its key where it has none.
func (n Names) Of(kind, key, lang string) string {
	if n.Name != nil {
		if s := n.Name(kind, key).In(lang); s != "" {
			if kind == NameField && lang != zhCN {
				return inSentence(s)
			}
			return s
		}
	}
	if kind == NameField {
		if _, name, ok := strings.Cut(key, "."); ok {
			return name
		}
	}
	return key
}

// inSentence writes a label as it stands within a sentence: "Due date" is "due
// date" there, "ID" and "VAT number" stay.
func inSentence(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	next, _ := utf8.DecodeRuneInString(s[size:])
	if unicode.IsUpper(r) && !unicode.IsUpper(next) {
		return string(unicode.ToLower(r)) + s[size:]
	}
	return s
}

// ValueOf is a value of a field as people read it.
func (n Names) ValueOf(field string, v any, lang string) string {
	if n.Value != nil {
		if s := n.Value(field, v).In(lang); s != "" {
			return s
		}
	}
	return fmt.Sprint(v)
}

// Both makes a sentence from a function of the language.
func Both(f func(lang string) string) flow.Text { return Say(f("en"), f(zhCN)) }

const zhCN = "zh-CN"

// Pick chooses between the words of two languages.
func Pick(lang, en, zh string) string {
	if lang == zhCN {
		return zh
	}
	return en
}

// variable is a field in a text.
var variable = regexp.MustCompile(`\{\{\s*([\w.-]+)[^{}]*\}\}`)

// Filled reads a text with the names of the fields that will stand in it.
func (n Names) Filled(t flow.Text, lang string) string {
	return variable.ReplaceAllStringFunc(t.In(lang), func(s string) string {
		return "‹" + n.Of(NameField, variable.FindStringSubmatch(s)[1], lang) + "›"
	})
}

// Who names the person an assignment means.
func (n Names) Who(a *Assign, lang string) string {
	switch {
	case a == nil:
		return ""
	case a.Field != "":
		return n.Of(NameField, a.Field, lang)
	case a.Role != "":
		return n.Of(NameRole, a.Role, lang)
	case a.Team != "":
		return n.Of(NameTeam, a.Team, lang)
	}
	return n.Of(NameUser, a.User, lang)
}
