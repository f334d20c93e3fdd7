package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

// Notice tells a person of something that concerns them.
type Notice struct {
	ID       string `json:"id"`
	User     string `json:"user"`
	Kind     string `json:"kind"` // one of Kinds
	Customer string `json:"customer,omitempty"`
	Text     string `json:"text,omitempty"`
	By       string `json:"by,omitempty"`
	At       string `json:"at"`
	Read     bool   `json:"read"`
	// Mail is what is still to be done by e-mail: MailNow, MailDaily, or "" for
	// nothing; Tries counts letters that could not be sent.
	Mail  string `json:"mail,omitempty"`
	Tries int    `json:"tries,omitempty"`
	// Push is pushNow while browsers are still to show it; Pushes counts the
	// tries, PushedTo names the browsers that need it no more.
	Push     string   `json:"push,omitempty"`
	Pushes   int      `json:"pushes,omitempty"`
	PushedTo []string `json:"pushedTo,omitempty"`
	// Quiet notices are not for the list in the app.
	Quiet bool `json:"quiet,omitempty"`
	// Key makes a notice once, however often it is tried; "" is always another.
	Key string `json:"-"`
}

// pushNow marks a notice that browsers are still to show.
const pushNow = "now"

// Notify adds a notice for a person.
func (s *Service) Notify(ctx context.Context, ws string, n Notice) error {
	w, err := s.spaces.Get(ctx, ws)
	if err != nil {
		return err
	}
	now, _ := s.spaces.Now(w)
	set, err := s.NoticeSettings(ctx, ws, n.User)
	if err != nil {
		return err
	}
	how := set.Of(n.Kind)
	if !how.App && !how.Push && how.Mail == MailNever {
		return nil
	}
	n.ID, n.At, n.Read, n.Quiet = noticeID(n), value.Instant(now), !how.App, !how.App
	if how.Mail != MailNever {
		n.Mail = how.Mail
	}
	if how.Push {
		n.Push = pushNow
	}
	body, err := json.Marshal(n)
	if err != nil {
		return err
	}
	if _, err := s.store.In(ws, notices).Insert(ctx, n.ID, body); fault.KeyOf(err) == "store.exists" {
		return nil
	} else if err != nil {
		return err
	}
	if s.OnNotice != nil && !n.Quiet {
		s.OnNotice(ws, n.User)
	}
	if s.OnOut != nil && (n.Mail == MailNow || n.Push != "") {
		s.OnOut(ws)
	}
	return nil
}

func noticeID(n Notice) string {
	if n.Key == "" {
		return newID()
	}
	sum := sha256.Sum256([]byte(n.User + "\x00" + n.Key))
	return hex.EncodeToString(sum[:16])
}

// Notices gives a page of a person's notices, newest first, and how many are
// unread (at most 100 are counted).
func (s *Service) Notices(ctx context.Context, a policies.Actor, cursor string, limit int) (list []Notice, next string, unread int64, err error) {
	col := s.store.In(a.Workspace, notices)
	page, err := col.Find(ctx, store.Query{Filter: filter.And(filter.Eq("user", a.ID), filter.Ne("quiet", true)), Sort: []store.SortKey{{Field: "at", Desc: true}}, Limit: limit, After: cursor})
	if err != nil {
		return nil, "", 0, err
	}
	list = []Notice{}
	for _, d := range page.Docs {
		var n Notice
		if err := json.Unmarshal(d.Body, &n); err != nil {
			return nil, "", 0, err
		}
		n.Push, n.Pushes, n.PushedTo = "", 0, nil // how it goes out is not theirs to read
		list = append(list, n)
	}
	unread, err = col.Count(ctx, filter.And(filter.Eq("user", a.ID), filter.Eq("read", false)), 100)
	return list, page.Next, unread, err
}

// MarkRead marks notices of a person as read; without ids all of them.
func (s *Service) MarkRead(ctx context.Context, a policies.Actor, ids []string) error {
	col := s.store.In(a.Workspace, notices)
	where := filter.And(filter.Eq("user", a.ID), filter.Eq("read", false))
	return col.Each(ctx, store.Query{Filter: where, Limit: 200}, func(d store.Doc) error {
		if len(ids) > 0 && !slices.Contains(ids, d.ID) {
			return nil
		}
		var n Notice
		if err := json.Unmarshal(d.Body, &n); err != nil {
			return err
		}
		n.Read = true
		body, err := json.Marshal(n)
		if err != nil {
			return err
		}
		_, err = col.Replace(ctx, store.Doc{ID: d.ID, Body: body}, d.Ver)
		if fault.Is(err, fault.Conflict) {
			return nil // read in another tab
		}
		return err
	})
}
