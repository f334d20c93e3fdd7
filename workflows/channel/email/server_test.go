package email

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// received is one mail as the server took it.
type received struct {
	from, to, user string
	encrypted      bool
	data           []byte
}

// mailServer is a real SMTP server that keeps what it takes.
type mailServer struct {
	port     int
	password string // "" wants no login
	rcpt     error  // answer to RCPT
	data     error  // answer to the final dot
	mu       sync.Mutex
	mails    []received
}

func (m *mailServer) taken() []received {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.mails
}

// start serves on 127.0.0.1: "tls" from the first byte, "starttls", or "none".
func (m *mailServer) start(t *testing.T, mode string) *mailServer {
	t.Helper()
	cfg := &tls.Config{Certificates: []tls.Certificate{certificate(t)}, MinVersion: tls.VersionTLS12}
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{server: m, conn: c}, nil }))
	s.Domain, s.EnableSMTPUTF8 = "mx.example.com", true
	s.ErrorLog = log.New(io.Discard, "", 0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.port = l.Addr().(*net.TCPAddr).Port
	switch mode {
	case "tls":
		l = tls.NewListener(l, cfg)
	case "starttls":
		s.TLSConfig = cfg
	}
	go s.Serve(l) //nolint:errcheck // ends with Close
	t.Cleanup(func() { _ = s.Close() })
	return m
}

type session struct {
	server *mailServer
	conn   *smtp.Conn
	mail   received
}

func (s *session) AuthMechanisms() []string {
	if s.server.password == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != s.server.password {
			return smtp.ErrAuthFailed
		}
		s.mail.user = user
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.server.password != "" && s.mail.user == "" {
		return smtp.ErrAuthRequired
	}
	s.mail.from = from
	_, s.mail.encrypted = s.conn.TLSConnectionState()
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mail.to = to
	return s.server.rcpt
}

func (s *session) Data(r io.Reader) error {
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.server.data != nil {
		return s.server.data
	}
	s.mail.data = body
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.mails = append(s.server.mails, s.mail)
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func certificate(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// script is a server that plays one dialogue by hand, for what a decent server
// does not do. Each verb of the client is given to answer, which tells what to
// say; "" closes the connection and "hang" says nothing any more.
func script(t *testing.T, greeting string, answer func(verb string) string) (port int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop); _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go play(conn, greeting, answer, stop)
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

func play(conn net.Conn, greeting string, answer func(string) string, stop <-chan struct{}) {
	defer conn.Close() //nolint:errcheck // a test's server
	say := func(line string) bool {
		switch line {
		case "":
			return false
		case "hang":
			<-stop
			return false
		}
		_, err := io.WriteString(conn, line+"\r\n")
		return err == nil
	}
	if !say(greeting) {
		return
	}
	r := textproto.NewReader(bufio.NewReader(conn))
	for {
		line, err := r.ReadLine()
		if err != nil {
			return
		}
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		if !say(answer(verb)) {
			return
		}
		if verb == "DATA" {
			if _, err := io.Copy(io.Discard, r.DotReader()); err != nil && !errors.Is(err, io.EOF) {
				return
			}
			if !say(answer(".")) {
				return
			}
		}
	}
}

// polite answers every verb as a server should, except for those given.
func polite(but map[string]string) func(string) string {
	return func(verb string) string {
		if a, ok := but[verb]; ok {
			return a
		}
		switch verb {
		case "DATA":
			return "354 go on"
		case "QUIT":
			return "221 bye"
		}
		return "250 ok"
	}
}
