// Package letters writes to people of the house, not to customers: invitations,
// links to a new password, notices, the weekly review. They go out by the
// workspace's own e-mail channel; a workspace without one sends none, which
// its callers must say rather than hide.
package letters

import (
	"context"
	"html"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/text"
	"github.com/dueflow/dueflow/server/workspace"
	"github.com/dueflow/dueflow/workflows/channel"
)

// sendFor bounds one letter.
const sendFor = 20 * time.Second

// Spaces gives workspaces.
type Spaces interface {
	Get(ctx context.Context, key string) (*workspace.Workspace, error)
}

// Service sends letters.
type Service struct {
	spaces   Spaces
	channels channel.Registry
	// Base gives the address under which people reach this server, without a
	// slash at the end.
	Base func() string
}

// New makes the service.
func New(spaces Spaces, channels channel.Registry, base func() string) *Service {
	return &Service{spaces: spaces, channels: channels, Base: base}
}

// Letter is what to write. Subject and Lines are text keys, said with Params
// in the reader's language.
type Letter struct {
	Key      string // the same letter has the same key, however often it is tried
	To       string
	Name     string
	Language string
	Subject  string
	Lines    []string
	Params   fault.Params
	// Body is HTML that stands below the lines, and Plain the same as text.
	Body, Plain string
	// Path leads to a page of ours; Button is the text key of what it does.
	Path, Button string
}

// Ready tells whether a workspace can send letters. A demo workspace reaches
// nobody.
func (s *Service) Ready(ctx context.Context, ws string) bool {
	w, err := s.spaces.Get(ctx, ws)
	return err == nil && w.Demo == nil && len(w.Channels["email"]) > 0 && s.channels["email"] != nil
}

// FirstReady is the first of some workspaces that can send letters, or "".
func (s *Service) FirstReady(ctx context.Context, spaces []string) string {
	for _, ws := range spaces {
		if s.Ready(ctx, ws) {
			return ws
		}
	}
	return ""
}

// Say gives a sentence in a language.
func (s *Service) Say(lang, key string, p fault.Params) string { return text.Say(lang, key, p) }

// Send sends a letter once. Faults: Invalid "channel.notSetUp"; else errors of
// the channel, whose class says whether trying again may help.
func (s *Service) Send(ctx context.Context, ws string, l Letter) error {
	if !s.Ready(ctx, ws) {
		return fault.New(fault.Invalid, "channel.notSetUp", fault.Params{"channel": "email"})
	}
	w, err := s.spaces.Get(ctx, ws)
	if err != nil {
		return err
	}
	lang := l.Language
	if lang == "" {
		lang = w.Language
	}
	p := fault.Params{"name": l.Name, "workspace": w.Name}
	for k, v := range l.Params {
		p[k] = v
	}
	ctx, cancel := context.WithTimeout(ctx, sendFor)
	defer cancel()
	plain, rich := s.compose(lang, l, p)
	_, err = s.channels["email"].Send(ctx, w.Channels["email"], channel.Message{
		Key: l.Key, Workspace: ws, To: l.To, Name: l.Name, Language: lang, Subject: text.Say(lang, l.Subject, p), Text: plain, HTML: rich,
	})
	return err
}

// compose writes a letter as text and as HTML with inline styles, which is all
// that mail programs keep.
func (s *Service) compose(lang string, l Letter, p fault.Params) (plain, rich string) {
	var t, h strings.Builder
	h.WriteString(`<!doctype html><html lang="` + lang + `"><body style="margin:0;padding:24px;background:#f5f6f8;font:15px/1.6 -apple-system,'Segoe UI','PingFang SC','Microsoft YaHei',sans-serif;color:#1f2430"><div style="max-width:640px;margin:0 auto;background:#fff;border:1px solid #e3e6eb;border-radius:8px;padding:24px">`)
	for _, key := range l.Lines {
		line := text.Say(lang, key, p)
		t.WriteString(line + "\n\n")
		h.WriteString(`<p style="margin:0 0 12px">` + html.EscapeString(line) + `</p>`)
	}
	if l.Plain != "" {
		t.WriteString(l.Plain + "\n\n")
	}
	h.WriteString(l.Body)
	if l.Path != "" {
		link := s.Base() + l.Path
		t.WriteString(link + "\n\n")
		h.WriteString(`<p style="margin:20px 0"><a href="` + html.EscapeString(link) + `" style="display:inline-block;background:#1f5fd6;color:#fff;text-decoration:none;padding:10px 18px;border-radius:6px">` +
			html.EscapeString(text.Say(lang, l.Button, p)) + `</a></p><p style="margin:0;color:#667085;font-size:13px;word-break:break-all">` + html.EscapeString(link) + `</p>`)
	}
	h.WriteString(`</div></body></html>`)
	return strings.TrimSpace(t.String()) + "\n", h.String()
}

// Went is how a letter went.
type Went int

// How letters go.
const (
	Sent    Went = iota
	Again        // certainly not sent; trying again may help
	Never        // certainly not sent, and it will not be
	Unclear      // it may have gone out; another one could be a second
)

// WentOf judges Send's error.
func WentOf(err error) Went {
	switch class, _ := channel.ClassOf(err); {
	case err == nil:
		return Sent
	case fault.Is(err, fault.Invalid) || class == channel.Permanent:
		return Never
	case class == channel.Retry:
		return Again
	}
	return Unclear
}
