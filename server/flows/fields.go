package flows

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/workflows/node"
)

// Field is what a condition may ask of a flow's subject.
type Field struct {
	Path    string      `json:"path"`
	Group   string      `json:"group"` // invoice, customer, account
	Name    flow.Text   `json:"name"`
	Type    string      `json:"type"` // a filter type, or money: whole minor units
	Ops     []filter.Op `json:"ops"`
	Options []Option    `json:"options,omitempty"`
	Ref     string      `json:"ref,omitempty"` // what its value names: user, customer, or a form
	Access  string      `json:"-"`             // tag that a role may mask
	kind    filter.Type
}

// Option is one of a field's choices.
type Option struct {
	Value string    `json:"value"`
	Name  flow.Text `json:"name"`
}

func of(path, typ, en, zh string, options ...Option) Field {
	f := Field{Path: path, Name: node.Say(en, zh), Type: typ, kind: filter.Type(typ), Options: options}
	if typ == "money" {
		f.kind, f.Access = filter.Number, "amounts"
	}
	return f
}

func option(v, en, zh string) Option { return Option{v, node.Say(en, zh)} }

// ledgerFields are what conditions may ask beside the fields of forms.
var ledgerFields = []Field{
	of("invoice.open", "money", "open amount", "未收余额"), of("invoice.collectable", "money", "collectable amount", "可催收额"),
	of("invoice.asked", "money", "amount asked for", "应付金额"), of("invoice.disputed", "money", "disputed amount", "异议金额"), of("invoice.dpd", "number", "days past due", "逾期天数"),
	of("invoice.status", "text", "status", "账单状态", option("open", "open", "未付"), option("partPaid", "part paid", "部分付款"), option("paid", "paid", "已付清"),
		option("cancelled", "cancelled", "已作废"), option("writtenOff", "written off", "已核销")),
	of("invoice.held", "bool", "reminders held", "已暂停提醒"),
	of("invoice.promise", "text", "promise to pay", "付款承诺", promiseOptions...),
	of("invoice.id", "text", "invoice id", "账单标识"), of("customer.id", "text", "customer id", "客户标识"),
	of("account.open", "money", "customer's open amount", "客户未收总额"), of("account.overdue", "money", "customer's overdue amount", "客户逾期总额"),
	of("account.openInvoices", "number", "customer's number of open invoices", "客户未付账单数"), of("account.maxDpd", "number", "customer's longest days past due", "客户最长逾期天数"),
	of("account.onHold", "bool", "customer on hold", "客户已暂停"), of("account.stopWish", "bool", "customer asked to stop", "客户要求停止提醒"),
	of("account.brokenPromises", "number", "broken promises", "失约次数"), of("account.promise", "text", "customer's latest promise", "客户最近承诺", promiseOptions...), of("account.currency", "text", "currency", "币种"), of("account.unapplied", "money", "unapplied money", "未核销回款"),
}

var promiseOptions = []Option{
	option("none", "none", "无"), option("open", "open", "进行中"), option("kept", "kept", "已兑现"), option("partKept", "part kept", "部分兑现"),
	option("broken", "broken", "未兑现"), option("cancelled", "cancelled", "已取消"),
}

// Fields lists what conditions may ask of a subject, in the workspace's words.
func (s *Service) Fields(ctx context.Context, ws, formKey string) ([]Field, error) {
	groups := []string{"invoice", "customer"}
	if formKey == "customer" {
		groups = groups[1:]
	}
	var out []Field
	for _, g := range groups {
		f, err := s.forms.Get(ctx, ws, g)
		if err != nil {
			return nil, err
		}
		own := formFields(f.Compiled)
		for _, x := range ledgerFields {
			if strings.HasPrefix(x.Path, g+".") {
				own = append(own, x)
			}
		}
		out = append(out, own...)
	}
	for _, x := range ledgerFields {
		if strings.HasPrefix(x.Path, "account.") {
			out = append(out, x)
		}
	}
	for k := range out {
		out[k].Group, _, _ = strings.Cut(out[k].Path, ".")
		out[k].Ops = operators(out[k].kind)
	}
	return out, nil
}

func operators(t filter.Type) []filter.Op {
	var out []filter.Op
	for _, op := range filter.Ops() {
		if t.Takes(op) {
			out = append(out, op)
		}
	}
	return out
}

