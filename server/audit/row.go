package audit

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

const maxSummary = 64 << 10

// withSums is the format of rows whose hash covers digests of the summaries
// instead of the summaries, so that these can be taken away. Rows from before
// have no format: their hash covers the texts themselves.
const withSums = 2

// row is an entry as stored. The hash is over its JSON without the hash, in
// this order; summaries are text so that no database changes a byte of them.
type row struct {
	Seq    int64  `json:"seq"`
	At     string `json:"at"`
	Actor  string `json:"actor"`
	Name   string `json:"name"`
	Action string `json:"action"`
	Object string `json:"object"`
	ID     string `json:"id"`
	Addr   string `json:"addr"`
	Before string `json:"before"`
	After  string `json:"after"`
	Key    string `json:"key"` // random; tells an own entry from another's
	Prev   string `json:"prev"`
	Hash   string `json:"hash,omitempty"`

	Format int `json:"format,omitempty"`
	// Sums are the digests of Before and After, "" for none, over Salt and the
	// text. The salt goes with the texts: a digest alone then tells nobody whether
	// they have guessed one.
	BeforeSum string `json:"beforeSum,omitempty"`
	AfterSum  string `json:"afterSum,omitempty"`
	Salt      string `json:"salt,omitempty"`
	Taken     bool   `json:"taken,omitempty"` // the texts were taken away
}

func rowID(seq int64) string { return fmt.Sprintf("%016d", seq) }

func newRow(e Entry, now time.Time, key string) (row, error) {
	before, err := summary("/before", e.Before)
	if err != nil {
		return row{}, err
	}
	after, err := summary("/after", e.After)
	if err != nil {
		return row{}, err
	}
	r := row{
		Format: withSums, Salt: rand.Text(),
		At: value.Instant(now), Actor: clean(e.Actor), Name: clean(e.ActorName), Action: clean(e.Action), Object: clean(e.Object),
		ID: clean(e.ID), Addr: clean(e.Addr), Before: before, After: after, Key: key,
	}
	r.BeforeSum, r.AfterSum = r.sum(before), r.sum(after)
	return r, nil
}

func (r row) sum(text string) string {
	if text == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(r.Salt + "\x00" + text))
	return hex.EncodeToString(sum[:])
}

// clean replaces what JSON or a database would not give back as it was.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
	if r := []rune(s); len(s) > 500 && len(r) > 500 {
		return string(r[:500])
	}
	return s
}

func summary(at string, raw json.RawMessage) (string, error) {
	switch {
	case len(raw) == 0:
		return "", nil
	case !json.Valid(raw):
		return "", fault.At(at, "json", nil)
	case len(raw) > maxSummary:
		sum := sha256.Sum256(raw)
		return fmt.Sprintf(`{"bytes":%d,"sha256":"%s"}`, len(raw), hex.EncodeToString(sum[:])), nil
	}
	return strings.ToValidUTF8(string(raw), "\uFFFD"), nil
}

// chain puts the row behind a tail.
func (r *row) chain(t tail) {
	r.Seq, r.Prev = t.Seq+1, t.Hash
	r.Hash = r.hash()
}

func (r row) hash() string {
	r.Hash = ""
	if r.Format >= withSums {
		r.Before, r.After, r.Salt, r.Taken = "", "", "", false
	}
	sum := sha256.Sum256(JSON(r))
	return hex.EncodeToString(sum[:])
}

// sound tells whether the row is as it was written, or as it was when its texts
// were taken away.
func (r row) sound() bool {
	switch {
	case r.hash() != r.Hash:
		return false
	case r.Format < withSums:
		return !r.Taken
	case r.Taken:
		return r.Before == "" && r.After == "" && r.Salt == ""
	}
	return r.sum(r.Before) == r.BeforeSum && r.sum(r.After) == r.AfterSum
}

func decode(d store.Doc) (row, error) {
	var r row
	if err := json.Unmarshal(d.Body, &r); err != nil {
		return r, fault.Wrap(fault.Internal, "audit.entry", err)
	}
	return r, nil
}

func (r row) entry() (Entry, error) {
	at, err := value.ParseInstant(r.At)
	if err != nil {
		return Entry{}, fault.Wrap(fault.Internal, "audit.entry", err)
	}
	e := Entry{
		Seq: r.Seq, At: at, Actor: r.Actor, ActorName: r.Name, Action: r.Action, Object: r.Object, ID: r.ID, Addr: r.Addr,
		Prev: r.Prev, Hash: r.Hash, Taken: r.Taken,
	}
	if r.Before != "" {
		e.Before = json.RawMessage(r.Before)
	}
	if r.After != "" {
		e.After = json.RawMessage(r.After)
	}
	return e, nil
}
