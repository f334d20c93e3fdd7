package house

import (
	"context"
	"html"
	"slices"
	"strings"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/desk"
	"github.com/dueflow/dueflow/server/identity"
	"github.com/dueflow/dueflow/server/letters"
	"github.com/dueflow/dueflow/server/workspace"
)

// person is somebody a letter goes to.
type person struct {
	policies.Actor
	email string
}

// to finds who a letter goes to; none when they have left.
func (s *Service) to(ctx context.Context, ws, user string) (person, bool, error) {
	u, err := s.Identity.GetUser(ctx, ws, user)
	if fault.Is(err, fault.NotFound) || err == nil && u.Disabled {
		return person{}, false, nil
	}
	return person{actor(ws, u), u.Email}, err == nil, err
}

func actor(ws string, u identity.User) policies.Actor {
	return policies.Actor{ID: u.ID, Name: u.Name, Workspace: ws, Roles: u.Roles, Teams: u.Teams, Language: u.Language}
}

// mailNow sends the notices that go out at once, and tells whether some have
// to be tried again.
func (s *Service) mailNow(ctx context.Context, d day) (again bool, err error) {
	list, err := s.Desk.ToMail(ctx, d.w.Key, desk.MailNow, page)
	if err != nil {
		return false, err
	}
	for _, n := range list {
		sent, err := s.mail(ctx, d.w, n.User, "notice/"+n.ID, []desk.Notice{n})
		if err != nil {
			return false, err
		}
		if err := s.Desk.Mailed(ctx, d.w.Key, []desk.Notice{n}, sent); err != nil {
			return false, err
		}
		again = again || !sent
	}
	return again || len(list) == page, nil
}

// digest sends everybody one letter of what waits for the daily one.
func (s *Service) digest(ctx context.Context, d day) error {
	for range 100 {
		list, err := s.Desk.ToMail(ctx, d.w.Key, desk.MailDaily, 500)
		if err != nil {
			return err
		}
		by := map[string][]desk.Notice{}
		for _, n := range list {
			by[n.User] = append(by[n.User], n)
		}
		for user, mine := range by {
			sent, err := s.mail(ctx, d.w, user, "digest/"+user+"/"+d.today.String(), mine)
			if err != nil {
				return err
			}
			if err := s.Desk.Mailed(ctx, d.w.Key, mine, sent); err != nil {
				return err
			}
			if !sent {
				list = nil // tried again with the next day's
			}
		}
		if len(list) < 500 {
			break
		}
	}
	return s.mark(ctx, d.w.Key, func(x *done) { x.Digest = d.today })
}

// about names the account of a notice, if there is one and the person may
// still see it.
func (s *Service) about(ctx context.Context, a policies.Actor, n desk.Notice) (name string, seen bool, err error) {
	if n.Customer == "" {
		return "", true, nil
	}
	v, err := s.Access.View(ctx, a, "customer", "read")
	if fault.Is(err, fault.Denied) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	names, err := s.Records.Names(ctx, a.Workspace, []string{n.Customer}, v.Scope)
	name, seen = names[n.Customer]
	return name, seen, err
}

