package identity

import (
	"context"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/audit"
	"github.com/dueflow/dueflow/server/store"
)

func badLogin() error { return fault.New(fault.Unauthenticated, "auth.bad", nil) }

// Login begins a session and gives its secret, which is kept nowhere. An
// unknown email and a wrong password answer alike, in words and in time.
// Faults: Unauthenticated "auth.bad", "auth.disabled", "auth.code" when a
// second factor is wanted, Denied "auth.noWorkspace", TooMany "auth.locked"
// with "seconds", TooMany "auth.busy".
func (s *Service) Login(ctx context.Context, email, password string, from From) (Session, string, error) {
	return s.LoginWith(ctx, email, password, "", from)
}

// LoginWith is Login with the code of a second factor. Faults: also
// Unauthenticated "auth.codeBad".
func (s *Service) LoginWith(ctx context.Context, email, password, code string, from From) (Session, string, error) {
	d, u, err := s.prove(ctx, normalEmail(email), password, code, from)
	if err != nil {
		return Session{}, "", err
	}
	return s.begin(ctx, d, u, entry{From: from, Via: viaPassword})
}

// showWho is the part of Login that finds out who somebody is.
func (s *Service) showWho(ctx context.Context, email, password, code string, from From) error {
	_, _, err := s.prove(ctx, email, password, code, from)
	return err
}

func (s *Service) prove(ctx context.Context, email, password, code string, from From) (store.Doc, userDoc, error) {
	account, address := accountAttempt(email), addressAttempt(from.Addr)
	if err := s.attempt(ctx, address, freeByAddress); err != nil {
		return store.Doc{}, userDoc{}, err
	}
	if err := s.attempt(ctx, account, freeByAccount); err != nil {
		return store.Doc{}, userDoc{}, err
	}
	d, u, err := s.byEmail(ctx, email)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return d, u, err
	}
	known := err == nil
	ok, stale, err := s.hasher.matches(ctx, password, u.Hash)
	switch {
	case err != nil:
		return d, u, err
	case !ok:
		return d, u, s.refused(ctx, known, d.ID, u, from)
	}
	if err := s.second(ctx, d.ID, u, code); err != nil {
		if fault.KeyOf(err) == "auth.code" { // the password was right: this try was no failure, but forgives none either
			err = errorOr(s.uncount(ctx, account), s.uncount(ctx, address), err)
		} else if fault.KeyOf(err) == "auth.codeBad" {
			_ = s.refused(ctx, true, d.ID, u, from)
		}
		return d, u, err
	}
	if err := s.forgive(ctx, account, address); err != nil {
		return d, u, err
	}
	if stale {
		if err := s.rehash(ctx, d.ID, u.Hash, password); err != nil {
			return d, u, err
		}
	}
	return d, u, nil
}

// errorOr is the first error there is.
func errorOr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// refused notes a wrong password of somebody we know. An email we do not know
// is not written down: it may be a password typed into the wrong field.
func (s *Service) refused(ctx context.Context, known bool, id string, u userDoc, from From) error {
	if !known {
		return badLogin()
	}
	var a policies.Actor
	if len(u.Members) > 0 {
		a.Workspace = u.Members[0].Workspace
	}
	if err := s.note(ctx, a, audit.Entry{Action: "loginRefused", Object: "session", ID: id, Addr: clip(from.Addr, 60)}); err != nil {
		return err
	}
	return badLogin()
}

// rehash keeps the hash at today's costs; the password and sessions stay.
func (s *Service) rehash(ctx context.Context, id, old, password string) error {
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	_, err = change(ctx, s.in(users), id, func(u *userDoc, _ store.Doc) error {
		if u.Hash == old {
			u.Hash = hash
		}
		return nil
	})
	return err
}

