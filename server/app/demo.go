package app

import (
	"context"
	"encoding/json"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/api"
	"github.com/dueflow/dueflow/server/clock"
	"github.com/dueflow/dueflow/server/demo"
	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/server/identity"
	"github.com/dueflow/dueflow/server/workspace"
)

// DemoSpace is the key of the demo workspace.
const DemoSpace = "demo"

func demoUsers() []api.DemoUser {
	var out []api.DemoUser
	for _, p := range demo.People() {
		out = append(out, api.DemoUser{Email: p.Email, Name: p.Name, Role: p.Role})
	}
	return out
}

// openDemo makes the demo workspace the first time: its clock, people, records
// and live flows; later it lets the clock go on from where it stood.
func (s *Server) openDemo(ctx context.Context) error {
	_, err := s.Spaces.Get(ctx, DemoSpace)
	if err == nil {
		_, err = s.Spaces.Update(ctx, DemoSpace, 0, func(w *workspace.Workspace) error {
			if w.Demo != nil {
				w.Demo = w.Demo.Rebase(s.Now().UTC())
				w.Demo.DaySeconds = s.Config.DemoDay.Seconds()
			}
			return nil
		})
		if err != nil {
			return err
		}
	} else if err := s.makeDemo(ctx); err != nil {
		return err
	}
	deps, err := s.demoPeople(ctx)
	if err != nil {
		return err
	}
	if err := demo.Seed(ctx, deps, DemoSpace); err != nil {
		return err
	}
	return s.demoFlows(ctx, DemoSpace, deps.Owner(demo.People()[0].Email), true)
}

func (s *Server) makeDemo(ctx context.Context) error {
	w := workspace.Workspace{Key: DemoSpace, Name: "Dueflow Demo 演示公司", Language: "zh-CN"}
	w.Defaults()
	// The clock starts before the window opens on a working day, so that the
	// first reminders go out within seconds.
	now := s.Now().UTC()
	day := w.Cal().NextWorkday(value.DateOf(now.In(w.Location())))
	w.Demo = &clock.Demo{Epoch: now, Start: day.At(7*60, w.Location()).UTC(), DaySeconds: s.Config.DemoDay.Seconds()}
	w.Portal = workspace.Portal{On: true, PromiseDays: 30, Dispute: true, Paid: true, PayNote: map[string]string{
		"en": "Sample Bank, account 6222 0000 0000 0000 (a demo: please do not pay)", "zh-CN": "示例银行，账号 6222 0000 0000 0000（演示数据，请勿付款）",
	}}
	_, err := s.Spaces.Create(ctx, w)
	return err
}

// demoPeople makes the people of the demo; they sign in without a password, on
// demo servers only.
func (s *Server) demoPeople(ctx context.Context) (demo.Deps, error) {
	ids := map[string]string{}
	for _, p := range demo.People() {
		teams := p.Teams
		if teams == nil {
			teams = []string{}
		}
		_, err := s.Identity.CreateUser(ctx, policies.SystemActor(DemoSpace, "demo"), identity.NewUser{
			Email: p.Email, Name: p.Name, Language: p.Language, Roles: []string{p.Role}, Teams: teams,
		})
		if err != nil && !fault.Is(err, fault.Conflict) {
			return demo.Deps{}, err
		}
	}
	people, err := s.People(ctx, DemoSpace)
	if err != nil {
		return demo.Deps{}, err
	}
	for _, u := range people {
		ids[u.Email] = u.ID
	}
	return s.demoDeps(func(email string) string { return ids[email] }), nil
}

func (s *Server) demoDeps(owner func(string) string) demo.Deps {
	return demo.Deps{Spaces: s.Spaces, Records: s.Records, Accounts: s.Accounts, Owner: owner}
}

// demoFlows saves the sample flows as somebody's drafts, and publishes them if live.
func (s *Server) demoFlows(ctx context.Context, ws, by string, live bool) error {
	for _, doc := range demo.Flows() {
		var head struct {
			Key string `json:"key"`
		}
		if err := json.Unmarshal(doc, &head); err != nil {
			return err
		}
		f, err := s.Flows.Get(ctx, ws, head.Key)
		if fault.Is(err, fault.NotFound) {
			f, err = s.Flows.Save(ctx, ws, by, doc, 0)
		}
		if err != nil {
			return err
		}
		if live && f.Version == 0 {
			if _, err := s.Flows.Publish(ctx, ws, head.Key, flows.Release{By: by}); err != nil {
				return err
			}
		}
	}
	return nil
}

// liveDemo lets the demo's life go on: each virtual day customers pay, order
// and promise.
func (s *Server) liveDemo(ctx context.Context) {
	deps := s.demoDeps(nil)
	var done value.Date
	for {
		w, err := s.Spaces.Get(ctx, DemoSpace)
		if err == nil {
			now, today := s.Spaces.Now(w)
			if done == 0 {
				done = today // the day of the start belongs to the seed
			}
			for done < today && err == nil {
				done++
				_, err = demo.Simulate(ctx, deps, DemoSpace, done)
			}
			if err == nil {
				_, err = s.Spaces.Update(ctx, DemoSpace, 0, func(w *workspace.Workspace) error {
					if w.Demo != nil {
						w.Demo.Seen = now
					}
					return nil
				})
			}
		}
		if err != nil && ctx.Err() == nil {
			s.log.Warn("demo", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(max(time.Second, s.Config.DemoDay/4)):
		}
	}
}

// newWorkspace fills a workspace that was just set up: with the sample data if
// wanted, and its flows as drafts that send nothing until somebody publishes
// them. Without, it is empty but for the built-in forms and messages.
func (s *Server) newWorkspace(ctx context.Context, ws string, sample bool) error {
	if err := s.Records.Ensure(ctx, ws); err != nil {
		return err
	}
	if !sample {
		return nil
	}
	people, err := s.People(ctx, ws)
	if err != nil || len(people) == 0 {
		return err
	}
	if err := s.demoFlows(ctx, ws, people[0].ID, false); err != nil {
		return err
	}
	return demo.Seed(ctx, s.demoDeps(func(string) string { return people[0].ID }), ws)
}
