// Package wecombot is the channel "wecom-bot": messages into a group by WeCom's group robot.
package wecombot

import (
	"context"
	_ "embed"
	"encoding/json"

	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/channel/httpcall"
)

//go:embed channel.json
var about []byte

var base = channel.RobotOf(about, "qyapi.weixin.qq.com")

// Channel is the robot's.
type Channel struct {
	channel.Robot
	api *httpcall.Errcode
}

// New makes the channel.
func New(d *httpcall.Door) *Channel { return &Channel{base, &httpcall.Errcode{Door: d, Table: codes}} }

// Send posts the text to the group.
func (c *Channel) Send(ctx context.Context, raw json.RawMessage, m channel.Message) (string, error) {
	to, _, err := c.To(raw, m)
	if err != nil {
		return "", err
	}
	err = c.api.Post(ctx, to, map[string]any{"msgtype": "text", "text": map[string]string{"content": m.Text}})
	return "", err
}

var codes = channel.Table{
	"-1": channel.Busy, "45009": channel.RateLimited, "45033": channel.RateLimited,
	"93000": channel.BadAddress, "93004": channel.BadAddress, "93008": channel.BadAddress, "93017": channel.BadAddress,
	"40058": channel.BadContent, "44004": channel.BadContent, "45002": channel.BadContent,
}
