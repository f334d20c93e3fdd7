// Package flow is the flow document: what a business user composes, as data.
// It reads and checks documents, lints them and gives them an identity. It
// does not execute them (workflows/run does) and knows node types only through
// a Catalog.
package flow

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"sort"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
)

// Format is the format line of a flow document.
const Format = "dueflow.flow/1"

// Limits of a document.
const (
	MaxBytes = 512 << 10
	MaxNodes = 500
	MaxEdges = 2000
)

// Text is a name or label per language: {"en": …, "zh-CN": …}.
type Text map[string]string

// In gives the text of a language, else English, else any.
func (t Text) In(lang string) string {
	for _, l := range []string{lang, "en", "zh-CN"} {
		if s := t[l]; s != "" {
			return s
		}
	}
	return ""
}

// Flow is a parsed document. Nodes are by stable id.
type Flow struct {
	Format   string           `json:"format"`
	Key      string           `json:"key"`
	Name     Text             `json:"name"`
	About    Text             `json:"about,omitempty"`
	Subject  Subject          `json:"subject"`
	Settings Settings         `json:"settings,omitzero"`
	Params   map[string]Param `json:"params,omitempty"`
	StopWhen []Stop           `json:"stopWhen,omitempty"`
	Nodes    map[string]*Node `json:"nodes"`
	Edges    []Edge           `json:"edges"`
	Layout   json.RawMessage  `json:"layout,omitempty"`
}

// Subject says what a run carries: one invoice or one customer.
type Subject struct {
	Form    string `json:"form"`
	KeyBy   string `json:"keyBy,omitempty"`
	Reentry string `json:"reentry,omitempty"` // once (default) or again, after the last run ended
}

// Settings of a flow; what is missing comes from the workspace.
type Settings struct {
	Calendar      string         `json:"calendar,omitempty"`
	Timezone      string         `json:"timezone,omitempty"` // customer (default), workspace, or an IANA zone
	Window        *value.Window  `json:"window,omitempty"`
	ContactBudget *ledger.Budget `json:"contactBudget,omitempty"`
	IfLate        *IfLate        `json:"ifLate,omitempty"`
	// Priority is high, normal (default) or low: of several flows that want to
	// reach a customer at the same time, the higher goes first.
	Priority string `json:"priority,omitempty"`
}

// Rank orders flows by priority: higher first, 0 is normal.
func (s Settings) Rank() int {
	switch s.Priority {
	case "high":
		return 1
	case "low":
		return -1
	}
	return 0
}

// IfLate says what happens to a step whose time passed while nothing ran:
// within the span Then, beyond it Else; each send, skip or ask.
type IfLate struct {
	Then   string     `json:"then"`
	Within value.Span `json:"within"`
	Else   string     `json:"else"`
}

// Param is a value asked when the flow is installed.
type Param struct {
	Type    string          `json:"type"`
	Name    Text            `json:"name,omitempty"`
	Default json.RawMessage `json:"default,omitempty"`
}

// Stop is a flow-level goal or exit, checked on its events and before every
// outward action.
type Stop struct {
	ID      string          `json:"id"`
	On      []string        `json:"on,omitempty"`
	When    json.RawMessage `json:"when"`
	Outcome string          `json:"outcome"` // goal or exit
}

// Node is one step. Cfg is checked by the schema of (Type, V).
type Node struct {
	Type     string          `json:"type"`
	V        int             `json:"v"`
	Cfg      json.RawMessage `json:"cfg,omitempty"`
	OnError  *OnError        `json:"onError,omitempty"`
	Disabled bool            `json:"disabled,omitempty"`
	Label    Text            `json:"label,omitempty"`
	Note     string          `json:"note,omitempty"`
}

// OnError says what a failing step does: retries with growing pauses, then
// continue at the default port, leave by the error port, or park.
type OnError struct {
	Retries int    `json:"retries"`
	Then    string `json:"then"`
}

// Edge joins a port of one node to another node. Port "" is "out".
type Edge struct {
	From string `json:"from"`
	Port string `json:"port,omitempty"`
	To   string `json:"to"`
}

// PortName is the port with its default filled in.
func (e Edge) PortName() string {
	if e.Port == "" {
		return "out"
	}
	return e.Port
}

