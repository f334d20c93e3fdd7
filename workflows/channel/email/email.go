// Package email is the channel "email": SMTP with TLS, our own Message-ID so
// that a message can be traced, and a bounce address as envelope sender.
package email

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net"
	netmail "net/mail"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/workflows/channel"
)

//go:embed channel.json
var about []byte

var info = channel.Describe(about)

// Settings of the channel.
type Settings struct {
	Host     string `json:"host"`
	Port     int    `json:"port"`
	Username string `json:"username,omitempty"`
	Password string `json:"password,omitempty"`
	From     string `json:"from"` // address or "Name <address>"
	ReplyTo  string `json:"replyTo,omitempty"`
	Bounce   string `json:"bounce,omitempty"` // envelope sender; default From
	// VERP puts the message's id into the bounce address: bounces+<id>@….
	VERP bool `json:"verp,omitempty"`
	// TLS is starttls (default), tls from the first byte, or none (tests and
	// relays on the same machine only).
	TLS string `json:"tls,omitempty"`
	// SkipVerify accepts any certificate; for tests.
	SkipVerify bool `json:"skipVerify,omitempty"`
}

// Channel is the e-mail channel.
type Channel struct {
	// Limit of one send, from the dial to the last answer; 0 is 40 seconds.
	Limit time.Duration
	// Public refuses mail servers on private addresses, save on the ports of
	// mail: a relay in one's own network is usual, any other service there is
	// none of a workspace's business.
	Public bool
}

// Key is "email".
func (Channel) Key() string { return info.Key }

// Info describes the channel.
func (Channel) Info() *channel.Info { return info }

// Address is the customer's e-mail.
func (Channel) Address(_ json.RawMessage, customer map[string]any) string {
	return channel.Text(customer, "email")
}

// Idempotent: mail servers do not drop repeats.
func (Channel) Idempotent(json.RawMessage) bool { return false }

// Check judges the settings.
func (Channel) Check(raw json.RawMessage) error {
	_, err := read(raw)
	return err
}

func read(raw json.RawMessage) (Settings, error) {
	s, err := channel.Read[Settings](info, raw)
	if err != nil {
		return s, err
	}
	if s.Port == 0 {
		s.Port = 587
	}
	var bad []fault.Field
	switch {
	case s.Host == "":
		bad = append(bad, fault.Field{Pointer: "/host", Rule: "required"})
	case strings.ContainsAny(s.Host, "/ \t\r\n"): // the library would take a path for a Unix socket
		bad = append(bad, fault.Field{Pointer: "/host", Rule: "pattern"})
	}
	for _, a := range []struct{ pointer, address string }{{"/from", s.From}, {"/replyTo", s.ReplyTo}, {"/bounce", s.Bounce}} {
		if a.address == "" && a.pointer != "/from" {
			continue
		}
		if _, err := netmail.ParseAddress(a.address); err != nil {
			bad = append(bad, fault.Field{Pointer: a.pointer, Rule: "format.email"})
		}
	}
	return s, fault.InvalidFields(bad)
}

// Limit of one send when the channel names none.
const defaultLimit = 40 * time.Second

// Send hands the message to the mail server. A server that refuses says
// whether for now or for good; a connection lost after the message was handed
// over leaves it unknown.
func (c Channel) Send(ctx context.Context, raw json.RawMessage, m channel.Message) (string, error) {
	s, err := read(raw)
	if err != nil {
		return "", channel.Fail(channel.Permanent, "channel.notSetUp", err)
	}
	msg, id, err := compose(s, m)
	if err != nil {
		return "", channel.Fail(channel.Permanent, "channel.badAddress", err)
	}
	limit := c.Limit
	if limit == 0 {
		limit = defaultLimit
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel() // closes the connection, however the library left it
	cl, err := c.client(ctx, s, limit)
	if err != nil {
		return "", channel.Fail(channel.Permanent, "channel.notSetUp", err)
	}
	if err := cl.DialWithContext(ctx); err != nil {
		return "", refusedAtDoor(err)
	}
	err = cl.Send(msg)
	_ = cl.Close() // the answer is in; a failing QUIT changes nothing
	if err != nil {
		return "", classify(err)
	}
	return id, nil
}

func (c Channel) client(ctx context.Context, s Settings, limit time.Duration) (*mail.Client, error) {
	cfg := &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12, InsecureSkipVerify: s.SkipVerify} //nolint:gosec // a setting for tests
	policy := mail.TLSMandatory
	switch s.TLS {
	case "none":
		policy = mail.NoTLS
	case "tls": // the connection comes encrypted from dial
		policy = mail.TLSOpportunistic
	}
	opts := []mail.Option{
		mail.WithPort(s.Port), mail.WithTimeout(limit), mail.WithTLSConfig(cfg), mail.WithTLSPolicy(policy),
		mail.WithDialContextFunc(func(_ context.Context, network, address string) (net.Conn, error) {
			return c.dial(ctx, network, address, s.TLS == "tls", cfg)
		}),
		// RSET after an accepted message could fail, and an accepted message
		// must not look as if it had not been sent.
		mail.WithoutRset(), mail.WithoutNoop(),
	}
	if s.Username != "" {
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.Username), mail.WithPassword(s.Password))
	}
	return mail.NewClient(s.Host, opts...)
}

