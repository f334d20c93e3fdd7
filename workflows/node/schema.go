package node

import (
	"encoding/json"
	"strings"
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
