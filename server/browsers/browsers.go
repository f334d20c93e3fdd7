// Package browsers shows notices in the browsers of people of the house, also
// while no page of ours is open (Web Push). It knows neither what notices are
// about nor who may see them: its callers say a title that may be shown.
//
// The server has one key pair of its own for it, made when it is first asked
// for, so that nobody has to set anything up and a browser's agreement holds in
// every workspace of its person. The channel "push", which writes to customers,
// has the pair that the workspace gave it.
package browsers

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/identity"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/vault"
	"github.com/dueflow/dueflow/server/workspace"
	"github.com/dueflow/dueflow/workflows/channel"
)

const (
	pairs  = "pushPair"
	pairID = "house"
	about  = "system/pushPair"
	// sendFor bounds one call of a push service.
	sendFor = 10 * time.Second
)

// Specs is the collection of this room, in the system database.
var Specs = []store.Spec{{Name: pairs}}

// Pusher speaks with push services; the channel "push" is one.
type Pusher interface {
	NewKeys() (public, private string, err error)
	Subscription(raw json.RawMessage) error
	Notify(ctx context.Context, settings, subscription json.RawMessage, m channel.Message) error
}

// People keeps browsers with the sessions of people.
type People interface {
	Agree(ctx context.Context, x identity.Session, at string, sub json.RawMessage) error
	Disagree(ctx context.Context, session, id string) error
	Browsers(ctx context.Context, ws, user string) ([]identity.Browser, error)
}

// Service shows notices.
type Service struct {
	Store  *store.Store
	Vault  *vault.Vault
	Pusher Pusher
	People People
	// Base is the address of this server: push services want to know who calls.
	Base func() string

	mu   sync.Mutex
	pair pair
}

// pair is the server's VAPID pair; Private is sealed where it is stored.
type pair struct {
	Public  string `json:"public"`
	Private string `json:"private"`
}

// Key gives the public key that browsers agree with.
func (s *Service) Key(ctx context.Context) (string, error) {
	p, err := s.keys(ctx)
	return p.Public, err
}

func (s *Service) keys(ctx context.Context) (pair, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pair.Public != "" {
		return s.pair, nil
	}
	col := s.Store.In(workspace.System, pairs)
	d, err := col.Get(ctx, pairID)
	if fault.Is(err, fault.NotFound) {
		if err = s.makePair(ctx, col); err == nil {
			d, err = col.Get(ctx, pairID)
		}
	}
	if err != nil {
		return pair{}, err
	}
	var p pair
	if err := json.Unmarshal(d.Body, &p); err != nil {
		return pair{}, err
	}
	private, err := s.Vault.Open(p.Private, about)
	if err != nil {
		return pair{}, fault.Wrap(fault.Internal, "kind.internal", err)
	}
	p.Private = string(private)
	s.pair = p
	return p, nil
}

// makePair makes the pair, unless another process was first.
func (s *Service) makePair(ctx context.Context, col store.Collection) error {
	public, private, err := s.Pusher.NewKeys()
	if err != nil {
		return err
	}
	body, err := json.Marshal(pair{public, s.Vault.Seal([]byte(private), about)})
	if err != nil {
		return err
	}
	if _, err = col.Insert(ctx, pairID, body); fault.KeyOf(err) == "store.exists" {
		return nil
	}
	return err
}

// Subscription is what a browser gives when its person agrees.
type Subscription struct {
	Endpoint string `json:"endpoint" maxLength:"1000"`
	P256dh   string `json:"p256dh" maxLength:"100"`
	Auth     string `json:"auth" maxLength:"40"`
}

// Agree adds the browser of a session. Fault: Invalid.
func (s *Service) Agree(ctx context.Context, x identity.Session, sub Subscription) error {
	sub.Endpoint = strings.TrimSpace(sub.Endpoint)
	raw, err := json.Marshal(sub)
	if err != nil {
		return err
	}
	if err := s.Pusher.Subscription(raw); err != nil {
		return err
	}
	return s.People.Agree(ctx, x, sub.Endpoint, raw)
}

// Notice is one to show.
type Notice struct {
	Key      string // the same for every try
	Title    string
	Body     string
	Language string
	Path     string // the page of ours that it leads to
}

// Show shows a notice in all browsers of a person that are not among those
// that have it already, and gives all that need not be tried again: they have
// it, or never will. again tells whether another try may help. A repeat is
// shown in the place of the first, so that what is unknown is tried again too.
func (s *Service) Show(ctx context.Context, ws, user string, n Notice, have []string) (done []string, again bool, err error) {
	list, err := s.People.Browsers(ctx, ws, user)
	if err != nil || len(list) == 0 {
		return have, false, err
	}
	keys, err := s.keys(ctx)
	if err != nil {
		return have, false, err
	}
	settings, err := json.Marshal(map[string]string{"subject": s.subject(), "publicKey": keys.Public, "privateKey": keys.Private, "link": n.Path})
	if err != nil {
		return have, false, err
	}
	known := map[string]bool{}
	for _, id := range have {
		known[id] = true
	}
	done = have
	for _, b := range list {
		if known[b.ID] {
			continue
		}
		settled, err := s.show(ctx, settings, b, n)
		if err != nil {
			return done, true, err
		}
		if settled {
			done = append(done, b.ID)
		} else {
			again = true
		}
	}
	return done, again, nil
}

func (s *Service) show(ctx context.Context, settings json.RawMessage, b identity.Browser, n Notice) (settled bool, err error) {
	call, cancel := context.WithTimeout(ctx, sendFor)
	defer cancel()
	err = s.Pusher.Notify(call, settings, b.Push, channel.Message{Key: n.Key, Subject: n.Title, Text: n.Body, Language: n.Language})
	if err == nil {
		return true, nil
	}
	class, reason := channel.ClassOf(err)
	if class != channel.Permanent {
		return false, ctx.Err()
	}
	if reason == "channel.expired" { // the person has taken it back, or the browser is gone
		return true, s.People.Disagree(ctx, b.Session, b.ID)
	}
	return true, nil
}

// subject tells push services whom to turn to about us.
func (s *Service) subject() string {
	if base := s.Base(); strings.HasPrefix(base, "https://") {
		return base
	}
	return "mailto:postmaster@localhost"
}
