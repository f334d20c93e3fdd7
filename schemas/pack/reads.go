package pack

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/schemas/message"
)

// Brings lists the fields that the pack's forms add, by path.
func (p *Pack) Brings() map[string]Reading {
	out := map[string]Reading{}
	for _, o := range p.Of(Form) {
		var x Extension
		if json.Unmarshal(o.Raw, &x) != nil {
			continue
		}
		for key, raw := range x.Fields {
			var prop struct {
				Label flow.Text `json:"x-df-label"`
				Help  flow.Text `json:"x-df-help"`
			}
			_ = json.Unmarshal(raw, &prop)
			out[x.Form+"."+key] = Reading{Path: x.Form + "." + key, Type: form.TypeOf(raw), Label: prop.Label, Why: prop.Help}
		}
	}
	return out
}

// Extension adds fields to a form that is there.
type Extension struct {
	Form   string                     `json:"form"`
	Fields map[string]json.RawMessage `json:"fields"`
	Group  flow.Text                  `json:"group,omitempty"` // heading under which they stand
}

// given are the paths that conditions and messages may read in every workspace.
var given = func() map[string]bool {
	out := map[string]bool{}
	for key, f := range form.Builtin() {
		for _, x := range f.Fields {
			out[key+"."+x.Key] = true
		}
	}
	for _, p := range []string{
		"invoice.id", "invoice.open", "invoice.collectable", "invoice.asked", "invoice.disputed", "invoice.dpd", "invoice.status", "invoice.held", "invoice.promise",
		"customer.id", "customer.score",
	} {
		out[p] = true
	}
	return out
}()

// IsGiven tells whether every workspace has a field.
func IsGiven(path string) bool {
	group, _, _ := strings.Cut(path, ".")
	return given[path] || group == "account" || group != "customer" && group != "invoice"
}

// variablesOf lists the fields of customers and invoices that a message reads.
func variablesOf(raw json.RawMessage) []string {
	var d message.Document
	if json.Unmarshal(raw, &d) != nil {
		return nil
	}
	var out []string
	for _, b := range d.Variant {
		for _, src := range []string{b.Subject, b.Text, b.HTML} {
			t, err := message.Parse(src)
			if err != nil {
				continue
			}
			for _, v := range t.Variables() {
				if rest, ok := strings.CutPrefix(v, "items[]."); ok {
					v = "invoice." + rest
				}
				if strings.HasPrefix(v, "customer.") || strings.HasPrefix(v, "invoice.") {
					out = append(out, v)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// FilterType is how conditions see a field.
func FilterType(f Reading) filter.Type { return form.Field{Type: f.Type}.FilterType() }

// Reads lists the fields that flows and messages read.
func Reads(objects []Object) []string {
	var out []string
	for _, o := range objects {
		switch o.Kind {
		case Flow:
			if v, err := form.Decode(o.Raw); err == nil {
				out = append(out, fieldsIn(v)...)
			}
		case Message:
			out = append(out, variablesOf(o.Raw)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
