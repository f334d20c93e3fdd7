package flows

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/workflows/node"
)

// vocabulary is a workspace's words, kept for a moment: every page of runs and
// every look at a draft asks for them.
type vocabulary struct {
	at     time.Time
	names  node.Names
	fields map[string]Field
}

const vocabularyAge = 2 * time.Second

// Names says fields, templates and people as a workspace calls them.
func (s *Service) Names(ctx context.Context, ws string) node.Names {
	s.mu.Lock()
	v, ok := s.words[ws]
	s.mu.Unlock()
	if ok && time.Since(v.at) < vocabularyAge {
		return v.names
	}
	v = s.vocabulary(ctx, ws)
	s.mu.Lock()
	s.words[ws] = v
	s.mu.Unlock()
	return v.names
}

// channelNames are those of the channels that ship.
var channelNames = map[string]flow.Text{
	"email": node.Say("e-mail", "邮件"), "sms": node.Say("text message", "短信"), "webhook": node.Say("webhook", "Webhook"), "sandbox": node.Say("the sandbox", "沙箱"),
	"wecom-bot": node.Say("WeCom group robot", "企业微信群机器人"), "wecom-app": node.Say("WeCom application", "企业微信应用"), "wecom-customer": node.Say("WeCom mass message", "企业微信客户群发"),
	"wechat": node.Say("WeChat", "微信公众号"), "dingtalk": node.Say("DingTalk robot", "钉钉机器人"), "feishu": node.Say("Feishu robot", "飞书机器人"),
	"push": node.Say("web push", "浏览器推送"), "call": node.Say("phone call", "人工电话"), "voice": node.Say("voice call", "语音电话"), "letter": node.Say("letter", "信函"),
	"preferred": node.Say("the preferred channel", "偏好渠道"),
}

// roleNames are those of the roles that ship.
var roleNames = map[string]flow.Text{
	"admin": node.Say("administrators", "管理员"), "finance": node.Say("finance", "财务"), "finance-manager": node.Say("finance managers", "财务经理"),
	"sales": node.Say("sales", "销售"), "sales-manager": node.Say("sales managers", "销售经理"), "collector": node.Say("collectors", "催收专员"),
	"auditor": node.Say("auditors", "审计"), "integration": node.Say("integrations", "系统集成"),
}

// RoleName is what people call a role; one of the workspace's own is called by its key.
func RoleName(key, lang string) string {
	return cmp.Or(roleNames[key].In(lang), key)
}

func (s *Service) vocabulary(ctx context.Context, ws string) vocabulary {
	v := vocabulary{at: time.Now(), fields: map[string]Field{}}
	if all, err := s.Fields(ctx, ws, "invoice"); err == nil {
		for _, f := range all {
			v.fields[f.Path] = f
		}
	}
	var templates map[string]flow.Text
	var people map[string]string
	if s.TemplateNames != nil {
		templates = s.TemplateNames(ctx, ws)
	}
	if s.PersonNames != nil {
		people = s.PersonNames(ctx, ws)
	}
	digits := 2
	if w, err := s.spaces.Get(ctx, ws); err == nil {
		digits = w.Currency.Digits()
	}
	v.names.Name = func(kind, key string) flow.Text {
		switch kind {
		case node.NameField:
			return v.fields[key].Name
		case node.NameTemplate:
			return templates[key]
		case node.NameChannel:
			return channelNames[key]
		case node.NameRole:
			return roleNames[key]
		case node.NameUser:
			return flow.Text{"en": people[key]}
		}
		return nil
	}
	v.names.Value = func(path string, x any) flow.Text {
		f := v.fields[path]
		for _, o := range f.Options {
			if o.Value == asText(x) {
				return o.Name
			}
		}
		switch {
		case f.Type == "money":
			if n, ok := x.(int64); ok {
				return flow.Text{"en": decimal(n, digits)}
			}
		case f.Type == string(filter.Bool):
			if x == true {
				return node.Say("yes", "是")
			}
			return node.Say("no", "否")
		case f.Ref == "user":
			return flow.Text{"en": people[asText(x)]}
		}
		return nil
	}
	return v
}

// decimal writes minor units as major ones with grouped thousands.
func decimal(n int64, digits int) string {
	sign, s := "", strconv.FormatInt(n, 10)
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for len(s) <= digits {
		s = "0" + s
	}
	whole, frac := s[:len(s)-digits], s[len(s)-digits:]
	for k := len(whole) - 3; k > 0; k -= 3 {
		whole = whole[:k] + "," + whole[k:]
	}
	if strings.Trim(frac, "0") == "" {
		return sign + whole
	}
	return sign + whole + "." + frac
}

// EventNames are the events that stops may be checked on.
func EventNames() []Option {
	return []Option{
		option("payment.recorded", "a payment comes in", "收到回款"), option("invoice.changed", "the invoice changes", "账单变更"),
		option("dispute.opened", "a dispute is opened", "提出异议"), option("dispute.closed", "a dispute is closed", "异议关闭"),
		option("promise.made", "a promise is made", "承诺付款"), option("promise.closed", "a promise ends", "承诺结束"),
		option("customer.changed", "the customer record changes", "客户资料变更"), option("hold.set", "a hold is set", "设为暂停"), option("stop.wished", "the customer asks to stop", "客户要求停止"),
	}
}

// ChannelNames are the channels of this server by key.
func (s *Service) ChannelNames() map[string]flow.Text {
	out := map[string]flow.Text{}
	for _, key := range slices.Sorted(maps.Keys(s.channels)) {
		name := channelNames[key]
		if name == nil {
			name = flow.Text{"en": key}
		}
		out[key] = name
	}
	return out
}