// DemoLogin begins a session without a password. Faults: Denied "auth.demo"
// unless the service allows it, and those of Login.
func (s *Service) DemoLogin(ctx context.Context, email string, from From) (Session, string, error) {
	if !s.demo {
		return Session{}, "", fault.New(fault.Denied, "auth.demo", nil)
	}
	d, u, err := s.byEmail(ctx, normalEmail(email))
	if fault.Is(err, fault.NotFound) {
		err = badLogin()
	}
	if err != nil {
		return Session{}, "", err
	}
	return s.begin(ctx, d, u, entry{From: from, Via: viaPassword})
}

// SetPassword gives a person of the actor's workspace another password and
// ends their sessions. Faults: as UpdateUser.
func (s *Service) SetPassword(ctx context.Context, by policies.Actor, id, password string) error {
	_, u, err := s.byID(ctx, id)
	if err != nil {
		return err
	}
	if _, err := s.reach(ctx, by, &u, true); err != nil {
		return err
	}
	return s.setPassword(ctx, by, id, password, func(u *userDoc) error {
		_, err := s.reach(ctx, by, u, true)
		return err
	}, "")
}

// ChangePassword gives the person of a session another password, for the old
// one, and ends their other sessions. Faults: Invalid, Unauthenticated
// "auth.bad", TooMany.
func (s *Service) ChangePassword(ctx context.Context, x Session, old, password string) error {
	u, err := s.confirm(ctx, x, old)
	if err != nil {
		return err
	}
	was := u.Hash
	return s.setPassword(ctx, s.Actor(x), x.User, password, func(u *userDoc) error {
		if u.Hash != was {
			return badLogin() // another was faster
		}
		return nil
	}, x.ID)
}

// confirm asks the person of a session for their password once more. Faults:
// Unauthenticated "auth.bad", TooMany.
func (s *Service) confirm(ctx context.Context, x Session, password string) (userDoc, error) {
	account := accountAttempt(x.Email)
	if err := s.attempt(ctx, account, freeByAccount); err != nil {
		return userDoc{}, err
	}
	_, u, err := s.byID(ctx, x.User)
	if err != nil {
		return userDoc{}, err
	}
	ok, _, err := s.hasher.matches(ctx, password, u.Hash)
	if err != nil {
		return userDoc{}, err
	}
	if !ok {
		return userDoc{}, badLogin()
	}
	return u, s.forgive(ctx, account, "")
}

// setPassword stores a password if may still allows it, and ends the sessions
// but keep.
func (s *Service) setPassword(ctx context.Context, by policies.Actor, id, password string, may func(*userDoc) error, keep string) error {
	_, u, err := s.byID(ctx, id)
	if err != nil {
		return err
	}
	if err := checkPassword(password, u.Email); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	var epoch int64
	_, err = change(ctx, s.in(users), id, func(u *userDoc, _ store.Doc) error {
		if err := may(u); err != nil {
			return err
		}
		u.Hash, u.Updated = hash, value.Instant(s.now())
		u.Epoch++
		epoch = u.Epoch
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.keepSession(ctx, id, keep, epoch); err != nil {
		return err
	}
	return s.note(ctx, by, audit.Entry{Action: "setPassword", Object: "user", ID: id})
}

// UpdateProfile changes what anybody may change of themselves: name and
// language, where not nil. Faults: Invalid.
func (s *Service) UpdateProfile(ctx context.Context, x Session, name, language *string) (User, error) {
	var old, next userDoc
	d, err := change(ctx, s.in(users), x.User, func(u *userDoc, _ store.Doc) error {
		old = *u
		set(&u.Name, name)
		set(&u.Language, language)
		u.Updated, next = value.Instant(s.now()), *u
		return fault.InvalidFields(checkPerson(u.Email, u.Name, u.Language))
	})
	if err != nil {
		return User{}, notThere(err)
	}
	was := map[string]string{"name": old.Name, "language": old.Language}
	is := map[string]string{"name": next.Name, "language": next.Language}
	e := audit.Entry{Action: "updateProfile", Object: "user", ID: d.ID, Before: audit.JSON(was), After: audit.JSON(is)}
	return next.seen(d, x.Workspace), s.note(ctx, s.Actor(x), e)
}
