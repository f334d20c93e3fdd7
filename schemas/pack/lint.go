package pack

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/mail"
	"regexp"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/schemas/message"
)

// Finding is something about a pack that its author should know. Errors keep
// it from being built.
type Finding struct {
	Severity string       `json:"severity"` // error or warning
	Object   string       `json:"object"`   // its path in the package
	Key      string       `json:"key"`      // of the text that explains it
	Pointer  string       `json:"pointer"`
	Params   fault.Params `json:"params,omitempty"`
}

// World is what lint knows beyond the pack.
type World struct {
	Nodes    flow.Catalog
	Template func(key string) bool // templates that ship with the product
	Wording  message.Wording
}

// languages that a pack has to speak to be complete.
var languages = []string{"en", "zh-CN"}

type linter struct {
	p   *Pack
	w   World
	out []Finding
}

// Lint judges a pack by itself: with the default answers every object must be
// valid, every flow free of errors, every message fit to be sent, both
// languages complete, and nothing may belong to one company only.
func (p *Pack) Lint(w World) []Finding {
	l := &linter{p: p, w: w}
	l.text("manifest.json", "/name", p.Name)
	l.text("manifest.json", "/about", p.About)
	a, err := p.Adapt(Choices{})
	if err != nil {
		l.fault("manifest.json", err)
		return l.out
	}
	l.choices("manifest.json", "/params/properties", questionsIn(p.Params))
	types := l.fieldTypes(a)
	used := map[string]bool{}
	for _, o := range a.Objects {
		switch o.Kind {
		case Flow:
			l.flow(o, types, used)
		case Message:
			l.message(o, types)
		case Form:
			l.form(o)
		case Calendar:
			l.calendar(o)
		case Board, Role:
			l.named(o)
		}
	}
	for _, o := range p.Of(Sample) {
		if _, err := ReadSamples(o.Raw, 0); err != nil {
			l.fault(o.Path(), err)
		}
	}
	for _, o := range p.Objects {
		if o.Kind != Test {
			l.private(o)
		}
	}
	for _, o := range p.Of(Message) {
		if !used[o.Key] {
			l.add("warning", o.Path(), "unusedMessage", "", nil)
		}
	}
	if len(p.Of(Flow)) > 0 && len(p.Of(Test)) == 0 {
		l.add("warning", "manifest.json", "noTests", "/contents", nil)
	}
	return l.out
}

// Broken gives the errors among findings as one fault, nil without any.
func Broken(found []Finding) error {
	var bad []fault.Field
	for _, f := range found {
		if f.Severity == "error" {
			bad = append(bad, fault.Field{Pointer: "/" + f.Object + f.Pointer, Rule: f.Key, Params: f.Params})
		}
	}
	return fault.InvalidFields(bad)
}

func (l *linter) add(severity, object, key, pointer string, p fault.Params) {
	l.out = append(l.out, Finding{severity, object, key, pointer, p})
}

func (l *linter) fault(object string, err error) {
	fe, ok := err.(*fault.Error)
	if !ok || len(fe.Fields) == 0 {
		l.add("error", object, "invalid", "", fault.Params{"value": clip(err.Error())})
		return
	}
	for _, f := range fe.Fields {
		l.add("error", object, f.Rule, f.Pointer, f.Params)
	}
}

func (l *linter) text(object, at string, t map[string]string) {
	for _, lang := range languages {
		if strings.TrimSpace(t[lang]) == "" {
			l.add("error", object, "languageMissing", at+"/"+lang, nil)
		}
	}
}

// fieldTypes are the types of all fields that the pack may read.
func (l *linter) fieldTypes(a *Adapted) func(string) (filter.Type, bool) {
	types := map[string]filter.Type{}
	for key, f := range form.Builtin() {
		for _, x := range f.Fields {
			types[key+"."+x.Key] = x.FilterType()
		}
	}
	maps.Copy(types, ledgerTypes)
	for _, f := range l.p.Requires.Fields {
		types[f.Path] = form.Field{Type: f.Type}.FilterType()
	}
	for path, f := range l.p.Brings() {
		types[path] = form.Field{Type: f.Type}.FilterType()
	}
	return func(path string) (filter.Type, bool) {
		t, ok := types[path]
		return t, ok
	}
}

// ledgerTypes are those of what conditions may read beside the forms.
var ledgerTypes = map[string]filter.Type{
	"invoice.open": filter.Number, "invoice.collectable": filter.Number, "invoice.asked": filter.Number, "invoice.disputed": filter.Number, "invoice.dpd": filter.Number,
	"invoice.status": filter.Text, "invoice.held": filter.Bool, "invoice.promise": filter.Text, "invoice.id": filter.Text, "customer.id": filter.Text,
	"account.open": filter.Number, "account.overdue": filter.Number, "account.openInvoices": filter.Number, "account.maxDpd": filter.Number,
	"account.onHold": filter.Bool, "account.stopWish": filter.Bool, "account.brokenPromises": filter.Number, "account.promise": filter.Text,
	"account.currency": filter.Text, "account.unapplied": filter.Number,
}

