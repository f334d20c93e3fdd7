package builtin

import (
	"time"

	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/channel/call"
	"github.com/dueflow/dueflow/workflows/channel/dingtalk"
	"github.com/dueflow/dueflow/workflows/channel/email"
	"github.com/dueflow/dueflow/workflows/channel/feishu"
	"github.com/dueflow/dueflow/workflows/channel/httpcall"
	"github.com/dueflow/dueflow/workflows/channel/letter"
	"github.com/dueflow/dueflow/workflows/channel/push"
	"github.com/dueflow/dueflow/workflows/channel/sandbox"
	"github.com/dueflow/dueflow/workflows/channel/sms"
	"github.com/dueflow/dueflow/workflows/channel/voice"
	"github.com/dueflow/dueflow/workflows/channel/webhook"
	"github.com/dueflow/dueflow/workflows/channel/wechat"
	"github.com/dueflow/dueflow/workflows/channel/wecomapp"
	"github.com/dueflow/dueflow/workflows/channel/wecombot"
	"github.com/dueflow/dueflow/workflows/channel/wecomcustomer"
)

// Channels is the registry of all channels. allowPrivate lets them reach
// private addresses.
func Channels(allowPrivate bool, now func() time.Time) channel.Registry {
	d := httpcall.New(allowPrivate, now)
	return channel.NewRegistry(
		sandbox.Channel{}, email.Channel{Public: !allowPrivate}, sms.New(d),
		wecombot.New(d), wecomapp.New(d), wecomcustomer.New(d), wechat.New(d), dingtalk.New(d), feishu.New(d), push.New(d),
		call.Channel{}, voice.New(d), letter.Channel{}, webhook.New(d),
	)
}
