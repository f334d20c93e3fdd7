package push

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/workflows/channel"
)

// Notify gives one browser one notice: to people of the house, who are no
// customers and have no record. Equal keys replace each other where they are
// shown. An expired subscription is Permanent "channel.expired".
func (c *Channel) Notify(ctx context.Context, settings, subscription json.RawMessage, m channel.Message) error {
	var s Settings
	if err := json.Unmarshal(settings, &s); err != nil {
		return channel.Fail(channel.Permanent, "channel.notSetUp", err)
	}
	key, err := keyOf(s)
	if err != nil {
		return channel.Fail(channel.Permanent, "channel.notSetUp", err)
	}
	var sub Subscription
	if err := json.Unmarshal(subscription, &sub); err != nil {
		return channel.Fail(channel.Permanent, "channel.badAddress", err)
	}
	notice, err := noticeOf(s, m)
	if err != nil {
		return err
	}
	return c.one(ctx, s, key, sub, notice, channel.ID(m.Key))
}

func noticeOf(s Settings, m channel.Message) ([]byte, error) {
	notice, err := json.Marshal(map[string]string{"title": short(m.Subject, 100), "body": short(m.Text, 600), "url": s.Link, "tag": channel.ID(m.Key), "lang": m.Language})
	if err != nil {
		return nil, channel.Fail(channel.Permanent, "channel.badMessage", err)
	}
	return notice, nil
}
