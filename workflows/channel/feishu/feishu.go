// Package feishu is the channel "feishu": messages into a group by Feishu's or Lark's group robot, signed.
package feishu

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"time"

	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/channel/httpcall"
)

//go:embed channel.json
var about []byte

var base = channel.RobotOf(about, "open.feishu.cn", "open.larksuite.com")

// Channel is the robot's.
type Channel struct {
	channel.Robot
	door *httpcall.Door
}

// New makes the channel.
func New(d *httpcall.Door) *Channel { return &Channel{base, d} }

// Send posts the text to the group.
func (c *Channel) Send(ctx context.Context, raw json.RawMessage, m channel.Message) (string, error) {
	to, secret, err := c.To(raw, m)
	if err != nil {
		return "", err
	}
	body := map[string]any{"msg_type": "text", "content": map[string]string{"text": m.Text}}
	if secret != "" {
		body["timestamp"], body["sign"] = signature(secret, c.door.Now())
	}
	var out struct {
		Code *int   `json:"code"`
		Msg  string `json:"msg"`
	}
	if err := c.door.JSON(ctx, to, body, &out); err != nil {
		return "", err
	}
	switch {
	case out.Code == nil:
		return "", channel.Fail(channel.Unknown, "channel.garbage", nil)
	case *out.Code != 0:
		return "", codes.Fail(strconv.Itoa(*out.Code), out.Msg)
	}
	return "", nil
}

var codes = channel.Table{
	"9499": channel.RateLimited, "11232": channel.RateLimited, "99991400": channel.RateLimited, "11233": channel.RateLimited,
	"19001": channel.BadAddress, "19002": channel.BadContent, "19021": channel.BadKey, "19022": channel.BadIP, "19024": channel.Keywords, "19036": channel.BadContent,
}

// signature is the base64 of HMAC-SHA256 with the time and secret as the key
// and nothing as the text: the provider's own scheme.
func signature(secret string, now time.Time) (timestamp, sign string) {
	timestamp = strconv.FormatInt(now.Unix(), 10)
	h := hmac.New(sha256.New, []byte(timestamp+"\n"+secret))
	return timestamp, base64.StdEncoding.EncodeToString(h.Sum(nil))
}
