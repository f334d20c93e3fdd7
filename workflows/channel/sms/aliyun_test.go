package sms

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/channel/httpcall"
)

func raw(t *testing.T, v any) json.RawMessage {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func outcome(err error) string {
	if err == nil {
		return "sent"
	}
	class, reason := channel.ClassOf(err)
	return []string{"retry", "permanent", "unknown"}[class] + " " + strings.TrimPrefix(reason, "channel.")
}

func message() channel.Message {
	return channel.Message{
		Key: "f/i/n/1", Workspace: "ws", To: "138 0013-8000", Name: "𠮷野", Language: "zh-CN", Template: "overdue-sms", Text: "您好 𠮷",
		Vars: map[string]string{"name": "𠮷野", "amount": "¥1,234.50", "days": "7"},
	}
}

// aliyunServer checks calls as Aliyun's gateway does: by the description of
// ACS3-HMAC-SHA256, from what arrives on the wire.
type aliyunServer struct {
	secret string
	answer func(q url.Values) (int, string)
	seen   []url.Values
	nonces map[string]bool
}

func (a *aliyunServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	fail := func(code string) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `{"Code":%q,"Message":"x","RequestId":"R"}`, code)
	}
	body, _ := io.ReadAll(r.Body)
	auth, ok := strings.CutPrefix(r.Header.Get("Authorization"), "ACS3-HMAC-SHA256 ")
	parts := map[string]string{}
	for p := range strings.SplitSeq(auth, ",") {
		k, v, _ := strings.Cut(strings.TrimSpace(p), "=")
		parts[k] = v
	}
	if !ok || parts["Credential"] != "AK" {
		fail("InvalidAccessKeyId.NotFound")
		return
	}
	at, err := time.Parse("2006-01-02T15:04:05Z", r.Header.Get("x-acs-date"))
	if err != nil || time.Since(at).Abs() > 15*time.Minute {
		fail("InvalidTimeStamp.Expired")
		return
	}
	if n := r.Header.Get("x-acs-signature-nonce"); n == "" || a.nonces[n] {
		fail("SignatureNonceUsed")
		return
	} else if a.nonces == nil {
		a.nonces = map[string]bool{n: true}
	} else {
		a.nonces[n] = true
	}
	sum := sha256.Sum256(body)
	if hex.EncodeToString(sum[:]) != r.Header.Get("x-acs-content-sha256") {
		fail("SignatureDoesNotMatch")
		return
	}
	names := strings.Split(parts["SignedHeaders"], ";")
	var headers strings.Builder
	for _, n := range names {
		v := r.Header.Get(n)
		if n == "host" {
			v = r.Host
		}
		headers.WriteString(n + ":" + strings.TrimSpace(v) + "\n")
	}
	canonical := r.Method + "\n/\n" + canonicalQuery(r.URL.Query()) + "\n" + headers.String() + "\n" + parts["SignedHeaders"] + "\n" + r.Header.Get("x-acs-content-sha256")
	hashed := sha256.Sum256([]byte(canonical))
	mac := hmac.New(sha256.New, []byte(a.secret))
	mac.Write([]byte("ACS3-HMAC-SHA256\n" + hex.EncodeToString(hashed[:])))
	if hex.EncodeToString(mac.Sum(nil)) != parts["Signature"] || !strings.Contains(";"+parts["SignedHeaders"]+";", ";x-acs-action;") {
		fail("SignatureDoesNotMatch")
		return
	}
	if r.Header.Get("x-acs-action") != "SendSms" || r.Header.Get("x-acs-version") != "2017-05-25" {
		fail("InvalidAction.NotFound")
		return
	}
	a.seen = append(a.seen, r.URL.Query())
	status, answer := a.answer(r.URL.Query())
	w.WriteHeader(status)
	_, _ = w.Write([]byte(answer))
}

// canonicalQuery is the gateway's own way to write a query.
func canonicalQuery(q url.Values) string {
	var keys, parts []string
	for k := range q {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	escape := func(s string) string {
		var b strings.Builder
		for _, c := range []byte(s) {
			if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_.~", c) >= 0 {
				b.WriteByte(c)
			} else {
				fmt.Fprintf(&b, "%%%02X", c)
			}
		}
		return b.String()
	}
	for _, k := range keys {
		parts = append(parts, escape(k)+"="+escape(q.Get(k)))
	}
	return strings.Join(parts, "&")
}

func aliyunSettings(endpoint, secret string) map[string]any {
	return map[string]any{
		"provider": "aliyun", "accessKeyId": "AK", "accessKeySecret": secret, "sign": "示例 公司*~", "endpoint": endpoint,
		"templates": []map[string]any{{"template": "overdue-sms", "code": "SMS_1", "variables": []string{"name", "money=amount", "days"}}},
	}
}

