package pack

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
)

const (
	manifestName  = "manifest.json"
	signatureName = "signature.json"
)

// epoch is the time of every file in a package, so that the same contents are
// the same bytes.
var epoch = time.Unix(0, 0).UTC()

// Write gives the package file: manifest first, then the objects in order, the
// signature last. The same pack gives the same bytes.
func (p *Pack) Write() ([]byte, error) {
	manifest, err := p.canonicalManifest()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	tape := tar.NewWriter(zip)
	put := func(name string, raw []byte) error {
		h := &tar.Header{Name: name, Size: int64(len(raw)), Mode: 0o644, ModTime: epoch, Typeflag: tar.TypeReg, Format: tar.FormatUSTAR}
		if err := tape.WriteHeader(h); err != nil {
			return err
		}
		_, err := tape.Write(raw)
		return err
	}
	if err := put(manifestName, manifest); err != nil {
		return nil, err
	}
	for _, o := range p.Objects {
		if err := put(o.Path(), o.Raw); err != nil {
			return nil, err
		}
	}
	if p.Signature != nil {
		raw, err := json.Marshal(p.Signature)
		if err != nil {
			return nil, err
		}
		if err := put(signatureName, raw); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(tape.Close(), zip.Close()); err != nil {
		return nil, err
	}
	if out.Len() > MaxFile {
		return nil, fault.New(fault.Invalid, "pack.tooBig", fault.Params{"limit": MaxFile})
	}
	p.SHA256 = sum(out.Bytes())
	return out.Bytes(), nil
}

func (p *Pack) canonicalManifest() (json.RawMessage, error) {
	raw, err := json.Marshal(p.Manifest)
	if err != nil {
		return nil, err
	}
	return Canonical(raw)
}

// Read reads a package file. Nothing is written anywhere, and no more is
// unpacked than the limits allow. Faults, all Invalid: pack.tooBig,
// pack.broken (not a package, or cut off), pack.path (a file outside the known
// folders), pack.content (a file that is missing, not listed, or not what the
// manifest says), pack.signature (a signature that does not fit), and those of
// ParseManifest.
func Read(file []byte) (*Pack, error) {
	if len(file) > MaxFile {
		return nil, fault.New(fault.Invalid, "pack.tooBig", fault.Params{"limit": MaxFile})
	}
	files, first, err := unpack(file)
	if err != nil {
		return nil, err
	}
	if first != manifestName {
		return nil, fault.New(fault.Invalid, "pack.broken", fault.Params{"file": manifestName})
	}
	m, err := ParseManifest(files[manifestName])
	if err != nil {
		return nil, err
	}
	p := &Pack{Manifest: m, SHA256: sum(file)}
	if raw, ok := files[signatureName]; ok {
		p.Signature = &Signature{}
		if err := json.Unmarshal(raw, p.Signature); err != nil {
			return nil, fault.New(fault.Invalid, "pack.signature", nil)
		}
	}
	delete(files, manifestName)
	delete(files, signatureName)
	if err := p.take(files); err != nil {
		return nil, err
	}
	return p, p.checkSignature()
}

// unpack reads the files of a package into memory, within the limits.
func unpack(file []byte) (files map[string][]byte, first string, err error) {
	broken := fault.New(fault.Invalid, "pack.broken", fault.Params{"file": ""})
	zip, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		return nil, "", broken
	}
	left := int64(MaxUnpacked)
	tape := tar.NewReader(io.LimitReader(zip, MaxUnpacked+MaxUnpacked/4)) // headers and padding besides
	files = map[string][]byte{}
	for {
		h, err := tape.Next()
		if errors.Is(err, io.EOF) {
			return files, first, nil
		}
		if err != nil {
			return nil, "", broken
		}
		if h.Typeflag != tar.TypeReg {
			return nil, "", fault.New(fault.Invalid, "pack.path", fault.Params{"file": clip(h.Name)})
		}
		if _, _, ok := place(h.Name); !ok && h.Name != manifestName && h.Name != signatureName {
			return nil, "", fault.New(fault.Invalid, "pack.path", fault.Params{"file": clip(h.Name)})
		}
		if left -= h.Size; h.Size > MaxObject || left < 0 || len(files) > MaxObjects+1 {
			return nil, "", fault.New(fault.Invalid, "pack.tooBig", fault.Params{"limit": MaxUnpacked})
		}
		if _, twice := files[h.Name]; twice {
			return nil, "", fault.New(fault.Invalid, "pack.content", fault.Params{"file": h.Name})
		}
		raw, err := io.ReadAll(io.LimitReader(tape, MaxObject+1))
		if err != nil || int64(len(raw)) != h.Size {
			return nil, "", broken
		}
		if first == "" {
			first = h.Name
		}
		files[h.Name] = raw
	}
}

// take makes objects of the files, which must be exactly those of the manifest.
func (p *Pack) take(files map[string][]byte) error {
	for _, c := range p.Contents {
		raw, ok := files[c.Path]
		if !ok || len(raw) != c.Size || sum(raw) != c.SHA256 {
			return fault.New(fault.Invalid, "pack.content", fault.Params{"file": c.Path})
		}
		delete(files, c.Path)
		plain, err := Canonical(raw)
		if err != nil || !bytes.Equal(plain, raw) {
			return fault.New(fault.Invalid, "pack.content", fault.Params{"file": c.Path})
		}
		kind, key, _ := place(c.Path)
		p.Objects = append(p.Objects, Object{kind, key, raw})
	}
	for name := range files {
		return fault.New(fault.Invalid, "pack.content", fault.Params{"file": name})
	}
	order(p.Objects)
	return nil
}

func clip(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}
