// Package text turns text keys with parameters into sentences of the reader's
// language. All sentences the server says are in its language files.
package text

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
)

//go:embed *.json
var files embed.FS

// Languages are those the product speaks.
var Languages = []string{"en", "zh-CN"}

var sentences = func() map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, l := range Languages {
		raw, err := files.ReadFile(l + ".json")
		if err != nil {
			panic(err)
		}
		m := map[string]string{}
		if err := json.Unmarshal(raw, &m); err != nil {
			panic(l + ": " + err.Error())
		}
		out[l] = m
	}
	return out
}()

// Pick chooses a language from an Accept-Language header or a language code.
func Pick(header string) string {
	if strings.HasPrefix(strings.ToLower(strings.TrimSpace(header)), "zh") {
		return "zh-CN"
	}
	return "en"
}

// Has tells whether there is a sentence for a key.
func Has(key string) bool { _, ok := sentences["en"][key]; return ok }

// Word is a parameter that is a sentence of its own: its key.
type Word string

// Say gives the sentence of a key; the key itself when there is none.
func Say(lang, key string, p fault.Params) string {
	s, ok := sentences[lang][key]
	if !ok {
		if s, ok = sentences["en"][key]; !ok {
			return key
		}
	}
	if !strings.Contains(s, "{") {
		return s
	}
	for k, v := range p {
		if w, ok := v.(Word); ok {
			v = Say(lang, string(w), nil)
		}
		s = strings.ReplaceAll(s, "{"+k+"}", fmt.Sprint(v))
	}
	return strings.TrimRight(dropHoles(s), " ：:")
}

// dropHoles removes placeholders that had no value.
func dropHoles(s string) string {
	for {
		i := strings.IndexByte(s, '{')
		j := strings.IndexByte(s, '}')
		if i < 0 || j < i {
			return s
		}
		s = s[:i] + s[j+1:]
	}
}

// Both gives the sentence in all languages.
func Both(key string, p fault.Params) map[string]string {
	out := map[string]string{}
	for _, l := range Languages {
		out[l] = Say(l, key, p)
	}
	return out
}

// Field is the sentence of a wrong place.
func Field(lang string, f fault.Field) string {
	p := fault.Params{"limit": f.Limit, "value": ""}
	for k, v := range f.Params {
		p[k] = v
	}
	key := f.Key
	if key == "" {
		key = "rule." + f.Rule
	}
	if !Has(key) && Has("lint."+f.Rule) {
		key = "lint." + f.Rule
	}
	if !Has(key) {
		return Say(lang, "rule.schema", p)
	}
	return Say(lang, key, p)
}

// Fault is the sentence of a fault.
func Fault(lang string, e *fault.Error) string {
	p := fault.Params{"n": len(e.Fields)}
	for k, v := range e.Params {
		p[k] = v
	}
	if Has(e.Key) {
		return Say(lang, e.Key, p)
	}
	return Say(lang, "kind."+string(e.Kind), p)
}
