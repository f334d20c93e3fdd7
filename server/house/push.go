package house

import (
	"context"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/browsers"
	"github.com/dueflow/dueflow/server/desk"
	"github.com/dueflow/dueflow/server/workspace"
)

// pushFor bounds one look at what browsers are to show; what is left waits for
// the next one.
const pushFor = 2 * time.Minute

// push shows in people's browsers what waits for that, and tells whether some
// has to be tried again.
func (s *Service) push(ctx context.Context, w *workspace.Workspace) (again bool, err error) {
	list, err := s.Desk.ToPush(ctx, w.Key, page)
	if err != nil {
		return false, err
	}
	until := s.Spaces.RealNow().Add(pushFor)
	for _, n := range list {
		if s.Spaces.RealNow().After(until) {
			return true, nil
		}
		done, more, err := s.pushOne(ctx, w, n)
		if err != nil {
			return false, err
		}
		if err := s.Desk.Pushed(ctx, w.Key, n.ID, done, more); err != nil {
			return false, err
		}
		again = again || more
	}
	return again || len(list) == page, nil
}

// pushOne shows one notice. A screen that is locked shows it too, so that it
// says only what happened and with whom, and nothing of an account that the
// person may not see any more.
func (s *Service) pushOne(ctx context.Context, w *workspace.Workspace, n desk.Notice) (done []string, again bool, err error) {
	if w.Demo != nil {
		return nil, false, nil // a demo reaches nobody
	}
	p, there, err := s.to(ctx, w.Key, n.User)
	if err != nil || !there {
		return nil, false, err
	}
	name, seen, err := s.about(ctx, p.Actor, n)
	if err != nil || !seen {
		return nil, false, err
	}
	lang, path := p.Language, "/today"
	if lang == "" {
		lang = w.Language
	}
	title := s.Letters.Say(lang, "notice."+n.Kind, fault.Params{"customer": name})
	switch {
	case n.Customer != "":
		path = "/customers/" + n.Customer
	case n.Text != "": // of several at once, or of no account: the text is the title
		title = n.Text
	}
	done, again, err = s.Browsers.Show(ctx, w.Key, n.User, browsers.Notice{Key: "notice/" + w.Key + "/" + n.ID, Title: title, Language: lang, Path: path}, n.PushedTo)
	if again && err == nil {
		s.Log.Warn("a notice was not shown in a browser yet", "workspace", w.Key)
	}
	return done, again, err
}
