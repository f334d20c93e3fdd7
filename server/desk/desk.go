package desk

import (
	"context"
	"fmt"
	"regexp"
	"sync"
	"time"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/workspace"
)

// Specs are the collections of this room.
var Specs = []store.Spec{
	{Name: boards},
	{Name: notes, Indexes: []store.Index{store.OnText("customer", "at")}, MaxBody: 64 << 10},
	{Name: notices, Indexes: []store.Index{store.OnText("user", "at"), store.OnText("mail", "at"), store.OnText("push", "at")}},
	{Name: noticeSettings},
	{Name: working, Indexes: []store.Index{store.OnText("until")}},
}

// Service is the desk of all workspaces.
type Service struct {
	store   *store.Store
	spaces  *workspace.Service
	records *records.Service
	// OnNotice is told of a new notice for a person.
	OnNotice func(ws, user string)
	// OnOut is told that a notice wants to leave the app now, by e-mail or to
	// browsers.
	OnOut func(ws string)
	// OnNote is told of a new note on an account.
	OnNote func(ws, customer, id string)
	// OnWorking is told of accounts that somebody began or ended to work on.
	OnWorking func(ws, customer string)

	mu   sync.Mutex
	curs map[string]cachedCurrencies
	busy map[string]cachedWorking
}

type cachedCurrencies struct {
	at   time.Time
	list []string
}

// New makes the service.
func New(s *store.Store, w *workspace.Service, r *records.Service) *Service {
	return &Service{store: s, spaces: w, records: r, curs: map[string]cachedCurrencies{}, busy: map[string]cachedWorking{}}
}

// code is a currency as it may stand in a field's name.
var code = regexp.MustCompile(`^[A-Z]{3}$`)

// currencies are those of open invoices, at most a minute old.
func (s *Service) currencies(ctx context.Context, ws string) ([]string, error) {
	s.mu.Lock()
	c, ok := s.curs[ws]
	s.mu.Unlock()
	if ok && time.Since(c.at) < time.Minute {
		return c.list, nil
	}
	rows, err := s.store.In(ws, records.Prefix+"invoice").Group(ctx, store.GroupQuery{Filter: filter.Gt("open", int64(0)), By: []string{"currency"}, Limit: 50})
	if err != nil {
		return nil, err
	}
	c = cachedCurrencies{at: time.Now()}
	for _, r := range rows {
		if cur := fmt.Sprint(r.Keys[0]); code.MatchString(cur) {
			c.list = append(c.list, cur)
		}
	}
	s.mu.Lock()
	s.curs[ws] = c
	s.mu.Unlock()
	return c.list, nil
}
