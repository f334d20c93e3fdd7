// Package email is the channel "email": SMTP with TLS, our own Message-ID so
// that a message can be traced, and a bounce address as envelope sender.
package email

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net"
	"net/textproto"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/workflows/channel"
)

// Settings of the channel.
type Settings struct {
	Host     string `json:"host"`
	Port     int    `json:"port"`
	Username string `json:"username,omitempty"`
	Password string `json:"password,omitempty"`
	From     string `json:"from"` // address or "Name <address>"
	ReplyTo  string `json:"replyTo,omitempty"`
	Bounce   string `json:"bounce,omitempty"` // envelope sender; default From
	// TLS is starttls (default), tls from the first byte, or none (tests and
	// relays on the same machine only).
	TLS string `json:"tls,omitempty"`
	// SkipVerify accepts any certificate; for tests.
	SkipVerify bool `json:"skipVerify,omitempty"`
}

// Channel is the e-mail channel.
type Channel struct{}

// Key is "email".
func (Channel) Key() string { return "email" }

// Address is the customer's e-mail.
func (Channel) Address(customer map[string]any) string {
	s, _ := customer["email"].(string)
	return s
}

// Idempotent: mail servers do not drop repeats.
func (Channel) Idempotent(json.RawMessage) bool { return false }

// Check judges the settings.
func (Channel) Check(raw json.RawMessage) error {
	_, err := read(raw)
	return err
}

func read(raw json.RawMessage) (Settings, error) {
	var s Settings
	if len(raw) == 0 {
		return s, fault.New(fault.Invalid, "channel.notSetUp", fault.Params{"channel": "email"})
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		return s, fault.At("", "json", nil)
	}
	if s.Port == 0 {
		s.Port = 587
	}
	var bad []fault.Field
	if s.Host == "" {
		bad = append(bad, fault.Field{Pointer: "/host", Rule: "required"})
	}
	if s.Port < 1 || s.Port > 65535 {
		bad = append(bad, fault.Field{Pointer: "/port", Rule: "maximum", Limit: 65535})
	}
	if !strings.Contains(s.From, "@") {
		bad = append(bad, fault.Field{Pointer: "/from", Rule: "format.email"})
	}
	if s.TLS != "" && s.TLS != "starttls" && s.TLS != "tls" && s.TLS != "none" {
		bad = append(bad, fault.Field{Pointer: "/tls", Rule: "enum"})
	}
	return s, fault.InvalidFields(bad)
}

// timeout bounds one send, dial to answer.
const timeout = 40 * time.Second

// Send hands the message to the mail server. A server that refuses says
// whether for now or for good; a connection lost after the message was handed
// over leaves it unknown.
func (Channel) Send(ctx context.Context, raw json.RawMessage, m channel.Message) (string, error) {
	s, err := read(raw)
	if err != nil {
		return "", channel.Fail(channel.Permanent, "channel.notSetUp", err)
	}
	msg, id, err := compose(s, m)
	if err != nil {
		return "", channel.Fail(channel.Permanent, "channel.badAddress", err)
	}
	c, err := client(s)
	if err != nil {
		return "", channel.Fail(channel.Permanent, "channel.notSetUp", err)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := c.DialWithContext(ctx); err != nil {
		return "", channel.Fail(classOfDial(err), "channel.noConnection", err)
	}
	err = c.Send(msg)
	if err == nil {
		_ = c.Close() // the message is accepted; a failing QUIT changes nothing
		return id, nil
	}
	_ = c.Close()
	return "", classify(err)
}

func client(s Settings) (*mail.Client, error) {
	opts := []mail.Option{mail.WithPort(s.Port), mail.WithTimeout(timeout), mail.WithTLSConfig(&tls.Config{
		ServerName: s.Host, MinVersion: tls.VersionTLS12, InsecureSkipVerify: s.SkipVerify, //nolint:gosec // a setting for tests
	})}
	switch s.TLS {
	case "tls":
		opts = append(opts, mail.WithSSL())
	case "none":
		opts = append(opts, mail.WithTLSPolicy(mail.NoTLS))
	default:
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if s.Username != "" {
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.Username), mail.WithPassword(s.Password))
	}
	return mail.NewClient(s.Host, opts...)
}

func compose(s Settings, m channel.Message) (*mail.Msg, string, error) {
	msg := mail.NewMsg()
	if err := msg.From(s.From); err != nil {
		return nil, "", err
	}
	if err := msg.AddToFormat(m.Name, m.To); err != nil {
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
	if err := msg.EnvelopeFrom(bounce); err != nil {
		return nil, "", err
	}
	id := MessageID(m.Workspace, m.Key, s.From)
	msg.SetMessageIDWithValue(id)
	msg.SetGenHeader("X-Dueflow-Key", m.Key)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.Subject(m.Subject)
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

func classOfDial(err error) channel.Class {
	if e, ok := errors.AsType[*textproto.Error](err); ok && e.Code >= 500 {
		return channel.Permanent
	}
	return channel.Retry // nothing was handed over yet
}

func classify(err error) error {
	se, ok := errors.AsType[*mail.SendError](err)
	if !ok {
		return channel.Fail(channel.Unknown, "channel.unknown", err)
	}
	answered := se.ErrorCode() != 0
	if _, isNet := errors.AsType[net.Error](err); isNet && !answered {
		answered = false
	}
	switch {
	case se.IsTemp():
		return channel.Fail(channel.Retry, "channel.refusedForNow", err)
	case answered:
		return channel.Fail(channel.Permanent, "channel.refused", err)
	case se.Reason == mail.ErrSMTPDataClose || se.Reason == mail.ErrWriteContent:
		return channel.Fail(channel.Unknown, "channel.unknown", err)
	}
	return channel.Fail(channel.Retry, "channel.noConnection", err)
}
