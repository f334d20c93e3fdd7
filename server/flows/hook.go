package flows

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/node"
)

// hookAge is how old a signed call may be, and how far ahead its clock.
const hookAge = 5 * time.Minute

// Hook is how another system may start a flow.
type Hook struct {
	Path   string `json:"path"`
	Secret string `json:"secret"`
}

// Hook gives the address and secret of a flow's calls; renew makes a new
// secret, after which the old one no longer works.
func (s *Service) Hook(ctx context.Context, ws, key string, renew bool) (Hook, error) {
	f, err := s.Get(ctx, ws, key)
	if err != nil {
		return Hook{}, err
	}
	if f.HookSecret == "" || renew {
		var b [24]byte
		if _, err := rand.Read(b[:]); err != nil {
			return Hook{}, err
		}
		f.HookSecret = s.Vault.Seal([]byte("whsec_"+base64.StdEncoding.EncodeToString(b[:])), hookAbout(ws, key))
		if f, err = s.write(ctx, s.store.In(ws, Collection), f); err != nil {
			return Hook{}, err
		}
	}
	secret, err := s.Vault.Open(f.HookSecret, hookAbout(ws, key))
	return Hook{"/api/v1/hooks/" + ws + "/" + key, string(secret)}, err
}

func hookAbout(ws, key string) string { return ws + "/hook/" + key }

// HookCall is a signed call as it came in (Standard Webhooks headers).
type HookCall struct {
	ID, Timestamp, Signature string
	Body                     []byte
}

// Called starts a run for the subject that a signed call names: by id or
// number. It tells whether a run began; a repeat of a call begins none.
func (s *Service) Called(ctx context.Context, ws, key string, c HookCall) (bool, error) {
	none := fault.New(fault.NotFound, "hook.none", nil)
	f, err := s.Get(ctx, ws, key)
	if err != nil || f.Status != Live || f.HookSecret == "" {
		return false, none // a stranger must not learn which flows there are
	}
	secret, err := s.Vault.Open(f.HookSecret, hookAbout(ws, key))
	if err != nil {
		return false, err
	}
	if !c.signed(string(secret), s.spaces.RealNow()) {
		return false, fault.New(fault.Unauthenticated, "hook.signature", nil)
	}
	d, err := s.Definition(ctx, ws, f.Hash)
	if err != nil {
		return false, err
	}
	if t := d.Trigger(); t == nil || !t.Starts(node.Event{Type: node.EventWebhook}) {
		return false, none
	}
	var body struct{ Invoice, Customer string }
	if err := json.Unmarshal(c.Body, &body); err != nil {
		return false, fault.At("", "json", nil)
	}
	form, name := d.Flow.Subject.Form, body.Invoice
	if form == "customer" {
		name = body.Customer
	}
	if name == "" {
		return false, fault.At("/"+form, "required", nil)
	}
	customer, subject, err := s.named(ctx, ws, form, name)
	if err != nil {
		return false, err
	}
	entry := ""
	if d.Flow.Subject.Reentry == "again" {
		entry = "h" + strings.ReplaceAll(c.ID, "/", "_")
	}
	n, err := s.startRuns(ctx, ws, d, customer, []string{subject}, entry)
	return n > 0, err
}

// named finds a record by id or number.
func (s *Service) named(ctx context.Context, ws, formKey, name string) (customer, subject string, err error) {
	col := s.store.In(ws, "r_"+formKey)
	doc, err := col.Get(ctx, name)
	if fault.Is(err, fault.NotFound) {
		page, err := col.Find(ctx, store.Query{Filter: filter.Eq("number", name), Limit: 2})
		if err != nil {
			return "", "", err
		}
		if len(page.Docs) != 1 {
			return "", "", fault.New(fault.NotFound, "hook.subject", nil)
		}
		doc = page.Docs[0]
	} else if err != nil {
		return "", "", err
	}
	if formKey == "customer" {
		return doc.ID, doc.ID, nil
	}
	var b struct {
		Customer string `json:"customer"`
	}
	err = decodeInto(doc, &b)
	return b.Customer, doc.ID, err
}

// signed checks a call's signature and age.
func (c HookCall) signed(secret string, now time.Time) bool {
	at, err := strconv.ParseInt(c.Timestamp, 10, 64)
	if err != nil || c.ID == "" || len(c.ID) > 200 {
		return false
	}
	if age := now.Sub(time.Unix(at, 0)); age > hookAge || age < -hookAge {
		return false
	}
	want := []byte(channel.Signature(secret, c.ID, c.Timestamp, c.Body))
	for given := range strings.FieldsSeq(c.Signature) {
		if hmac.Equal([]byte(strings.TrimPrefix(given, "v1,")), want) {
			return true
		}
	}
	return false
}
