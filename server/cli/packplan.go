package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/server/client"
	"github.com/dueflow/dueflow/server/text"
)

// packPlanned is a plan as the server says it; raw is all of it.
type packPlanned struct {
	raw     json.RawMessage
	Hash    string `json:"hash"`
	Action  string `json:"action"`
	ID      string `json:"id"`
	Version string `json:"version"`
	Objects []struct {
		Kind      string `json:"kind"`
		Key       string `json:"key"`
		As        string `json:"as"`
		Action    string `json:"action"`
		Conflicts []struct {
			Unit       string          `json:"unit"`
			Mine       json.RawMessage `json:"mine"`
			Theirs     json.RawMessage `json:"theirs"`
			Name       flow.Text       `json:"name"`
			MineSays   flow.Text       `json:"mineSays"`
			TheirsSays flow.Text       `json:"theirsSays"`
		} `json:"conflicts"`
	} `json:"objects"`
	Reach []struct {
		Flow      string    `json:"flow"`
		Form      string    `json:"form"`
		Count     int       `json:"count"`
		Customers int       `json:"customers"`
		Nobody    int       `json:"nobody"`
		Starts    flow.Text `json:"starts"`
	} `json:"reach"`
	Problems []struct {
		Pointer string `json:"pointer"`
		Message string `json:"message"`
	} `json:"problems"`
}

// plan asks for a plan with the conflicts decided; the request then holds the
// decisions. Faults: Invalid "cli.takeNothing" for a path without a conflict,
// "cli.takeSide" for another word than mine and theirs.
func (f takeFlags) plan(e *env, c *client.Client, body map[string]any) (*packPlanned, error) {
	p, err := askPlan(e, c, body)
	if err != nil || len(f.Take) == 0 {
		return p, err
	}
	if body["take"], err = f.decide(p); err != nil {
		return nil, err
	}
	return askPlan(e, c, body)
}

func askPlan(e *env, c *client.Client, body map[string]any) (*packPlanned, error) {
	var p packPlanned
	if err := c.Do(e.ctx, "POST", "/packs/plan", body, &p.raw); err != nil {
		return nil, err
	}
	return &p, json.Unmarshal(p.raw, &p)
}

// decide gives each conflict the side that the longest path above it names.
func (f takeFlags) decide(p *packPlanned) (map[string]map[string]string, error) {
	take, used := map[string]map[string]string{}, map[string]bool{}
	for _, o := range p.Objects {
		object := o.Kind + "/" + o.Key
		for _, x := range o.Conflicts {
			best := ""
			for path := range f.Take {
				if len(path) > len(best) && strings.HasPrefix(object+"/"+x.Unit+"/", strings.TrimSuffix(path, "/")+"/") {
					best = path
				}
			}
			if best == "" {
				continue
			}
			used[best] = true
			if take[object] == nil {
				take[object] = map[string]string{}
			}
			take[object][x.Unit] = f.Take[best]
		}
	}
	for _, path := range slices.Sorted(maps.Keys(f.Take)) {
		switch side := f.Take[path]; {
		case side != "mine" && side != "theirs":
			return nil, fault.New(fault.Invalid, "cli.takeSide", fault.Params{"path": path, "side": side})
		case !used[path]:
			return nil, fault.New(fault.Invalid, "cli.takeNothing", fault.Params{"path": path})
		}
	}
	return take, nil
}

func (p *packPlanned) print(e *env) {
	lang := language()
	_, _ = fmt.Fprintf(e.out, "%s %s %s\n", p.Action, p.ID, p.Version)
	for _, o := range p.Objects {
		hint := ""
		if flag := map[string]string{"roles": "grant", "calendars": "calendar"}[o.Kind]; o.Action == "propose" && flag != "" {
			hint = "  " + text.Say(lang, "cli.pack."+flag, fault.Params{"key": map[string]string{"grant": o.As, "calendar": o.Key}[flag]})
		}
		_, _ = fmt.Fprintf(e.out, "  %-9s %s/%s%s\n", o.Action, o.Kind, o.As, hint)
		for _, x := range o.Conflicts {
			path := o.Kind + "/" + o.Key + "/" + x.Unit
			_, _ = fmt.Fprintf(e.out, "    %s\n", cmp.Or(x.Name.In(lang), x.Unit))
			_, _ = fmt.Fprintf(e.out, "      %s\n", text.Say(lang, "cli.pack.mine", fault.Params{"value": brief(x.MineSays.In(lang), x.Mine)}))
			_, _ = fmt.Fprintf(e.out, "      %s\n", text.Say(lang, "cli.pack.theirs", fault.Params{"value": brief(x.TheirsSays.In(lang), x.Theirs)}))
			_, _ = fmt.Fprintf(e.out, "      %s\n", text.Say(lang, "cli.pack.take", fault.Params{"path": path}))
		}
	}
	for _, r := range p.Reach {
		if len(r.Starts) > 0 {
			_, _ = fmt.Fprintf(e.out, "  %s  %s\n", r.Flow, r.Starts.In(lang))
			continue
		}
		_, _ = fmt.Fprintf(e.out, "  %s would concern %s of %s now; %s cannot be reached\n", r.Flow, count(r.Count, r.Form), count(r.Customers, "customer"), count(r.Nobody, "customer"))
	}
	for _, x := range p.Problems {
		_, _ = fmt.Fprintf(e.out, "  ! %s %s\n", x.Pointer, x.Message)
	}
}

// brief is one side of a conflict on one line: its sentence, else its value.
func brief(says string, raw json.RawMessage) string {
	const most = 120
	s := says
	if s == "" && json.Unmarshal(raw, &s) != nil {
		s = string(raw)
	}
	s = strings.Join(strings.Fields(s), " ")
	if s == "" {
		return "–"
	}
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
