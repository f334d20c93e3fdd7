package message_test

import (
	"testing"

	"github.com/dueflow/dueflow/schemas/message"
)

func TestFillWords(t *testing.T) {
	doc := map[string]any{
		"customer": map[string]any{"name": "Harbour & Sons", "phone": ""},
		"invoice":  map[string]any{"open": int64(123450), "currency": "EUR", "dueDate": "2026-03-31"},
	}
	for src, want := range map[string]string{
		"Call the customer": "Call the customer",
		"Call {{customer.name}}: {{ invoice.open | money: invoice.currency }}": "Call Harbour & Sons: EUR 1,234.50",
		"Due {{ invoice.dueDate | date }}\nnow":                                "Due 31 Mar 2026 now",
		"Ring {{customer.phone}} of {{customer.city}}, {{nobody.there}}":       "Ring – of –, –",
		"A { and a {{ broken":                          "A { and a {{ broken",
		`{{ customer.phone | default: "the office" }}`: "the office",
	} {
		if got := message.FillWords(src, doc, "en"); got != want {
			t.Errorf("%s: %q, want %q", src, got, want)
		}
	}
}

func TestCheckWords(t *testing.T) {
	known := func(path string) bool { return path == "customer.name" }
	for src, want := range map[string]string{
		"{{ customer.name }} {{ today | date }}": "",
		"{{ customer.nmae }}":                    "unknownVariable",
		"{{ customer.name | shout }}":            "templateFilter",
		"{{ customer.name":                       "templateOpen",
	} {
		got := ""
		for _, f := range message.CheckWords(src, known) {
			got = f.Rule
		}
		if got != want {
			t.Errorf("%s: %q, want %q", src, got, want)
		}
	}
}
