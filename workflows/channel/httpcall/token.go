package httpcall

import (
	"context"
	"sync"
	"time"
)

// Tokens keeps the access tokens that providers give for a while, by what they
// were got with.
type Tokens struct {
	mu  sync.Mutex
	has map[string]token
}

type token struct {
	text  string
	until time.Time
}

// early is how long before its end a token is no longer used.
const early = 2 * time.Minute

// Get gives the token of a key, fetched anew when it is missing or ends soon.
// fetch gives a token and how long it holds. Two callers may fetch at once; the
// providers' newest token counts for both.
func (t *Tokens) Get(ctx context.Context, key string, now time.Time, fetch func(context.Context) (string, time.Duration, error)) (string, error) {
	t.mu.Lock()
	has := t.has[key]
	t.mu.Unlock()
	if has.text != "" && now.Before(has.until) {
		return has.text, nil
	}
	text, holds, err := fetch(ctx)
	if err != nil {
		return "", Harmless(err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.has == nil || len(t.has) > 10_000 {
		t.has = map[string]token{}
	}
	t.has[key] = token{text, now.Add(max(holds-early, holds/2))}
	return text, nil
}

// Drop forgets a token that the provider refuses.
func (t *Tokens) Drop(key, text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.has[key].text == text {
		delete(t.has, key)
	}
}
