package channel

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/form"
)

// Info is what a channel says about itself. It is read from the file
// channel.json of its folder.
type Info struct {
	Key   string    `json:"key"`
	Title flow.Text `json:"title"`
	About flow.Text `json:"about"`
	Kind  string    `json:"kind"` // mail, phone, chat, paper, machine
	// Rate is messages per second when the settings name none; 0 is no limit.
	Rate float64 `json:"rate"`
	// MaxText is how many characters a text may have; 0 is no limit.
	MaxText int  `json:"maxText"`
	Subject bool `json:"subject"` // has a subject line
	HTML    bool `json:"html"`
	// Person: somebody of the workspace has to act before the customer is
	// reached; until then the message is waiting.
	Person bool `json:"person"`
	// Templates: the provider sends only texts that are registered with it.
	Templates bool `json:"templates"`
	// Fields are the customer's fields that hold its address.
	Fields []string `json:"fields"`
	// Inbound lists what the provider may tell: delivered, bounced, replied.
	Inbound []string `json:"inbound"`
	// Settings is the JSON Schema of its settings, the common ones included.
	// Labels, help and widgets are the x-df-* words of flow steps; x-df-secret
	// marks what is never shown again, x-df-when what shows only with another
	// setting's value.
	Settings json.RawMessage `json:"settings"`

	secrets []string
	schema  *form.Schema
	passed  passed
}

// passed remembers settings that were judged good: every message asks again.
type passed struct {
	mu  sync.Mutex
	raw map[string]bool
}

// rememberSettings bounds what is remembered of one channel.
const rememberSettings = 64

func (p *passed) has(raw json.RawMessage) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.raw[string(raw)]
}

func (p *passed) add(raw json.RawMessage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.raw == nil || len(p.raw) >= rememberSettings {
		p.raw = map[string]bool{}
	}
	p.raw[string(raw)] = true
}

// common are the settings of every channel that sends.
const common = `{
 "rate": {"type":"number","exclusiveMinimum":0,"maximum":10000,"x-df-group":"limits","x-df-advanced":true,
  "x-df-title":{"en":"Messages per second","zh-CN":"每秒发送条数"}},
 "cost": {"type":"number","minimum":0,"maximum":1000000,"x-df-group":"limits","x-df-advanced":true,
  "x-df-title":{"en":"Cost of a message","zh-CN":"每条费用"},
  "x-df-help":{"en":"In the workspace's currency, such as 0.045; for SMS, of each part. For figures only.","zh-CN":"以工作区货币计，如 0.045；短信按每段计。仅用于统计。"}}
}`

// rateHelp names what counts when the setting is left empty.
func rateHelp(rate float64) flow.Text {
	if rate <= 0 {
		return flow.Text{"en": "No limit if empty. What is beyond it waits for its turn.", "zh-CN": "留空不限；超出的消息排队等候。"}
	}
	n := strconv.FormatFloat(rate, 'g', -1, 64)
	return flow.Text{"en": n + " if empty. What is beyond it waits for its turn.", "zh-CN": "留空为 " + n + "；超出的消息排队等候。"}
}

// Describe reads a channel's description; it panics on a broken one, which is
// a mistake in the program.
func Describe(raw []byte) *Info {
	var i Info
	must(json.Unmarshal(raw, &i))
	var schema, more map[string]any
	must(json.Unmarshal(i.Settings, &schema))
	must(json.Unmarshal([]byte(common), &more))
	props, _ := schema["properties"].(map[string]any)
	if props == nil {
		props = map[string]any{}
	}
	order := keysOf(i.Settings)
	for name, p := range props {
		if m, ok := p.(map[string]any); ok && m["x-df-secret"] == true {
			i.secrets = append(i.secrets, name)
		}
	}
	if len(props) > 0 { // the sandbox has nothing to set
		names := []string{"rate", "cost"}
		if i.Person { // people set their own pace
			names = names[1:]
		}
		for _, name := range names {
			props[name] = more[name]
			if m, ok := props[name].(map[string]any); ok && name == "rate" {
				m["x-df-help"] = rateHelp(i.Rate)
			}
			order = append(order, name)
		}
	}
	schema["x-df-order"] = order
	schema["$schema"], schema["type"], schema["properties"], schema["additionalProperties"] = "https://json-schema.org/draft/2020-12/schema", "object", props, false
	out, err := json.Marshal(schema)
	must(err)
	i.Settings, i.schema = out, form.MustCompileSchema(string(out))
	slices.Sort(i.secrets)
	return &i
}

// keysOf lists the settings in the order in which the file has them: a form
// shows them so, and maps forget it.
func keysOf(settings []byte) []string {
	var s struct {
		Properties json.RawMessage `json:"properties"`
	}
	must(json.Unmarshal(settings, &s))
	var out []string
	d := json.NewDecoder(bytes.NewReader(s.Properties))
	for depth := 0; ; {
		tok, err := d.Token()
		if err != nil {
			return out
		}
		switch t := tok.(type) {
		case json.Delim:
			if t == '{' || t == '[' {
				depth++
			} else {
				depth--
			}
		case string:
			if depth == 1 {
				out = append(out, t)
				var skip json.RawMessage
				must(d.Decode(&skip))
			}
		}
	}
}

func must(err error) {
	if err != nil {
		panic(fmt.Sprintf("a channel's description: %v", err))
	}
}

// Secret tells whether a setting is never shown again.
func (i *Info) Secret(name string) bool { return slices.Contains(i.secrets, name) }

// Check judges settings by the schema. Missing ones are a fault of their own.
func (i *Info) Check(raw json.RawMessage) error {
	if len(raw) == 0 || string(raw) == "null" {
		return fault.New(fault.Invalid, "channel.notSetUp", fault.Params{"channel": i.Key})
	}
	if i.passed.has(raw) {
		return nil
	}
	doc, err := form.Decode(raw)
	if err != nil {
		return err
	}
	if err := fault.InvalidFields(i.schema.Validate(doc)); err != nil {
		return err
	}
	i.passed.add(raw)
	return nil
}

// Read judges settings and reads them.
func Read[T any](i *Info, raw json.RawMessage) (T, error) {
	var s T
	if err := i.Check(raw); err != nil {
		return s, err
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		return s, fault.At("", "json", nil)
	}
	return s, nil
}

// Limits are the settings that every channel has. Rate 0 is no limit; Cost is
// in the workspace's currency.
type Limits struct {
	Rate float64 `json:"rate"`
	Cost float64 `json:"cost"`
}

// LimitsOf reads the common settings, with the channel's default rate.
func (i *Info) LimitsOf(raw json.RawMessage) Limits {
	var l Limits
	if json.Unmarshal(raw, &l) != nil || l.Rate <= 0 {
		l.Rate = i.Rate
	}
	return l
}
