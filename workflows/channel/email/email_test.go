package email

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/dueflow/dueflow/workflows/channel"
)

func settings(port int, change func(*Settings)) json.RawMessage {
	s := Settings{Host: "127.0.0.1", Port: port, From: "Dueflow 财务 <billing@example.com>", SkipVerify: true}
	if change != nil {
		change(&s)
	}
	raw, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return raw
}

func plain(s *Settings) { s.TLS = "none" }

func message() channel.Message {
	return channel.Message{
		Key: "friendly/inv-1/first/1", Workspace: "ws", Customer: "c1", To: "anna@customer.example", Name: "安娜",
		Subject: "发票提醒 𠮷", Text: "您好,\n请付款 𠮷。\n.\n尾", HTML: "<p>您好 𠮷</p>",
	}
}

// outcome is an error's class in words, "sent" for none.
func outcome(err error) string {
	if err == nil {
		return "sent"
	}
	class, reason := channel.ClassOf(err)
	return []string{"retry", "permanent", "unknown"}[class] + " " + reason
}

func send(t *testing.T, raw json.RawMessage, m channel.Message) (string, string) {
	t.Helper()
	ref, err := Channel{Limit: 5 * time.Second}.Send(t.Context(), raw, m)
	if err != nil {
		t.Logf("error: %v", err)
	}
	return ref, outcome(err)
}

