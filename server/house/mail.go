package house

import (
	"context"
	"html"
	"strings"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
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
		later, err := s.mail(ctx, d.w, n.User, "notice/"+n.ID, desk.MailNow, []desk.Notice{n})
		if err != nil {
			return false, err
		}
		again = again || later
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
			later, err := s.mail(ctx, d.w, user, "digest/"+user+"/"+d.today.String(), desk.MailDaily, mine)
			if err != nil {
				return err
			}
			if later {
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

// mail sends a letter about notices and marks them, and tells whether they
// wait for another try. What the person may not see any more is left out; a
// letter without anything counts as sent.
func (s *Service) mail(ctx context.Context, w *workspace.Workspace, user, key, when string, list []desk.Notice) (again bool, err error) {
	var l letters.Letter
	if s.Letters.Ready(ctx, w.Key) { // without e-mail the app has it
		if l, err = s.letterOf(ctx, w, user, key, list); err != nil {
			return false, err
		}
	}
	if l.Key == "" {
		return false, s.Desk.Mailed(ctx, w.Key, list, "")
	}
	if err := s.Desk.Mailing(ctx, w.Key, list); err != nil {
		return false, err
	}
	err = s.Letters.Send(ctx, w.Key, l)
	went := letters.WentOf(err)
	if went != letters.Sent {
		s.Log.Warn("a notice was not sent by e-mail", "workspace", w.Key, "error", err)
	}
	if went != letters.Again {
		when = ""
	}
	return when != "", s.Desk.Mailed(context.WithoutCancel(ctx), w.Key, list, when)
}

// letterOf writes the letter about some notices; one without a key is not to
// be sent.
func (s *Service) letterOf(ctx context.Context, w *workspace.Workspace, user, key string, list []desk.Notice) (letters.Letter, error) {
	p, there, err := s.to(ctx, w.Key, user)
	if err != nil || !there {
		return letters.Letter{}, err
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
			return letters.Letter{}, err
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
		return letters.Letter{}, nil
	}
	return letters.Letter{
		Key: key, To: p.email, Name: p.Name, Language: lang, Subject: "letter.notice.subject", Lines: []string{"letter.notice.text"},
		Params: fault.Params{"n": count}, Body: rich.String(), Plain: plain.String(), Path: "/today", Button: "letter.notice.button",
	}, nil
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
