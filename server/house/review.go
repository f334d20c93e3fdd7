package house

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/letters"
	"github.com/dueflow/dueflow/server/store"
)

const (
	// reviewTries is how often one review to one person is tried, and
	// reviewDays for how long: later the page has a newer one.
	reviewTries = 12
	reviewDays  = 2
)

// review sends the weekly review when it is due, to those who may see figures,
// each with their own; it gives the next time, zero for never, and whether some
// have to be tried again.
func (s *Service) review(ctx context.Context, d day, last value.Date) (next time.Time, again bool, err error) {
	set := d.w.ReviewMail
	if set == nil || !set.On {
		return time.Time{}, false, nil
	}
	if s.writer() == nil { // this process is still starting
		return d.now.Add(time.Minute), false, nil
	}
	date := d.today
	for range 7 {
		if int(date.Weekday()) == set.Weekday {
			break
		}
		date--
	}
	at := d.at(date, value.TimeOfDay(set.Minute))
	if at.After(d.now) {
		return at, false, nil
	}
	next = d.at(date+7, value.TimeOfDay(set.Minute))
	// A first look after it was set up, or after a week that was missed, sends
	// nothing that is older than two days.
	if last >= date || d.today-date > reviewDays {
		return next, false, nil
	}
	for _, user := range set.To {
		later, err := s.sendReview(ctx, d, user, date)
		if err != nil {
			return time.Time{}, false, err
		}
		again = again || later
	}
	if again {
		return next, true, nil
	}
	return next, false, s.mark(ctx, d.w.Key, func(x *done) { x.Review = date })
}

// sending is how far one review to one person is. It is written before the
// letter is handed over: if the process dies then, nobody sends it again, since
// nobody knows whether it went out.
type sending struct {
	Done  bool `json:"done"`
	Tries int  `json:"tries"`
}

func (s *Service) sendReview(ctx context.Context, d day, user string, date value.Date) (again bool, err error) {
	key := "review/" + date.String() + "/" + user
	was, ver, err := s.sendingOf(ctx, d.w.Key, key)
	if err != nil || was.Done {
		return false, err
	}
	l, err := s.reviewTo(ctx, d, user, key, date)
	if err != nil || l.Key == "" {
		return false, err
	}
	was.Done, was.Tries = true, was.Tries+1
	if ver, err = s.keepSending(ctx, d.w.Key, key, was, ver); err != nil {
		return false, err
	}
	err = s.Letters.Send(ctx, d.w.Key, l)
	went := letters.WentOf(err)
	if went != letters.Sent {
		s.Log.Warn("the weekly review was not sent", "workspace", d.w.Key, "tries", was.Tries, "error", err)
	}
	if went != letters.Again || was.Tries >= reviewTries {
		return false, nil // the page has it
	}
	was.Done = false
	_, err = s.keepSending(context.WithoutCancel(ctx), d.w.Key, key, was, ver)
	return true, err
}

// reviewTo writes one person's review; one without a key is not to be sent.
func (s *Service) reviewTo(ctx context.Context, d day, user, key string, date value.Date) (letters.Letter, error) {
	p, there, err := s.to(ctx, d.w.Key, user)
	if err != nil || !there || !s.Letters.Ready(ctx, d.w.Key) {
		return letters.Letter{}, err
	}
	if _, err := s.Access.View(ctx, p.Actor, "insight", "read"); err != nil {
		if fault.Is(err, fault.Denied) {
			err = nil
		}
		return letters.Letter{}, err
	}
	lang := p.Language
	if lang == "" {
		lang = d.w.Language
	}
	rich, plain, err := s.writer()(ctx, p.Actor, lang)
	return letters.Letter{
		Key: key, To: p.email, Name: p.Name, Language: lang, Subject: "letter.review.subject", Lines: []string{"letter.review.text"},
		Params: fault.Params{"date": date.String()}, Body: rich, Plain: plain, Path: "/review", Button: "letter.review.button",
	}, err
}

func (s *Service) sendingOf(ctx context.Context, ws, key string) (sending, int64, error) {
	d, err := s.Store.In(ws, state).Get(ctx, letterID(key))
	if fault.Is(err, fault.NotFound) {
		return sending{}, 0, nil
	}
	var out sending
	if err == nil {
		err = json.Unmarshal(d.Body, &out)
	}
	if string(d.Body) == "{}" { // as it was written once: after the letter had gone
		out.Done = true
	}
	return out, d.Ver, err
}

func (s *Service) keepSending(ctx context.Context, ws, key string, x sending, ver int64) (int64, error) {
	body, err := json.Marshal(x)
	if err != nil {
		return ver, err
	}
	var d store.Doc
	if ver == 0 {
		d, err = s.Store.In(ws, state).Insert(ctx, letterID(key), body)
	} else {
		d, err = s.Store.In(ws, state).Replace(ctx, store.Doc{ID: letterID(key), Body: body}, ver)
	}
	return d.Ver, err
}

func letterID(key string) string { return strings.ReplaceAll(key, "/", "-") }

// MaySeeReview lists the people who may get the review: who may see figures.
func (s *Service) MaySeeReview(ctx context.Context, ws string, users []string) ([]string, error) {
	people, err := s.Identity.Members(ctx, ws)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, p := range people {
		if !slices.Contains(users, p.ID) {
			continue
		}
		if _, err := s.Access.View(ctx, p, "insight", "read"); err == nil {
			out = append(out, p.ID)
		}
	}
	return out, nil
}
