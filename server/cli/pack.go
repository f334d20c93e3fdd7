package cli

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/server/app"
	"github.com/dueflow/dueflow/server/client"
	"github.com/dueflow/dueflow/server/packs"
	"github.com/dueflow/dueflow/server/templates"
)

type packCmd struct {
	Build     packBuildCmd     `cmd:"" help:"Check a pack's source folder and write the package."`
	Keygen    packKeygenCmd    `cmd:"" help:"Make a key to sign packages with."`
	Inspect   packInspectCmd   `cmd:"" help:"Say what is in a package, and whether it is whole."`
	Test      packTestCmd      `cmd:"" help:"Play the rehearsals of a package and compare."`
	List      packListCmd      `cmd:"" help:"Packs that a server offers and has installed."`
	Plan      packPlanCmd      `cmd:"" help:"Say what an install or upgrade would do."`
	Install   packInstallCmd   `cmd:"" help:"Install or upgrade a pack; nothing is sent until a flow is published."`
	Uninstall packUninstallCmd `cmd:"" help:"Take a pack out; records stay."`
}

// folder reads a source folder.
func folder(dir string) (map[string][]byte, error) {
	out := map[string][]byte{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		out[filepath.ToSlash(rel)], err = os.ReadFile(p)
		return err
	})
	return out, err
}

// opened reads a package, or builds one of a folder.
func opened(name string) (*pack.Pack, error) {
	st, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if st.IsDir() {
		src, err := folder(name)
		if err != nil {
			return nil, err
		}
		return pack.Build(src)
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return pack.Read(raw)
}

func lintPack(e *env, p *pack.Pack) error {
	shipped := templates.New(nil)
	found := p.Lint(pack.World{Nodes: app.Nodes(), Wording: templates.ShippedWording(), Template: shipped.Ships})
	for _, f := range found {
		_, _ = fmt.Fprintf(e.errs, "%s: %s%s: %s %v\n", f.Severity, f.Object, f.Pointer, f.Key, f.Params)
	}
	return pack.Broken(found)
}

type packBuildCmd struct {
	Folder string `arg:"" type:"existingdir"`
	Out    string `short:"o" help:"File to write; <id>-<version>.dfpkg by default."`
	Key    string `help:"Key to sign with, from keygen." type:"existingfile"`
}

// Run checks, signs if there is a key, and writes.
func (b *packBuildCmd) Run(e *env) error {
	p, err := opened(b.Folder)
	if err != nil {
		return err
	}
	if err := lintPack(e, p); err != nil {
		return err
	}
	if b.Key != "" {
		key, err := signingKey(b.Key)
		if err != nil {
			return err
		}
		if err := p.Sign(key); err != nil {
			return err
		}
	}
	file, err := p.Write()
	if err != nil {
		return err
	}
	if b.Out == "" {
		b.Out = p.ID + "-" + p.Version + ".dfpkg"
	}
	if err := os.WriteFile(b.Out, file, 0o644); err != nil { //nolint:gosec // a package is for others to read
		return err
	}
	_, err = fmt.Fprintf(e.out, "%s  %d bytes  sha256 %s\n", b.Out, len(file), p.SHA256)
	return err
}

func signingKey(name string) (ed25519.PrivateKey, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return nil, fmt.Errorf("%s holds no key", name)
	}
	k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	key, ok := k.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%s holds no Ed25519 key", name)
	}
	return key, nil
}

type packKeygenCmd struct {
	Out string `arg:"" help:"File of the private key; it must not exist."`
}

// Run makes a key and prints its public half.
func (k *packKeygenCmd) Run(e *env) error {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return err
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(k.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: raw}); err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	_, err = fmt.Fprintln(e.out, pack.PublicKey(public))
	return err
}

type packInspectCmd struct {
	File string `arg:"" help:"A package, or a source folder."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Run reads the package and lists its contents.
func (i *packInspectCmd) Run(e *env) error {
	p, err := opened(i.File)
	if err != nil {
		return err
	}
	if i.JSON {
		return printJSON(e.out, map[string]any{"manifest": p.Manifest, "signed": p.Signature != nil, "sha256": p.SHA256})
	}
	signed := "not signed"
	if p.Signature != nil {
		signed = "signed by " + p.Signature.Key
	}
	_, _ = fmt.Fprintf(e.out, "%s %s  %s\n%s, %s, %s\n", p.ID, p.Version, p.Name.In("en"), p.Publisher.Name, p.Licence, signed)
	for _, o := range p.Objects {
		_, _ = fmt.Fprintf(e.out, "  %-50s %6d bytes\n", o.Path(), len(o.Raw))
	}
	return nil
}

type packTestCmd struct {
	File string `arg:"" help:"A package, or a source folder."`
}

// Run plays every rehearsal of the package.
func (t *packTestCmd) Run(e *env) error {
	p, err := opened(t.File)
	if err != nil {
		return err
	}
	failed := 0
	for _, o := range p.Of(pack.Test) {
		report, differences, err := packs.RunFixture(e.ctx, p, o, app.Nodes())
		if err != nil {
			return fmt.Errorf("%s: %w", o.Path(), err)
		}
		if len(differences) == 0 {
			_, _ = fmt.Fprintf(e.out, "ok    %s  %d messages, %d tasks\n", o.Path(), report.Totals.Messages, report.Totals.Tasks)
			continue
		}
		failed++
		_, _ = fmt.Fprintf(e.out, "FAIL  %s\n      %s\n", o.Path(), strings.Join(differences, "\n      "))
	}
	if failed > 0 {
		return fmt.Errorf("%d rehearsals came out differently", failed)
	}
	return nil
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
		Flow   string `json:"flow"`
		Count  int64  `json:"count"`
		Nobody int64  `json:"nobody"`
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
		_, _ = fmt.Fprintf(e.out, "  %s would concern %d now; %d of them cannot be reached\n", r.Flow, r.Count, r.Nobody)
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
