package api

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"sort"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/server/messages"
	"github.com/dueflow/dueflow/server/text"
	"github.com/dueflow/dueflow/server/workspace"
	"github.com/dueflow/dueflow/workflows/channel"
)

func (s *Server) channelRoutes() {
	set := need{"workspace", "update"}
	route(s, http.MethodGet, "/channel-settings", "listChannelSettings", set, "All channels with their settings, state and figures", s.listChannelSettings)
	route(s, http.MethodPut, "/channel-settings/{key}", "saveChannel", set, "Set a channel up; secrets sent back as shown stay", s.saveChannel)
	route(s, http.MethodDelete, "/channel-settings/{key}", "dropChannel", set, "Forget a channel's settings", s.dropChannel)
	route(s, http.MethodPost, "/channel-settings/{key}/test", "testChannel", set, "Send a test to oneself", s.testChannel)
}

type channelSetting struct {
	Key       string          `json:"key"`
	Title     flow.Text       `json:"title"`
	About     flow.Text       `json:"about"`
	Kind      string          `json:"kind" enum:"mail,phone,chat,paper,machine"`
	Schema    json.RawMessage `json:"schema"`
	Rate      float64         `json:"rate" doc:"messages a second when the settings name none; 0 is no limit"`
	MaxText   int             `json:"maxText"`
	Subject   bool            `json:"subject"`
	HTML      bool            `json:"html"`
	Person    bool            `json:"person" doc:"somebody has to act before the customer is reached"`
	Templates bool            `json:"templates" doc:"the provider sends only registered texts"`
	Fields    []string        `json:"fields" doc:"the customer's fields that hold the address"`
	Inbound   []string        `json:"inbound" doc:"what the provider may tell"`
	Hook      string          `json:"hook,omitempty" doc:"where the provider tells it; keep it secret"`
	Set       bool            `json:"set"`
	Problem   *Problem        `json:"problem,omitempty" doc:"what is wrong with the settings"`
	Settings  map[string]any  `json:"settings"`
	Version   int64           `json:"version" doc:"of these settings, for If-Match"`
	Figures   channelFigures  `json:"figures"`
}

type channelFigures struct {
	messages.Figures
	LastError *channelError `json:"lastError,omitempty"`
}

type channelError struct {
	At     string  `json:"at"`
	Reason *reason `json:"reason,omitempty"`
	Detail string  `json:"detail,omitempty"`
	Status string  `json:"status"`
}

// figureDays is how far back the figures of channels look.
const figureDays = 7

func (s *Server) listChannelSettings(ctx context.Context, a policies.Actor, _ *nothing) (*reply[items[channelSetting]], error) {
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	now, _ := s.Spaces.Now(w)
	figures, err := s.Messages.ByChannel(ctx, a.Workspace, now.Add(-figureDays*24*time.Hour))
	if err != nil {
		return nil, err
	}
	out := items[channelSetting]{Items: []channelSetting{}}
	for _, key := range s.Channels.Keys() {
		c := s.showChannel(ctx, w, key)
		c.Figures.Figures = figures[key].Figures
		if bad := figures[key].Bad; bad != nil {
			c.Figures.LastError = &channelError{bad.At, reasonOf(bad.Reason, ""), bad.Detail, bad.Status}
		}
		out.Items = append(out.Items, c)
	}
	order := map[string]int{"mail": 1, "phone": 2, "chat": 3, "paper": 4, "machine": 5}
	sort.SliceStable(out.Items, func(i, k int) bool { return order[out.Items[i].Kind] < order[out.Items[k].Kind] })
	return &reply[items[channelSetting]]{out}, nil
}

