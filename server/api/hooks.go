package api

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/workspace"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/channel"
)

func (s *Server) hookRoutes() {
	route(s, http.MethodPost, "/hooks/{workspace}/{channel}/{token}", "tellChannel", public, "What a channel's provider tells: deliveries, bounces, replies; the token is in the address", s.tellChannel)
	route(s, http.MethodPost, "/channel-settings/{key}/hook", "renewHook", need{"workspace", "update"}, "Make a new address for a channel's provider; the old one stops working", s.renewHook)
	route(s, http.MethodPost, "/channel-settings/push/keys", "newPushKeys", need{"workspace", "update"}, "A new pair of keys for web push", s.newPushKeys)
	route(s, http.MethodPost, "/customers/{id}/push-link", "getPushLink", need{"customer", "update"}, "The page on which a customer agrees to notices", s.getPushLink)
	route(s, http.MethodPost, "/customers/{id}/reachable", "forgetDead", need{"customer", "update"}, "Try a customer's addresses again that turned out dead", s.forgetDead)
	route(s, http.MethodGet, "/push/{workspace}/{customer}/{token}", "getPushKey", public, "The key that a browser subscribes with", s.getPushKey)
	route(s, http.MethodPost, "/push/{workspace}/{customer}/{token}", "subscribePush", public, "A customer's browser agrees to notices, or no longer", s.subscribePush)
}

// Limits of what providers tell: a mail with what is attached, or a list.
const (
	maxTold     = 5 << 20
	toldASecond = 100
)

// gate counts calls in a second by place, so that a flood at a public address
// of one channel costs the others nothing.
type gate struct {
	mu    sync.Mutex
	at    int64
	count map[string]int
}

func (g *gate) pass(place string, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if t := now.Unix(); t != g.at || g.count == nil {
		g.at, g.count = t, map[string]int{}
	}
	g.count[place]++
	return g.count[place] <= toldASecond
}

type toldIn struct {
	Workspace string `path:"workspace" maxLength:"60"`
	Channel   string `path:"channel" maxLength:"40"`
	Token     string `path:"token" maxLength:"100"`
	Type      string `header:"Content-Type"`
	Twilio    string `header:"X-Twilio-Signature"`
	RawBody   []byte
}

type toldOut struct {
	Type string `header:"Content-Type"`
	Body []byte
}

func (s *Server) tellChannel(ctx context.Context, _ policies.Actor, in *toldIn) (*toldOut, error) {
	if !s.told.pass(in.Workspace+"/"+in.Channel, time.Now()) {
		return nil, fault.New(fault.TooMany, "kind.too_many", nil)
	}
	if len(in.RawBody) > maxTold {
		return nil, fault.New(fault.Invalid, "body.tooLarge", fault.Params{"limit": maxTold})
	}
	r, err := s.Outreach.Receive(ctx, in.Workspace, in.Channel, in.Token, channel.Inbound{
		Header: http.Header{"Content-Type": {in.Type}, "X-Twilio-Signature": {in.Twilio}}, Query: url.Values{}, Body: in.RawBody,
	})
	if err != nil {
		return nil, err
	}
	if r.Type == "" {
		r.Type, r.Body = "application/json", []byte("{}")
	}
	return &toldOut{r.Type, r.Body}, nil
}

type hookOut struct {
	Path string `json:"path"`
}

func (s *Server) renewHook(ctx context.Context, a policies.Actor, in *ChannelPath) (*reply[hookOut], error) {
	if _, err := s.channel(in.Key); err != nil {
		return nil, err
	}
	w, err := s.Spaces.Update(ctx, a.Workspace, 0, func(w *workspace.Workspace) error {
		if w.HookRev == nil {
			w.HookRev = map[string]int{}
		}
		w.HookRev[in.Key]++
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.audit(ctx, a, "renewHook", "channel", in.Key, nil)
	return &reply[hookOut]{hookOut{s.Outreach.Hook(w, in.Key)}}, nil
}

type pushKeys struct {
	Public  string `json:"publicKey"`
	Private string `json:"privateKey"`
}

func (s *Server) newPushKeys(context.Context, policies.Actor, *nothing) (*reply[pushKeys], error) {
	p, ok := s.Channels["push"].(interface {
		NewKeys() (public, private string, err error)
	})
	if !ok {
		return nil, fault.New(fault.NotFound, "channel.none", nil)
	}
	public, private, err := p.NewKeys()
	return &reply[pushKeys]{pushKeys{public, private}}, err
}

func (s *Server) getPushLink(ctx context.Context, a policies.Actor, in *CustomerPath) (*reply[hookOut], error) {
	v, err := s.Access.View(ctx, a, "customer", "update")
	if err != nil {
		return nil, err
	}
	if err := s.inScope(ctx, a, v, in.ID); err != nil {
		return nil, err
	}
	return &reply[hookOut]{hookOut{s.Outreach.PushLink(a.Workspace, in.ID)}}, nil
}

// forgetDead lets sending try addresses again that turned out dead.
func (s *Server) forgetDead(ctx context.Context, a policies.Actor, in *CustomerPath) (*nothing, error) {
	v, err := s.Access.View(ctx, a, "customer", "update")
	if err != nil {
		return nil, err
	}
	if err := s.inScope(ctx, a, v, in.ID); err != nil {
		return nil, err
	}
	if err := s.Records.Mark(ctx, a.Workspace, in.ID, activity.Unreachable, []string{}); err != nil {
		return nil, err
	}
	s.audit(ctx, a, "reachable", "customer", in.ID, nil)
	return nil, nil
}

// PushPath is a customer's own way to notices.
type PushPath struct {
	Workspace string `path:"workspace" maxLength:"60"`
	Customer  string `path:"customer" maxLength:"200"`
	Token     string `path:"token" maxLength:"100"`
}

type pushKeyOut struct {
	Key string `json:"key"`
}

func (s *Server) getPushKey(ctx context.Context, _ policies.Actor, in *PushPath) (*reply[pushKeyOut], error) {
	k, err := s.Outreach.PushKey(ctx, in.Workspace, in.Customer, in.Token)
	return &reply[pushKeyOut]{pushKeyOut{k}}, err
}

type subscribeIn struct {
	PushPath
	Body struct {
		Endpoint string `json:"endpoint" maxLength:"1000"`
		P256dh   string `json:"p256dh" maxLength:"200"`
		Auth     string `json:"auth" maxLength:"100"`
		Leave    bool   `json:"leave,omitempty"`
	}
}

func (s *Server) subscribePush(ctx context.Context, _ policies.Actor, in *subscribeIn) (*nothing, error) {
	if !s.told.pass(in.Workspace+"/push", time.Now()) {
		return nil, fault.New(fault.TooMany, "kind.too_many", nil)
	}
	b := in.Body
	raw, err := jsonOf(map[string]string{"endpoint": strings.TrimSpace(b.Endpoint), "p256dh": b.P256dh, "auth": b.Auth})
	if err != nil {
		return nil, err
	}
	return nil, s.Outreach.Subscribe(ctx, in.Workspace, in.Customer, in.Token, raw, b.Leave)
}