// mail sends a letter about notices. What the person may not see any more is
// left out; a letter without anything counts as sent.
func (s *Service) mail(ctx context.Context, w *workspace.Workspace, user, key string, list []desk.Notice) (bool, error) {
	if !s.Letters.Ready(ctx, w.Key) {
		return true, nil // there is no e-mail; the app has it
	}
	p, there, err := s.to(ctx, w.Key, user)
	if err != nil || !there {
		return !there, err
	}
	lang := p.Language
	if lang == "" {
		lang = w.Language
	}
	var rich, plain strings.Builder
	count := 0
	for _, n := range list {
		name, seen, err := s.about(ctx, p.Actor, n)
		if err != nil {
			return false, err
		}
		if !seen {
			continue
		}
		count++
		what := s.Letters.Say(lang, "notice."+n.Kind, fault.Params{"customer": name})
		rich.WriteString(`<p style="margin:0 0 12px"><strong>` + html.EscapeString(what) + `</strong><br>` + html.EscapeString(n.Text) + `</p>`)
		plain.WriteString("- " + what + "\n  " + n.Text + "\n")
	}
	if count == 0 {
		return true, nil
	}
	l := letters.Letter{
		Key: key, To: p.email, Name: p.Name, Language: lang, Subject: "letter.notice.subject", Lines: []string{"letter.notice.text"},
		Params: fault.Params{"n": count}, Body: rich.String(), Plain: plain.String(), Path: "/today", Button: "letter.notice.button",
	}
	if err := s.Letters.Send(ctx, w.Key, l); err != nil {
		s.Log.Warn("a notice was not sent by e-mail", "workspace", w.Key, "error", err)
		return false, ctx.Err()
	}
	return true, nil
}

// review sends the weekly review when it is due, to those who may see figures,
// each with their own; it gives the next time, zero for never.
func (s *Service) review(ctx context.Context, d day, last value.Date) (time.Time, error) {
	set := d.w.ReviewMail
	if set == nil || !set.On {
		return time.Time{}, nil
	}
	if s.writer() == nil { // this process is still starting
		return d.now.Add(time.Minute), nil
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
		return at, nil
	}
	next := d.at(date+7, value.TimeOfDay(set.Minute))
	// A first look after it was set up, or after a week that was missed, sends
	// nothing that is older than two days.
	if last >= date || d.today-date > 2 {
		return next, nil
	}
	for _, user := range set.To {
		if err := s.sendReview(ctx, d, user, date); err != nil {
			return time.Time{}, err
		}
	}
	return next, s.mark(ctx, d.w.Key, func(x *done) { x.Review = date })
}

func (s *Service) sendReview(ctx context.Context, d day, user string, date value.Date) error {
	ws := d.w.Key
	p, there, err := s.to(ctx, ws, user)
	if err != nil || !there || !s.Letters.Ready(ctx, ws) {
		return err
	}
	// One letter each: a tick that was interrupted does not begin anew.
	key := "review/" + date.String() + "/" + user
	sent, err := s.Store.In(ws, state).Get(ctx, letterID(key))
	if err == nil && sent.ID != "" {
		return nil
	}
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	if _, err := s.Access.View(ctx, p.Actor, "insight", "read"); err != nil {
		if fault.Is(err, fault.Denied) {
			return nil
		}
		return err
	}
	lang := p.Language
	if lang == "" {
		lang = d.w.Language
	}
	rich, plain, err := s.writer()(ctx, p.Actor, lang)
	if err != nil {
		return err
	}
	l := letters.Letter{
		Key: key, To: p.email, Name: p.Name, Language: lang, Subject: "letter.review.subject", Lines: []string{"letter.review.text"},
		Params: fault.Params{"date": date.String()}, Body: rich, Plain: plain, Path: "/review", Button: "letter.review.button",
	}
	if err := s.Letters.Send(ctx, ws, l); err != nil {
		s.Log.Warn("the weekly review was not sent", "workspace", ws, "error", err)
		return nil // the next week's will be; the page has it
	}
	_, err = s.Store.In(ws, state).Insert(ctx, letterID(key), []byte(`{}`))
	if fault.Is(err, fault.Conflict) {
		return nil
	}
	return err
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

// inLanguage is a text in a person's language, or in any.
func inLanguage(t map[string]string, lang string) string {
	if t[lang] != "" {
		return t[lang]
	}
	for _, l := range []string{"zh-CN", "en"} {
		if t[l] != "" {
			return t[l]
		}
	}
	return ""
}

func (s *Service) maySee(ctx context.Context, a policies.Actor, customer string) bool {
	v, err := s.Access.View(ctx, a, "customer", "read")
	return err == nil && s.Records.Visible(ctx, a.Workspace, customer, v) == nil
}