func (s *Server) showChannel(ctx context.Context, w *workspace.Workspace, key string) channelSetting {
	ch := s.Channels[key]
	i := ch.Info()
	raw, set := w.Channels[key]
	out := channelSetting{
		Key: key, Title: i.Title, About: i.About, Kind: i.Kind, Schema: i.Settings, Rate: i.Rate, MaxText: i.MaxText, Subject: i.Subject, HTML: i.HTML,
		Person: i.Person, Templates: i.Templates, Fields: i.Fields, Inbound: i.Inbound, Set: set || key == "sandbox", Settings: map[string]any{}, Version: revision(raw),
	}
	if len(i.Inbound) > 0 && set {
		out.Hook = s.Outreach.Hook(w, key)
	}
	if set {
		if m := s.hide(key, raw); m != nil {
			out.Settings = m
		}
		if f, ok := ch.Check(raw).(*fault.Error); ok {
			out.Problem = faultProblem(langOf(ctx), f)
		}
	}
	return out
}

// ChannelPath names a channel.
type ChannelPath struct {
	Key string `path:"key" maxLength:"40"`
}

type channelIn struct {
	ChannelPath
	IfMatch string `header:"If-Match"`
	Body    map[string]any
}

func (s *Server) saveChannel(ctx context.Context, a policies.Actor, in *channelIn) (*tagged[channelSetting], error) {
	v, err := needVersion(in.IfMatch)
	if err != nil {
		return nil, err
	}
	if _, err := s.channel(in.Key); err != nil {
		return nil, err
	}
	fresh := false
	var before map[string]any
	w, err := s.Spaces.Update(ctx, a.Workspace, 0, func(w *workspace.Workspace) error {
		if revision(w.Channels[in.Key]) != v {
			return fault.New(fault.Conflict, "store.version", nil)
		}
		fresh, before = len(w.Channels[in.Key]) == 0, s.hide(in.Key, w.Channels[in.Key])
		raw, err := s.mergeChannel(in.Key, w.Channels[in.Key], in.Body)
		if err != nil {
			return err
		}
		if w.Channels == nil {
			w.Channels = map[string]json.RawMessage{}
		}
		w.Channels[in.Key] = raw
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := s.showChannel(ctx, w, in.Key)
	s.auditChange(ctx, a, "channel", in.Key, before, out.Settings)
	if fresh { // what waited for a channel does not wait for somebody to notice that there is one
		if err := s.Flows.RetryParked(ctx, a.Workspace, "notSetUp", a.ID); err != nil {
			return nil, err
		}
	}
	return &tagged[channelSetting]{etag(out.Version), out}, nil
}

// revision is a number that changes with a channel's settings, so that people
// who set up different channels do not stand in each other's way.
func revision(raw json.RawMessage) int64 {
	if len(raw) == 0 {
		return 1
	}
	sum := sha256.Sum256(raw)
	return int64(binary.BigEndian.Uint32(sum[:4])) + 2
}

type channelDropIn struct {
	ChannelPath
	IfMatch string `header:"If-Match"`
}

func (s *Server) dropChannel(ctx context.Context, a policies.Actor, in *channelDropIn) (*nothing, error) {
	v, err := needVersion(in.IfMatch)
	if err != nil {
		return nil, err
	}
	if _, err := s.channel(in.Key); err != nil {
		return nil, err
	}
	_, err = s.Spaces.Update(ctx, a.Workspace, 0, func(w *workspace.Workspace) error {
		if revision(w.Channels[in.Key]) != v {
			return fault.New(fault.Conflict, "store.version", nil)
		}
		delete(w.Channels, in.Key)
		return nil
	})
	if err == nil {
		s.audit(ctx, a, "delete", "channel", in.Key, nil)
	}
	return nil, err
}

func (s *Server) channel(key string) (channel.Channel, error) {
	ch, ok := s.Channels[key]
	if !ok {
		return nil, fault.New(fault.NotFound, "channel.none", nil)
	}
	return ch, nil
}

type channelTestIn struct {
	ChannelPath
	Body struct {
		To       string `json:"to,omitempty" maxLength:"320" doc:"an e-mail address, a number, an id; by e-mail one's own if empty"`
		Template string `json:"template,omitempty" maxLength:"80" doc:"our template, for providers that want registered texts"`
		Language string `json:"language,omitempty" enum:"en,zh-CN" doc:"of the registered text; the caller's if empty"`
		// Browser is where a notice of web push goes, which is more than a line of text.
		Browser *browserIn `json:"browser,omitempty" doc:"the browser's subscription, for web push"`
	}
}

type browserIn struct {
	Endpoint string `json:"endpoint" maxLength:"1000"`
	P256dh   string `json:"p256dh" maxLength:"200"`
	Auth     string `json:"auth" maxLength:"100"`
}

type channelTestOut struct {
	Status string  `json:"status" enum:"sent,failed,unknown"`
	To     string  `json:"to"`
	Ref    string  `json:"ref,omitempty"`
	Reason *reason `json:"reason,omitempty"`
	Detail string  `json:"detail,omitempty"`
}

// subscribed judges the browser that a test goes to; only web push has any.
func subscribed(ch channel.Channel, b *browserIn) error {
	judge, ok := ch.(interface {
		Subscription(raw json.RawMessage) error
	})
	if !ok {
		return fault.At("/browser", "false schema", nil)
	}
	raw, err := json.Marshal(b)
	if err != nil {
		return err
	}
	return judge.Subscription(raw)
}

func (s *Server) testChannel(ctx context.Context, a policies.Actor, in *channelTestIn) (*reply[channelTestOut], error) {
	ch, err := s.channel(in.Key)
	if err != nil {
		return nil, err
	}
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	switch {
	case ch.Info().Person:
		return nil, fault.New(fault.Invalid, "channel.noTest", fault.Params{"channel": ch.Info().Title.In(langOf(ctx))})
	case w.Demo != nil && in.Key != "sandbox":
		return nil, fault.New(fault.Conflict, "channel.demo", nil)
	}
	if err := ch.Check(w.Channels[in.Key]); err != nil {
		return nil, err
	}
	m, err := s.testMessage(ctx, a, w, ch, in)
	if err != nil {
		return nil, err
	}
	out := channelTestOut{Status: "sent", To: m.To}
	out.Ref, err = ch.Send(ctx, w.Channels[in.Key], m)
	if err != nil {
		class, why := channel.ClassOf(err)
		out.Status, out.Reason, out.Detail = "failed", reasonOf(why, ""), channel.DetailOf(err)
		if class == channel.Unknown {
			out.Status = "unknown"
		}
	}
	s.audit(ctx, a, "test", "channel", in.Key, map[string]string{"status": out.Status})
	return &reply[channelTestOut]{out}, nil
}

// testMessage is what a test says: that it is one, and nothing of a customer.
func (s *Server) testMessage(ctx context.Context, a policies.Actor, w *workspace.Workspace, ch channel.Channel, in *channelTestIn) (channel.Message, error) {
	lang := langOf(ctx)
	if in.Body.Language != "" {
		lang = in.Body.Language
	}
	company := fault.Params{"company": w.Name}
	subject, body := text.Say(lang, "channel.testSubject", company), text.Say(lang, "channel.testText", company)
	record := map[string]any{"name": a.Name}
	to := in.Body.To
	if u, err := s.Identity.GetUser(ctx, a.Workspace, a.ID); err == nil {
		record["email"] = u.Email
	}
	for _, f := range ch.Info().Fields {
		if to != "" {
			record[f] = to
		}
	}
	if b := in.Body.Browser; b != nil {
		if err := subscribed(ch, b); err != nil {
			return channel.Message{}, err
		}
		record[ch.Info().Fields[0]] = []any{b}
	}
	if to = ch.Address(w.Channels[in.Key], record); to == "" {
		return channel.Message{}, fault.At("/to", "channelAddress", nil)
	}
	at := s.Spaces.RealNow().UTC().Format(time.RFC3339Nano)
	return channel.Message{
		Key: "test/" + a.ID + "/" + at, Workspace: a.Workspace, To: to, Name: a.Name, Language: lang, Subject: subject, Text: body,
		Template: in.Body.Template, Record: record, Currency: string(w.Currency),
		Vars: map[string]string{
			"name": a.Name, "amount": "0.00", "currency": string(w.Currency), "count": "0", "number": "TEST", "dueDate": at[:10], "days": "0",
			"company": w.Name, "text": body, "subject": subject, "today": at[:10],
		},
	}, nil
}
