package identity

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"slices"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/audit"
	"github.com/dueflow/dueflow/server/store"
)

const (
	codePeriod    = 30 // seconds
	recoveryCodes = 10
	enrolFor      = 30 * time.Minute
)

// secondDoc is a person's second factor as stored.
type secondDoc struct {
	Secret string   `json:"secret"`          // sealed
	Used   int64    `json:"used"`            // the last step that was used; none counts twice
	Codes  []string `json:"codes,omitempty"` // hashes of recovery codes that are left
	Since  string   `json:"since"`
}

// Sealer keeps secrets that must be read again; server/vault is one.
type Sealer interface {
	Seal(plain []byte, context string) string
	Open(sealed, context string) ([]byte, error)
}

func sealedFor(user string) string { return "totp/" + user }

// Enrolment is what a person puts into their authenticator.
type Enrolment struct {
	Secret string `json:"secret"` // base32, to be typed
	URL    string `json:"url"`    // otpauth://, what the picture says
	// The picture, module by module: Size of them on each side, and one text of
	// 0 and 1 for each row.
	Size int      `json:"size"`
	Rows []string `json:"rows"`
}

// Enrol begins a second factor; it counts once ConfirmTotp has seen a code of
// it. Faults: Conflict "totp.on".
func (s *Service) Enrol(ctx context.Context, x Session) (Enrolment, error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Dueflow", AccountName: x.Email, Period: codePeriod})
	if err != nil {
		return Enrolment{}, err
	}
	sealed := s.vault.Seal([]byte(key.Secret()), sealedFor(x.User))
	_, err = change(ctx, s.in(users), x.User, func(u *userDoc, _ store.Doc) error {
		if u.Second != nil {
			return fault.New(fault.Conflict, "totp.on", nil)
		}
		u.Enrolling = &secondDoc{Secret: sealed, Since: value.Instant(s.now())}
		return nil
	})
	if err != nil {
		return Enrolment{}, notThere(err)
	}
	return picture(key)
}

func picture(key *otp.Key) (Enrolment, error) {
	code, err := qr.Encode(key.URL(), qr.M, qr.Auto)
	if err != nil {
		return Enrolment{}, err
	}
	side := code.Bounds().Dx()
	out := Enrolment{Secret: key.Secret(), URL: key.URL(), Size: side}
	for y := range side {
		row := make([]byte, side)
		for x := range side {
			row[x] = '0'
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				row[x] = '1'
			}
		}
		out.Rows = append(out.Rows, string(row))
	}
	return out, nil
}

// ConfirmTotp turns the second factor on that Enrol began, and gives recovery
// codes, each good once; they are kept nowhere. It ends the person's other
// sessions. Faults: Conflict "totp.notBegun", Unauthenticated "auth.codeBad",
// TooMany.
func (s *Service) ConfirmTotp(ctx context.Context, x Session, code string) ([]string, error) {
	account := accountAttempt(x.Email)
	if err := s.attempt(ctx, account, freeByAccount); err != nil {
		return nil, err
	}
	plain, hashes := newRecovery(x.User)
	var epoch int64
	_, err := change(ctx, s.in(users), x.User, func(u *userDoc, _ store.Doc) error {
		since := ""
		if u.Enrolling != nil {
			since = u.Enrolling.Since
		}
		if u.Enrolling == nil || since <= value.Instant(s.now().Add(-enrolFor)) {
			return fault.New(fault.Conflict, "totp.notBegun", nil)
		}
		step, ok := s.codeStep(x.User, u.Enrolling, code)
		if !ok {
			return badCode()
		}
		u.Second, u.Enrolling = u.Enrolling, nil
		u.Second.Used, u.Second.Codes, u.Second.Since = step, hashes, value.Instant(s.now())
		u.Epoch++
		epoch = u.Epoch
		return nil
	})
	if err != nil {
		return nil, notThere(err)
	}
	if err := s.forgive(ctx, account, ""); err != nil {
		return nil, err
	}
	if err := s.keepSession(ctx, x.User, x.ID, epoch); err != nil {
		return nil, err
	}
	return plain, s.note(ctx, s.Actor(x), audit.Entry{Action: "totpOn", Object: "user", ID: x.User})
}

func badCode() error { return fault.New(fault.Unauthenticated, "auth.codeBad", nil) }

