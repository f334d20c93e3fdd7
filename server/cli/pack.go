package cli

import (
	"fmt"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/pack"
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
	Rollback  packRollbackCmd  `cmd:"" help:"Go back to what a pack was before its last change."`
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

type packUninstallCmd struct {
	serverFlags
	Pack string `arg:""`
	Dry  bool   `help:"Only say what would be done."`
	Stop bool   `help:"Take its live flows off the air."`
	JSON bool   `name:"json" help:"Print JSON."`
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
	if p.JSON {
		return printJSON(e.out, map[string]any{"pack": p.Pack, "dry": p.Dry, "objects": out.Objects})
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
	JSON       bool              `name:"json" help:"Print JSON."`
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
		File      []byte           `json:"file"`
		Stripped  []string         `json:"stripped"`
		Questions []packs.Proposal `json:"questions"`
		Findings  []packFinding    `json:"findings"`
	}
	if err := c.Do(e.ctx, "POST", "/packs/export", request, &out); err != nil {
		return err
	}
	p, err := pack.Read(out.File)
	if err != nil {
		return err
	}
	written, err := writePack(p, x.Key, x.Out)
	if err != nil {
		return err
	}
	if x.JSON {
		return printJSON(e.out, packExported{written, out.Questions, out.Stripped, out.Findings})
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
	return written.print(e)
}

type packFinding struct {
	Severity string `json:"severity"`
	Object   string `json:"object"`
	Pointer  string `json:"pointer"`
	Message  string `json:"message"`
}

type packExported struct {
	packWritten
	Questions []packs.Proposal `json:"questions"`
	Stripped  []string         `json:"stripped"`
	Findings  []packFinding    `json:"findings"`
}
