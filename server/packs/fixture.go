package packs

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/node"
	"github.com/dueflow/dueflow/workflows/run"
)

// fixture is a rehearsal that comes with a pack: what happened to some accounts,
// and what must have gone out on which day.
type fixture struct {
	Flow     string                     `json:"flow"`
	From     value.Date                 `json:"from"`
	To       value.Date                 `json:"to"`
	Calendar string                     `json:"calendar"`
	Timezone string                     `json:"timezone"`
	Params   map[string]json.RawMessage `json:"params"`
	Accounts []pack.Account             `json:"accounts"`
	// Answers are the results that people give to tasks, by step: "approved".
	Answers map[string]string `json:"answers"`
	Expect  struct {
		Messages []wantMessage `json:"messages"`
		Tasks    []wantTask    `json:"tasks"`
	} `json:"expect"`
}

type wantMessage struct {
	Customer string     `json:"customer"`
	On       value.Date `json:"on"`
	Template string     `json:"template"`
}

type wantTask struct {
	Customer string     `json:"customer"`
	On       value.Date `json:"on"`
}

// RunFixture rehearses a flow of a pack as a fixture of it says, and gives what
// came out differently from what the fixture expects: one line each, empty when
// nothing did. The pack is adapted with the fixture's answers or the default
// ones; the rules of sending are those of a new workspace.
func RunFixture(ctx context.Context, p *pack.Pack, o pack.Object, nodes *node.Registry) (*run.Report, []string, error) {
	var f fixture
	if err := json.Unmarshal(o.Raw, &f); err != nil {
		return nil, nil, fault.Wrap(fault.Invalid, "pack.fixture", err)
	}
	if err := f.check(); err != nil {
		return nil, nil, err
	}
	defs, err := compiled(p, f.Params, nodes)
	if err != nil {
		return nil, nil, err
	}
	d := defs[f.Flow]
	if d == nil {
		return nil, nil, fault.At("/flow", "enum", f.Flow)
	}
	g, err := groundOf(p, f.Calendar, f.Timezone)
	if err != nil {
		return nil, nil, err
	}
	r := g.rehearsal(d, f.From, f.To)
	r.Answers = f.Answers
	for _, a := range f.Accounts {
		account, err := g.account(a, f.To)
		if err != nil {
			return nil, nil, err
		}
		if err := r.Play(ctx, account); err != nil {
			return nil, nil, err
		}
	}
	return r.Report, f.differences(r.Report, g.Loc), nil
}

func (f *fixture) check() error {
	bad := pack.CheckAccounts(f.Accounts, f.From)
	if f.From == 0 || f.To < f.From || f.To-f.From > pack.MaxDays {
		bad = append(bad, fault.Field{Pointer: "/to", Rule: "range", Limit: pack.MaxDays})
	}
	return fault.InvalidFields(bad)
}
