package identity

import (
	"context"
	_ "embed" // common passwords
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"github.com/dueflow/dueflow/schemas/fault"
)

const (
	minPassword = 10  // characters
	maxPassword = 200 // characters
	maxHashing  = 2   // at once: each takes 64 MiB and a core
	maxWaiting  = 50
)

//go:embed passwords.txt
var commonText string

var common = func() map[string]bool {
	m := map[string]bool{}
	for _, line := range strings.Fields(commonText) {
		m[line] = true
	}
	return m
}()

// checkPassword refuses what is short, common or made of the email.
func checkPassword(password, email string) error {
	n := utf8.RuneCountInString(password)
	lower := strings.ToLower(password)
	local, _, _ := strings.Cut(email, "@")
	rule, limit := "", any(nil)
	switch {
	case n < minPassword:
		rule, limit = "minLength", minPassword
	case n > maxPassword || !utf8.ValidString(password):
		rule, limit = "maxLength", maxPassword
	case common[lower] || monotone(lower) || distinct(lower) < 4:
		rule = "commonPassword"
	case strings.Trim(strings.ReplaceAll(lower, strings.ToLower(local), ""), "0123456789!@#.") == "":
		rule = "commonPassword"
	}
	if rule == "" {
		return nil
	}
	return fault.At("/password", rule, limit)
}

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// monotone tells whether each character follows on the one before, like
// "abcdefghij" or "9876543210".
func monotone(s string) bool {
	r := []rune(s)
	for _, step := range []rune{1, -1} {
		all := true
		for i := 1; i < len(r) && all; i++ {
			d := r[i] - r[i-1]
			all = d == step || d == -9*step // 9 before 0
		}
		if all {
			return true
		}
	}
	return false
}

// hasher runs argon2id, a few at a time so that a burst of logins cannot take
// the memory of everything else.
type hasher struct {
	params  *argon2id.Params
	slots   chan struct{}
	waiting atomic.Int32
}

func newHasher(p *argon2id.Params) *hasher {
	if p == nil {
		p = &argon2id.Params{Memory: 64 << 10, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	}
	return &hasher{params: p, slots: make(chan struct{}, maxHashing)}
}

// with runs f in a slot. Faults: TooMany "auth.busy", Unavailable when the
// context ends first.
func (h *hasher) with(ctx context.Context, f func() error) error {
	defer h.waiting.Add(-1)
	if h.waiting.Add(1) > maxWaiting {
		return fault.New(fault.TooMany, "auth.busy", nil)
	}
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return fault.Wrap(fault.Unavailable, "auth.busy", ctx.Err())
	}
	defer func() { <-h.slots }()
	return f()
}

func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	var out string
	err := h.with(ctx, func() (err error) {
		out, err = argon2id.CreateHash(password, h.params)
		return err
	})
	return out, err
}

// matches compares; with no hash it takes as long and says no. stale tells
// that the hash was made with other costs.
func (h *hasher) matches(ctx context.Context, password, hash string) (ok, stale bool, err error) {
	if utf8.RuneCountInString(password) > maxPassword {
		return false, false, nil
	}
	err = h.with(ctx, func() error {
		if hash == "" {
			_, err := argon2id.CreateHash(password, h.params)
			return err
		}
		var p *argon2id.Params
		var err error
		ok, p, err = argon2id.CheckHash(password, hash)
		stale = err == nil && *p != *h.params
		return err
	})
	return ok, stale, err
}