func expect(t *testing.T, raw json.RawMessage, m channel.Message, want string) {
	t.Helper()
	if _, got := send(t, raw, m); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// parts reads a mail's text and HTML as a reader's program does.
func parts(t *testing.T, mail *netmail.Message) map[string]string {
	t.Helper()
	media, params, err := mime.ParseMediaType(mail.Header.Get("Content-Type"))
	if err != nil || media != "multipart/alternative" {
		t.Fatalf("content type %s, %v", media, err)
	}
	out := map[string]string{}
	for r := multipart.NewReader(mail.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if enc := p.Header.Get("Content-Transfer-Encoding"); enc != "quoted-printable" {
			t.Errorf("encoding %s", enc)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		out[kind] = strings.ReplaceAll(string(body), "\r\n", "\n")
	}
}

func delivered(t *testing.T, m *mailServer) (*netmail.Message, received) {
	t.Helper()
	got := m.taken()
	if len(got) != 1 {
		t.Fatalf("%d mails, want 1", len(got))
	}
	mail, err := netmail.ReadMessage(bytes.NewReader(got[0].data))
	if err != nil {
		t.Fatal(err)
	}
	return mail, got[0]
}

func TestDelivery(t *testing.T) {
	for mode, change := range map[string]func(*Settings){
		"starttls": func(s *Settings) { s.Username, s.Password = "sender", "secret" },
		"tls":      func(s *Settings) { s.TLS, s.Username, s.Password = "tls", "sender", "secret" },
		"none":     plain,
	} {
		t.Run(mode, func(t *testing.T) {
			srv := &mailServer{}
			if mode != "none" {
				srv.password = "secret"
			}
			srv.start(t, mode)
			ref, got := send(t, settings(srv.port, func(s *Settings) { change(s); s.Bounce = "bounces@example.com"; s.ReplyTo = "owner@example.com" }), message())
			if got != "sent" {
				t.Fatal(got)
			}
			mail, r := delivered(t, srv)
			if r.from != "bounces@example.com" || r.to != "anna@customer.example" {
				t.Errorf("envelope from %s to %s", r.from, r.to)
			}
			if r.encrypted != (mode != "none") || (r.user == "sender") != (mode != "none") {
				t.Errorf("encrypted %v, user %q", r.encrypted, r.user)
			}
			checkHeader(t, mail, ref)
			text := parts(t, mail)
			if text["text/plain"] != message().Text || text["text/html"] != message().HTML {
				t.Errorf("text %q, HTML %q", text["text/plain"], text["text/html"])
			}
		})
	}
}

func checkHeader(t *testing.T, mail *netmail.Message, ref string) {
	t.Helper()
	want := MessageID("ws", "friendly/inv-1/first/1", "billing@example.com")
	if id := mail.Header.Get("Message-Id"); id != "<"+want+">" || ref != want || !strings.HasSuffix(ref, "@example.com") {
		t.Errorf("Message-ID %s, reference %s, want %s", id, ref, want)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(mail.Header.Get("Subject"))
	if err != nil || subject != message().Subject {
		t.Errorf("subject %q, %v", subject, err)
	}
	to, err := mail.Header.AddressList("To")
	if err != nil || len(to) != 1 || *to[0] != (netmail.Address{Name: "安娜", Address: "anna@customer.example"}) {
		t.Errorf("to %v, %v", to, err)
	}
	if from, err := mail.Header.AddressList("From"); err != nil || from[0].String() != (&netmail.Address{Name: "Dueflow 财务", Address: "billing@example.com"}).String() {
		t.Errorf("from %v, %v", from, err)
	}
	for header, want := range map[string]string{"Auto-Submitted": "auto-generated", "X-Dueflow-Key": "friendly/inv-1/first/1", "Reply-To": "<owner@example.com>"} {
		if got := mail.Header.Get(header); got != want {
			t.Errorf("%s is %q, want %q", header, got, want)
		}
	}
}

func TestSameMessageSameID(t *testing.T) {
	a, b := MessageID("ws", "k", "Dueflow <billing@example.com>"), MessageID("ws", "k", "billing@example.com")
	if a != b || a == MessageID("ws", "k2", "billing@example.com") || a == MessageID("ws2", "k", "billing@example.com") {
		t.Errorf("ids %s, %s", a, b)
	}
}

func TestServerRefuses(t *testing.T) {
	for want, srv := range map[string]*mailServer{
		"retry channel.refusedForNow": {rcpt: &smtp.SMTPError{Code: 450, EnhancedCode: smtp.EnhancedCode{4, 2, 0}, Message: "greylisted"}},
		"permanent channel.refused":   {rcpt: &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}},
	} {
		srv.start(t, "starttls")
		expect(t, settings(srv.port, nil), message(), want)
		if n := len(srv.taken()); n != 0 {
			t.Errorf("%d mails", n)
		}
	}
	for want, code := range map[string]int{"retry channel.refusedForNow": 451, "permanent channel.refused": 554} {
		srv := (&mailServer{data: &smtp.SMTPError{Code: code, Message: "at the dot"}}).start(t, "starttls")
		expect(t, settings(srv.port, nil), message(), want)
	}
}

// TestServersWords: who tries a channel, or looks why a reminder did not go out,
// sees what the server said, and nothing of the library's.
func TestServersWords(t *testing.T) {
	for want, srv := range map[string]*mailServer{
		"550 5.1.1 no such user": {rcpt: &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}},
		"451 4.3.0 邮箱已满":         {data: &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "邮箱已满"}},
	} {
		srv.start(t, "starttls")
		_, err := (Channel{}).Send(t.Context(), settings(srv.port, nil), message())
		if got := channel.DetailOf(err); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	srv := (&mailServer{password: "secret"}).start(t, "starttls")
	_, err := (Channel{}).Send(t.Context(), settings(srv.port, func(s *Settings) { s.Username, s.Password = "sender", "wrong" }), message())
	if got := channel.DetailOf(err); !strings.HasPrefix(got, "535 ") || strings.Contains(got, "wrong") {
		t.Errorf("a wrong password: %q", got)
	}
}

func TestLogin(t *testing.T) {
	srv := (&mailServer{password: "secret"}).start(t, "starttls")
	login := func(s *Settings) { s.Username, s.Password = "sender", "wrong" }
	expect(t, settings(srv.port, login), message(), "retry channel.badCredentials")
	expect(t, settings(srv.port, nil), message(), "permanent channel.refused")
	if n := len(srv.taken()); n != 0 {
		t.Errorf("%d mails", n)
	}
}

// TestNoTLS: a password or an invoice never goes over an open line because a
// server, or somebody before it, hides STARTTLS.
func TestNoTLS(t *testing.T) {
	srv := (&mailServer{}).start(t, "none")
	expect(t, settings(srv.port, nil), message(), "retry channel.noConnection")
	if n := len(srv.taken()); n != 0 {
		t.Errorf("%d mails", n)
	}
}

func TestUnknownCertificate(t *testing.T) {
	for _, mode := range []string{"starttls", "tls"} {
		srv := (&mailServer{}).start(t, mode)
		expect(t, settings(srv.port, func(s *Settings) { s.TLS, s.SkipVerify = mode, false }), message(), "retry channel.noConnection")
		if n := len(srv.taken()); n != 0 {
			t.Errorf("%d mails", n)
		}
	}
}

func TestConnectionRefused(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close() //nolint:errcheck // nobody listens there now
	expect(t, settings(l.Addr().(*net.TCPAddr).Port, nil), message(), "retry channel.noConnection")
}

// TestHalfWay: where the dialogue breaks off decides what is known.
func TestHalfWay(t *testing.T) {
	for _, c := range []struct{ verb, answer, want string }{
		{"EHLO", "", "retry channel.noConnection"},
		{"MAIL", "", "retry channel.noConnection"},
		{"RCPT", "", "retry channel.noConnection"},
		{"DATA", "", "retry channel.noConnection"},
		{"DATA", "421 going away", "retry channel.refusedForNow"},
		{".", "", "unknown channel.unknown"},
		{".", "452 full", "retry channel.refusedForNow"},
		{"QUIT", "", "sent"},
		{"QUIT", "500 what?", "sent"},
		{"RSET", "421 closing", "sent"}, // an accepted message stays accepted
	} {
		port := script(t, "220 mx", polite(map[string]string{c.verb: c.answer}))
		t.Logf("%s → %q", c.verb, c.answer)
		expect(t, settings(port, plain), message(), c.want)
	}
	expect(t, settings(script(t, "554 no service", polite(nil)), plain), message(), "permanent channel.refused")
	expect(t, settings(script(t, "421 later", polite(nil)), plain), message(), "retry channel.noConnection")
	expect(t, settings(script(t, "", polite(nil)), plain), message(), "retry channel.noConnection")
}

// TestHangs: a server that stops answering costs one limit, not one a phase.
func TestHangs(t *testing.T) {
	for verb, want := range map[string]string{"EHLO": "retry channel.noConnection", "RCPT": "retry channel.noConnection", ".": "unknown channel.unknown", "QUIT": "sent"} {
		port := script(t, "220 mx", polite(map[string]string{verb: "hang"}))
		start := time.Now()
		_, err := Channel{Limit: 300 * time.Millisecond}.Send(t.Context(), settings(port, plain), message())
		if got := outcome(err); got != want {
			t.Errorf("%s hangs: got %s (%v), want %s", verb, got, err, want)
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%s hangs: took %v", verb, took)
		}
	}
}

func TestCancelled(t *testing.T) {
	port := script(t, "220 mx", polite(map[string]string{".": "hang"}))
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err := Channel{}.Send(ctx, settings(port, plain), message())
	if got := outcome(err); got != "unknown channel.unknown" {
		t.Errorf("got %s (%v)", got, err)
	}
}
