package push

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// recordSize is the one record that a notice takes; push services take 4096
// bytes at most.
const recordSize = 4096

// secrets are what makes a sealed notice; fixed ones are for the test of the
// standard's example.
type secrets struct {
	private *ecdh.PrivateKey
	salt    []byte
}

func decode(s string) []byte {
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
	if err != nil {
		return nil
	}
	return b
}

func point(s string) bool {
	_, err := ecdh.P256().NewPublicKey(decode(s))
	return err == nil
}

// seal encrypts a notice for a browser: RFC 8291 with the content coding
// aes128gcm of RFC 8188.
func seal(sub Subscription, notice []byte, with *secrets) ([]byte, error) {
	browser, err := ecdh.P256().NewPublicKey(decode(sub.P256dh))
	if err != nil {
		return nil, err
	}
	auth := decode(sub.Auth)
	if len(auth) != 16 || len(notice) > recordSize-103 {
		return nil, errors.New("not a subscription, or the notice is too long")
	}
	if with == nil {
		with = &secrets{salt: make([]byte, 16)}
		if _, err := rand.Read(with.salt); err != nil {
			return nil, err
		}
		if with.private, err = ecdh.P256().GenerateKey(rand.Reader); err != nil {
			return nil, err
		}
	}
	shared, err := with.private.ECDH(browser)
	if err != nil {
		return nil, err
	}
	ours := with.private.PublicKey().Bytes()
	ikm, err := hkdf.Key(sha256.New, shared, auth, "WebPush: info\x00"+string(browser.Bytes())+string(ours), 32)
	if err != nil {
		return nil, err
	}
	key, err := hkdf.Key(sha256.New, ikm, with.salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, err
	}
	nonce, err := hkdf.Key(sha256.New, ikm, with.salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	out := append([]byte(nil), with.salt...)
	out = binary.BigEndian.AppendUint32(out, recordSize)
	out = append(append(out, byte(len(ours))), ours...)
	return aead.Seal(out, nonce, append(append([]byte(nil), notice...), 2), nil), nil
}

// keys are the workspace's VAPID pair.
type keys struct{ private *ecdsa.PrivateKey }

// keyOf reads the pair and makes sure that it is one.
func keyOf(s Settings) (*keys, error) {
	d := decode(s.PrivateKey)
	k, err := ecdh.P256().NewPrivateKey(d)
	if err != nil {
		return nil, err
	}
	if string(k.PublicKey().Bytes()) != string(decode(s.PublicKey)) {
		return nil, errors.New("the keys are no pair")
	}
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d)
	return &keys{private}, err
}

// token is the signed claim to a push service (RFC 8292), good for 12 hours.
func (k *keys) token(audience, subject string, now time.Time) (string, error) {
	claims, err := json.Marshal(map[string]any{"aud": audience, "exp": now.Add(12 * time.Hour).Unix(), "sub": subject})
	if err != nil {
		return "", err
	}
	enc := base64.RawURLEncoding
	text := enc.EncodeToString([]byte(`{"typ":"JWT","alg":"ES256"}`)) + "." + enc.EncodeToString(claims)
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, k.private, sum[:])
	if err != nil {
		return "", err
	}
	sig := make([]byte, 64)
	r.FillBytes(sig[:32])
	s.FillBytes(sig[32:])
	return text + "." + enc.EncodeToString(sig), nil
}

// NewKeys makes a VAPID pair.
func (*Channel) NewKeys() (public, private string, err error) {
	k, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return "", "", err
	}
	enc := base64.RawURLEncoding
	return enc.EncodeToString(k.PublicKey().Bytes()), enc.EncodeToString(k.Bytes()), nil
}
