package flow

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/message"
	"github.com/dueflow/dueflow/schemas/value"
)

// Issue is one finding about a flow. Errors block publishing.
type Issue struct {
	Severity string       `json:"severity"` // error or warning
	Key      string       `json:"key"`
	Pointer  string       `json:"pointer"`
	Node     string       `json:"node,omitempty"`
	Params   fault.Params `json:"params,omitempty"`
}

// World is what a lint may know beyond the document. Nil functions skip their
// checks (a flow file can be linted without a server). Ready tells whether a
// channel is set up; "preferred" stands for what each customer prefers.
type World struct {
	Field    func(path string) (filter.Type, bool)
	Template func(key string) bool
	Channel  func(key string) bool
	Calendar func(id string) bool // the workspace's own, beside the built-in ones
	Ready    func(channel string) bool
	Settable func(path string) bool // fields that a step may write
	// Person tells whether there is a user, a role that somebody has, or a team with
	// somebody in it; kind is one of these words.
	Person func(kind, id string) bool
	// Sees tells whether any of those whom Person knows may see customers at all.
	Sees func(kind, id string) bool
	// Tone is how firm a template is, 1 to 4; 0 for one that is not known.
	Tone func(template string) int
	// Now is the moment from which conditions count days. It only matters where a
	// field is compared with such a day and with a date.
	Now time.Time
	// Strange are the variables of a template that no form has.
	Strange func(template string) []string
}

// Errors gives the blocking issues as one fault, nil without any.
func Errors(issues []Issue) error {
	var fields []fault.Field
	for _, i := range issues {
		if i.Severity == "error" {
			fields = append(fields, fault.Field{Pointer: i.Pointer, Rule: i.Key, Key: "lint." + i.Key, Params: i.Params})
		}
	}
	return fault.InvalidFields(fields)
}

type linter struct {
	f      *Flow
	cat    Catalog
	w      World
	specs  map[string]Spec
	insp   map[string]Inspection
	next   map[string]map[string]string // node → port → node
	issues []Issue
}

// Check judges node settings and lints the graph. Issues come in node order;
// one mistake gives one issue.
func Check(f *Flow, cat Catalog, w World) []Issue {
	l := &linter{f: f, cat: cat, w: w, specs: map[string]Spec{}, insp: map[string]Inspection{}, next: map[string]map[string]string{}}
	for _, id := range f.NodeIDs() {
		l.node(id)
	}
	l.settings()
	l.stops()
	l.edges()
	if l.trigger() {
		l.reach()
		l.cycles()
		l.sends()
		l.tones()
		l.steps()
	}
	l.params()
	return l.issues
}

func (l *linter) add(severity, key, pointer, node string, p fault.Params) {
	l.issues = append(l.issues, Issue{severity, key, pointer, node, p})
}

func (l *linter) node(id string) {
	n, at := l.f.Nodes[id], "/nodes/"+id
	spec, ok := l.cat.Lookup(n.Type, n.V)
	if !ok {
		l.add("error", "unknownNode", at+"/type", id, fault.Params{"type": n.Type, "v": n.V})
		return
	}
	l.specs[id] = spec
	cfg, err := l.f.Resolve(n.Cfg, nil)
	if err != nil {
		l.fault(at+"/cfg", id, err)
		return
	}
	in, problems := spec.Inspect(cfg)
	for _, p := range problems {
		key := p.Rule
		if p.Key != "" {
			key = p.Key
		}
		l.add("error", key, at+"/cfg"+p.Pointer, id, fault.Params{"limit": p.Limit})
	}
	if len(problems) > 0 {
		return // its exits follow from its settings: what leads on from it cannot be judged yet
	}
	if n.OnError != nil && n.OnError.Then == "port" {
		in.Ports = append(slices.Clone(in.Ports), "error")
	}
	l.insp[id] = in
	l.world(at, id, in)
	l.doubts(at, id, in)
}

func (l *linter) world(at, id string, in Inspection) {
	for _, key := range sortedKeys(in.Filters) {
		l.filter(at+"/cfg"+key, id, in.Filters[key])
	}
	for _, key := range sortedKeys(in.Words) {
		for _, lang := range sortedKeys(in.Words[key]) {
			for _, p := range message.CheckWords(in.Words[key][lang], l.variable()) {
				l.add("error", p.Rule, at+"/cfg"+key+"/"+lang, id, p.Params)
			}
		}
	}
	for _, t := range in.Templates {
		if l.w.Template != nil && !l.w.Template(t) {
			l.add("error", "unknownTemplate", at+"/cfg/template", id, fault.Params{"template": t})
		} else if l.w.Strange != nil {
			for _, v := range l.w.Strange(t) {
				l.add("error", "templateVariable", at+"/cfg/template", id, fault.Params{"template": t, "value": v})
			}
		}
	}
	l.uses(at, id, in)
	if l.w.Ready != nil && len(in.Channels) > 0 && !slices.ContainsFunc(in.Channels, l.w.Ready) {
		l.add("warning", "noChannelReady", at+"/cfg/channel", id, nil)
	}
	for _, c := range in.Channels {
		if l.w.Channel != nil && !l.w.Channel(c) {
			l.add("error", "unknownChannel", at+"/cfg/channel", id, fault.Params{"channel": c})
		}
	}
}