func (l *linter) flow(o Object, types func(string) (filter.Type, bool), used map[string]bool) {
	f, err := flow.Parse(o.Raw)
	if err != nil {
		l.fault(o.Path(), err)
		return
	}
	l.text(o.Path(), "/name", f.Name)
	w := flow.World{Field: types, Template: func(key string) bool {
		used[key] = true
		_, own := l.p.Find(Message, key)
		return own || l.w.Template != nil && l.w.Template(key)
	}, Calendar: func(id string) bool {
		_, own := l.p.Find(Calendar, id)
		return own
	}, Tone: l.tone}
	if l.w.Nodes == nil {
		return
	}
	for _, i := range flow.Check(f, l.w.Nodes, w) {
		l.add(i.Severity, o.Path(), i.Key, i.Pointer, i.Params)
	}
}

// tone is how firm a message of the package is, 0 for one that it does not have.
func (l *linter) tone(key string) int {
	var d message.Document
	if o, own := l.p.Find(Message, key); !own || json.Unmarshal(o.Raw, &d) != nil {
		return 0
	}
	return d.Tone
}

func (l *linter) message(o Object, types func(string) (filter.Type, bool)) {
	var d message.Document
	if err := json.Unmarshal(o.Raw, &d); err != nil {
		l.fault(o.Path(), err)
		return
	}
	l.text(o.Path(), "/name", d.Name)
	_, found := message.Review(d, l.w.Wording)
	for _, f := range found {
		severity := "warning"
		if f.Blocking || f.Rule == "languageMissing" {
			severity = "error"
		}
		l.add(severity, o.Path(), f.Rule, f.Pointer, f.Params)
	}
	for _, v := range variablesOf(o.Raw) {
		if _, ok := types(v); !ok {
			l.add("error", o.Path(), "unknownVariable", "/variant", fault.Params{"value": v})
		}
	}
}

func (l *linter) form(o Object) {
	var x Extension
	if err := json.Unmarshal(o.Raw, &x); err != nil || x.Form == "" {
		var f form.Form
		if err := json.Unmarshal(o.Raw, &f); err != nil {
			l.fault(o.Path(), err)
		} else if _, err := form.Compile(f); err != nil {
			l.fault(o.Path(), err)
		}
		return
	}
	b := form.Builtin()[x.Form]
	if b == nil {
		l.add("error", o.Path(), "unknownForm", "/form", fault.Params{"value": x.Form})
		return
	}
	next, err := Extend(b.Form, x)
	if err == nil {
		_, err = form.Compile(next)
	}
	if err != nil {
		l.fault(o.Path(), err)
	}
	for key, f := range l.p.Brings() {
		l.text(o.Path(), "/fields/"+strings.TrimPrefix(key, x.Form+"."), f.Label)
	}
	l.choices(o.Path(), "/fields", x.Fields)
}

func (l *linter) named(o Object) {
	var x struct{ Name flow.Text }
	if err := json.Unmarshal(o.Raw, &x); err != nil {
		l.fault(o.Path(), err)
		return
	}
	l.text(o.Path(), "/name", x.Name)
}

var (
	idPattern     = regexp.MustCompile(`^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$`)
	secretPattern = regexp.MustCompile(`whsec_|dfk_|-----BEGIN|[A-Za-z0-9+/]{64,}|AKIA[0-9A-Z]{16}`)
	mailPattern   = regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+`)
	phonePattern  = regexp.MustCompile(`(\+?86[- ]?)?\b1[3-9][0-9]{9}\b|\+[0-9][0-9 -]{8,16}[0-9]`)
)

// private finds what belongs to one company: addresses, phone numbers, ids,
// secrets.
func (l *linter) private(o Object) {
	v, err := form.Decode(o.Raw)
	if err != nil {
		return
	}
	eachString("", v, func(at, s string) {
		key := ""
		switch {
		case idPattern.MatchString(s):
			key = "privateId"
		case secretPattern.MatchString(s):
			key = "privateSecret"
		case hasAddress(s):
			key = "privateAddress"
		case phonePattern.MatchString(s):
			key = "privatePhone"
		}
		if key != "" {
			l.add("error", o.Path(), key, at, fault.Params{"value": clip(s)})
		}
	})
}

func hasAddress(s string) bool {
	for _, m := range mailPattern.FindAllString(s, 20) {
		if _, err := mail.ParseAddress(m); err == nil && !strings.HasSuffix(m, "@example.com") {
			return true
		}
	}
	return false
}

func eachString(at string, v any, f func(at, s string)) {
	switch x := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(x)) {
			eachString(at+"/"+escaped(k), x[k], f)
		}
	case []any:
		for k, c := range x {
			eachString(fmt.Sprintf("%s/%d", at, k), c, f)
		}
	case string:
		f(at, x)
	}
}
