package pack

import (
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/flow"
)

// Series is the short way to write a flow in the source of a pack: a table of
// steps by days against a date, with a column for each tier. Flow makes a flow
// document of it, with a lane for each tier.
//
//	{"key":"gentle", "name":{…}, "date":"invoice.dueDate", "tiers":true,
//	 "steps":[
//	   {"id":"soon",  "on":{"B":-3,"C":-3},       "send":"gentle-soon", "channel":"email"},
//	   {"id":"first", "on":{"A":5,"B":3,"C":1},   "send":{"A":"gentle-warm","B":"gentle-first","C":"gentle-first"}},
//	   {"id":"call",  "on":{"B":10,"C":{"w":3}},  "do":{"type":"task","cfg":{…}}}]}
//
// A time is a number of days after the date (before it, when negative),
// {"w": n} working days, or {"param": "x", "times": -1}. A lane that a time
// does not name is without that step. Steps of one time follow each other at
// once.
type Series struct {
	Key      string          `json:"key"`
	Name     flow.Text       `json:"name"`
	About    flow.Text       `json:"about"`
	Subject  flow.Subject    `json:"subject"`  // invoice, once, by default
	Settings json.RawMessage `json:"settings"` // of the flow
	Date     string          `json:"date"`     // invoice.dueDate by default
	At       json.RawMessage `json:"at"`       // "09:30" by default
	Trigger  *seriesNode     `json:"trigger"`  // another trigger than the date of the first step
	Filter   json.RawMessage `json:"filter"`   // who enters
	Tiers    bool            `json:"tiers"`
	// CopyOwner names lanes in which the owner is told of every message.
	CopyOwner []string          `json:"copyOwner"`
	Stops     []json.RawMessage `json:"stops"` // beside "paid"
	Steps     []seriesStep      `json:"steps"`
}

type seriesStep struct {
	ID       string          `json:"id"`
	Label    flow.Text       `json:"label"`
	On       json.RawMessage `json:"on"`
	Send     json.RawMessage `json:"send"` // a template, or one for each lane
	Channel  string          `json:"channel"`
	Fallback []string        `json:"fallback"`
	Do       *seriesNode     `json:"do"` // any other step
}

type seriesNode struct {
	Type string          `json:"type"`
	Cfg  json.RawMessage `json:"cfg"`
	// Ways lead other ports than "out" somewhere: to a step of the series, or "end".
	Ways map[string]string `json:"ways"`
}

// tierLanes are the lanes of a series by tier; a series without tiers has the
// one lane "".
var tierLanes = []string{"A", "B", "C"}

// Flow gives the flow document.
func (s *Series) Flow() (json.RawMessage, error) {
	b := &weaver{s: s, nodes: map[string]*flow.Node{}}
	if s.Subject.Form == "" {
		s.Subject = flow.Subject{Form: "invoice", KeyBy: "invoice.id", Reentry: "once"}
	}
	if s.Date == "" {
		s.Date = "invoice.dueDate"
	}
	if len(s.At) == 0 {
		s.At = json.RawMessage(`"09:30"`)
	}
	if err := b.weave(); err != nil {
		return nil, err
	}
	doc := map[string]any{
		"format": flow.Format, "key": s.Key, "name": s.Name, "subject": s.Subject, "nodes": b.nodes, "edges": b.edges,
		"stopWhen": append([]json.RawMessage{paidStop(s.Subject.Form)}, s.Stops...),
	}
	if len(s.About) > 0 {
		doc["about"] = s.About
	}
	if len(s.Settings) > 0 {
		doc["settings"] = s.Settings
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	return Canonical(raw)
}

func paidStop(form string) json.RawMessage {
	field := "invoice.open"
	if form == "customer" {
		field = "account.open"
	}
	return json.RawMessage(`{"id":"paid","on":["payment.recorded","invoice.changed"],"when":{"field":"` + field + `","op":"lte","value":0},"outcome":"goal"}`)
}
