package node

import (
	"encoding/json"
	"strings"

	"github.com/dueflow/dueflow/schemas/flow"
)

// Pieces of settings schemas. The properties panel reads x-df-widget,
// x-df-title, x-df-help and x-df-labels from them; judging ignores these.
const (
	SpanSchema     = `{"type":"object","x-df-widget":"span","required":["value","unit"],"additionalProperties":false,"properties":{"value":{"type":"integer","minimum":-525600,"maximum":525600},"unit":{"enum":["minute","hour","day","businessDay","week"]}}}`
	TimeSchema     = `{"type":"string","x-df-widget":"time","pattern":"^([01][0-9]|2[0-3]):[0-5][0-9]$"}`
	FilterSchema   = `{"type":"object","x-df-widget":"filter"}`
	TextSchema     = `{"type":"object","x-df-widget":"text","minProperties":1,"maxProperties":10,"additionalProperties":{"type":"string","maxLength":2000}}`
	WordsSchema    = `{"type":"object","x-df-widget":"text","x-df-variables":true,"minProperties":1,"maxProperties":10,"additionalProperties":{"type":"string","maxLength":2000}}`
	KeySchema      = `{"type":"string","pattern":"^[A-Za-z0-9_.-]{1,80}$"}`
	TemplateSchema = `{"type":"string","x-df-widget":"template","pattern":"^[A-Za-z0-9_.-]{1,80}$"}`
	ChannelSchema  = `{"type":"string","x-df-widget":"channel","pattern":"^[A-Za-z0-9_.-]{1,80}$"}`
	FieldSchema    = `{"type":"string","x-df-widget":"field","minLength":1,"maxLength":80}`
	DateSchema     = `{"type":"string","x-df-widget":"field","x-df-of":"date","minLength":1,"maxLength":80}`
	AssignSchema   = `{"type":"object","x-df-widget":"assign","minProperties":1,"maxProperties":1,"additionalProperties":false,"properties":{"field":{"type":"string","maxLength":80},"role":{"type":"string","maxLength":60},"team":{"type":"string","maxLength":60},"user":{"type":"string","maxLength":80}}}`
	PortSchema     = `{"type":"string","pattern":"^[A-Za-z0-9_-]{1,40}$"}`
)

// Titled gives a piece of schema its title in both languages.
func Titled(en, zh, schema string) string { return annotate("x-df-title", en, zh, schema) }

// Helped gives a piece of schema an explanation in both languages.
func Helped(en, zh, schema string) string { return annotate("x-df-help", en, zh, schema) }

func annotate(key, en, zh, schema string) string {
	rest := strings.TrimPrefix(strings.TrimSpace(schema), "{")
	if rest != "}" {
		rest = "," + rest
	}
	return `{"` + key + `":` + text(en, zh) + rest
}

func text(en, zh string) string {
	raw, err := json.Marshal(Say(en, zh))
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// Kind is one of several ways to fill in settings that exclude each other: the
// property that marks it, those that go with it, and what it starts from.
type Kind struct {
	By     string
	With   []string
	Start  string
	En, Zh string
}

// Kinds is the annotation x-df-choice of a schema: the properties panel asks
// for the kind first, and shows the properties of that one only. A kind stands
// if its property is set; of several the first.
func Kinds(en, zh string, kinds ...Kind) string {
	type one struct {
		By    string          `json:"by"`
		With  []string        `json:"with"`
		Start json.RawMessage `json:"start"`
		Title flow.Text       `json:"title"`
	}
	out := struct {
		Title flow.Text `json:"title"`
		Kinds []one     `json:"kinds"`
	}{Title: Say(en, zh)}
	for _, k := range kinds {
		out.Kinds = append(out.Kinds, one{k.By, k.With, json.RawMessage(k.Start), Say(k.En, k.Zh)})
	}
	raw, err := json.Marshal(out)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// Choices is a schema of one of several keys with their labels: key, English,
// Chinese, and so on.
func Choices(triples ...string) string {
	var keys, labels []string
	for k := 0; k+2 < len(triples); k += 3 {
		raw, err := json.Marshal(triples[k])
		if err != nil {
			panic(err)
		}
		keys = append(keys, string(raw))
		labels = append(labels, string(raw)+":"+text(triples[k+1], triples[k+2]))
	}
	return `{"enum":[` + strings.Join(keys, ",") + `],"x-df-labels":{` + strings.Join(labels, ",") + `}}`
}

// EachSchema is the wish for a task of its own for every invoice.
var EachSchema = Titled("A task for each invoice", "每张账单各一个任务", Helped(
	"Otherwise the invoices of a customer that come to this step while its task is open join that task.",
	"不勾选时，任务未完成期间同一客户到达此步骤的其他账单并入该任务。",
	`{"type":"boolean"}`,
))

// EachSaid is how a step reads that has that wish.
func EachSaid(lang string) string {
	return Pick(lang, ", one for each invoice", "，每张账单各一个")
}
