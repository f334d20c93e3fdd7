package email

import (
	"bufio"
	"bytes"
	"encoding/json"
	"mime"
	netmail "net/mail"
	"net/textproto"
	"regexp"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/workflows/channel"
)

// Receive reads what came back: a whole mail as it arrived (a bounce, a
// delivery report, an answer), or news in our own form as JSON.
func (Channel) Receive(_ json.RawMessage, in channel.Inbound) ([]channel.News, channel.Reply, error) {
	media, _, _ := mime.ParseMediaType(in.Header.Get("Content-Type"))
	if media == "application/json" || media == "" && bytes.HasPrefix(bytes.TrimSpace(in.Body), []byte("{")) {
		return channel.ReadNews(in.Body)
	}
	m, err := netmail.ReadMessage(bytes.NewReader(in.Body))
	if err != nil {
		return nil, channel.Reply{}, fault.At("", "mail", nil)
	}
	parts := walk(textproto.MIMEHeader(m.Header), m.Body, 0)
	reply := channel.Reply{Type: "application/json", Body: []byte(`{"ok":true}`)}
	head := textproto.MIMEHeader(m.Header)
	if n, ok := report(head, parts); ok {
		return n, reply, nil
	}
	if automatic(head) {
		return nil, reply, nil // nobody has read our mail yet
	}
	from, err := netmail.ParseAddress(decodeHeader(head.Get("From")))
	if err != nil {
		return nil, reply, fault.At("/From", "email", nil)
	}
	n := channel.News{Kind: channel.Replied, From: strings.ToLower(from.Address), Key: idIn(head), Ref: answered(head), Text: Fresh(textOf(parts)), ID: head.Get("Message-Id")}
	if n.Text == "" {
		n.Text = decodeHeader(head.Get("Subject"))
	}
	return []channel.News{n}, reply, nil
}

// idIn is the message's id in the addresses that a mail came to.
func idIn(h textproto.MIMEHeader) string {
	for _, name := range []string{"X-Original-To", "Delivered-To", "Envelope-To", "To"} {
		for _, v := range h.Values(name) {
			list, err := netmail.ParseAddressList(v)
			if err != nil {
				list = []*netmail.Address{{Address: strings.Trim(v, " <>")}}
			}
			for _, a := range list {
				if id := messageOf(a.Address); id != "" {
					return id
				}
			}
		}
	}
	return ""
}

var ourID = regexp.MustCompile(`<([0-9a-f]{32}@[^>\s]+)>`)

// answered is the id of our mail that one answers; the newest of References.
func answered(h textproto.MIMEHeader) string {
	for _, name := range []string{"In-Reply-To", "References"} {
		if all := ourID.FindAllStringSubmatch(h.Get(name), -1); len(all) > 0 {
			return all[len(all)-1][1]
		}
	}
	return ""
}

// automatic tells mails that no person wrote (RFC 3834 and older customs).
func automatic(h textproto.MIMEHeader) bool {
	sub := strings.ToLower(h.Get("Auto-Submitted"))
	precedence := strings.ToLower(h.Get("Precedence"))
	return sub != "" && sub != "no" || precedence == "bulk" || precedence == "auto_reply" || precedence == "junk" ||
		h.Get("X-Autoreply") != "" || h.Get("X-Auto-Response-Suppress") != "" && h.Get("In-Reply-To") == "" || h.Get("X-Autorespond") != ""
}

// report reads a delivery report (RFC 3464): what failed for good is a bounce,
// what was delivered is that, a delay is no news.
func report(head textproto.MIMEHeader, parts []part) ([]channel.News, bool) {
	key, ref := idIn(head), ""
	var status *part
	for k, p := range parts {
		switch p.media {
		case "message/delivery-status":
			status = &parts[k]
		case "message/rfc822", "text/rfc822-headers", "message/rfc822-headers":
			if m := ourID.FindSubmatch(headerLines(p.body)); m != nil {
				ref = string(m[1])
			}
		}
	}
	if status == nil {
		// Some servers bounce without a report, to the address that names the mail.
		if key == "" || !fromServer(head) {
			return nil, false
		}
		return []channel.News{{Kind: channel.Bounced, Key: key, Reason: "channel.bounced", Detail: decodeHeader(head.Get("Subject")), ID: head.Get("Message-Id")}}, true
	}
	f := fields(status.body)
	n := channel.News{Key: key, Ref: ref, ID: head.Get("Message-Id"), Detail: strings.TrimSpace(f.Get("Status") + " " + f.Get("Diagnostic-Code"))}
	switch strings.ToLower(f.Get("Action")) {
	case "failed":
		code := f.Get("Status")
		n.Kind, n.Reason = channel.Bounced, "channel.bounced"
		n.Lasting = strings.HasPrefix(code, "5.1.") || code == "5.2.1" || code == "5.4.4"
	case "delivered", "relayed", "expanded":
		n.Kind = channel.Delivered
	default:
		return nil, true
	}
	return []channel.News{n}, true
}

func fromServer(h textproto.MIMEHeader) bool {
	from := strings.ToLower(h.Get("From"))
	return strings.TrimSpace(h.Get("Return-Path")) == "<>" || strings.Contains(from, "mailer-daemon") || strings.Contains(from, "postmaster")
}

// headerLines is the head of a mail, its long lines joined, so that an id is
// only taken from where it stands for that mail.
func headerLines(body []byte) []byte {
	for line := range strings.SplitSeq(string(unfolded(body)), "\n") {
		if name, v, ok := strings.Cut(line, ":"); ok && strings.EqualFold(strings.TrimSpace(name), "message-id") {
			return []byte(v)
		}
	}
	return nil
}

func unfolded(body []byte) []byte {
	head, _, _ := bytes.Cut(bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n")), []byte("\n\n"))
	return bytes.ReplaceAll(bytes.ReplaceAll(head, []byte("\n "), []byte(" ")), []byte("\n\t"), []byte(" "))
}

// fields are those of the first recipient with an action.
func fields(body []byte) textproto.MIMEHeader {
	for block := range strings.SplitSeq(strings.ReplaceAll(string(body), "\r\n", "\n"), "\n\n") {
		h, err := textproto.NewReader(bufio.NewReader(strings.NewReader(strings.TrimSpace(block) + "\n\n"))).ReadMIMEHeader()
		if err == nil && h.Get("Action") != "" {
			return h
		}
	}
	return textproto.MIMEHeader{}
}
