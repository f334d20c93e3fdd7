// Package dingtalk is the channel "dingtalk": messages into a group by DingTalk's group robot, signed.
package dingtalk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/channel/httpcall"
)

//go:embed channel.json
var about []byte

var base = channel.RobotOf(about, "oapi.dingtalk.com", "api.dingtalk.com")

// Channel is the robot's.
type Channel struct {
	channel.Robot
	api *httpcall.Errcode
}

// New makes the channel.
func New(d *httpcall.Door) *Channel {
	return &Channel{base, &httpcall.Errcode{Door: d, Table: codes, Words: words}}
}

// Send posts the text to the group.
func (c *Channel) Send(ctx context.Context, raw json.RawMessage, m channel.Message) (string, error) {
	to, secret, err := c.To(raw, m)
	if err != nil {
		return "", err
	}
	err = c.api.Post(ctx, signed(to, secret, c.api.Door.Now()), map[string]any{"msgtype": "text", "text": map[string]string{"content": m.Text}})
	return "", err
}

var codes = channel.Table{
	"-1": channel.Busy, "130101": channel.RateLimited, "410100": channel.RateLimited, "90018": channel.RateLimited, "660026": channel.RateLimited,
	"300001": channel.BadAddress, "300005": channel.BadAddress, "400102": channel.BadAddress, "310000": channel.BadKey, "400013": channel.BadAddress, "430101": channel.BadContent, "430102": channel.BadContent, "430103": channel.BadContent, "430104": channel.BadContent,
	"400101": channel.BadAddress, "400105": channel.BadContent, "40035": channel.BadContent, "43004": channel.BadContent,
}

// words of the code that stands for everything that the robot's security
// settings refuse.
var words = map[int]map[string]channel.Verdict{310000: {
	"keywords": channel.Keywords, "关键词": channel.Keywords, "whitelist": channel.BadIP, "白名单": channel.BadIP,
}}

// signed adds the time in milliseconds and its signature to an address.
func signed(to, secret string, now time.Time) string {
	if secret == "" {
		return to
	}
	ts := strconv.FormatInt(now.UnixMilli(), 10)
	h := hmac.New(sha256.New, []byte(secret))
	_, _ = h.Write([]byte(ts + "\n" + secret))
	sep := "?"
	if strings.Contains(to, "?") {
		sep = "&"
	}
	return to + sep + "timestamp=" + ts + "&sign=" + url.QueryEscape(base64.StdEncoding.EncodeToString(h.Sum(nil)))
}
