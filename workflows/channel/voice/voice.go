// Package voice is the channel "voice": a provider's machine calls and reads
// the text, over a signed HTTP interface that most providers can be put behind.
package voice

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/channel/httpcall"
)

//go:embed channel.json
var about []byte

// Settings of the channel.
type Settings struct {
	URL     string `json:"url"`
	Token   string `json:"token"`
	Secret  string `json:"secret"`
	Caller  string `json:"caller"`
	Country string `json:"country"`
}

// codes are the words in "error" of an answer.
var codes = channel.Table{
	"rateLimited": channel.RateLimited, "busy": channel.Busy, "badNumber": channel.BadNumber, "blacklisted": channel.Blacklisted,
	"noBalance": channel.NoBalance, "badCredentials": channel.BadKey, "unknown": channel.Unsure,
}

var base = channel.BaseOf(about, func(s *Settings) error {
	return channel.CheckURL("/url", s.URL)
})

// Channel is the voice provider's.
type Channel struct {
	channel.Base[Settings]
	door *httpcall.Door
	// Callback is where the provider tells what became of a call; nil or "" for
	// nowhere.
	Callback func(workspace string) string
}

// New makes the channel.
func New(d *httpcall.Door) *Channel { return &Channel{Base: base, door: d} }

// Address is the customer's phone, or else the mobile.
func (*Channel) Address(raw json.RawMessage, customer map[string]any) string {
	var s Settings
	_ = json.Unmarshal(raw, &s)
	for _, f := range base.Info().Fields {
		if n := channel.Text(customer, f); n != "" {
			if _, ok := channel.Phone(n, s.Country); ok {
				return n
			}
		}
	}
	return ""
}

// Send asks the provider for the call.
func (c *Channel) Send(ctx context.Context, raw json.RawMessage, m channel.Message) (string, error) {
	s, err := c.Ready(raw)
	if err != nil {
		return "", err
	}
	to, ok := channel.Phone(m.To, s.Country)
	if !ok {
		return "", channel.Fail(channel.Permanent, "channel.badNumber", errors.New("not a number"))
	}
	id := channel.ID(m.Key)
	in := map[string]string{"id": id, "to": to, "text": m.Text, "language": m.Language, "from": s.Caller}
	if c.Callback != nil {
		in["callback"] = c.Callback(m.Workspace)
	}
	body, err := json.Marshal(in)
	if err != nil {
		return "", channel.Fail(channel.Permanent, "channel.badMessage", err)
	}
	ts := strconv.FormatInt(c.door.Now().Unix(), 10)
	h := http.Header{"Content-Type": {"application/json"}, "Webhook-Id": {id}, "Webhook-Timestamp": {ts}}
	if s.Secret != "" {
		h.Set("Webhook-Signature", "v1,"+channel.Signature(s.Secret, id, ts, body))
	}
	if s.Token != "" {
		h.Set("Authorization", "Bearer "+s.Token)
	}
	a, err := c.door.Do(ctx, httpcall.Call{URL: s.URL, Header: h, Body: body})
	if err != nil {
		return "", err
	}
	return answer(a)
}

func answer(a httpcall.Answer) (string, error) {
	var out struct{ ID, Error, Message string }
	bad := json.Unmarshal(a.Body, &out)
	switch {
	case out.Error != "":
		return "", codes.Fail(out.Error, out.Message)
	case a.Status >= 300:
		return "", httpcall.Status(a.Status)
	case bad != nil && len(a.Body) > 0:
		return "", channel.Fail(channel.Unknown, "channel.garbage", bad)
	}
	return out.ID, nil
}

// Receive reads what became of calls, in our own form.
func (*Channel) Receive(_ json.RawMessage, in channel.Inbound) ([]channel.News, channel.Reply, error) {
	return channel.ReadNews(in.Body)
}
