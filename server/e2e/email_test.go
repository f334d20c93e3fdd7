package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/dueflow/dueflow/server/workspace"
)

// postOffice is a real SMTP server that keeps what it takes.
type postOffice struct {
	mu    sync.Mutex
	mails []letter
	port  int
	mood  string // "" takes letters, "busy" refuses them for now, "gone" breaks off after one
	tried int
}

// feels sets what the office does with letters, and counts from 0 again.
func (p *postOffice) feels(mood string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mood, p.tried = mood, 0
}

func (p *postOffice) attempts() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tried
}

type letter struct {
	from, to string
	data     []byte
}

func openPostOffice(t *testing.T) *postOffice {
	t.Helper()
	p := &postOffice{}
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &delivery{p: p, c: c}, nil }))
	s.Domain, s.EnableSMTPUTF8 = "mx.example.com", true
	s.ErrorLog = log.New(io.Discard, "", 0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.port = l.Addr().(*net.TCPAddr).Port
	go s.Serve(l) //nolint:errcheck // ends with Close
	t.Cleanup(func() { _ = s.Close() })
	return p
}

type delivery struct {
	p *postOffice
	c *smtp.Conn
	l letter
}

func (d *delivery) Mail(from string, _ *smtp.MailOptions) error { d.l.from = from; return nil }
func (d *delivery) Rcpt(to string, _ *smtp.RcptOptions) error   { d.l.to = to; return nil }
func (d *delivery) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	d.l.data = raw
	d.p.mu.Lock()
	defer d.p.mu.Unlock()
	d.p.tried++
	switch d.p.mood {
	case "busy":
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "try again later"}
	case "gone":
		_ = d.c.Conn().Close()
		return io.ErrUnexpectedEOF
	}
	d.p.mails = append(d.p.mails, d.l)
	return err
}
func (d *delivery) Reset()        {}
func (d *delivery) Logout() error { return nil }

func (p *postOffice) taken() []letter {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]letter(nil), p.mails...)
}

// TestMailThroughAFlow: a published flow's message reaches a mail server over
// SMTP, once, to the customer, with the invoice in it; the password of the mail
// server is not in the store.
func TestMailThroughAFlow(t *testing.T) {
	office := openPostOffice(t)
	settings, _ := json.Marshal(map[string]any{
		"host": "127.0.0.1", "port": office.port, "password": "pa55-geheim", "from": "Dueflow <ar@example.com>", "tls": "none",
	})
	s := newSpace(t, func(w *workspace.Workspace) { w.Channels = map[string]json.RawMessage{"email": settings} })
	c := s.create("customer", map[string]any{"name": "北京 Mail", "email": "ap@customer.example", "tier": "B", "language": "zh-CN"}).ID
	s.invoice(c, "M-1", 123456, s.today()-3)
	s.publish(strings.NewReplacer(`"sandbox"`, `"email"`, `"two"`, `"mailed"`).Replace(twoSteps))
	s.eventually("a mail", func() bool { return len(office.taken()) == 1 })
	l := office.taken()[0]
	if l.to != "ap@customer.example" {
		t.Errorf("letter to %s", l.to)
	}
	m, err := mail.ReadMessage(bytes.NewReader(l.data))
	if err != nil {
		t.Fatal(err)
	}
	if id := m.Header.Get("Message-Id"); !strings.Contains(id, "@") {
		t.Errorf("Message-ID %q", id)
	}
	s.eventually("it is noted as sent", func() bool { ms := s.messages(); return len(ms) == 1 && ms[0].Status == "sent" })
	doc, err := s.srv.Store.In(s.key, "workspace").Get(t.Context(), "settings")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(doc.Body, []byte("geheim")) || !bytes.Contains(doc.Body, []byte("enc:v1:")) {
		t.Errorf("the password is in the store: %s", doc.Body)
	}
	s.verify()
}
