package house

import (
	"context"
	"slices"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/desk"
	"github.com/dueflow/dueflow/server/tasks"
)

// single is how many tasks of a day are told of one by one; more are one notice.
const single = 3

// chiefs gives, by task, the manager who is told first that it is late: the
// assignee's own, who can sign in and may see the account.
func (s *Service) chiefs(ctx context.Context, list []tasks.Nudge, managers map[string]string, people []policies.Actor) map[string]string {
	out := map[string]string{}
	for _, n := range list {
		k := slices.IndexFunc(people, func(p policies.Actor) bool { return p.ID == managers[n.Assignee] })
		if n.Late && !n.Again && k >= 0 && (n.Customer == "" || s.maySee(ctx, people[k], n.Customer)) {
			out[n.ID] = people[k].ID
		}
	}
	return out
}

// tell writes the notices of some nudges: to owners, to their managers, or to
// the people of a role.
func (s *Service) tell(ctx context.Context, d day, list []tasks.Nudge, chiefs map[string]string, role string, people []policies.Actor) error {
	for _, p := range people {
		for _, kind := range []string{desk.KindDue, desk.KindLate} {
			var mine []tasks.Nudge
			for _, n := range list {
				late := kind == desk.KindLate
				concerns := !late && p.ID == n.Assignee
				if chief := chiefs[n.ID]; late {
					concerns = chief == p.ID || chief == "" && slices.Contains(p.Roles, role)
				}
				if n.Late == late && concerns && (n.Customer == "" || s.maySee(ctx, p, n.Customer)) {
					mine = append(mine, n)
				}
			}
			if err := s.tellOne(ctx, d, p, kind, mine); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) tellOne(ctx context.Context, d day, p policies.Actor, kind string, mine []tasks.Nudge) error {
	lang := p.Language
	if lang == "" {
		lang = d.w.Language
	}
	if len(mine) > single {
		text := s.Letters.Say(lang, "notice.many."+kind, fault.Params{"n": len(mine)})
		return s.Desk.Notify(ctx, d.w.Key, desk.Notice{User: p.ID, Kind: kind, Text: text, Key: kind + "/" + d.today.String()})
	}
	for _, n := range mine {
		notice := desk.Notice{User: p.ID, Kind: kind, Customer: n.Customer, Text: inLanguage(n.Title, lang), Key: kind + "/" + n.ID + "/" + n.Due.String()}
		if err := s.Desk.Notify(ctx, d.w.Key, notice); err != nil {
			return err
		}
	}
	return nil
}