// uses judges the fields and people that a step names: a flow with one that is
// not there would be published only to fail, or to do nothing.
func (l *linter) uses(at, id string, in Inspection) {
	for _, key := range sortedKeys(in.Reads) {
		l.use(at+"/cfg"+key, id, in.Reads[key])
	}
	for _, key := range sortedKeys(in.People) {
		p := in.People[key]
		if p.Field != "" {
			l.use(at+"/cfg"+key+"/field", id, Use{Path: p.Field})
		}
		if l.w.Person == nil {
			continue
		}
		for _, who := range [][2]string{{"role", p.Role}, {"team", p.Team}, {"user", p.User}} {
			place, name := at+"/cfg"+key+"/"+who[0], fault.Params{"value": who[1]}
			switch {
			case who[1] == "":
			case !l.w.Person(who[0], who[1]):
				// Of a role or team somebody may become a member later.
				severity := map[bool]string{true: "error", false: "warning"}[who[0] == "user"]
				l.add(severity, "unknown"+strings.ToUpper(who[0][:1])+who[0][1:], place, id, name)
			case l.w.Sees != nil && !l.w.Sees(who[0], who[1]):
				l.add("error", "seesNothing", place, id, name)
			}
		}
	}
}

func (l *linter) use(at, id string, u Use) {
	if l.w.Field == nil {
		return
	}
	typ, ok := l.w.Field(u.Path)
	switch {
	case u.Set && l.w.Settable != nil && !l.w.Settable(u.Path):
		l.add("error", "settableField", at, id, fault.Params{"value": u.Path})
	case !ok && !u.Set:
		l.add("error", "unknownField", at, id, fault.Params{"value": u.Path})
	case u.Date && typ != filter.Date && typ != filter.Instant:
		l.add("error", "notADate", at, id, fault.Params{"value": u.Path})
	}
}

// variable tells which fields a text may show, nil where that is not known.
func (l *linter) variable() func(string) bool {
	if l.w.Field == nil {
		return nil
	}
	return func(path string) bool {
		_, ok := l.w.Field(path)
		return ok || path == "invoice.currency" || path == "account.currency"
	}
}

func (l *linter) filter(at, node string, e filter.Expr) {
	if l.w.Field == nil || e == nil {
		return
	}
	if err := filter.Check(e, l.w.Field); err != nil {
		l.fault(at, node, err)
	}
}

// fault turns a fault's places into issues below a pointer.
func (l *linter) fault(at, node string, err error) {
	fe, ok := err.(*fault.Error)
	if !ok || len(fe.Fields) == 0 {
		l.add("error", "invalid", at, node, nil)
		return
	}
	for _, p := range fe.Fields {
		l.add("error", p.Rule, at+p.Pointer, node, fault.Params{"limit": p.Limit})
	}
}

func (l *linter) settings() {
	s := l.f.Settings
	if s.Calendar != "" {
		if _, err := value.CalendarByID(s.Calendar); err != nil && (l.w.Calendar == nil || !l.w.Calendar(s.Calendar)) {
			l.add("error", "calendar", "/settings/calendar", "", fault.Params{"value": s.Calendar})
		}
	}
	if s.Timezone != "" && s.Timezone != "customer" && s.Timezone != "workspace" {
		if _, err := value.Location(s.Timezone); err != nil {
			l.add("error", "timezone", "/settings/timezone", "", fault.Params{"value": s.Timezone})
		}
	}
	if w := s.Window; w != nil && w.To <= w.From {
		l.add("error", "emptyWindow", "/settings/window", "", nil)
	}
}

func (l *linter) stops() {
	seen := map[string]bool{}
	for i, s := range l.f.StopWhen {
		at := fmt.Sprintf("/stopWhen/%d", i)
		if seen[s.ID] {
			l.add("error", "duplicateId", at+"/id", "", fault.Params{"id": s.ID})
		}
		seen[s.ID] = true
		e, err := filter.ParseTimed(s.When)
		if err != nil {
			l.fault(at+"/when", "", err)
			continue
		}
		l.filter(at+"/when", "", e)
	}
}

func (l *linter) params() {
	used := map[string]bool{}
	for _, n := range l.f.Nodes {
		for _, name := range paramNames(n.Cfg) {
			used[name] = true
		}
	}
	for _, name := range sortedKeys(l.f.Params) {
		if !used[name] {
			l.add("warning", "unusedParam", "/params/"+name, "", nil)
		}
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
