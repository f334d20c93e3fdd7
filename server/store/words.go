package store

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Words cuts text into the words that search compares: lower case, without
// accents, half and full width alike; a Han, kana or Hangul character is a word
// of its own. Both drivers index what this gives, so they find the same.
func Words(s string) []string {
	w := wordCutter{}
	w.add(s)
	return w.words
}

// FieldMark is the word between two searchable fields (and two elements of a
// list), so that no phrase runs from one into the next. No text has it.
const FieldMark = "\ue000"

// maxWords bounds what is searchable of one document.
const maxWords = 5000

// SearchText gives the first 5000 words of a body's searchable fields, one
// space between them, for a driver to index.
func SearchText(spec Spec, body []byte) (string, error) {
	w := wordCutter{}
	for _, path := range spec.Search {
		raw, err := pick(body, path)
		if err != nil {
			return "", err
		}
		w.addJSON(raw)
	}
	if len(w.words) > maxWords {
		w.words = w.words[:maxWords]
	}
	return strings.Join(w.words, " "), nil
}

// Term is one term of a search: words that follow each other, of which the
// last may be the beginning of a longer one.
type Term struct {
	Words  []string
	Prefix bool
}

// SearchTerms reads a search. Without any word in it, nothing can be found and
// none is true; "" and white space search for nothing in particular.
func SearchTerms(search string) (terms []Term, none bool) {
	fields := strings.Fields(search)
	for _, f := range fields {
		words := Words(f)
		if len(words) == 0 {
			continue
		}
		terms = append(terms, Term{Words: words, Prefix: !Alone(words[len(words)-1])})
	}
	return terms, len(fields) > 0 && len(terms) == 0
}

type wordCutter struct {
	words []string
	cur   []byte
}

func (w *wordCutter) flush() {
	if len(w.cur) > 0 {
		w.words = append(w.words, string(w.cur))
		w.cur = w.cur[:0]
	}
}

func (w *wordCutter) add(s string) {
	if !ascii(s) {
		s = norm.NFKC.String(s)
	}
	for _, r := range s {
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			w.cur = append(w.cur, byte(r))
		case 'A' <= r && r <= 'Z':
			w.cur = append(w.cur, byte(r)+'a'-'A')
		case r < utf8.RuneSelf:
			w.flush()
		case alone(r):
			w.flush()
			w.words = append(w.words, string(r))
		default:
			w.other(r)
		}
	}
	w.flush()
}

// other adds a character outside ASCII: letters lose case and accents, marks
// that stand alone vanish, anything else separates.
func (w *wordCutter) other(r rune) {
	if unicode.Is(unicode.Mn, r) {
		return
	}
	base, _ := utf8.DecodeRuneInString(norm.NFD.String(string(r)))
	if !unicode.IsLetter(base) && !unicode.IsNumber(base) {
		w.flush()
		return
	}
	w.cur = utf8.AppendRune(w.cur, unicode.ToLower(base))
}

func (w *wordCutter) addJSON(raw json.RawMessage) {
	if len(raw) == 0 {
		return
	}
	switch raw[0] {
	case '"':
		var s string
		if json.Unmarshal(raw, &s) == nil {
			w.mark()
			w.add(s)
		}
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) == nil {
			for _, x := range list {
				if len(x) > 0 && x[0] != '[' {
					w.addJSON(x)
				}
			}
		}
	case '{', 't', 'f', 'n':
	default:
		w.mark()
		w.add(string(raw))
	}
}

func (w *wordCutter) mark() {
	if len(w.words) > 0 {
		w.words = append(w.words, FieldMark)
	}
}

// alone tells whether a character is a word by itself: scripts that put no
// space between words.
func alone(r rune) bool {
	return r >= 0x1100 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Alone tells whether a word is a single character of a script without spaces.
func Alone(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return alone(r)
}
