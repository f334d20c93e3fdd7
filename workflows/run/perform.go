package run

import (
	"context"
	"slices"

	"github.com/dueflow/dueflow/workflows/node"
)

type act struct {
	run    *Run
	action *node.Action
}

// perform does the actions of a round: messages merged, the rest one by one.
func (s *stepper) perform(ctx context.Context, acts []act) error {
	s.results = map[string]*node.Result{}
	var sends []act
	s.current = true
	for _, a := range acts {
		if a.run.Status == Done {
			continue // ended by another run of this round
		}
		if a.action.Kind == node.ActSend {
			sends = append(sends, a)
			continue
		}
		if a.action.Kind == node.ActStop {
			if err := s.stopOthers(ctx, a); err != nil {
				return err
			}
			s.note(a, node.Result{Status: node.ResultOK})
			continue
		}
		s.current = false
		res, err := s.env.Do(ctx, s.account, a.run, *a.action)
		if err != nil {
			return err
		}
		s.note(a, res)
	}
	return s.send(ctx, slices.DeleteFunc(sends, func(a act) bool { return a.run.Status == Done }))
}

// stopOthers ends the account's other runs: those of the same subject, or all.
func (s *stepper) stopOthers(ctx context.Context, a act) error {
	var ids []string
	for _, id := range sortedIDs(s.runs) {
		r := s.runs[id]
		same := r.Form == a.run.Form && r.Subject == a.run.Subject
		if id != a.run.ID && r.Status != Done && (same || a.action.Scope == "customer") {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return s.control(ctx, Note{Kind: NoteControl, Action: StopRun, Ids: ids, By: a.run.ID}, s.env.Now())
}

func (s *stepper) note(a act, res node.Result) {
	s.results[a.run.ID] = &res
	if res.Status == node.ResultRetry || res.Status == node.ResultFailed {
		return // the interpreter says what it makes of them
	}
	what := a.action.Kind
	if res.Status != node.ResultOK {
		what = res.Status
	} else if a.action.Kind == node.ActSend {
		what = "sent"
		if res.By != "" {
			what = "merged"
		}
	}
	s.facts = append(s.facts, Fact{
		Run: a.run.ID, Flow: a.run.Flow, Node: a.run.Node, At: s.env.Now(), What: what, Reason: res.Reason, Until: res.Until, Key: res.Ref, By: res.By,
	})
}
