package cli

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/server/app"
	"github.com/dueflow/dueflow/server/templates"
	"github.com/dueflow/dueflow/server/text"
)

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
		says := text.Field(language(), fault.Field{Rule: f.Key, Params: f.Params})
		_, _ = fmt.Fprintf(e.errs, "%s: %s%s %s\n", f.Severity, f.Object, f.Pointer, says)
	}
	return pack.Broken(found)
}

type packBuildCmd struct {
	Folder string `arg:"" type:"existingdir"`
	Out    string `short:"o" help:"File to write; <id>-<version>.dfpkg by default."`
	Key    string `help:"Key to sign with, from keygen." type:"existingfile"`
	JSON   bool   `name:"json" help:"Print JSON."`
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
	written, err := writePack(p, b.Key, b.Out)
	if err != nil {
		return err
	}
	if b.JSON {
		return printJSON(e.out, written)
	}
	return written.print(e)
}

// packWritten is a package in a file.
type packWritten struct {
	File   string `json:"file"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

func (w packWritten) print(e *env) error {
	_, err := fmt.Fprintf(e.out, "%s  %d bytes  sha256 %s\n", w.File, w.Bytes, w.SHA256)
	return err
}

// writePack signs if there is a key, and writes under a name of its own by default.
func writePack(p *pack.Pack, keyFile, out string) (packWritten, error) {
	if keyFile != "" {
		key, err := signingKey(keyFile)
		if err != nil {
			return packWritten{}, err
		}
		if err := p.Sign(key); err != nil {
			return packWritten{}, err
		}
	}
	file, err := p.Write()
	if err != nil {
		return packWritten{}, err
	}
	if out == "" {
		out = p.ID + "-" + p.Version + ".dfpkg"
	}
	if err := os.WriteFile(out, file, 0o644); err != nil { //nolint:gosec // a package is for others to read
		return packWritten{}, err
	}
	return packWritten{out, len(file), p.SHA256}, nil
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
	Out  string `arg:"" help:"File of the private key; it must not exist."`
	JSON bool   `name:"json" help:"Print JSON."`
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
	if k.JSON {
		return printJSON(e.out, map[string]string{"file": k.Out, "publicKey": pack.PublicKey(public), "fingerprint": pack.Fingerprint(pack.PublicKey(public))})
	}
	_, err = fmt.Fprintf(e.out, "%s\nfingerprint %s\n", pack.PublicKey(public), pack.Fingerprint(pack.PublicKey(public)))
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
		signed = "signed by " + p.Signature.Key + " (" + pack.Fingerprint(p.Signature.Key) + ")"
	}
	_, _ = fmt.Fprintf(e.out, "%s %s  %s\n%s, %s, %s\n", p.ID, p.Version, p.Name.In("en"), p.Publisher.Name, p.Licence, signed)
	for _, o := range p.Objects {
		_, _ = fmt.Fprintf(e.out, "  %-50s %6d bytes\n", o.Path(), len(o.Raw))
	}
	return nil
}

type packIndexCmd struct {
	Folder string            `arg:"" type:"existingdir" help:"Folder of .dfpkg files; index.json is written into it."`
	Key    string            `help:"Key to sign with, from keygen." type:"existingfile"`
	Name   map[string]string `help:"Name of the catalogue by language, en=Our packs." mapsep:"none"`
	JSON   bool              `name:"json" help:"Print JSON."`
}

// Run checks every package of the folder and writes the index.
func (x *packIndexCmd) Run(e *env) error {
	files, err := filepath.Glob(filepath.Join(x.Folder, "*.dfpkg"))
	if err != nil {
		return err
	}
	index := pack.Index{Name: flow.Text(x.Name), Made: time.Now().UTC().Format(time.RFC3339), Packs: []pack.Listed{}}
	if len(index.Name) == 0 {
		index.Name = flow.Text{"en": filepath.Base(x.Folder)}
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		p, err := pack.Read(raw)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		index.Packs = append(index.Packs, pack.ListingOf(p, filepath.Base(name), len(raw)))
	}
	var key ed25519.PrivateKey
	if x.Key != "" {
		if key, err = signingKey(x.Key); err != nil {
			return err
		}
	}
	raw, err := pack.WriteIndex(index, key)
	if err != nil {
		return err
	}
	out := filepath.Join(x.Folder, "index.json")
	// Written beside and renamed: a server that reads it meanwhile gets a whole one.
	if err := os.WriteFile(out+".new", raw, 0o644); err != nil { //nolint:gosec // it is for others to read
		return err
	}
	if err := os.Rename(out+".new", out); err != nil {
		return err
	}
	if x.JSON {
		return printJSON(e.out, map[string]any{"file": out, "packages": len(index.Packs), "signed": key != nil})
	}
	_, err = fmt.Fprintf(e.out, "%s  %s  %s\n", out, count(len(index.Packs), "package"), map[bool]string{true: "signed", false: "not signed"}[key != nil])
	return err
}
