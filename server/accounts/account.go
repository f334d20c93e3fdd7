package accounts

import (
	"context"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/server/store"
)

// Account is one account as its holder last saw it. A command begins with that
// instead of reading again: the compare-and-set tells when others have changed
// it meanwhile, and a command that would change nothing is decided once more, on
// the account as it is stored. For one goroutine.
type Account struct {
	s            *Service
	ws, customer string
	doc          document
	ver          int64
	known        bool // doc and ver are what was stored when they were last seen
	patient      bool // nobody waits for what is written
}

// Account is a customer's account, of which nothing is known yet.
func (s *Service) Account(ws, customer string) *Account {
	return &Account{s: s, ws: ws, customer: customer}
}

// Patient is Account for work in the background: its writes may wait some
// milliseconds for others', see store.Patient.
func (s *Service) Patient(ws, customer string) *Account {
	return &Account{s: s, ws: ws, customer: customer, patient: true}
}

// Load reads the account; one that never had an event is empty. A later command
// changes the state that was given.
func (a *Account) Load(ctx context.Context) (*ledger.State, error) {
	err := a.read(ctx)
	return a.doc.State, err
}

func (a *Account) read(ctx context.Context) (err error) {
	a.doc, a.ver, err = a.s.read(ctx, a.ws, a.customer)
	a.known = err == nil
	return err
}

// Execute is Service.Execute on this account.
func (a *Account) Execute(ctx context.Context, by string, c ledger.Command) ([]ledger.Event, *ledger.State, error) {
	var archive ledger.Archive
	return a.change(ctx, by, func(st *ledger.State, now ledger.Now) ([]ledger.Event, error) {
		events, err := ledger.ExecuteWith(st, c, now, archive)
		if archive.Items == nil && a.s.archivist != nil && fault.Is(err, fault.NotFound) {
			if archive, err = a.s.archived(ctx, a.ws, a.customer, c, err); err == nil {
				return ledger.ExecuteWith(st, c, now, archive)
			}
		}
		return events, err
	})
}

// change lets decide change the account, and writes what it decided; on a
// conflict it decides anew.
func (a *Account) change(ctx context.Context, by string, decide func(*ledger.State, ledger.Now) ([]ledger.Event, error)) ([]ledger.Event, *ledger.State, error) {
	w, err := a.s.spaces.Get(ctx, a.ws)
	if err != nil {
		return nil, nil, err
	}
	if a.patient {
		ctx = store.Patient(ctx)
	}
	// Commands of one process queue up instead of racing; other processes are
	// met by the compare-and-set.
	lock := a.s.lock(a.ws, a.customer)
	lock.Lock()
	defer lock.Unlock()
	for conflicts := 0; conflicts < attempts; {
		remembered := a.known
		if !remembered {
			if err := a.read(ctx); err != nil {
				return nil, nil, err
			}
		}
		a.known = false // until what follows is written
		at, today := a.s.spaces.Now(w)
		events, err := decide(a.doc.State, ledger.Now{At: at, Today: today, By: by, Calendar: w.Cal()})
		switch {
		case remembered && (err != nil || len(events) == 0):
			continue
		case err != nil:
			return nil, nil, err
		case len(events) == 0:
			return nil, a.doc.State, nil
		}
		a.doc.Pending = append(a.s.relay.undelivered(a.ws, a.customer, a.doc.Pending), events...)
		if err = a.put(ctx); err == nil {
			a.known = true
			if a.s.OnEvents != nil {
				a.s.OnEvents(events)
			}
			return events, a.doc.State, nil
		}
		if !fault.Is(err, fault.Conflict) {
			return nil, nil, err
		}
		if err := pause(ctx, conflicts); err != nil {
			return nil, nil, err
		}
		conflicts++
	}
	return nil, nil, fault.New(fault.Unavailable, "account.busy", nil)
}

// put writes an account with new events and sees to their delivery. The events
// of a message concern the journal only. That a message was intended can wait
// for its end, which comes in a moment; at its end, where the store can, they
// go into the journal in the same transaction and none is left pending.
func (a *Account) put(ctx context.Context) error {
	pending, ended := a.doc.Pending, true
	for _, e := range pending {
		if e.Type != ledger.MessageIntended && e.Type != ledger.MessageSent && e.Type != ledger.MessageFailed {
			err := a.write(ctx)
			if err == nil {
				a.s.relay.Kick(a.ws, a.customer)
			}
			return err
		}
		ended = e.Type != ledger.MessageIntended
	}
	if !ended {
		err := a.write(ctx)
		if err == nil {
			a.s.relay.KickLater(a.ws, a.customer)
		}
		return err
	}
	a.doc.Pending = nil
	able, err := a.putWhole(ctx, pending)
	if able {
		if err == nil {
			a.s.relay.Taken(a.ws, a.customer)
		}
		return err
	}
	a.doc.Pending = pending
	if err = a.write(ctx); err == nil {
		a.s.relay.Kick(a.ws, a.customer)
	}
	return err
}

// putWhole writes the account and its journal rows as one, where the store can.
func (a *Account) putWhole(ctx context.Context, events []ledger.Event) (bool, error) {
	if a.ver == 0 {
		return false, nil
	}
	body, err := a.doc.encode()
	if err != nil {
		return true, err
	}
	rows, err := journalRows(a.customer, events)
	if err != nil {
		return true, err
	}
	writes := append([]store.Write{{Op: store.Replace, Collection: Collection, Doc: store.Doc{ID: a.customer, Body: body}, IfVer: a.ver}}, rows...)
	vers, able, err := a.s.store.All(ctx, a.ws, writes)
	if fault.KeyOf(err) == "store.exists" {
		return false, nil // the relay was faster with some of them
	}
	if able && err == nil {
		a.ver = vers[0]
	}
	return able, err
}

func (a *Account) write(ctx context.Context) error {
	body, err := a.doc.encode()
	if err != nil {
		return err
	}
	var d store.Doc
	if a.ver == 0 {
		d, err = a.s.store.In(a.ws, Collection).Insert(ctx, a.customer, body)
	} else {
		d, err = a.s.store.In(a.ws, Collection).Replace(ctx, store.Doc{ID: a.customer, Body: body}, a.ver)
	}
	if err == nil {
		a.ver = d.Ver
	}
	return err
}
