package pack

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
)

// IndexFormat is the format line of a catalogue's index.
const IndexFormat = "dueflow.catalog/1"

// Limits of an index.
const (
	MaxIndex   = 1 << 20 // bytes
	MaxIndexed = 500     // packages
)

// Index is what a catalogue has: a static file index.json beside its packages.
type Index struct {
	Format string    `json:"format"`
	Name   flow.Text `json:"name"`
	Made   string    `json:"made"` // RFC 3339; an older one does not take a newer one's place
	Packs  []Listed  `json:"packs"`
}

// Listed is a package of a catalogue, with what people choose by.
type Listed struct {
	ID        string    `json:"id"`
	Version   string    `json:"version"`
	Name      flow.Text `json:"name"`
	About     flow.Text `json:"about"`
	Trade     flow.Text `json:"trade,omitempty"`
	Tags      []string  `json:"tags,omitempty"`
	Channels  []string  `json:"channels,omitempty"`
	Flows     int       `json:"flows"`
	Messages  int       `json:"messages"`
	Publisher Publisher `json:"publisher"`
	File      string    `json:"file"` // beside the index
	SHA256    string    `json:"sha256"`
	Size      int       `json:"size"`
}

// signedIndex is the file: the index, and who says so.
type signedIndex struct {
	Index     json.RawMessage `json:"index"`
	Signature *Signature      `json:"signature,omitempty"`
}

// ListingOf describes a package for an index.
func ListingOf(p *Pack, file string, size int) Listed {
	return Listed{
		ID: p.ID, Version: p.Version, Name: p.Name, About: p.About, Trade: p.Trade, Tags: p.Tags, Channels: p.Requires.Channels,
		Flows: len(p.Of(Flow)), Messages: len(p.Of(Message)), Publisher: p.Publisher, File: file, SHA256: p.SHA256, Size: size,
	}
}

// WriteIndex gives the file of an index, signed if there is a key. The same
// index gives the same bytes.
func WriteIndex(x Index, key ed25519.PrivateKey) ([]byte, error) {
	x.Format = IndexFormat
	slices.SortFunc(x.Packs, func(a, b Listed) int { return strings.Compare(a.ID+"\x00"+a.File, b.ID+"\x00"+b.File) })
	if err := x.check(); err != nil {
		return nil, err
	}
	raw, err := json.Marshal(x)
	if err != nil {
		return nil, err
	}
	s := signedIndex{}
	if s.Index, err = Canonical(raw); err != nil {
		return nil, err
	}
	if key != nil {
		sig := ed25519.Sign(key, s.Index)
		s.Signature = &Signature{PublicKey(key.Public().(ed25519.PublicKey)), base64.StdEncoding.EncodeToString(sig)}
	}
	out, err := json.Marshal(s)
	if err == nil && len(out) > MaxIndex {
		err = fault.New(fault.Invalid, "catalog.tooBig", fault.Params{"limit": MaxIndex})
	}
	return append(out, '\n'), err
}

// ReadIndex reads an index and gives the key that signed it, "" for none.
// Faults, all Invalid: catalog.tooBig; catalog.broken (not an index, or one that
// contradicts itself); catalog.signature (one that does not fit).
func ReadIndex(raw []byte) (Index, string, error) {
	var x Index
	var s signedIndex
	if len(raw) > MaxIndex {
		return x, "", fault.New(fault.Invalid, "catalog.tooBig", fault.Params{"limit": MaxIndex})
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		return x, "", brokenIndex("json")
	}
	plain, err := Canonical(s.Index)
	if err != nil || json.Unmarshal(plain, &x) != nil {
		return x, "", brokenIndex("json")
	}
	if err := x.check(); err != nil {
		return x, "", err
	}
	if s.Signature == nil {
		return x, "", nil
	}
	bad := fault.New(fault.Invalid, "catalog.signature", nil)
	key, err := ParsePublicKey(s.Signature.Key)
	if err != nil {
		return x, "", bad
	}
	sig, err := base64.StdEncoding.DecodeString(s.Signature.Sig)
	if err != nil || !ed25519.Verify(key, plain, sig) {
		return x, "", bad
	}
	return x, s.Signature.Key, nil
}

func brokenIndex(what string) error {
	return fault.New(fault.Invalid, "catalog.broken", fault.Params{"what": what})
}

var (
	packID      = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,59}$`)
	filePattern = regexp.MustCompile(`^[a-z0-9][a-zA-Z0-9.+-]{0,150}\.dfpkg$`)
	hashPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

func (x Index) check() error {
	if x.Format != IndexFormat {
		return brokenIndex("format")
	}
	if _, err := time.Parse(time.RFC3339, x.Made); err != nil {
		return brokenIndex("made")
	}
	if len(x.Packs) > MaxIndexed {
		return fault.New(fault.Invalid, "catalog.tooBig", fault.Params{"limit": MaxIndexed})
	}
	seen := map[string]bool{}
	for _, p := range x.Packs {
		key := p.ID + " " + p.Version
		switch {
		case !packID.MatchString(p.ID) || !Version(p.Version) || seen[key]:
			return brokenIndex(clip(key))
		case !filePattern.MatchString(p.File) || !hashPattern.MatchString(p.SHA256) || p.Size <= 0 || p.Size > MaxFile:
			return brokenIndex(clip(p.File))
		case len(p.Name) == 0 || len(p.Name) > 10 || len(p.About) > 10 || len(p.Tags) > 20 || len(p.Channels) > 50:
			return brokenIndex(clip(key))
		}
		seen[key] = true
	}
	return nil
}

// Newest gives the newest version of each pack, in the order of the index.
func (x Index) Newest() []Listed {
	at := map[string]int{}
	var out []Listed
	for _, p := range x.Packs {
		k, had := at[p.ID]
		switch {
		case !had:
			at[p.ID] = len(out)
			out = append(out, p)
		case Newer(p.Version, out[k].Version):
			out[k] = p
		}
	}
	return out
}

// Fetched reads a package that was fetched for a listing. Fault: Invalid
// "catalog.hash" when it is another file than the index says.
func (l Listed) Fetched(file []byte) (*Pack, error) {
	if len(file) != l.Size || sum(file) != l.SHA256 {
		return nil, fault.New(fault.Invalid, "catalog.hash", fault.Params{"file": l.File})
	}
	p, err := Read(file)
	if err != nil {
		return nil, err
	}
	if p.ID != l.ID || p.Version != l.Version {
		return nil, fault.New(fault.Invalid, "catalog.hash", fault.Params{"file": l.File})
	}
	return p, nil
}

// Fingerprint is how people compare a public key: the first bytes of its hash,
// in groups.
func Fingerprint(key string) string {
	h := sum([]byte(key))[:32]
	var groups []string
	for k := 0; k < len(h); k += 4 {
		groups = append(groups, h[k:k+4])
	}
	return strings.Join(groups, " ")
}
