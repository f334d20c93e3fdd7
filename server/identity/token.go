package identity

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
)

const keyPrefix = "dfk_"

// newToken makes a secret of 32 random bytes, as text for a URL.
func newToken() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// hashOf is what is stored of a secret. Its secrets are random and long, so
// that a plain hash cannot be searched.
func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// idOf is the id under which the owner of a secret is found: half of the hash,
// safe to show.
func idOf(hash string) string { return hash[:32] }

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// csrfOf derives a session's CSRF token from its secret; the secret cannot be
// worked out from it.
func csrfOf(token string) string {
	m := hmac.New(sha256.New, []byte(token))
	m.Write([]byte("dueflow csrf 1"))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}
