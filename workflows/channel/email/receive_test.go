package email

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/dueflow/dueflow/workflows/channel"
)

func receive(t *testing.T, mail string) []channel.News {
	t.Helper()
	news, _, err := Channel{}.Receive(nil, channel.Inbound{Header: http.Header{"Content-Type": {"message/rfc822"}}, Body: []byte(strings.ReplaceAll(mail, "\n", "\r\n"))})
	if err != nil {
		t.Fatal(err)
	}
	return news
}

var ours = MessageID("ws", "k", "Dueflow <ar@example.com>")

// bounce is a report as Postfix writes it.
func bounce(to, action, status, id string) string {
	return `Return-Path: <>
Date: Mon, 2 Mar 2026 12:00:00 +0000
From: MAILER-DAEMON@mx.example.com (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: ` + to + `
Auto-Submitted: auto-replied
Message-Id: <b1@mx.example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="XX"

--XX
Content-Type: text/plain; charset=us-ascii

This is the mail system.

--XX
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; nobody@customer.example
Action: ` + action + `
Status: ` + status + `
Diagnostic-Code: smtp; 550 5.1.1 <nobody@customer.example>: Recipient address
    rejected: User unknown

--XX
Content-Type: text/rfc822-headers

From: ar@example.com
Message-ID:
 <` + id + `>

--XX--
`
}

func TestBounce(t *testing.T) {
	id := channel.ID("k")
	n := receive(t, bounce("bounces+"+id+"@example.com", "failed", "5.1.1", "other@example.com"))
	if len(n) != 1 || n[0].Kind != channel.Bounced || n[0].Key != id || !n[0].Lasting || !strings.Contains(n[0].Detail, "User unknown") {
		t.Errorf("by its address: %+v", n)
	}
	n = receive(t, bounce("ar@example.com", "failed", "5.2.2", ours))
	if len(n) != 1 || n[0].Ref != ours || n[0].Lasting {
		t.Errorf("by its id, mailbox full: %+v", n)
	}
	if n = receive(t, bounce("ar@example.com", "delayed", "4.4.1", ours)); len(n) != 0 {
		t.Errorf("a delay: %+v", n)
	}
	if n = receive(t, bounce("ar@example.com", "delivered", "2.0.0", ours)); len(n) != 1 || n[0].Kind != channel.Delivered {
		t.Errorf("a delivery: %+v", n)
	}
	n = receive(t, "Return-Path: <>\nFrom: postmaster@old.example\nTo: <bounces+"+id+"@example.com>\nSubject: Mail failed\n\nno such user\n")
	if len(n) != 1 || n[0].Kind != channel.Bounced || n[0].Key != id {
		t.Errorf("without a report: %+v", n)
	}
	for _, a := range []string{"bounces+short@example.com", "bounces@example.com", "bounces+" + strings.Repeat("z", 24) + "@example.com"} {
		if got := messageOf(a); got != "" {
			t.Errorf("%s names %s", a, got)
		}
	}
	back, err := verp("Bounces <bounces+x@example.com>", "k")
	if err != nil || messageOf(back) != id {
		t.Errorf("%s, %v", back, err)
	}
}

func TestReply(t *testing.T) {
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String("退订，谢谢 𠮷\n\n在 2026年3月2日，Dueflow 写道：\n> 请付款 STOP\n")
	if err != nil {
		t.Fatal(err)
	}
	n := receive(t, "From: =?gb18030?B?"+base64.StdEncoding.EncodeToString([]byte{0xb0, 0xb2, 0xc4, 0xc8})+"?= <Anna@Customer.example>\nTo: ar@example.com\nSubject: Re: x\nIn-Reply-To: <"+ours+">\nMessage-Id: <r1@customer.example>\nContent-Type: text/plain; charset=gb18030\nContent-Transfer-Encoding: base64\n\n"+base64.StdEncoding.EncodeToString([]byte(gbk))+"\n")
	if len(n) != 1 || n[0].Kind != channel.Replied || n[0].From != "anna@customer.example" || n[0].Ref != ours || n[0].Text != "退订，谢谢 𠮷" || n[0].ID != "<r1@customer.example>" {
		t.Errorf("%+v", n)
	}
	n = receive(t, "From: anna@customer.example\nReferences: <x@y> <"+ours+">\nContent-Type: multipart/alternative; boundary=B\n\n--B\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n<style>p{}</style><p>Will pay on Friday =F0=A0=AE=B7</p><blockquote>STOP</blockquote>\n--B--\n")
	if len(n) != 1 || n[0].Text != "Will pay on Friday 𠮷" || n[0].Ref != ours {
		t.Errorf("%+v", n)
	}
	for _, auto := range []string{"Auto-Submitted: auto-replied", "Precedence: bulk", "X-Autoreply: yes"} {
		if n := receive(t, "From: anna@customer.example\n"+auto+"\nSubject: Out of office\n\nI am away. STOP\n"); len(n) != 0 {
			t.Errorf("%s: %+v", auto, n)
		}
	}
}

func TestFresh(t *testing.T) {
	for in, want := range map[string]string{
		"STOP\n\nOn Mon, 2 Mar 2026 at 12:00, Dueflow <ar@example.com> wrote:\n> pay": "STOP",
		"OK\n\nOn Mon, 2 Mar 2026 at 12:00, Dueflow\n<ar@example.com> wrote:\n> pay":  "OK",
		"ok\n-----Original Message-----\nFrom: x":                                     "ok",
		"好的\n\n------------------ 原始邮件 ------------------\n发件人: x":                    "好的",
		"yes\n-- \nAnna\nAcme": "yes", "> only quoted": "", "": "", "a > b\nOn Friday I wrote: nothing": "a > b\nOn Friday I wrote: nothing",
	} {
		if got := Fresh(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// TestHostileMail: whatever arrives, there is an answer, soon.
func TestHostileMail(t *testing.T) {
	deep := "From: a@b.c\n"
	for range 200 {
		deep += "Content-Type: multipart/mixed; boundary=B\n\n--B\n"
	}
	for _, m := range []string{
		deep, "", "\x00\xff", "From: a@b.c\nContent-Type: multipart/mixed; boundary=\"\"\n\nx", "From: a@b.c\nContent-Type: text/plain; charset=nonsense\nContent-Transfer-Encoding: base64\n\n!!!!",
		"From: a@b.c\nContent-Type: multipart/report; boundary=B\n\n--B\nContent-Type: message/delivery-status\n\nAction\n--B--", "Subject: none\n\nx", "From: \"\r\nBcc: x\" <a@b.c>\n\nx",
		"From: a@b.c\nContent-Type: multipart/mixed; boundary=B\n\n" + strings.Repeat("--B\nContent-Type: text/plain\n\nx\n", 5000),
	} {
		_, _, _ = Channel{}.Receive(nil, channel.Inbound{Header: http.Header{}, Body: []byte(m)})
	}
}
