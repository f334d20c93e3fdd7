package cli

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/server/client"
	"github.com/dueflow/dueflow/server/packs"
)

type packCmd struct {
	Build     packBuildCmd     `cmd:"" help:"Check a pack's source folder and write the package."`
	Keygen    packKeygenCmd    `cmd:"" help:"Make a key to sign packages with."`
	Inspect   packInspectCmd   `cmd:"" help:"Say what is in a package, and whether it is whole."`
	Index     packIndexCmd     `cmd:"" help:"Write the index of a folder of packages: a catalogue that servers can offer."`
	Test      packTestCmd      `cmd:"" help:"Play the rehearsals of a package and compare."`
	Try       packTryCmd       `cmd:"" help:"Show day by day what a package does with its sample data."`
	List      packListCmd      `cmd:"" help:"Packs that a server offers and has installed."`
	Plan      packPlanCmd      `cmd:"" help:"Say what an install or upgrade would do."`
	Install   packInstallCmd   `cmd:"" help:"Install or upgrade a pack; nothing is sent until a flow is published."`
	Uninstall packUninstallCmd `cmd:"" help:"Take a pack out; records stay."`
	Export    packExportCmd    `cmd:"" help:"Make a package of a server's flow: its messages and fields too, no people, addresses or secrets."`
}

type packListCmd struct {
	serverFlags
	JSON bool `name:"json" help:"Print JSON."`
}

// Run prints the catalogue.
func (l *packListCmd) Run(e *env) error {
	c, err := l.client()
	if err != nil {
		return err
	}
	var out struct {
		Items []struct {
			ID        string    `json:"id"`
			Version   string    `json:"version"`
			Installed string    `json:"installed"`
			Name      flow.Text `json:"name"`
		} `json:"items"`
	}
	if err := c.Do(e.ctx, "GET", "/packs/catalog", nil, &out); err != nil {
		return err
	}
	if l.JSON {
		return printJSON(e.out, out.Items)
	}
	for _, p := range out.Items {
		_, _ = fmt.Fprintf(e.out, "%-24s %-8s %-10s %s\n", p.ID, p.Version, p.Installed, p.Name.In(c.Language))
	}
	return nil
}

type packFlags struct {
	serverFlags
	Pack     string            `arg:"" help:"Id of a pack of the catalogue, or a package file."`
	Param    map[string]string `help:"Answers to the pack's questions, name=JSON." mapsep:"none"`
	Field    map[string]string `help:"Your fields for the pack's, pack.path=your.path; an empty one leaves it out." mapsep:"none"`
	Unsigned bool              `help:"Accept a package without signature."`
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
	if len(params) > 0 {
		body["params"] = params
	}
	if len(f.Field) > 0 {
		body["fields"] = f.Field
	}
	if f.Unsigned {
		body["accept"] = []string{"unsigned"}
	}
	return body, nil
}

type packPlanned struct {
	Hash    string `json:"hash"`
	Action  string `json:"action"`
	ID      string `json:"id"`
	Version string `json:"version"`
	Objects []struct {
		Kind   string `json:"kind"`
		As     string `json:"as"`
		Action string `json:"action"`
	} `json:"objects"`
	Reach []struct {
		Flow      string `json:"flow"`
		Form      string `json:"form"`
		Count     int    `json:"count"`
		Customers int    `json:"customers"`
		Nobody    int    `json:"nobody"`
	} `json:"reach"`
	Problems []struct {
		Pointer string `json:"pointer"`
		Message string `json:"message"`
	} `json:"problems"`
}

func (p packPlanned) print(e *env) {
	_, _ = fmt.Fprintf(e.out, "%s %s %s\n", p.Action, p.ID, p.Version)
	for _, o := range p.Objects {
		_, _ = fmt.Fprintf(e.out, "  %-9s %s/%s\n", o.Action, o.Kind, o.As)
	}
	for _, r := range p.Reach {
		_, _ = fmt.Fprintf(e.out, "  %s would concern %s of %s now; %s cannot be reached\n", r.Flow, count(r.Count, r.Form), count(r.Customers, "customer"), count(r.Nobody, "customer"))
	}
	for _, x := range p.Problems {
		_, _ = fmt.Fprintf(e.out, "  ! %s %s\n", x.Pointer, x.Message)
	}
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
	if p.JSON {
		var out any
		if err := c.Do(e.ctx, "POST", "/packs/plan", body, &out); err != nil {
			return err
		}
		return printJSON(e.out, out)
	}
	var out packPlanned
	if err := c.Do(e.ctx, "POST", "/packs/plan", body, &out); err != nil {
		return err
	}
	out.print(e)
	return nil
}

