package desk

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
)

const noticeSettings = "noticeSetting" // one document a person

// The kinds of notices.
const (
	KindMention  = "mention"  // somebody names one in a note
	KindTask     = "task"     // a task was given to one
	KindDue      = "due"      // a task of one's own is due
	KindLate     = "late"     // somebody's task is late
	KindHandover = "handover" // somebody's accounts came to one
	KindRisk     = "risk"     // a customer of one's own has become a worse payer
)

// Kinds of notices, in the order that people are shown.
var Kinds = []string{KindMention, KindTask, KindDue, KindLate, KindHandover, KindRisk}

// When a notice goes out by e-mail.
const (
	MailNever = "never"
	MailNow   = "now"
	MailDaily = "daily"
	// mailSending marks a notice whose letter is on its way.
	mailSending = "sending"
)

// How a kind of notice reaches a person.
type How struct {
	App  bool   `json:"app"`
	Mail string `json:"mail" enum:"never,daily,now"`
	// Push shows it in the browsers that agreed, also while no page is open.
	Push bool `json:"push,omitempty"`
}

// NoticeSettings are a person's wishes by kind; what is not named is quiet: in
// the app, and nowhere else. What is due is on the page of the day already, and
// not even there without being asked for.
type NoticeSettings map[string]How

// Of gives how a kind reaches the person.
func (n NoticeSettings) Of(kind string) How {
	if h, ok := n[kind]; ok {
		return h
	}
	return How{App: kind != KindDue, Mail: MailNever}
}

// NoticeSettings gives a person's wishes.
func (s *Service) NoticeSettings(ctx context.Context, ws, user string) (NoticeSettings, error) {
	out := NoticeSettings{}
	d, err := s.store.In(ws, noticeSettings).Get(ctx, user)
	if fault.Is(err, fault.NotFound) {
		return out, nil
	}
	if err == nil {
		err = json.Unmarshal(d.Body, &out)
	}
	return out, err
}

// SaveNoticeSettings changes them. Fault: Invalid.
func (s *Service) SaveNoticeSettings(ctx context.Context, ws, user string, n NoticeSettings) error {
	for kind, h := range n {
		if !slices.Contains(Kinds, kind) || !slices.Contains([]string{MailNever, MailDaily, MailNow}, h.Mail) {
			return fault.At("/"+kind, "enum", Kinds)
		}
	}
	body, err := json.Marshal(n)
	if err != nil {
		return err
	}
	col := s.store.In(ws, noticeSettings)
	if _, err = col.Insert(ctx, user, body); fault.Is(err, fault.Conflict) {
		_, err = col.Replace(ctx, store.Doc{ID: user, Body: body}, 0)
	}
	return err
}

// ToMail gives notices that wait for e-mail, the oldest first: those to go out
// now, or those of the daily letter.
func (s *Service) ToMail(ctx context.Context, ws, when string, limit int) ([]Notice, error) {
	return s.waiting(ctx, ws, filter.Eq("mail", when), limit)
}

// ToPush gives notices that wait to be shown in browsers, the oldest first.
func (s *Service) ToPush(ctx context.Context, ws string, limit int) ([]Notice, error) {
	return s.waiting(ctx, ws, filter.Eq("push", pushNow), limit)
}

func (s *Service) waiting(ctx context.Context, ws string, which filter.Expr, limit int) ([]Notice, error) {
	page, err := s.store.In(ws, notices).Find(ctx, store.Query{Filter: which, Sort: []store.SortKey{{Field: "at"}}, Limit: limit})
	if err != nil {
		return nil, err
	}
	out := make([]Notice, 0, len(page.Docs))
	for _, d := range page.Docs {
		var n Notice
		if err := json.Unmarshal(d.Body, &n); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

// maxTries is how often a letter, or a notice to browsers, is tried before it is
// given up; the app has it in any case.
const maxTries = 6

// Mailing notes, before a letter about notices is handed over, that it will be:
// if this process dies before it says how that went, nobody sends the letter
// again. A second letter would be worse than none, since the app has it all.
func (s *Service) Mailing(ctx context.Context, ws string, list []Notice) error {
	for _, n := range list {
		if err := s.changeNotice(ctx, ws, n.ID, func(n *Notice) { n.Mail = mailSending }); err != nil {
			return err
		}
	}
	return nil
}

// Mailed notes that a letter about notices is done with, or with MailNow or
// MailDaily that it is to be tried again, if it has not been too often.
func (s *Service) Mailed(ctx context.Context, ws string, list []Notice, again string) error {
	for _, was := range list {
		err := s.changeNotice(ctx, ws, was.ID, func(n *Notice) {
			n.Mail = again
			if n.Tries++; n.Tries >= maxTries {
				n.Mail = ""
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// MailLost gives up letters that were on their way when a process died, and
// gives how many notices they held. Those that were for letters only are now
// for the list in the app.
func (s *Service) MailLost(ctx context.Context, ws string) (int, error) {
	list, err := s.waiting(ctx, ws, filter.Eq("mail", mailSending), store.MaxLimit)
	if err != nil {
		return 0, err
	}
	for _, was := range list {
		err := s.changeNotice(ctx, ws, was.ID, func(n *Notice) {
			n.Mail = ""
			if n.Quiet {
				n.Quiet, n.Read = false, false
			}
		})
		if err != nil {
			return 0, err
		}
	}
	return len(list), nil
}

// Pushed notes which browsers need a notice no more; again that others are to
// be tried again.
func (s *Service) Pushed(ctx context.Context, ws, id string, done []string, again bool) error {
	return s.changeNotice(ctx, ws, id, func(n *Notice) {
		n.Pushes++
		n.PushedTo = done
		if !again || n.Pushes >= maxTries {
			n.Push, n.PushedTo = "", nil
		}
	})
}

func (s *Service) changeNotice(ctx context.Context, ws, id string, f func(*Notice)) error {
	col := s.store.In(ws, notices)
	for range 10 {
		d, err := col.Get(ctx, id)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		var n Notice
		if err := json.Unmarshal(d.Body, &n); err != nil {
			return err
		}
		f(&n)
		if d.Body, err = json.Marshal(n); err != nil {
			return err
		}
		if _, err = col.Replace(ctx, d, d.Ver); !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return fault.New(fault.Unavailable, "busy", nil)
}
