package sms

import (
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the provider's scheme
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/channel/httpcall"
)

var twilioErrors = channel.Table{
	"20429": channel.RateLimited, "14107": channel.RateLimited, "30001": channel.RateLimited, "63038": channel.RateLimited,
	"20003": channel.BadKey, "20404": channel.BadKey, "20005": channel.BadKey, "21606": channel.BadKey, "21603": channel.BadKey, "21212": channel.BadKey, "21659": channel.BadKey, "30002": channel.BadKey,
	"21211": channel.BadNumber, "21214": channel.BadNumber, "21217": channel.BadNumber, "21614": channel.BadNumber, "21408": channel.BadNumber, "21612": channel.BadNumber,
	"21610": channel.Blacklisted, "21602": channel.BadContent, "21617": channel.BadContent, "21605": channel.BadContent, "30007": channel.BadContent,
	"20500": channel.Unsure, "20503": channel.Busy,
}

// twilio posts a message with the account's token.
func (c *Channel) twilio(ctx context.Context, s Settings, to string, m channel.Message) (string, error) {
	form := url.Values{"To": {to}, "Body": {m.Text}}
	if strings.HasPrefix(s.From, "MG") {
		form.Set("MessagingServiceSid", s.From)
	} else {
		form.Set("From", s.From)
	}
	if c.Callback != nil {
		if at := c.Callback(m.Workspace); at != "" {
			form.Set("StatusCallback", at)
		}
	}
	basic := base64.StdEncoding.EncodeToString([]byte(s.AccountSID + ":" + s.AuthToken))
	a, err := c.door.Do(ctx, httpcall.Call{
		URL:    strings.TrimSuffix(s.Endpoint, "/") + "/2010-04-01/Accounts/" + url.PathEscape(s.AccountSID) + "/Messages.json",
		Header: http.Header{"Authorization": {"Basic " + basic}, "Content-Type": {"application/x-www-form-urlencoded"}},
		Body:   []byte(form.Encode()),
	})
	if err != nil {
		return "", err
	}
	var out struct {
		SID       string `json:"sid"`
		Status    any    `json:"status"` // a word of a message, a number of an error
		Code      int    `json:"code"`
		ErrorCode *int   `json:"error_code"`
		Message   string `json:"message"`
	}
	if err := json.Unmarshal(a.Body, &out); err != nil || out.SID == "" && out.Code == 0 {
		if a.Status >= 300 {
			return "", httpcall.Status(a.Status)
		}
		return "", channel.Fail(channel.Unknown, "channel.garbage", err)
	}
	switch {
	case a.Status >= 300:
		return "", twilioErrors.Fail(strconv.Itoa(out.Code), out.Message)
	case out.Status == "failed" && out.ErrorCode != nil:
		return "", twilioErrors.Fail(strconv.Itoa(*out.ErrorCode), out.Message)
	}
	return out.SID, nil
}

// twilioNews reads status callbacks and incoming messages; where the address
// of the call is known, its signature must be right.
func twilioNews(s Settings, in channel.Inbound) ([]channel.News, channel.Reply, error) {
	reply := channel.Reply{Type: "text/xml", Body: []byte(`<?xml version="1.0" encoding="UTF-8"?><Response/>`)}
	form, err := url.ParseQuery(string(in.Body))
	if err != nil || form.Get("MessageSid")+form.Get("SmsSid") == "" {
		return nil, reply, fault.At("", "form", nil)
	}
	if in.URL != "" && !hmac.Equal([]byte(in.Header.Get("X-Twilio-Signature")), []byte(twilioSignature(s.AuthToken, in.URL, form))) {
		return nil, reply, fault.New(fault.Unauthenticated, "hook.signature", nil)
	}
	sid := form.Get("MessageSid")
	if sid == "" {
		sid = form.Get("SmsSid")
	}
	switch form.Get("MessageStatus") {
	case "delivered", "read":
		return []channel.News{{Kind: channel.Delivered, Ref: sid}}, reply, nil
	case "undelivered", "failed":
		return []channel.News{bounced(channel.News{Ref: sid}, form.Get("ErrorCode"), "")}, reply, nil
	case "":
		return []channel.News{{Kind: channel.Replied, From: form.Get("From"), To: form.Get("To"), Text: form.Get("Body"), ID: sid}}, reply, nil
	}
	return nil, reply, nil // on its way
}

// twilioSignature is the base64 of HMAC-SHA1 over the address and the sorted
// parameters.
func twilioSignature(token, to string, form url.Values) string {
	keys := make([]string, 0, len(form))
	for k := range form {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	h := hmac.New(sha1.New, []byte(token))
	_, _ = h.Write([]byte(to))
	for _, k := range keys {
		for _, v := range form[k] {
			_, _ = h.Write([]byte(k + v))
		}
	}
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}
