package sms

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/channel/httpcall"
)

// aliyunErrors are the codes of SendSms and of the API's gateway.
var aliyunErrors = channel.Table{
	"isv.BUSINESS_LIMIT_CONTROL": channel.RateLimited, "isv.DAY_LIMIT_CONTROL": channel.RateLimited, "isv.MONTH_LIMIT_CONTROL": channel.NoBalance,
	"Throttling": channel.RateLimited, "Throttling.User": channel.RateLimited, "Throttling.Api": channel.RateLimited, "ServiceUnavailable": channel.Busy,
	"isv.MOBILE_NUMBER_ILLEGAL": channel.BadNumber, "isv.MOBILE_COUNT_OVER_LIMIT": channel.BadNumber, "isv.BLACK_KEY_CONTROL_LIMIT": channel.BadContent,
	"isv.BLACK_LIST": channel.Blacklisted, "VALVE:D_MC": channel.RateLimited,
	"isv.AMOUNT_NOT_ENOUGH": channel.NoBalance, "isv.OUT_OF_SERVICE": channel.NoBalance, "isv.PRODUCT_UN_SUBSCRIPT": channel.NoBalance, "isv.PRODUCT_UNSUBSCRIBE": channel.NoBalance,
	"isv.ACCOUNT_NOT_EXISTS": channel.BadKey, "isv.ACCOUNT_ABNORMAL": channel.BadKey, "isp.RAM_PERMISSION_DENY": channel.BadKey, "isv.DENY_IP_RANGE": channel.BadIP,
	"InvalidAccessKeyId.NotFound": channel.BadKey, "InvalidAccessKeyId": channel.BadKey, "SignatureDoesNotMatch": channel.BadKey, "IncompleteSignature": channel.BadKey,
	"InvalidTimeStamp.Expired": channel.BadKey, "SignatureNonceUsed": channel.Busy,
	"isv.SMS_TEMPLATE_ILLEGAL": channel.NoTemplate, "isv.SMS_SIGNATURE_ILLEGAL": channel.NoTemplate, "isv.TEMPLATE_MISSING_PARAMETERS": channel.NoTemplate,
	"isv.SMS_SIGNATURE_SCENE_ILLEGAL": channel.NoTemplate, "isv.TEMPLATE_PARAMS_ILLEGAL": channel.NoTemplate, "isv.SMS_CONTENT_ILLEGAL": channel.BadContent,
	"isv.SMS_SIGN_ILLEGAL": channel.NoTemplate, "isv.PARAM_LENGTH_LIMIT": channel.BadContent, "isv.PARAM_NOT_SUPPORT_URL": channel.BadContent, "isv.INVALID_PARAMETERS": channel.BadContent,
	"isp.SYSTEM_ERROR": channel.Unsure, "isp.UNKNOWN_ERR_CODE": channel.Unsure, "InternalError": channel.Unsure,
}

// aliyun calls SendSms with the signature ACS3-HMAC-SHA256.
func (c *Channel) aliyun(ctx context.Context, s Settings, to string, m channel.Message) (string, error) {
	code, named, _, err := s.code(m)
	if err != nil {
		return "", err
	}
	params, err := json.Marshal(named)
	if err != nil {
		return "", channel.Fail(channel.Permanent, "channel.badMessage", err)
	}
	number := strings.TrimPrefix(to, "+86")
	if strings.HasPrefix(number, "+") {
		number = "00" + number[1:]
	}
	q := url.Values{
		"PhoneNumbers": {number}, "SignName": {s.Sign}, "TemplateCode": {code}, "TemplateParam": {string(params)}, "OutId": {channel.ID(m.Key)},
	}
	u, err := url.Parse(s.Endpoint)
	if err != nil {
		return "", channel.Fail(channel.Permanent, "channel.notSetUp", err)
	}
	query := acsQuery(q)
	a, err := c.door.Do(ctx, httpcall.Call{
		URL:    u.Scheme + "://" + u.Host + "/?" + query,
		Header: acsSign(s, "SendSms", u.Host, query, nonce(), c.door.Now()),
	})
	if err != nil {
		return "", err
	}
	var out struct{ Code, Message, BizId string } //nolint:staticcheck // Aliyun's own names
	if err := json.Unmarshal(a.Body, &out); err != nil || out.Code == "" {
		if a.Status >= 300 {
			return "", httpcall.Status(a.Status)
		}
		return "", channel.Fail(channel.Unknown, "channel.garbage", err)
	}
	if out.Code != "OK" {
		return "", aliyunErrors.Fail(out.Code, out.Message)
	}
	return out.BizId, nil
}

