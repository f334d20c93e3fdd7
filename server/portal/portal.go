// Package portal is the page that a customer opens from a message: what is
// open, and what they can say about it without writing a letter: when they will
// pay, that they have paid, that something is wrong, how they want to be
// reached, or that they do not want to be. Its address proves who is asked;
// there is no sign-in. Everything a customer says goes through the ledger or
// becomes somebody's task, never straight into a field that decides money.
package portal

import (
	"context"
	"crypto/hmac"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/accounts"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/vault"
	"github.com/dueflow/dueflow/server/workspace"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/channel"
)

// By is who gives a customer's own commands, in the journal.
const By = "customer"

// Limits of what one customer may say.
const (
	maxADay  = 30  // things said in a day
	maxItems = 200 // invoices on the page, and in one promise
	maxPaid  = 100 // invoices remembered as said to be paid
	maxText  = 2000
)

// Deps are what this room asks of others.
type Deps struct {
	Spaces   *workspace.Service
	Accounts *accounts.Service
	Records  *records.Service
	Channels channel.Registry
	Vault    *vault.Vault
	// Give makes a task; Stop works a wish to stop in.
	Give func(ctx context.Context, ws string, t activity.Task) error
	Stop func(ctx context.Context, w *workspace.Workspace, customer, ref, said string) error
	// Push is the path of the page for notices in a browser.
	Push func(ws, customer string) string
	// Base is the address under which customers reach this server, "" when it
	// is not known; Local the one that only this machine surely reaches.
	Base, Local string
}

// Service is the portal.
type Service struct{ Deps }

// New makes the service.
func New(d Deps) *Service { return &Service{d} }

// mark is what is kept of a customer's page beside the ledger, in the system
// field "page" of the record.
type mark struct {
	Rev  int               `json:"rev,omitempty"`  // renewals of the address
	Day  string            `json:"day,omitempty"`  // of the count
	N    int               `json:"n,omitempty"`    // things said on that day
	Paid map[string]string `json:"paid,omitempty"` // invoices said to be paid, and when
}

const markField = "page"

func (s *Service) token(ws, customer string, rev int) string {
	return s.Vault.Token(ws + "/page/" + customer + "/" + strconv.Itoa(rev))
}

// recordPath is path for a record with its system fields.
func (s *Service) recordPath(ws, customer string, record map[string]any) string {
	rev := 0
	if m, ok := record[markField].(map[string]any); ok {
		switch n := m["rev"].(type) {
		case json.Number:
			i, _ := n.Int64()
			rev = int(i)
		case float64:
			rev = int(n)
		}
	}
	return s.path(ws, customer, rev)
}

func (s *Service) path(ws, customer string, rev int) string {
	return "/portal.html#" + ws + "/" + customer + "/" + s.token(ws, customer, rev)
}

// Link is the address that messages carry: "" while the page is off, or where
// nobody outside could open it.
func (s *Service) Link(w *workspace.Workspace, customer string, record map[string]any) string {
	base := s.base(w)
	if base == "" {
		return ""
	}
	return base + s.recordPath(w.Key, customer, record)
}

// Sample is how such an address looks, for previews: it opens nobody's page.
func (s *Service) Sample(w *workspace.Workspace) string {
	base := s.base(w)
	if base == "" {
		return ""
	}
	return base + "/portal.html#" + w.Key + "/…"
}

func (s *Service) base(w *workspace.Workspace) string {
	base := s.Base
	if base == "" && w.Demo != nil {
		base = s.Local // the reader of a demo sits at this machine
	}
	if !w.Portal.On {
		return ""
	}
	return strings.TrimSuffix(base, "/")
}

// PathNow is the path of a customer's page as it is now.
func (s *Service) PathNow(ctx context.Context, ws, customer string) (string, error) {
	r, err := s.Records.Get(ctx, policies.SystemActor(ws, By), "customer", customer)
	if err != nil {
		return "", err
	}
	m, err := s.mark(ctx, ws, r.ID)
	return s.path(ws, customer, m.Rev), err
}

// Renew makes a new address; the old one stops working.
func (s *Service) Renew(ctx context.Context, ws, customer string) (string, error) {
	var now mark
	err := s.change(ctx, ws, customer, func(m *mark) error { m.Rev++; now = *m; return nil })
	return s.path(ws, customer, now.Rev), err
}

func (s *Service) mark(ctx context.Context, ws, customer string) (mark, error) {
	raw, err := s.Records.MarkOf(ctx, ws, customer, markField)
	var m mark
	_ = json.Unmarshal(raw, &m) // none yet
	return m, err
}

func (s *Service) change(ctx context.Context, ws, customer string, f func(*mark) error) error {
	return s.Records.ChangeMark(ctx, ws, customer, markField, func(was json.RawMessage) (any, error) {
		var m mark
		_ = json.Unmarshal(was, &m) // none yet
		if err := f(&m); err != nil {
			return nil, err
		}
		return m, nil
	})
}

// visit is one customer at their page.
type visit struct {
	w      *workspace.Workspace
	record records.Record
	mark   mark
	people any // see channel.ContactsField
	state  *ledger.State
	today  value.Date
}

// enter lets in whoever holds the address; a wrong one is NotFound, whatever is
// wrong with it.
func (s *Service) enter(ctx context.Context, ws, customer, token string) (*visit, error) {
	none := fault.New(fault.NotFound, "page.none", nil)
	w, err := s.Spaces.Get(ctx, ws)
	if fault.Is(err, fault.NotFound) {
		return nil, none
	}
	if err != nil {
		return nil, err
	}
	m, err := s.mark(ctx, ws, customer)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	if err != nil || !w.Portal.On || !hmac.Equal([]byte(token), []byte(s.token(ws, customer, m.Rev))) {
		return nil, none
	}
	v := &visit{w: w, mark: m}
	if v.record, err = s.Records.Get(ctx, policies.SystemActor(ws, By), "customer", customer); err != nil {
		if fault.Is(err, fault.NotFound) {
			err = none
		}
		return nil, err
	}
	people, err := s.Records.MarkOf(ctx, ws, customer, channel.ContactsField)
	if err != nil {
		return nil, err
	}
	_ = json.Unmarshal(people, &v.people) // none, or as Records wrote it
	if v.state, err = s.Accounts.Load(ctx, ws, customer); err != nil {
		return nil, err
	}
	_, v.today = s.Spaces.Now(w)
	return v, nil
}

// say lets a customer in and counts what they say.
func (s *Service) say(ctx context.Context, ws, customer, token string) (*visit, error) {
	v, err := s.enter(ctx, ws, customer, token)
	if err != nil {
		return nil, err
	}
	return v, s.change(ctx, ws, customer, func(m *mark) error {
		if day := v.today.String(); m.Day != day {
			m.Day, m.N = day, 0
		}
		if m.N >= maxADay {
			return fault.New(fault.TooMany, "page.tooMany", nil)
		}
		m.N++
		return nil
	})
}
