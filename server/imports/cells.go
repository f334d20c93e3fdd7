package imports

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"golang.org/x/text/width"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
)

func foldWidth(s string) string { return width.Fold.String(s) }

// mangled is what a spreadsheet makes of a long number: its digits are lost.
var mangled = regexp.MustCompile(`^\d(?:\.\d+)?[eE]\+\d+$`)

// cleanText takes off what exports put around a value: blanks, a spreadsheet's
// ="…", and the apostrophe that keeps it from being run as a formula.
func cleanText(s string) string {
	s = strings.Trim(s, " \t\r\n\u00a0\u3000\ufeff")
	if inner, ok := strings.CutPrefix(s, `="`); ok && strings.HasSuffix(inner, `"`) {
		s = strings.TrimSuffix(inner, `"`)
	}
	if len(s) > 1 && s[0] == '\'' && runsAsFormula(s[1:]) {
		s = s[1:]
	}
	return strings.TrimSpace(s)
}

// runsAsFormula tells whether a spreadsheet would take the text for a formula.
func runsAsFormula(s string) bool {
	return s != "" && strings.IndexByte("=+-@\t\r", s[0]) >= 0 && !plainNumber.MatchString(s)
}

var plainNumber = regexp.MustCompile(`^[+-][0-9 ().,/-]*$`)

// date reads a date in one of the configured layouts. Two layouts that read it
// differently make it ambiguous; a date that does not exist is refused by all.
func (c *Converter) date(text string) (time.Time, *cellFault) {
	text = foldWidth(text)
	var found time.Time
	for _, layout := range c.dates {
		t, err := time.ParseInLocation(layout, text, c.loc)
		if err != nil {
			continue
		}
		t = t.In(c.loc)
		if !found.IsZero() && value.DateOf(t) != value.DateOf(found) {
			return t, &cellFault{rule: "dateAmbiguous", text: text}
		}
		if found.IsZero() {
			found = t
		}
	}
	if found.IsZero() || found.Year() < 1900 || found.Year() > 2999 {
		return found, &cellFault{rule: "date", text: text, more: fault.Params{"layouts": c.dates}}
	}
	return found, nil
}

var signs = map[string][]string{
	"¥": {"CNY", "JPY"}, "元": {"CNY"}, "€": {"EUR"}, "£": {"GBP"}, "₩": {"KRW"}, "₹": {"INR"},
	"$": {"USD", "HKD", "CAD", "AUD", "SGD", "NZD", "TWD", "MXN"}, "us$": {"USD"}, "hk$": {"HKD"}, "rmb": {"CNY"},
}

var currencyNames = map[string]value.Currency{
	"人民币": "CNY", "人民币元": "CNY", "rmb": "CNY", "元": "CNY", "¥": "CNY", "cnh": "CNY", "美元": "USD", "us$": "USD", "$": "USD", "欧元": "EUR", "€": "EUR",
	"港币": "HKD", "港元": "HKD", "hk$": "HKD", "日元": "JPY", "英镑": "GBP", "£": "GBP", "新加坡元": "SGD", "澳元": "AUD", "加元": "CAD", "瑞士法郎": "CHF",
}

func parseCurrency(text string) (value.Currency, *cellFault) {
	if c, ok := currencyNames[fold(text)]; ok {
		return c, nil
	}
	c, err := value.ParseCurrency(foldWidth(text))
	if err != nil {
		return "", &cellFault{rule: "currency", text: text}
	}
	return c, nil
}

// amountParts are sign and currency before, the figure, and currency after.
var amountParts = regexp.MustCompile(`^([+-]?)\s*([^\d\s.,()+-]*)\s*([+-]?)(.*?)\s*([^\d\s.,()]*)$`)

// splitMark parts a figure from the currency written with it.
func splitMark(text string) (figure, mark string) {
	text = strings.NewReplacer("，", ",", "−", "-").Replace(foldWidth(text))
	m := amountParts.FindStringSubmatch(text)
	if m == nil {
		return text, ""
	}
	figure = m[1] + m[3] + m[4]
	if strings.HasPrefix(figure, "+") && m[3] == "" {
		figure = figure[1:]
	}
	if m[2] != "" && m[5] != "" && m[5] != "元" {
		return text, ""
	}
	if mark = m[2]; mark == "" {
		mark = m[5]
	}
	return strings.TrimSpace(figure), mark
}