func nonce() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails on the systems that Go supports
	return hex.EncodeToString(b[:])
}

// acsQuery writes parameters in the canonical order and escaping.
func acsQuery(q url.Values) string {
	keys := make([]string, 0, len(q))
	for k := range q {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	var b strings.Builder
	for k, key := range keys {
		if k > 0 {
			b.WriteByte('&')
		}
		b.WriteString(acsEscape(key) + "=" + acsEscape(q.Get(key)))
	}
	return b.String()
}

func acsEscape(s string) string {
	return strings.NewReplacer("+", "%20", "*", "%2A", "%7E", "~").Replace(url.QueryEscape(s))
}

// acsSign gives the headers of a signed call without a body.
func acsSign(s Settings, action, host, query, nonce string, now time.Time) http.Header {
	empty := sha256.Sum256(nil)
	h := map[string]string{
		"host": host, "x-acs-action": action, "x-acs-content-sha256": hex.EncodeToString(empty[:]), "x-acs-date": now.UTC().Format("2006-01-02T15:04:05Z"),
		"x-acs-signature-nonce": nonce, "x-acs-version": "2017-05-25",
	}
	names := make([]string, 0, len(h))
	for n := range h {
		names = append(names, n)
	}
	sort.Strings(names)
	var lines strings.Builder
	out := http.Header{}
	for _, n := range names {
		lines.WriteString(n + ":" + h[n] + "\n")
		if n != "host" {
			out.Set(n, h[n])
		}
	}
	signed := strings.Join(names, ";")
	request := sha256.Sum256([]byte("POST\n/\n" + query + "\n" + lines.String() + "\n" + signed + "\n" + hex.EncodeToString(empty[:])))
	mac := hmac.New(sha256.New, []byte(s.AccessKeySecret))
	_, _ = mac.Write([]byte("ACS3-HMAC-SHA256\n" + hex.EncodeToString(request[:])))
	out.Set("Authorization", "ACS3-HMAC-SHA256 Credential="+s.AccessKeyID+",SignedHeaders="+signed+",Signature="+hex.EncodeToString(mac.Sum(nil)))
	return out
}

// aliyunNews reads SmsReport (deliveries) and SmsUp (replies), which come as
// lists over HTTP.
func aliyunNews(_ Settings, in channel.Inbound) ([]channel.News, channel.Reply, error) {
	var list []struct {
		PhoneNumber string `json:"phone_number"`
		Success     *bool  `json:"success"`
		ErrCode     string `json:"err_code"`
		ErrMsg      string `json:"err_msg"`
		BizID       string `json:"biz_id"`
		OutID       string `json:"out_id"`
		Content     string `json:"content"`
		DestCode    string `json:"dest_code"`
		SequenceID  int64  `json:"sequence_id"`
	}
	reply := channel.Reply{Type: "application/json", Body: []byte(`{"code":0,"msg":"成功"}`)}
	if err := json.Unmarshal(in.Body, &list); err != nil {
		return nil, reply, fault.At("", "json", nil)
	}
	if len(list) > channel.MaxNews {
		return nil, reply, fault.At("", "maxItems", channel.MaxNews)
	}
	var out []channel.News
	for _, r := range list {
		switch {
		case r.Success == nil:
			out = append(out, channel.News{Kind: channel.Replied, From: r.PhoneNumber, To: r.DestCode, Text: r.Content, ID: number(r.SequenceID)})
		case *r.Success:
			out = append(out, channel.News{Kind: channel.Delivered, Key: r.OutID, Ref: r.BizID})
		default:
			out = append(out, bounced(channel.News{Key: r.OutID, Ref: r.BizID}, r.ErrCode, r.ErrMsg))
		}
	}
	return out, reply, nil
}
