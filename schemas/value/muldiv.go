package value

import "math/bits"

// mulDiv gives quotient and remainder of a·b/c without overflow; all ≥ 0, b ≤ c.
func mulDiv(a, b, c int64) (quo, rem int64) {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	q, r := bits.Div64(hi, lo, uint64(c))
	return int64(q), int64(r)
}
