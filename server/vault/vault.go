// Package vault seals secrets before they are stored: passwords of mail
// servers, keys of providers. A copy of the store alone does not give them
// away; the key lies beside it in a file of its own, or comes from outside.
package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Prefix marks what is sealed.
const Prefix = "enc:v1:"

// KeyFile is the name of the key's file in the data directory.
const KeyFile = "secret.key"

// Vault seals and opens with one key.
type Vault struct {
	aead cipher.AEAD
	mac  []byte // key of tokens
}

// Open makes a vault: with a given key (32 bytes in base64), or with the one in
// dir, which is made at the first start.
func Open(dir, given string) (*Vault, error) {
	if given != "" {
		return fromKey(given)
	}
	file := filepath.Join(dir, KeyFile)
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		if raw, err = create(dir, file); err != nil {
			return nil, fmt.Errorf("the key of secrets cannot be made: %w", err)
		}
	}
	if err != nil {
		return nil, err
	}
	v, err := fromKey(strings.TrimSpace(string(raw)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return v, nil
}

// create writes a new key so that either all of it is there or none; of two
// processes that start at once, the second takes the first one's.
func create(dir, file string) ([]byte, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	raw := []byte(NewKey() + "\n")
	tmp, err := os.CreateTemp(dir, KeyFile+".*")
	if err != nil {
		return nil, err
	}
	defer os.Remove(tmp.Name()) //nolint:errcheck // linked under its name, or given up
	if _, err := tmp.Write(raw); err != nil {
		return nil, err
	}
	if err := tmp.Sync(); err != nil {
		return nil, err
	}
	if err := tmp.Close(); err != nil {
		return nil, err
	}
	if err := os.Link(tmp.Name(), file); errors.Is(err, fs.ErrExist) {
		return os.ReadFile(file)
	} else if err != nil {
		return nil, err
	}
	return raw, nil
}

// NewKey is a fresh key in base64.
func NewKey() string {
	var b [32]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(err) // the system has no randomness
	}
	return base64.StdEncoding.EncodeToString(b[:])
}

func fromKey(text string) (*Vault, error) {
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(key) != 32 {
		return nil, errors.New("the key of secrets must be 32 bytes in base64")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	h := hmac.New(sha256.New, key)
	_, _ = h.Write([]byte("dueflow tokens"))
	return &Vault{aead, h.Sum(nil)}, err
}

// Token is a secret of 32 characters for a purpose, the same each time: only
// who holds the key can make it.
func (v *Vault) Token(about string) string {
	h := hmac.New(sha256.New, v.mac)
	_, _ = h.Write([]byte(about))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:24])
}

// Temporary is a vault with a key of its own that nobody keeps, for tests.
func Temporary() *Vault {
	v, err := fromKey(NewKey())
	if err != nil {
		panic(err) // a new key fits
	}
	return v
}

// Seal encrypts. What it is about (a workspace and field, say) is bound in, so
// that a sealed value cannot be moved to another place.
func (v *Vault) Seal(plain []byte, about string) string {
	nonce := make([]byte, v.aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		panic(err) // the system has no randomness
	}
	return Prefix + base64.StdEncoding.EncodeToString(v.aead.Seal(nonce, nonce, plain, []byte(about)))
}

// ErrKey says that something was sealed with another key, or tampered with.
var ErrKey = errors.New("a stored secret does not open with this key")

// Open decrypts what Seal has made for the same purpose.
func (v *Vault) Open(sealed, about string) ([]byte, error) {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(sealed, Prefix))
	if err != nil || len(raw) < v.aead.NonceSize() {
		return nil, ErrKey
	}
	n := v.aead.NonceSize()
	plain, err := v.aead.Open(nil, raw[:n], raw[n:], []byte(about))
	if err != nil {
		return nil, ErrKey
	}
	return plain, nil
}
