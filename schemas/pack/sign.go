package pack

import (
	"crypto/ed25519"
	"encoding/base64"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
)

// Signature is over the canonical manifest, and so over every file that the
// manifest names by hash.
type Signature struct {
	Key string `json:"key"` // "ed25519:" + base64 of the public key
	Sig string `json:"sig"` // base64
}

const keyPrefix = "ed25519:"

// PublicKey writes a key as manifests and trust lists name it.
func PublicKey(k ed25519.PublicKey) string { return keyPrefix + base64.StdEncoding.EncodeToString(k) }

// ParsePublicKey reads a key that PublicKey wrote.
func ParsePublicKey(s string) (ed25519.PublicKey, error) {
	rest, ok := strings.CutPrefix(s, keyPrefix)
	raw, err := base64.StdEncoding.DecodeString(rest)
	if !ok || err != nil || len(raw) != ed25519.PublicKeySize {
		return nil, fault.At("", "publicKey", nil)
	}
	return raw, nil
}

// Sign signs the pack; the publisher's key in the manifest becomes the signer's.
func (p *Pack) Sign(key ed25519.PrivateKey) error {
	public := PublicKey(key.Public().(ed25519.PublicKey))
	p.Publisher.Key = public
	manifest, err := p.canonicalManifest()
	if err != nil {
		return err
	}
	p.Signature = &Signature{public, base64.StdEncoding.EncodeToString(ed25519.Sign(key, manifest))}
	return nil
}

// checkSignature refuses a signature that does not fit, and one by another key
// than the manifest names; a pack without one is unsigned, which is for the
// workspace to judge.
func (p *Pack) checkSignature() error {
	bad := fault.New(fault.Invalid, "pack.signature", nil)
	if p.Signature == nil {
		if p.Publisher.Key != "" { // somebody took the signature off
			return bad
		}
		return nil
	}
	key, err := ParsePublicKey(p.Signature.Key)
	if err != nil || p.Signature.Key != p.Publisher.Key {
		return bad
	}
	sig, err := base64.StdEncoding.DecodeString(p.Signature.Sig)
	if err != nil {
		return bad
	}
	manifest, err := p.canonicalManifest()
	if err != nil || !ed25519.Verify(key, manifest, sig) {
		return bad
	}
	return nil
}