// newRecovery makes codes of 80 bits, and their hashes.
func newRecovery(user string) (plain, hashes []string) {
	for range recoveryCodes {
		var b [10]byte
		_, _ = rand.Read(b[:]) // never fails
		c := strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
		plain = append(plain, c[:4]+"-"+c[4:8]+"-"+c[8:12]+"-"+c[12:])
		hashes = append(hashes, hashOf(user+"/"+c))
	}
	return plain, hashes
}

// codeStep tells for which step a code is good: the present one, or the one
// before or after for clocks that differ, if none so late was used before.
func (s *Service) codeStep(user string, d *secondDoc, code string) (int64, bool) {
	secret, err := s.vault.Open(d.Secret, sealedFor(user))
	if err != nil {
		return 0, false
	}
	now := s.now().Unix() / codePeriod
	for _, step := range []int64{now, now - 1, now + 1} {
		want, err := totp.GenerateCode(string(secret), time.Unix(step*codePeriod, 0))
		if err == nil && same(want, code) && step > d.Used {
			return step, true
		}
	}
	return 0, false
}

// second checks a person's second factor and uses the code up: six digits, or
// a recovery code. Faults: Unauthenticated "auth.code" when one is wanted and
// none given, "auth.codeBad".
func (s *Service) second(ctx context.Context, id string, u userDoc, code string) error {
	if u.Second == nil {
		return nil
	}
	code = strings.ToLower(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, code))
	if code == "" {
		return fault.New(fault.Unauthenticated, "auth.code", nil)
	}
	recovery := hashOf(id + "/" + code)
	used := false
	_, err := change(ctx, s.in(users), id, func(u *userDoc, _ store.Doc) error {
		if u.Second == nil {
			return badCode() // turned off meanwhile; the next try needs none
		}
		if step, ok := s.codeStep(id, u.Second, code); ok {
			u.Second.Used = step
			return nil
		}
		i := slices.IndexFunc(u.Second.Codes, func(h string) bool { return same(h, recovery) })
		if i < 0 {
			return badCode()
		}
		u.Second.Codes, used = slices.Delete(u.Second.Codes, i, i+1), true
		return nil
	})
	if err != nil || !used {
		return err
	}
	a := policies.Actor{ID: id, Name: u.Name}
	if len(u.Members) > 0 {
		a.Workspace = u.Members[0].Workspace
	}
	return s.note(ctx, a, audit.Entry{Action: "recoveryCode", Object: "user", ID: id})
}

// DropTotp turns a person's own second factor off, for their password. Faults:
// Unauthenticated "auth.bad", Denied "totp.required" when a role of theirs
// asks for one, TooMany.
func (s *Service) DropTotp(ctx context.Context, x Session, password string) error {
	if _, err := s.confirm(ctx, x, password); err != nil {
		return err
	}
	if needed, err := s.needsSecond(ctx, x.Workspace, x.Roles); err != nil || needed {
		if err == nil {
			err = fault.New(fault.Denied, "totp.required", nil)
		}
		return err
	}
	return s.dropTotp(ctx, s.Actor(x), x.User, func(*userDoc) error { return nil })
}

// ResetTotp takes away the second factor of a person of the actor's workspace
// who has lost it, and ends their sessions. Faults: as UpdateUser.
func (s *Service) ResetTotp(ctx context.Context, by policies.Actor, id string) error {
	err := s.dropTotp(ctx, by, id, func(u *userDoc) error {
		_, err := s.reach(ctx, by, u, true)
		u.Epoch++
		return err
	})
	if err != nil {
		return err
	}
	return s.endSessions(ctx, id, "")
}

func (s *Service) dropTotp(ctx context.Context, by policies.Actor, id string, may func(*userDoc) error) error {
	_, err := change(ctx, s.in(users), id, func(u *userDoc, _ store.Doc) error {
		if err := may(u); err != nil {
			return err
		}
		u.Second, u.Enrolling = nil, nil
		return nil
	})
	if err != nil {
		return notThere(err)
	}
	return s.note(ctx, by, audit.Entry{Action: "totpOff", Object: "user", ID: id})
}

// needsSecond tells whether a workspace asks people with some roles for a
// second factor.
func (s *Service) needsSecond(ctx context.Context, ws string, roles []string) (bool, error) {
	if ws == "" {
		return false, nil
	}
	w, err := s.spaces.Get(ctx, ws)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(w.TotpRoles, func(r string) bool { return slices.Contains(roles, r) }), nil
}
