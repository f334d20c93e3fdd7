package flow

import (
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
)

// longest is how many days a wait may take before it is doubted.
const longest = 400

// anyDay is one from which days can be counted both ways.
var anyDay = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// doubts warns of settings that can hardly be meant so.
func (l *linter) doubts(at, id string, in Inspection) {
	l.cases(at, id, in)
	for _, key := range sortedKeys(in.Spans) {
		if days(in.Spans[key]) > longest {
			l.add("warning", "longWait", at+"/cfg"+key, id, fault.Params{"limit": longest})
		}
	}
}

// days a span takes about, whichever way it goes.
func days(s value.Span) int {
	if s.Unit == value.BusinessDay {
		s = value.Span{Value: s.Value * 7 / 5, Unit: value.Day}
	}
	d := s.AddToDate(0, nil)
	return int(max(d, -d))
}

// cases warns of a case that always or never fits, or that earlier cases leave
// nothing for.
func (l *linter) cases(at, id string, in Inspection) {
	now := l.w.Now
	if now.IsZero() {
		now = anyDay
	}
	var before []filter.Expr
	for _, key := range in.Cases {
		when := in.Filters[key]
		rule := ""
		switch {
		case !filter.Possible(when, now):
			rule = "caseNever"
		case !filter.Possible(filter.And(when, filter.Negate(filter.Or(before...))), now):
			rule = "caseShadowed"
		case !filter.Possible(filter.Negate(when), now):
			rule = "caseAlways"
		}
		if rule != "" {
			l.add("warning", rule, at+"/cfg"+key, id, nil)
		}
		if when == nil {
			return // it always fits: what follows is told by that
		}
		before = append(before, when)
	}
}

// tones warns of a message that is milder than the one before it: who was
// written to firmly takes that for a retreat.
func (l *linter) tones() {
	if l.w.Tone == nil {
		return
	}
	tone := func(id string) (highest, lowest int) {
		for _, t := range l.insp[id].Templates {
			if n := l.w.Tone(t); n > 0 {
				highest = max(highest, n)
				if lowest == 0 || n < lowest {
					lowest = n
				}
			}
		}
		return highest, lowest
	}
	told := map[string]bool{}
	for _, id := range l.f.NodeIDs() {
		firm, _ := tone(id)
		if !l.specs[id].Sends || firm < firmTone {
			continue
		}
		for _, to := range l.nextSends(id) {
			if _, mild := tone(to); mild > 0 && mild < firm && !told[to] {
				told[to] = true
				l.add("warning", "milderAfter", "/nodes/"+to, to, fault.Params{"after": id})
			}
		}
	}
}

// firmTone is the first of a message's tones after which a milder one is odd;
// see message.Document.
const firmTone = 3

// nextSends are the sends that may come next after a step, each once. A loop
// begins anew, and is not followed.
func (l *linter) nextSends(id string) []string {
	var out []string
	seen := map[string]bool{id: true}
	queue := []string{id}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, port := range sortedKeys(l.next[at]) {
			to := l.next[at][port]
			if seen[to] || l.specs[to].Loops {
				continue
			}
			seen[to] = true
			if l.specs[to].Sends {
				out = append(out, to)
			} else {
				queue = append(queue, to)
			}
		}
	}
	return out
}
