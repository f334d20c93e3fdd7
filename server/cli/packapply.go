package cli

import (
	"encoding/json"
	"os"
	"slices"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/client"
)

// packFlags are what a plan depends on.
type packFlags struct {
	serverFlags
	takeFlags
	Pack     string            `arg:"" help:"Id of a pack of the catalogue, or a package file."`
	Param    map[string]string `help:"Answers to the pack's questions, name=JSON." mapsep:"none"`
	Field    map[string]string `help:"Your fields for the pack's, pack.path=your.path; an empty one leaves it out." mapsep:"none"`
	Role     map[string]string `help:"Your roles for the pack's, theirs=yours." mapsep:"none"`
	Grant    []string          `help:"Role of the pack to grant; the others are only proposed. Repeat it for more." placeholder:"ROLE" sep:"none"`
	Calendar []string          `help:"Calendar of the pack that becomes one of the workspace's; the others are only proposed. Repeat it for more." placeholder:"KEY" sep:"none"`
	Accept   []string          `help:"Public key of a publisher whose signature is to do for this pack." placeholder:"KEY" sep:"none"`
	Unsigned bool              `help:"Accept a package without signature."`
}

// takeFlags decide what both sides have changed.
type takeFlags struct {
	Take map[string]string `help:"Decide a conflict that the plan shows, PATH=mine or PATH=theirs; a path decides all that is below it. Repeat it for more." mapsep:"none" placeholder:"PATH=SIDE"`
}

func (f *packFlags) request(e *env, c *client.Client) (map[string]any, error) {
	body := map[string]any{"id": f.Pack}
	if raw, err := os.ReadFile(f.Pack); err == nil {
		var up struct{ File, ID string }
		if err := c.Do(e.ctx, "POST", "/packs/files", map[string]any{"file": raw}, &up); err != nil {
			return nil, err
		}
		body["id"], body["file"] = up.ID, up.File
	}
	params := map[string]json.RawMessage{}
	for name, v := range f.Param {
		if !json.Valid([]byte(v)) {
			quoted, err := json.Marshal(v)
			if err != nil {
				return nil, err
			}
			v = string(quoted)
		}
		params[name] = json.RawMessage(v)
	}
	accept := slices.Clone(f.Accept)
	if f.Unsigned {
		accept = append(accept, "unsigned")
	}
	for name, given := range map[string]struct {
		n int
		v any
	}{
		"params": {len(params), params}, "fields": {len(f.Field), f.Field}, "roles": {len(f.Role), f.Role}, "grant": {len(f.Grant), f.Grant},
		"calendars": {len(f.Calendar), f.Calendar}, "accept": {len(accept), accept},
	} {
		if given.n > 0 {
			body[name] = given.v
		}
	}
	return body, nil
}

// apply does what the plan says unless problems keep it from being done, and
// prints.
func (p *packPlanned) apply(e *env, c *client.Client, body map[string]any, asJSON bool) error {
	if !asJSON {
		p.print(e)
	}
	out := struct {
		Plan      json.RawMessage `json:"plan"`
		Installed json.RawMessage `json:"installed"`
	}{p.raw, json.RawMessage("null")}
	var err error
	if n := len(p.Problems); n > 0 {
		err = fault.New(fault.Invalid, "cli.pack.problems", fault.Params{"n": n})
	} else {
		body["hash"] = p.Hash
		err = c.Do(e.ctx, "POST", "/packs/apply", body, &out.Installed)
	}
	if asJSON {
		if perr := printJSON(e.out, out); err == nil {
			err = perr
		}
	}
	return err
}

type packPlanCmd struct {
	packFlags
	JSON bool `name:"json" help:"Print JSON."`
}

// Run prints the plan.
func (p *packPlanCmd) Run(e *env) error {
	c, err := p.client()
	if err != nil {
		return err
	}
	body, err := p.request(e, c)
	if err != nil {
		return err
	}
	plan, err := p.plan(e, c, body)
	if err != nil {
		return err
	}
	if p.JSON {
		return printJSON(e.out, plan.raw)
	}
	plan.print(e)
	return nil
}

type packInstallCmd struct {
	packFlags
	JSON bool `name:"json" help:"Print JSON."`
}

// Run plans and applies.
func (p *packInstallCmd) Run(e *env) error {
	c, err := p.client()
	if err != nil {
		return err
	}
	body, err := p.request(e, c)
	if err != nil {
		return err
	}
	plan, err := p.plan(e, c, body)
	if err != nil {
		return err
	}
	return plan.apply(e, c, body, p.JSON)
}

type packRollbackCmd struct {
	serverFlags
	takeFlags
	Pack string `arg:"" help:"Id of an installed pack."`
	Dry  bool   `help:"Only say what would be done."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Run plans the way back and goes it.
func (p *packRollbackCmd) Run(e *env) error {
	c, err := p.client()
	if err != nil {
		return err
	}
	body := map[string]any{"id": p.Pack, "rollback": true}
	plan, err := p.plan(e, c, body)
	if err != nil {
		return err
	}
	switch {
	case !p.Dry:
		return plan.apply(e, c, body, p.JSON)
	case p.JSON:
		return printJSON(e.out, plan.raw)
	}
	plan.print(e)
	return nil
}
