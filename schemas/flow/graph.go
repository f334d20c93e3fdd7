package flow

import (
	"fmt"
	"slices"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
)

func (l *linter) edges() {
	for i, e := range l.f.Edges {
		at := fmt.Sprintf("/edges/%d", i)
		if l.f.Nodes[e.From] == nil {
			l.add("error", "edgeFrom", at+"/from", e.From, nil)
			continue
		}
		if l.f.Nodes[e.To] == nil {
			l.add("error", "edgeTo", at+"/to", e.From, fault.Params{"to": e.To})
			continue
		}
		ports := l.next[e.From]
		if ports == nil {
			ports = map[string]string{}
			l.next[e.From] = ports
		}
		if _, twice := ports[e.PortName()]; twice {
			l.add("error", "portTwice", at+"/port", e.From, fault.Params{"port": e.PortName()})
			continue
		}
		ports[e.PortName()] = e.To
		in, known := l.insp[e.From]
		if known && !slices.Contains(in.Ports, e.PortName()) && !slices.Contains(in.Optional, e.PortName()) {
			l.add("error", "unknownPort", at+"/port", e.From, fault.Params{"port": e.PortName()})
		}
		if l.specs[e.To].Trigger {
			l.add("error", "edgeIntoTrigger", at+"/to", e.To, nil)
		}
	}
	for _, id := range l.f.NodeIDs() {
		for _, p := range l.insp[id].Ports {
			if l.next[id][p] == "" {
				l.add("error", "openPort", "/nodes/"+id, id, fault.Params{"port": p})
			}
		}
	}
}

func (l *linter) trigger() bool {
	var triggers []string
	for _, id := range l.f.NodeIDs() {
		if l.specs[id].Trigger {
			triggers = append(triggers, id)
		}
	}
	switch {
	case len(triggers) == 1:
		return true
	case len(triggers) == 0:
		l.add("error", "noTrigger", "/nodes", "", nil)
	default:
		l.add("error", "manyTriggers", "/nodes/"+triggers[1], triggers[1], nil)
	}
	return false
}

func (l *linter) reach() {
	seen := map[string]bool{}
	var walk func(id string)
	walk = func(id string) {
		if id == "" || seen[id] {
			return
		}
		seen[id] = true
		for _, to := range l.next[id] {
			walk(to)
		}
	}
	walk(l.f.Trigger(l.cat))
	for _, id := range l.f.NodeIDs() {
		if !seen[id] {
			l.add("error", "unreachable", "/nodes/"+id, id, nil)
		}
	}
}

// cycles reports a cycle that passes through no loop node.
func (l *linter) cycles() {
	state := map[string]int{}
	var walk func(id string) bool
	walk = func(id string) bool {
		if l.specs[id].Loops {
			return true
		}
		switch state[id] {
		case 1:
			l.add("error", "cycle", "/nodes/"+id, id, nil)
			return false
		case 2:
			return true
		}
		state[id] = 1
		for _, port := range sortedKeys(l.next[id]) {
			if !walk(l.next[id][port]) {
				return false
			}
		}
		state[id] = 2
		return true
	}
	for _, id := range l.f.NodeIDs() {
		if state[id] == 0 && !walk(id) {
			return
		}
	}
}

// sends checks what must be true of every path that contacts the customer.
func (l *linter) sends() {
	any := ""
	for _, id := range l.f.NodeIDs() {
		if !l.specs[id].Sends {
			continue
		}
		any = id
		if to := l.sendWithoutWait(id); to != "" && l.f.Settings.ContactBudget == nil {
			l.add("warning", "sendsWithoutWait", "/nodes/"+to, to, fault.Params{"after": id})
		}
	}
	if any == "" {
		return
	}
	for _, s := range l.f.StopWhen {
		if e, err := filter.ParseTimed(s.When); err == nil && slices.ContainsFunc(filter.Fields(e), func(f string) bool {
			return f == "invoice.open" || f == "invoice.collectable" || f == "invoice.status" || f == "account.open" || f == "customer.openInvoices"
		}) {
			return
		}
	}
	l.add("error", "noPaidStop", "/stopWhen", any, nil)
}

// steps warns of a flow that only starts and ends: it would take customers in
// and do nothing for them.
func (l *linter) steps() {
	for _, id := range l.f.NodeIDs() {
		if n := l.f.Nodes[id]; !l.specs[id].Trigger && n.Type != "end" {
			return
		}
	}
	l.add("warning", "noSteps", "/nodes", "", nil)
}

// sendWithoutWait finds a send that follows id with no wait between, "" if none.
func (l *linter) sendWithoutWait(id string) string {
	seen := map[string]bool{id: true}
	queue := []string{id}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, port := range sortedKeys(l.next[at]) {
			to := l.next[at][port]
			if seen[to] || l.specs[to].Waits {
				continue
			}
			if l.specs[to].Sends {
				return to
			}
			seen[to] = true
			queue = append(queue, to)
		}
	}
	return ""
}