func TestAliyun(t *testing.T) {
	a := &aliyunServer{secret: "geheim", answer: func(url.Values) (int, string) { return 200, `{"Code":"OK","Message":"OK","BizId":"B1"}` }}
	srv := httptest.NewServer(a)
	defer srv.Close()
	c := New(httpcall.New(true, nil))
	for range 2 {
		ref, err := c.Send(t.Context(), raw(t, aliyunSettings(srv.URL, "geheim")), message())
		if outcome(err) != "sent" || ref != "B1" {
			t.Fatalf("%s %v", ref, err)
		}
	}
	q := a.seen[0]
	var params map[string]string
	if err := json.Unmarshal([]byte(q.Get("TemplateParam")), &params); err != nil || params["name"] != "𠮷野" || params["money"] != "¥1,234.50" || params["days"] != "7" {
		t.Errorf("parameters %s", q.Get("TemplateParam"))
	}
	if q.Get("PhoneNumbers") != "13800138000" || q.Get("TemplateCode") != "SMS_1" || q.Get("SignName") != "示例 公司*~" || q.Get("OutId") != channel.ID(message().Key) {
		t.Errorf("call %v", q)
	}
	_, err := c.Send(t.Context(), raw(t, aliyunSettings(srv.URL, "wrong")), message())
	if got := outcome(err); got != "retry badCredentials" || channel.DetailOf(err) != "SignatureDoesNotMatch: x" {
		t.Errorf("a wrong key gives %s, %q", got, channel.DetailOf(err))
	}
	m := message()
	m.Template = "other"
	if _, err := c.Send(t.Context(), raw(t, aliyunSettings(srv.URL, "geheim")), m); outcome(err) != "permanent templateRefused" {
		t.Errorf("a text without a registered template: %v", err)
	}
}

func TestAliyunAnswers(t *testing.T) {
	var status int
	var answer string
	a := &aliyunServer{secret: "geheim", answer: func(url.Values) (int, string) { return status, answer }}
	srv := httptest.NewServer(a)
	defer srv.Close()
	c := New(httpcall.New(true, nil))
	for _, x := range []struct {
		status       int
		answer, want string
	}{
		{200, `{"Code":"isv.BUSINESS_LIMIT_CONTROL","Message":"触发分钟级流控"}`, "retry rateLimited"},
		{200, `{"Code":"isv.MOBILE_NUMBER_ILLEGAL"}`, "permanent badNumber"},
		{200, `{"Code":"isv.AMOUNT_NOT_ENOUGH"}`, "retry noBalance"},
		{200, `{"Code":"isv.SMS_TEMPLATE_ILLEGAL"}`, "permanent templateRefused"},
		{200, `{"Code":"isp.SYSTEM_ERROR"}`, "unknown unknown"},
		{200, `{"Code":"isv.SOMETHING_NEW"}`, "permanent refused"},
		{400, `{"Code":"Throttling.User"}`, "retry rateLimited"},
		{200, `<html>gateway</html>`, "unknown garbage"},
		{502, `<html>bad gateway</html>`, "unknown unknown"},
		{503, ``, "retry refusedForNow"},
		{200, ``, "unknown garbage"},
	} {
		status, answer = x.status, x.answer
		if _, err := c.Send(t.Context(), raw(t, aliyunSettings(srv.URL, "geheim")), message()); outcome(err) != x.want {
			t.Errorf("%d %s: got %s, want %s", x.status, x.answer, outcome(err), x.want)
		}
	}
}

func TestAliyunNews(t *testing.T) {
	s := raw(t, aliyunSettings("", "geheim"))
	body := `[{"phone_number":"13800138000","success":true,"err_code":"DELIVERED","biz_id":"B1","out_id":"abc"},
	 {"phone_number":"13800138001","success":false,"err_code":"MK:0001","err_msg":"空号","biz_id":"B2","out_id":"def"},
	 {"phone_number":"13800138002","success":false,"err_code":"MK:0008","err_msg":"关机","biz_id":"B3"},
	 {"phone_number":"13800138003","content":"退订","dest_code":"106","sequence_id":9}]`
	news, reply, err := New(nil).Receive(s, channel.Inbound{Body: []byte(body)})
	if err != nil || len(news) != 4 || !strings.Contains(string(reply.Body), `"code":0`) {
		t.Fatalf("%v %s %v", news, reply.Body, err)
	}
	if news[0].Kind != channel.Delivered || news[0].Key != "abc" || news[0].Ref != "B1" {
		t.Errorf("delivered: %+v", news[0])
	}
	if news[1].Kind != channel.Bounced || !news[1].Lasting || news[1].Reason != "channel.badNumber" || news[2].Lasting {
		t.Errorf("bounced: %+v, %+v", news[1], news[2])
	}
	if news[3].Kind != channel.Replied || news[3].Text != "退订" || news[3].From != "13800138003" {
		t.Errorf("replied: %+v", news[3])
	}
	for _, bad := range []string{"", "{", "null x", `{"a":1}`, `"x"`} {
		if _, _, err := New(nil).Receive(s, channel.Inbound{Body: []byte(bad)}); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