const envelope = `{
 "type":"object",
 "required":["format","key","name","subject","nodes","edges"],
 "additionalProperties":false,
 "properties":{
  "format":{"const":"dueflow.flow/1"},
  "key":{"type":"string","pattern":"^[a-z0-9][a-z0-9_-]{0,59}$"},
  "name":{"$ref":"#/$defs/text"}, "about":{"$ref":"#/$defs/text"},
  "subject":{"type":"object","required":["form"],"additionalProperties":false,"properties":{
    "form":{"enum":["invoice","customer"]},"keyBy":{"type":"string","maxLength":60},"reentry":{"enum":["once","again"]}}},
  "settings":{"type":"object","additionalProperties":false,"properties":{
    "calendar":{"type":"string","maxLength":40},"timezone":{"type":"string","maxLength":60},
    "window":{"type":"object","required":["from","to"],"additionalProperties":false,"properties":{
      "from":{"$ref":"#/$defs/tod"},"to":{"$ref":"#/$defs/tod"},"days":{"enum":["working","every"]}}},
    "contactBudget":{"type":"object","required":["max","per"],"additionalProperties":false,"properties":{
      "max":{"type":"integer","minimum":1,"maximum":100},"per":{"$ref":"#/$defs/span"},"class":{"enum":["call","text","chat","email","letter"]}}},
    "priority":{"enum":["high","normal","low"]},
    "ifLate":{"type":"object","required":["then","within","else"],"additionalProperties":false,"properties":{
      "then":{"enum":["send","skip","ask"]},"within":{"$ref":"#/$defs/span"},"else":{"enum":["send","skip","ask"]}}}}},
  "params":{"type":"object","maxProperties":60,"propertyNames":{"pattern":"^[a-zA-Z][a-zA-Z0-9_]{0,39}$"},"additionalProperties":{
    "type":"object","required":["type"],"additionalProperties":false,"properties":{
      "type":{"enum":["template","text","number","boolean","span","user","role","channel"]},"name":{"$ref":"#/$defs/text"},"default":{}}}},
  "stopWhen":{"type":"array","maxItems":20,"items":{"type":"object","required":["id","when","outcome"],"additionalProperties":false,"properties":{
    "id":{"$ref":"#/$defs/id"},"on":{"type":"array","maxItems":20,"items":{"type":"string","maxLength":60}},"when":{"type":"object"},"outcome":{"enum":["goal","exit"]}}}},
  "nodes":{"type":"object","minProperties":1,"maxProperties":500,"propertyNames":{"$ref":"#/$defs/id"},"additionalProperties":{
    "type":"object","required":["type","v"],"additionalProperties":false,"properties":{
      "type":{"type":"string","maxLength":60},"v":{"type":"integer","minimum":1,"maximum":1000},"cfg":{"type":"object"},
      "onError":{"type":"object","required":["then"],"additionalProperties":false,"properties":{
        "retries":{"type":"integer","minimum":0,"maximum":20},"then":{"enum":["continue","port","park"]}}},
      "disabled":{"type":"boolean"},"label":{"$ref":"#/$defs/text"},"note":{"type":"string","maxLength":2000}}}},
  "edges":{"type":"array","maxItems":2000,"items":{"type":"object","required":["from","to"],"additionalProperties":false,"properties":{
    "from":{"type":"string","maxLength":60},"port":{"type":"string","maxLength":60},"to":{"type":"string","maxLength":60}}}},
  "layout":{"type":"object"}
 },
 "$defs":{
  "text":{"type":"object","minProperties":1,"maxProperties":10,"additionalProperties":{"type":"string","maxLength":2000}},
  "id":{"type":"string","pattern":"^[A-Za-z0-9_-]{1,60}$"},
  "tod":{"type":"string","pattern":"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$"},
  "span":{"type":"object","required":["value","unit"],"additionalProperties":false,"properties":{
    "value":{"type":"integer","minimum":-5256000,"maximum":5256000},"unit":{"enum":["minute","hour","day","businessDay","week"]}}}
 }}`

var envelopeSchema = form.MustCompileSchema(envelope)

// Parse reads a document and judges its envelope. Node settings and the graph
// are judged by Check.
func Parse(raw []byte) (*Flow, error) {
	if len(raw) > MaxBytes {
		return nil, fault.At("", "maxBytes", MaxBytes)
	}
	v, err := form.Decode(raw)
	if err != nil {
		return nil, err
	}
	if problems := envelopeSchema.Validate(v); len(problems) > 0 {
		return nil, fault.InvalidFields(problems)
	}
	var f Flow
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, fault.Wrap(fault.Invalid, "flow.read", err)
	}
	return &f, nil
}

// Hash is the identity of a flow's meaning: SHA-256 over its canonical JSON
// without layout, so that moving boxes makes no new version.
func (f *Flow) Hash() string {
	c := *f
	c.Layout = nil
	raw, err := json.Marshal(c)
	if err != nil {
		panic("flow: " + err.Error()) // it was parsed from JSON
	}
	sum := sha256.Sum256(canonical(raw))
	return hex.EncodeToString(sum[:12])
}

// canonical rewrites JSON with sorted keys and no spaces.
func canonical(raw []byte) []byte {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return raw
	}
	out, err := json.Marshal(v) // maps marshal with sorted keys
	if err != nil {
		return raw
	}
	return out
}

// NodeIDs lists node ids in order.
func (f *Flow) NodeIDs() []string {
	ids := make([]string, 0, len(f.Nodes))
	for id := range f.Nodes {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	return ids
}

// Trigger is the id of the flow's trigger, "" without one.
func (f *Flow) Trigger(c Catalog) string {
	for _, id := range f.NodeIDs() {
		if s, ok := c.Lookup(f.Nodes[id].Type, f.Nodes[id].V); ok && s.Trigger {
			return id
		}
	}
	return ""
}