type packInstallCmd struct {
	packFlags
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
	var plan packPlanned
	if err := c.Do(e.ctx, "POST", "/packs/plan", body, &plan); err != nil {
		return err
	}
	plan.print(e)
	if len(plan.Problems) > 0 {
		return fmt.Errorf("%d problems keep it from being installed", len(plan.Problems))
	}
	body["hash"] = plan.Hash
	return c.Do(e.ctx, "POST", "/packs/apply", body, nil)
}

type packUninstallCmd struct {
	serverFlags
	Pack string `arg:""`
	Dry  bool   `help:"Only say what would be done."`
	Stop bool   `help:"Take its live flows off the air."`
}

// Run takes the pack out.
func (p *packUninstallCmd) Run(e *env) error {
	c, err := p.client()
	if err != nil {
		return err
	}
	var out struct{ Objects []packs.Removal }
	if err := c.Do(e.ctx, "POST", "/packs/"+p.Pack+"/uninstall", map[string]bool{"dry": p.Dry, "stop": p.Stop}, &out); err != nil {
		return err
	}
	for _, o := range out.Objects {
		_, _ = fmt.Fprintf(e.out, "  %-7s %s/%s  %s\n", o.Action, o.Kind, o.As, o.Reason)
	}
	return nil
}

type packExportCmd struct {
	serverFlags
	Flow       string            `arg:"" help:"Key of the flow."`
	ID         string            `help:"Id of the pack; the flow's key by default."`
	AsVersion  string            `name:"as-version" help:"Version of the pack." default:"1.0.0"`
	Name       map[string]string `help:"Name by language, en=… and zh-CN=…." mapsep:"none" required:""`
	About      map[string]string `help:"What it is for, by language." mapsep:"none" required:""`
	Publisher  string            `help:"Who publishes it." required:""`
	Licence    string            `help:"Licence of the pack." default:"MIT"`
	Keep       []string          `help:"Questions that the pack asks; the usual ones by default."`
	NoQuestion bool              `name:"no-questions" help:"The pack asks nothing."`
	Key        string            `help:"Key to sign with, from keygen." type:"existingfile"`
	Out        string            `short:"o" help:"File to write; <id>-<version>.dfpkg by default."`
}

// Run has the server make the package, says what to look at, signs if there is a
// key, and writes it.
func (x *packExportCmd) Run(e *env) error {
	c, err := x.client()
	if err != nil {
		return err
	}
	if x.ID == "" {
		x.ID = x.Flow
	}
	request := map[string]any{"flow": x.Flow, "id": x.ID, "version": x.AsVersion, "name": x.Name, "about": x.About, "publisher": x.Publisher, "licence": x.Licence, "noQuestions": x.NoQuestion}
	if len(x.Keep) > 0 {
		request["keep"] = x.Keep
	}
	var out struct {
		File      []byte
		Stripped  []string
		Questions []packs.Proposal
		Findings  []struct{ Severity, Object, Pointer, Message string }
	}
	if err := c.Do(e.ctx, "POST", "/packs/export", request, &out); err != nil {
		return err
	}
	for _, q := range out.Questions {
		_, _ = fmt.Fprintf(e.out, "  %-7s %-10s %v  %s\n", map[bool]string{true: "asks", false: "fixed"}[q.Kept], q.Name, q.Value, q.Label.In(c.Language))
	}
	for _, s := range out.Stripped {
		_, _ = fmt.Fprintf(e.out, "  taken out  %s\n", s)
	}
	for _, f := range out.Findings {
		_, _ = fmt.Fprintf(e.errs, "%s: %s%s: %s\n", f.Severity, f.Object, f.Pointer, f.Message)
	}
	return writePackage(e, out.File, x.Key, x.Out)
}