// dial opens a connection that ends with ctx. The library bounds single phases
// and leaves the connection open when one fails.
func (c Channel) dial(ctx context.Context, network, address string, encrypted bool, cfg *tls.Config) (net.Conn, error) {
	conn, err := c.dialer().DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { _ = conn.Close() })
	if !encrypted {
		return conn, nil
	}
	secure := tls.Client(conn, cfg)
	return secure, secure.HandshakeContext(ctx)
}

func compose(s Settings, m channel.Message) (*mail.Msg, string, error) {
	to, err := netmail.ParseAddress(m.To)
	if err != nil {
		return nil, "", err
	}
	// A name may hold anything: String quotes or encodes it.
	to.Name = strings.Join(strings.Fields(m.Name), " ")
	msg := mail.NewMsg()
	if err := msg.To(to.String()); err != nil {
		return nil, "", err
	}
	if err := msg.From(s.From); err != nil {
		return nil, "", err
	}
	if s.ReplyTo != "" {
		if err := msg.ReplyTo(s.ReplyTo); err != nil {
			return nil, "", err
		}
	}
	bounce := s.Bounce
	if bounce == "" {
		bounce = s.From
	}
	if s.VERP {
		if bounce, err = verp(bounce, m.Key); err != nil {
			return nil, "", err
		}
	}
	if err := msg.EnvelopeFrom(bounce); err != nil {
		return nil, "", err
	}
	id := MessageID(m.Workspace, m.Key, s.From)
	msg.SetMessageIDWithValue(id)
	msg.SetGenHeader("X-Dueflow-Key", m.Key)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.Subject(strings.Join(strings.Fields(m.Subject), " ")) // one line
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	}
	return msg, id, nil
}

// MessageID is the id of a message's mail: the same for every attempt.
func MessageID(workspace, key, from string) string {
	sum := sha256.Sum256([]byte(workspace + "\x00" + key))
	host := strings.TrimSuffix(from[strings.LastIndexByte(from, '@')+1:], ">")
	return hex.EncodeToString(sum[:16]) + "@" + host
}

// refusedAtDoor is a failure before the message was handed over: certainly not
// sent. Only a server's own final answer makes trying again useless, and a wrong
// password is no such answer: a person sets it right, then it goes out.
func refusedAtDoor(err error) error {
	if errors.Is(err, errPrivate) {
		return channel.Fail(channel.Permanent, "channel.privateAddress", err)
	}
	e, ok := errors.AsType[*textproto.Error](err)
	if !ok {
		return channel.Told(channel.Retry, "channel.noConnection", err.Error(), err)
	}
	said := strconv.Itoa(e.Code) + " " + e.Msg
	switch {
	case e.Code == 534 || e.Code == 535:
		return channel.Told(channel.Retry, "channel.badCredentials", said, err)
	case e.Code >= 500:
		return channel.Told(channel.Permanent, "channel.refused", said, err)
	}
	return channel.Told(channel.Retry, "channel.noConnection", said, err)
}

// classify reads the library's error: a server's answer decides; without one,
// how far the message had got.
func classify(err error) error {
	se, ok := errors.AsType[*mail.SendError](err)
	if !ok {
		return channel.Fail(channel.Unknown, "channel.unknown", err)
	}
	switch code := se.ErrorCode(); {
	case code >= 500:
		return channel.Told(channel.Permanent, "channel.refused", words(se), err)
	case code >= 400:
		return channel.Told(channel.Retry, "channel.refusedForNow", words(se), err)
	}
	switch se.Reason {
	case mail.ErrGetSender, mail.ErrGetRcpts, mail.ErrNoUnencoded:
		return channel.Fail(channel.Permanent, "channel.badAddress", err)
	case mail.ErrConnCheck, mail.ErrSMTPMailFrom, mail.ErrSMTPRcptTo, mail.ErrSMTPData:
		return channel.Told(channel.Retry, "channel.noConnection", words(se), err)
	}
	return channel.Told(channel.Unknown, "channel.unknown", words(se), err)
}

// words are what the server said, from its code on, without what the library
// adds about the message.
func words(err *mail.SendError) string {
	said, _, _ := strings.Cut(err.Error(), ", affected ")
	code := strconv.Itoa(err.ErrorCode())
	_, after, ok := strings.Cut(said, code)
	if !ok {
		return said
	}
	if plain, bad := strconv.Unquote(strings.TrimSpace(after)); bad == nil {
		after = " " + plain
	}
	return code + after
}
