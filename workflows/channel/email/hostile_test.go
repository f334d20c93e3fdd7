package email

import (
	"strings"
	"testing"
)

// TestInjection: names and subjects come from imports and forms; whatever they
// hold, the mail has one recipient and no headers but ours.
func TestInjection(t *testing.T) {
	for _, evil := range []string{
		"Acme \"Best\" GmbH", "Acme, Ltd; <evil@example.net>", "x\r\nBcc: evil@example.net", "x\nBcc: evil@example.net\n\nbody", "x\" <evil@example.net>, \"y",
		"back\\slash", "tab\tzero\x00bell\a", "=?utf-8?q?x=0D=0ABcc:_evil@example.net?=", strings.Repeat("长", 300), "\xff\xfe broken",
	} {
		srv := (&mailServer{}).start(t, "none")
		m := message()
		m.Name, m.Subject = evil, evil
		if _, got := send(t, settings(srv.port, plain), m); got != "sent" {
			t.Errorf("%q: %s", evil, got)
			continue
		}
		mail, r := delivered(t, srv)
		if r.to != m.To {
			t.Errorf("%q: sent to %s", evil, r.to)
		}
		if to, err := mail.Header.AddressList("To"); err != nil || len(to) != 1 || to[0].Address != m.To {
			t.Errorf("%q: To %v, %v", evil, to, err)
		}
		for _, h := range []string{"Bcc", "Cc"} {
			if got := mail.Header.Get(h); got != "" {
				t.Errorf("%q: %s: %s", evil, h, got)
			}
		}
		if text := parts(t, mail); text["text/plain"] != m.Text {
			t.Errorf("%q: text %q", evil, text["text/plain"])
		}
	}
}

func TestBadRecipient(t *testing.T) {
	srv := (&mailServer{}).start(t, "none")
	for _, to := range []string{"", "nobody", "a@b.example, c@d.example", "a@b.example>\r\nRCPT TO:<evil@example.net", "a@b.example\r\nBcc: x@y.example"} {
		m := message()
		m.To = to
		expect(t, settings(srv.port, plain), m, "permanent channel.badAddress")
	}
	if n := len(srv.taken()); n != 0 {
		t.Errorf("%d mails", n)
	}
}

func TestCheck(t *testing.T) {
	for name, change := range map[string]func(*Settings){
		"host": func(s *Settings) { s.Host = "" }, "socket": func(s *Settings) { s.Host = "unix:///run/mail" }, "port": func(s *Settings) { s.Port = 70000 },
		"from": func(s *Settings) { s.From = "@" }, "no from": func(s *Settings) { s.From = "" }, "bounce": func(s *Settings) { s.Bounce = "x" },
		"tls": func(s *Settings) { s.TLS = "maybe" },
	} {
		if (Channel{}).Check(settings(25, change)) == nil {
			t.Errorf("%s passes", name)
		}
		if _, got := send(t, settings(25, change), message()); got != "permanent channel.notSetUp" {
			t.Errorf("%s: %s", name, got)
		}
	}
	if err := (Channel{}).Check(settings(25, nil)); err != nil {
		t.Error(err)
	}
}