// formFields are a form's own fields with labels and choices.
func formFields(f *form.Compiled) []Field {
	var doc struct {
		Properties map[string]struct {
			Enum  []any `json:"enum"`
			OneOf []struct {
				Const any               `json:"const"`
				Title string            `json:"title"`
				Label map[string]string `json:"x-df-label"`
			} `json:"oneOf"`
			Labels map[string]flow.Text `json:"x-df-labels"`
		} `json:"properties"`
	}
	_ = json.Unmarshal(f.Schema, &doc) // it has been compiled
	out := make([]Field, 0, len(f.Fields))
	for _, fd := range f.Fields {
		if fd.Type == "rows" || fd.Type == "object" || fd.Type == "file" {
			continue
		}
		x := Field{Path: f.Key + "." + fd.Key, Name: fd.Label, Type: string(fd.FilterType()), Ref: fd.Ref, Access: fd.Access, kind: fd.FilterType()}
		if fd.Type == "money" {
			x.Type = "money"
		}
		if x.Ref == "" && f.Key == "customer" && fd.Key == "owner" {
			x.Ref = "user"
		}
		if len(x.Name) == 0 {
			x.Name = flow.Text{"en": fd.Key}
		}
		p := doc.Properties[fd.Key]
		for _, v := range p.Enum {
			key := asText(v)
			name := p.Labels[key]
			if name == nil {
				name = flow.Text{"en": key}
			}
			x.Options = append(x.Options, Option{key, name})
		}
		for _, o := range p.OneOf {
			name := flow.Text(o.Label)
			if len(name) == 0 {
				name = flow.Text{"en": o.Title}
			}
			x.Options = append(x.Options, Option{asText(o.Const), name})
		}
		out = append(out, x)
	}
	slices.SortStableFunc(out, func(a, b Field) int { return strings.Compare(a.Path, b.Path) })
	return out
}

func asText(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	raw, _ := json.Marshal(v) // a scalar of a schema
	return string(raw)
}

// fields tells types for the checks of conditions.
func (s *Service) fields(ctx context.Context, ws string) func(string) (filter.Type, bool) {
	all, err := s.Fields(ctx, ws, "invoice")
	byPath := make(map[string]filter.Type, len(all))
	for _, f := range all {
		byPath[f.Path] = f.kind
	}
	return func(path string) (filter.Type, bool) {
		t, ok := byPath[path]
		return t, ok && err == nil
	}
}

// settable tells which fields a step may write: those of the published forms.
func (s *Service) settable(ctx context.Context, ws string) func(string) bool {
	return s.formed(ctx, ws, false)
}

// formed tells which fields the customer and invoice forms have as they are
// published, or also as they are being edited.
func (s *Service) formed(ctx context.Context, ws string, drafts bool) func(string) bool {
	has := map[string]bool{}
	for _, key := range []string{"customer", "invoice"} {
		e, err := s.forms.Entry(ctx, ws, key)
		if err != nil {
			return func(string) bool { return true } // it is told where the forms are asked for
		}
		list := []*form.Form{e.Published}
		if drafts {
			list = append(list, e.Draft)
		}
		for _, f := range list {
			if f == nil {
				continue
			}
			var doc struct {
				Properties map[string]json.RawMessage `json:"properties"`
			}
			_ = json.Unmarshal(f.Schema, &doc) // it has been compiled, or will be judged when it is
			for name := range doc.Properties {
				has[key+"."+name] = true
			}
		}
	}
	return func(path string) bool { return has[path] }
}

// shown are fields that messages may show beside those of forms and the ledger's.
var shown = []string{"invoice.currency", "customer.score"}

// HasField tells which fields messages may show, those of forms that are being
// edited included.
func (s *Service) HasField(ctx context.Context, ws string) func(string) bool {
	return s.showable(s.formed(ctx, ws, true))
}

func (s *Service) showable(formed func(string) bool) func(string) bool {
	return func(path string) bool {
		return formed(path) || slices.Contains(shown, path) || slices.ContainsFunc(ledgerFields, func(f Field) bool { return f.Path == path })
	}
}

// strange are the fields that a template shows and nobody has.
func (s *Service) strange(ctx context.Context, ws, template string) []string {
	fields, err := s.TemplateFields(ctx, ws, template)
	if err != nil {
		return nil // that there is no such template is told by itself
	}
	has := s.showable(s.formed(ctx, ws, false))
	return slices.DeleteFunc(fields, has)
}
