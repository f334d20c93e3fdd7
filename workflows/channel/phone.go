package channel

import (
	"regexp"
	"strings"
)

var chineseMobile = regexp.MustCompile(`^\+861[3-9][0-9]{9}$`)

// Phone is a number as networks dial it (+ and country code), from how people
// write it; country is the code of numbers written without one. False for what
// is no number.
func Phone(written, country string) (string, bool) {
	var b strings.Builder
	plus := false
	for k, r := range strings.TrimSpace(written) {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r >= '０' && r <= '９':
			b.WriteRune(r - '０' + '0')
		case (r == '+' || r == '＋') && k == 0:
			plus = true
		case !strings.ContainsRune(" -()./（）\u00a0", r):
			return "", false
		}
	}
	digits := b.String()
	if rest, ok := strings.CutPrefix(digits, "00"); ok && !plus {
		digits, plus = rest, true
	}
	if country == "" {
		country = "86"
	}
	if !plus {
		local := strings.TrimPrefix(digits, "0")
		if country == "86" && len(digits) == 13 && strings.HasPrefix(digits, "861") {
			local = digits[2:]
		}
		digits = country + local
	}
	if len(digits) < 7 || len(digits) > 15 || digits[0] == '0' {
		return "", false
	}
	return "+" + digits, true
}

// Mobile is Phone for numbers that take short messages: a Chinese landline
// does not.
func Mobile(written, country string) (string, bool) {
	n, ok := Phone(written, country)
	if ok && strings.HasPrefix(n, "+86") && !chineseMobile.MatchString(n) {
		return "", false
	}
	return n, ok
}

// MobileOf is a customer's mobile number as written: the field for it, or the
// phone where that is a mobile. "" when there is none.
func MobileOf(customer map[string]any, country string) string {
	for _, f := range []string{"mobile", "phone"} {
		if s, _ := customer[f].(string); s != "" {
			if _, ok := Mobile(s, country); ok {
				return s
			}
		}
	}
	return ""
}

// Text is a customer's field as text, "" without one.
func Text(customer map[string]any, field string) string {
	s, _ := customer[field].(string)
	return strings.TrimSpace(s)
}

// Same is an address in the form in which two spellings of it are equal, to
// find whose it is: a number's digits, or lower case.
func Same(address string) string {
	if n, ok := Phone(address, ""); ok {
		return n
	}
	return strings.ToLower(strings.TrimSpace(address))
}
