package value

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
)

// Currency is an ISO 4217 code in capitals, such as "CNY".
type Currency string

// digits lists the minor-unit digits of the currencies that differ from two,
// and every currency the product accepts.
var digits = func() map[Currency]int {
	m := map[Currency]int{}
	for _, c := range strings.Fields("AED ARS AUD BDT BGN BRL CAD CHF CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR KES KZT LKR MAD MMK MOP MXN MYR NGN NOK NZD PEN PHP PKR PLN QAR RON RSD RUB SAR SEK SGD THB TRY TWD UAH USD UYU UZS ZAR") {
		m[Currency(c)] = 2
	}
	for _, c := range strings.Fields("CLP ISK JPY KRW PYG UGX VND XAF XOF") {
		m[Currency(c)] = 0
	}
	for _, c := range strings.Fields("BHD IQD JOD KWD LYD OMR TND") {
		m[Currency(c)] = 3
	}
	return m
}()

// Currencies gives the accepted codes with their minor-unit digits.
func Currencies() map[Currency]int {
	out := make(map[Currency]int, len(digits))
	for c, d := range digits {
		out[c] = d
	}
	return out
}

// ParseCurrency accepts an ISO 4217 code that the product knows.
func ParseCurrency(s string) (Currency, error) {
	c := Currency(strings.ToUpper(strings.TrimSpace(s)))
	if _, ok := digits[c]; !ok {
		return "", fault.New(fault.Invalid, "rule.currency", fault.Params{"value": clip(s)})
	}
	return c, nil
}

// Digits is the number of minor-unit digits: 2 for CNY, 0 for JPY.
func (c Currency) Digits() int {
	if d, ok := digits[c]; ok {
		return d
	}
	return 2
}

// MaxAmount bounds one amount: 10^15 minor units, far below the point where
// sums of many could overflow int64 or lose exactness in a JSON reader.
const MaxAmount int64 = 1_000_000_000_000_000

// ParseAmount reads a decimal such as "1,234.50" into minor units of c.
// decimal is the decimal mark, '.' or ','; the other of the two, spaces and
// apostrophes are read as grouping. It refuses exponents, more digits than the
// currency has, and anything beyond MaxAmount.
func ParseAmount(s string, c Currency, decimal byte) (int64, error) {
	bad := func(rule string) (int64, error) {
		return 0, fault.New(fault.Invalid, "rule."+rule, fault.Params{"value": clip(s)})
	}
	t := strings.TrimSpace(s)
	neg := false
	if rest, ok := strings.CutPrefix(t, "-"); ok {
		neg, t = true, rest
	} else if strings.HasPrefix(t, "(") && strings.HasSuffix(t, ")") {
		neg, t = true, t[1:len(t)-1]
	}
	group := byte(',')
	if decimal == ',' {
		group = '.'
	}
	whole, frac, hasFrac := strings.Cut(t, string(decimal))
	whole = strings.NewReplacer(string(group), "", " ", "", "\u00a0", "", "\u202f", "", "'", "", "，", "").Replace(whole)
	if whole == "" || len(whole) > 18 || !allDigits(whole) || hasFrac && (frac == "" || !allDigits(frac)) {
		return bad("amount")
	}
	d := c.Digits()
	for len(frac) > d && frac[len(frac)-1] == '0' {
		frac = frac[:len(frac)-1]
	}
	if len(frac) > d {
		return bad("amountDigits")
	}
	frac += strings.Repeat("0", d-len(frac))
	n, err := strconv.ParseInt(whole+frac, 10, 64)
	if err != nil || n > MaxAmount {
		return bad("amountTooLarge")
	}
	if neg {
		n = -n
	}
	return n, nil
}

// FormatAmount writes minor units as a plain decimal, "1234.50".
func FormatAmount(n int64, c Currency) string {
	d := c.Digits()
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	s := strconv.FormatInt(n, 10)
	if d == 0 {
		return sign + s
	}
	if len(s) <= d {
		s = strings.Repeat("0", d-len(s)+1) + s
	}
	return sign + s[:len(s)-d] + "." + s[len(s)-d:]
}

// GroupAmount writes minor units with thousands separators, "1,234.50".
func GroupAmount(n int64, c Currency) string {
	s := FormatAmount(n, c)
	sign := ""
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		sign, s = "-", rest
	}
	whole, frac, has := strings.Cut(s, ".")
	var b strings.Builder
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	if has {
		b.WriteString("." + frac)
	}
	return sign + b.String()
}

// Prorate splits total over weights so that the parts sum to total exactly:
// largest remainders first, earlier parts first on ties. Weights must not be
// negative; their sum must be positive when total is not zero.
func Prorate(total int64, weights []int64) []int64 {
	out := make([]int64, len(weights))
	var sum int64
	for _, w := range weights {
		sum += w
	}
	if sum <= 0 || total == 0 {
		return out
	}
	type rem struct {
		i int
		r float64
	}
	left := total
	rems := make([]rem, len(weights))
	for i, w := range weights {
		hi, lo := mulDiv(total, w, sum)
		out[i] = hi
		rems[i] = rem{i, float64(lo) / float64(sum)}
		left -= hi
	}
	for ; left > 0; left-- {
		best := -1
		for j := range rems {
			if best < 0 || rems[j].r > rems[best].r {
				best = j
			}
		}
		out[rems[best].i]++
		rems[best].r = math.Inf(-1)
	}
	return out
}

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// Money is an amount of one currency, for display and messages.
type Money struct {
	Amount   int64    `json:"amount"`
	Currency Currency `json:"currency"`
}

func (m Money) String() string {
	return fmt.Sprintf("%s %s", m.Currency, GroupAmount(m.Amount, m.Currency))
}
