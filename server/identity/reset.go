package identity

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/audit"
	"github.com/dueflow/dueflow/server/store"
)

const (
	resetFor            = 2 * time.Hour
	freeResets          = 3  // asked for one account before it has to wait
	freeResetsOfAddress = 20 // and from one address
)

// resetDoc is a link to a new password; there is at most one a person.
type resetDoc struct {
	Hash    string `json:"hash"`
	Epoch   int64  `json:"epoch"` // of the user; another password ends the link
	Expires string `json:"expires"`
}

// ResetLetter is a link to be sent to its owner.
type ResetLetter struct {
	Link       string
	User       string
	Email      string
	Name       string
	Language   string
	Workspaces []string // any of them may carry the letter
	Expires    time.Time
}

// MayAskReset counts that somebody asks for a link. Whether there is such a
// person makes no difference to the answer, nor to the time it takes. Faults:
// TooMany "auth.locked" with "seconds".
func (s *Service) MayAskReset(ctx context.Context, email string, from From) error {
	if id := addressAttempt(from.Addr); id != "" {
		if err := s.attempt(ctx, "reset-"+id, freeResetsOfAddress); err != nil {
			return err
		}
	}
	return s.attempt(ctx, "reset-"+accountAttempt(normalEmail(email)), freeResets)
}

// StartReset makes the link of the person with an email; nil when there is
// nobody who signs in with a password. The caller sends it and must tell
// nobody else.
func (s *Service) StartReset(ctx context.Context, email string) (*ResetLetter, error) {
	d, u, err := s.byEmail(ctx, normalEmail(email))
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil || u.Disabled || len(u.Members) == 0 || u.Hash == "" {
		return nil, err
	}
	letter, err := s.startReset(ctx, d, u)
	if err != nil {
		return nil, err
	}
	a := policies.Actor{ID: d.ID, Name: u.Name, Workspace: u.Members[0].Workspace}
	return letter, s.note(ctx, a, audit.Entry{Action: "askReset", Object: "user", ID: d.ID})
}

// GiveReset makes the link of a person of the actor's workspace, for the actor
// to hand over. Faults: as UpdateUser.
func (s *Service) GiveReset(ctx context.Context, by policies.Actor, id string) (*ResetLetter, error) {
	d, u, err := s.byID(ctx, id)
	if err != nil {
		return nil, err
	}
	if _, err := s.reach(ctx, by, &u, true); err != nil {
		return nil, err
	}
	letter, err := s.startReset(ctx, d, u)
	if err != nil {
		return nil, err
	}
	return letter, s.note(ctx, by, audit.Entry{Action: "giveReset", Object: "user", ID: id})
}

func (s *Service) startReset(ctx context.Context, d store.Doc, u userDoc) (*ResetLetter, error) {
	secret, until := newToken(), s.now().Add(resetFor)
	body, err := json.Marshal(resetDoc{Hash: hashOf(secret), Epoch: u.Epoch, Expires: value.Instant(until)})
	if err != nil {
		return nil, err
	}
	c := s.in(resets)
	if _, err = c.Insert(ctx, d.ID, body); fault.Is(err, fault.Conflict) {
		_, err = c.Replace(ctx, store.Doc{ID: d.ID, Body: body}, 0)
	}
	if err != nil {
		return nil, err
	}
	return &ResetLetter{
		Link: linkSecret(d.ID, secret), User: d.ID, Email: u.Email, Name: u.Name, Language: u.Language, Workspaces: u.In, Expires: until,
	}, nil
}

func badReset() error { return fault.New(fault.Unauthenticated, "reset.link", nil) }

// Reset sets another password with a link, uses it up and ends the person's
// sessions. A second factor stays. Faults: Unauthenticated "reset.link",
// Invalid.
func (s *Service) Reset(ctx context.Context, link, password string) error {
	id, secret, ok := strings.Cut(link, ".")
	if !ok || len(link) > 200 {
		return badReset()
	}
	d, err := s.in(resets).Get(ctx, id)
	var r resetDoc
	if err == nil {
		err = json.Unmarshal(d.Body, &r)
	}
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) || err == nil && (!same(r.Hash, hashOf(secret)) || over(r.Expires, s.now())) {
		return badReset()
	}
	if err != nil {
		return err
	}
	_, u, err := s.byID(ctx, id)
	if err != nil {
		return badReset()
	}
	a := policies.Actor{ID: id, Name: u.Name}
	if len(u.Members) > 0 {
		a.Workspace = u.Members[0].Workspace
	}
	err = s.setPassword(ctx, a, id, password, func(u *userDoc) error {
		if u.Epoch != r.Epoch || u.Disabled {
			return badReset()
		}
		return nil
	}, "")
	if err != nil {
		return err
	}
	if err := s.in(resets).Delete(ctx, id, 0); err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return s.forgive(ctx, accountAttempt(u.Email), "")
}