// amount reads minor units. The currency written with it must be the row's.
func (c *Converter) amount(text string, cur value.Currency) (any, *cellFault) {
	figure, mark := splitMark(text)
	if mark != "" && !markFits(mark, cur) {
		if _, err := value.ParseCurrency(mark); err != nil && signs[fold(mark)] == nil {
			return nil, &cellFault{rule: "amount", text: text}
		}
		return nil, &cellFault{rule: "currencyMismatch", text: text, more: fault.Params{"currency": string(cur)}}
	}
	if !grouped(figure, c.decimal) {
		return nil, &cellFault{rule: "amount", text: text}
	}
	n, err := value.ParseAmount(figure, cur, c.decimal)
	if err != nil {
		return nil, &cellFault{rule: strings.TrimPrefix(fault.KeyOf(err), "rule."), text: text}
	}
	return n, nil
}

func markFits(mark string, cur value.Currency) bool {
	if own, err := value.ParseCurrency(mark); err == nil {
		return own == cur
	}
	for _, c := range signs[fold(mark)] {
		if c == string(cur) {
			return true
		}
	}
	return currencyNames[fold(mark)] == cur
}

// grouped refuses separators where no thousands can be: "12,50" read with a
// decimal point would be a hundred times too much.
func grouped(figure string, decimal byte) bool {
	group := ","
	if decimal == ',' {
		group = "."
	}
	whole, frac, _ := strings.Cut(figure, string(decimal))
	if strings.Contains(frac, group) {
		return false
	}
	parts := strings.Split(strings.Trim(whole, "()+- "), group)
	for k, p := range parts {
		n := len(strings.TrimSpace(p))
		switch {
		case len(parts) == 1:
		case k == len(parts)-1 && n != 3, k == 0 && (n == 0 || n > 4), k > 0 && (n < 2 || n > 4):
			return false
		}
	}
	return true
}

var plainDecimal = regexp.MustCompile(`^-?\d{1,15}(\.\d{1,15})?$`)

// number reads a plain number, never one with an exponent.
func (c *Converter) number(text string) (any, *cellFault) {
	t := foldWidth(text)
	if !grouped(t, c.decimal) {
		return nil, &cellFault{rule: "number", text: text}
	}
	if c.decimal == ',' {
		t = strings.ReplaceAll(strings.ReplaceAll(t, ".", ""), ",", ".")
	} else {
		t = strings.ReplaceAll(t, ",", "")
	}
	t = strings.TrimSpace(strings.TrimSuffix(t, "%"))
	if !plainDecimal.MatchString(t) {
		return nil, &cellFault{rule: "number", text: text}
	}
	whole, frac, _ := strings.Cut(t, ".")
	sign := ""
	if rest, ok := strings.CutPrefix(whole, "-"); ok {
		sign, whole = "-", rest
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if frac = strings.TrimRight(frac, "0"); frac != "" {
		whole += "." + frac
	}
	return json.Number(sign + whole), nil
}

var truth = map[string]bool{
	"true": true, "yes": true, "y": true, "1": true, "x": true, "on": true, "是": true, "√": true, "对": true, "有": true,
	"false": false, "no": false, "n": false, "0": false, "off": false, "否": false, "×": false, "无": false,
}

func boolean(text string) (any, *cellFault) {
	v, ok := truth[fold(text)]
	if !ok {
		return nil, &cellFault{rule: "boolean", text: text}
	}
	return v, nil
}

// instalments reads "2026-12-01:100.00;2027-01-01:100.00".
func (c *Converter) instalments(text string, cur value.Currency) (any, *cellFault) {
	out := []any{}
	for _, part := range list(text) {
		due, amount, ok := cutLast(foldWidth(part.(string)))
		if !ok {
			return nil, &cellFault{rule: "instalments", text: part.(string)}
		}
		d, err := c.date(due)
		if err != nil {
			return nil, err
		}
		n, err := c.amount(amount, cur)
		if err != nil {
			return nil, err
		}
		out = append(out, map[string]any{"due": value.DateOf(d).String(), "amount": n})
	}
	return out, nil
}

func cutLast(s string) (before, after string, ok bool) {
	k := strings.LastIndexAny(s, ":=")
	if k < 0 {
		return s, "", false
	}
	return strings.TrimSpace(s[:k]), strings.TrimSpace(s[k+1:]), true
}
