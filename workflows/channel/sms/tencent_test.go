package sms

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/channel/httpcall"
)

// tencentServer checks TC3-HMAC-SHA256 from what arrives on the wire.
type tencentServer struct {
	key    string
	answer string
	seen   map[string]any
}

func (s *tencentServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	fail := func(code string) {
		_, _ = fmt.Fprintf(w, `{"Response":{"Error":{"Code":%q,"Message":"x"},"RequestId":"R"}}`, code)
	}
	var id, date, signed, signature string
	auth := strings.TrimPrefix(r.Header.Get("Authorization"), "TC3-HMAC-SHA256 ")
	for p := range strings.SplitSeq(auth, ", ") {
		k, v, _ := strings.Cut(p, "=")
		switch k {
		case "Credential":
			c := strings.Split(v, "/")
			if len(c) != 4 || c[2] != "sms" || c[3] != "tc3_request" {
				fail("AuthFailure.InvalidAuthorization")
				return
			}
			id, date = c[0], c[1]
		case "SignedHeaders":
			signed = v
		case "Signature":
			signature = v
		}
	}
	if id != "AKID" {
		fail("AuthFailure.SecretIdNotFound")
		return
	}
	ts, err := strconv.ParseInt(r.Header.Get("X-TC-Timestamp"), 10, 64)
	if err != nil || time.Since(time.Unix(ts, 0)).Abs() > 5*time.Minute || time.Unix(ts, 0).UTC().Format("2006-01-02") != date {
		fail("AuthFailure.SignatureExpire")
		return
	}
	var headers strings.Builder
	for n := range strings.SplitSeq(signed, ";") {
		v := r.Header.Get(n)
		if n == "host" {
			v = r.Host
		}
		headers.WriteString(n + ":" + strings.ToLower(strings.TrimSpace(v)) + "\n")
	}
	canonical := "POST\n/\n\n" + headers.String() + "\n" + signed + "\n" + sha(body)
	text := "TC3-HMAC-SHA256\n" + strconv.FormatInt(ts, 10) + "\n" + date + "/sms/tc3_request\n" + sha([]byte(canonical))
	key := mac(mac(mac([]byte("TC3"+s.key), date), "sms"), "tc3_request")
	if hex.EncodeToString(mac(key, text)) != signature || !strings.Contains(signed, "content-type;host") {
		fail("AuthFailure.SignatureFailure")
		return
	}
	if r.Header.Get("X-TC-Action") != "SendSms" || r.Header.Get("X-TC-Version") != "2021-01-11" || r.Header.Get("X-TC-Region") == "" || json.Unmarshal(body, &s.seen) != nil {
		fail("InvalidParameter")
		return
	}
	_, _ = w.Write([]byte(s.answer))
}

// TestTC3Vector is the worked example of Tencent Cloud's description of the
// scheme, for the steps that do not depend on the service.
func TestTC3Vector(t *testing.T) {
	key := mac(mac(mac([]byte("TC3Gu5t9xGARNpq86cd98joQYCN3*******"), "2019-02-25"), "cvm"), "tc3_request")
	text := "TC3-HMAC-SHA256\n1551113065\n2019-02-25/cvm/tc3_request\n5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031"
	if got := hex.EncodeToString(mac(key, text)); got != "2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c" {
		t.Errorf("signature %s", got)
	}
}

func TestTencent(t *testing.T) {
	s := &tencentServer{key: "geheim"}
	srv := httptest.NewServer(s)
	defer srv.Close()
	c := New(httpcall.New(true, nil))
	settings := func(key string) json.RawMessage {
		return raw(t, map[string]any{
			"provider": "tencent", "secretId": "AKID", "secretKey": key, "appId": "1400", "sign": "示例", "endpoint": srv.URL,
			"templates": []map[string]any{{"template": "*", "code": "77", "variables": []string{"amount", "name"}}},
		})
	}
	set := func(code string) string {
		return fmt.Sprintf(`{"Response":{"SendStatusSet":[{"SerialNo":"S1","PhoneNumber":"+8613800138000","Fee":1,"Code":%q,"Message":"m"}],"RequestId":"R"}}`, code)
	}
	for answer, want := range map[string]string{
		set("Ok"): "sent", set("LimitExceeded.PhoneNumberDailyLimit"): "retry rateLimited", set("FailedOperation.InsufficientBalanceInSmsPackage"): "retry noBalance",
		set("InvalidParameterValue.IncorrectPhoneNumber"): "permanent badNumber", set("FailedOperation.PhoneNumberInBlacklist"): "permanent blacklisted",
		set("FailedOperation.TemplateIncorrectOrUnapproved"): "permanent templateRefused", set("InternalError.Timeout"): "unknown unknown", set("New.Thing"): "permanent refused",
		`{"Response":{}}`: "unknown garbage", `nonsense`: "unknown garbage", `{}`: "unknown garbage",
	} {
		s.answer = answer
		ref, err := c.Send(t.Context(), settings("geheim"), message())
		if outcome(err) != want || err == nil && ref != "S1" {
			t.Errorf("%s: got %s (%v), want %s", answer, outcome(err), err, want)
		}
	}
	if fmt.Sprint(s.seen["PhoneNumberSet"]) != "[+8613800138000]" || fmt.Sprint(s.seen["TemplateParamSet"]) != "[¥1,234.50 𠮷野]" || s.seen["TemplateId"] != "77" {
		t.Errorf("call %v", s.seen)
	}
	if _, err := c.Send(t.Context(), settings("wrong"), message()); outcome(err) != "retry badCredentials" {
		t.Errorf("a wrong key gives %v", err)
	}
	news, _, err := c.Receive(settings("x"), channel.Inbound{Body: []byte(`[{"mobile":"138","nationcode":"86","report_status":"FAIL","errmsg":"UNKNOWN_SUBSCRIBER","sid":"S1"},{"report_status":"SUCCESS","sid":"S2"}]`)})
	if err != nil || len(news) != 2 || news[0].Ref != "S1" || !news[0].Lasting || news[1].Kind != channel.Delivered {
		t.Errorf("%+v, %v", news, err)
	}
	news, _, err = c.Receive(settings("x"), channel.Inbound{Body: []byte(`{"extend":"1","mobile":"13800138000","nationcode":"86","sign":"s","text":"T","time":1457336869}`)})
	if err != nil || len(news) != 1 || news[0].From != "+8613800138000" || news[0].Text != "T" {
		t.Errorf("%+v, %v", news, err)
	}
}
