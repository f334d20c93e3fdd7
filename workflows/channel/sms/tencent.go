package sms

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/channel/httpcall"
)

// tencentErrors are the codes of SendSms, of a whole call and of a number.
var tencentErrors = channel.Table{
	"LimitExceeded.PhoneNumberDailyLimit": channel.RateLimited, "LimitExceeded.PhoneNumberOneHourLimit": channel.RateLimited,
	"LimitExceeded.PhoneNumberThirtySecondLimit": channel.RateLimited, "LimitExceeded.PhoneNumberSameContentDailyLimit": channel.RateLimited,
	"LimitExceeded.AppDailyLimit": channel.RateLimited, "LimitExceeded.DeliveryFrequencyLimit": channel.RateLimited, "LimitExceeded.DailyLimit": channel.RateLimited,
	"RequestLimitExceeded": channel.RateLimited, "RequestLimitExceeded.IPLimit": channel.RateLimited, "RequestLimitExceeded.UinLimitExceeded": channel.RateLimited,
	"FailedOperation.InsufficientBalanceInSmsPackage": channel.NoBalance, "UnauthorizedOperation.ServiceSuspendDueToArrears": channel.NoBalance,
	"InvalidParameterValue.IncorrectPhoneNumber": channel.BadNumber, "UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone": channel.BadNumber,
	"FailedOperation.PhoneNumberInBlacklist": channel.Blacklisted, "FailedOperation.PhoneNumberOnBlacklist": channel.Blacklisted,
	"FailedOperation.TemplateIncorrectOrUnapproved": channel.NoTemplate, "FailedOperation.SignatureIncorrectOrUnapproved": channel.NoTemplate,
	"FailedOperation.TemplateUnapprovedOrNotExist": channel.NoTemplate, "InvalidParameterValue.TemplateParameterFormatError": channel.NoTemplate,
	"InvalidParameterValue.TemplateParameterLengthLimit": channel.BadContent, "FailedOperation.ContainSensitiveWord": channel.BadContent,
	"InvalidParameterValue.ProhibitedUseUrlInTemplateParameter": channel.BadContent,
	"AuthFailure": channel.BadKey, "AuthFailure.SecretIdNotFound": channel.BadKey, "AuthFailure.SignatureFailure": channel.BadKey, "AuthFailure.SignatureExpire": channel.BadKey,
	"AuthFailure.InvalidSecretId": channel.BadKey, "AuthFailure.TokenFailure": channel.BadKey, "UnauthorizedOperation": channel.BadKey,
	"UnauthorizedOperation.SmsSdkAppIdVerifyFail": channel.BadKey, "UnauthorizedOperation.RequestIpNotInWhitelist": channel.BadIP,
	"InternalError": channel.Unsure, "InternalError.Timeout": channel.Unsure, "InternalError.OtherError": channel.Unsure, "InternalError.SendAndRecvFail": channel.Unsure,
	"InternalError.RestApiInterfaceNotExist": channel.Busy, "ResourceUnavailable": channel.Busy,
}

type tencentOut struct {
	Response struct {
		Error         *struct{ Code, Message string }
		SendStatusSet []struct{ SerialNo, Code, Message string }
	}
}

// tencent calls SendSms with the signature TC3-HMAC-SHA256.
func (c *Channel) tencent(ctx context.Context, s Settings, to string, m channel.Message) (string, error) {
	code, _, ordered, err := s.code(m)
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(map[string]any{
		"PhoneNumberSet": []string{to}, "SmsSdkAppId": s.AppID, "SignName": s.Sign, "TemplateId": code, "TemplateParamSet": ordered, "SessionContext": channel.ID(m.Key),
	})
	if err != nil {
		return "", channel.Fail(channel.Permanent, "channel.badMessage", err)
	}
	u, err := url.Parse(s.Endpoint)
	if err != nil {
		return "", channel.Fail(channel.Permanent, "channel.notSetUp", err)
	}
	a, err := c.door.Do(ctx, httpcall.Call{URL: u.Scheme + "://" + u.Host + "/", Header: tc3Sign(s, u.Host, body, c.door.Now()), Body: body})
	if err != nil {
		return "", err
	}
	if a.Status >= 300 {
		return "", httpcall.Status(a.Status)
	}
	var out tencentOut
	if err := a.Read(&out); err != nil {
		return "", err
	}
	r := out.Response
	switch {
	case r.Error != nil:
		return "", tencentErrors.Fail(r.Error.Code, r.Error.Message)
	case len(r.SendStatusSet) == 0:
		return "", channel.Fail(channel.Unknown, "channel.garbage", nil)
	case r.SendStatusSet[0].Code != "Ok":
		return "", tencentErrors.Fail(r.SendStatusSet[0].Code, r.SendStatusSet[0].Message)
	}
	return r.SendStatusSet[0].SerialNo, nil
}

// tc3Sign gives the headers of a signed call.
func tc3Sign(s Settings, host string, body []byte, now time.Time) http.Header {
	const contentType = "application/json; charset=utf-8"
	region := s.Region
	if region == "" {
		region = "ap-guangzhou"
	}
	date, ts := now.UTC().Format("2006-01-02"), strconv.FormatInt(now.Unix(), 10)
	request := "POST\n/\n\ncontent-type:" + contentType + "\nhost:" + host + "\nx-tc-action:sendsms\n\ncontent-type;host;x-tc-action\n" + sha(body)
	scope := date + "/sms/tc3_request"
	text := "TC3-HMAC-SHA256\n" + ts + "\n" + scope + "\n" + sha([]byte(request))
	key := mac(mac(mac([]byte("TC3"+s.SecretKey), date), "sms"), "tc3_request")
	return http.Header{
		"Content-Type": {contentType}, "X-Tc-Action": {"SendSms"}, "X-Tc-Version": {"2021-01-11"}, "X-Tc-Region": {region}, "X-Tc-Timestamp": {ts},
		"Authorization": {"TC3-HMAC-SHA256 Credential=" + s.SecretID + "/" + scope + ", SignedHeaders=content-type;host;x-tc-action, Signature=" + hex.EncodeToString(mac(key, text))},
	}
}

func sha(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	_, _ = h.Write([]byte(text))
	return h.Sum(nil)
}

// tencentNews reads status reports (a list) and replies (one).
func tencentNews(_ Settings, in channel.Inbound) ([]channel.News, channel.Reply, error) {
	type row struct {
		Mobile, Nationcode, Sid, Text, Extend string
		ReportStatus                          string `json:"report_status"`
		Errmsg, Description                   string
		Time                                  int64
	}
	reply := channel.Reply{Type: "application/json", Body: []byte(`{"result":0,"errmsg":"OK"}`)}
	var list []row
	if err := json.Unmarshal(in.Body, &list); err != nil {
		var one row
		if json.Unmarshal(in.Body, &one) != nil {
			return nil, reply, fault.At("", "json", nil)
		}
		list = []row{one}
	}
	if len(list) > channel.MaxNews {
		return nil, reply, fault.At("", "maxItems", channel.MaxNews)
	}
	var out []channel.News
	for _, r := range list {
		switch {
		case r.ReportStatus == "SUCCESS":
			out = append(out, channel.News{Kind: channel.Delivered, Ref: r.Sid})
		case r.ReportStatus != "":
			out = append(out, bounced(channel.News{Ref: r.Sid}, r.Errmsg, r.Description))
		case r.Mobile != "":
			out = append(out, channel.News{Kind: channel.Replied, From: "+" + r.Nationcode + r.Mobile, To: r.Extend, Text: r.Text, ID: r.Mobile + "/" + number(r.Time)})
		}
	}
	return out, reply, nil
}
