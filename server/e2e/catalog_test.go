package e2e

import (
	"crypto/ed25519"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/pack"
)

// catalogFolder makes the catalogue of the shared server: a pack of its own in
// two versions, and one under the name of a pack that ships.
func catalogFolder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(dataDir, "catalog")
	must(t, os.MkdirAll(dir, 0o700))
	public, key, err := ed25519.GenerateKey(nil)
	must(t, err)
	all, err := pack.Builtin()
	must(t, err)
	x := pack.Index{Name: flow.Text{"en": "Test shelf"}, Made: "2026-01-01T00:00:00Z"}
	for name, as := range map[string][2]string{"one": {"shelf-steps", "1.0.0"}, "two": {"shelf-steps", "1.1.0"}, "old": {"gentle-three-steps", "0.9.0"}} {
		p := *all[0]
		p.ID, p.Version, p.Name = as[0], as[1], flow.Text{"en": "From the shelf"}
		must(t, p.Sign(key))
		raw, err := p.Write()
		must(t, err)
		must(t, os.WriteFile(filepath.Join(dir, name+".dfpkg"), raw, 0o600))
		x.Packs = append(x.Packs, pack.ListingOf(&p, name+".dfpkg", len(raw)))
	}
	raw, err := pack.WriteIndex(x, key)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "index.json"), raw, 0o600))
	return dir + "#" + pack.PublicKey(public)
}

// A pack of a catalogue is offered beside those that ship, installed without a
// further word since its publisher's key is pinned, and found again.
func TestPackFromCatalogue(t *testing.T) {
	s := newSpace(t, nil)
	type item struct{ ID, Version, File, Source, Catalog, Installed string }
	list := func() map[string]item {
		var out struct {
			Items   []item
			Sources []struct {
				ID, State, Problem string
				Name               flow.Text
				Count              int
			}
		}
		must(t, s.c.Do(t.Context(), "GET", "/packs/catalog", nil, &out))
		if len(out.Sources) != 1 || out.Sources[0].State != "trusted" || out.Sources[0].Problem != "" || out.Sources[0].Count != 2 || out.Sources[0].Name["en"] != "Test shelf" {
			t.Errorf("sources %+v", out.Sources)
		}
		by := map[string]item{}
		for _, i := range out.Items {
			if _, twice := by[i.ID]; twice {
				t.Errorf("%s is there twice", i.ID)
			}
			by[i.ID] = i
		}
		return by
	}
	by := list()
	got := by["shelf-steps"]
	if got.Version != "1.1.0" || got.Source != "catalog" || len(got.File) != 64 || by["gentle-three-steps"].Source != "builtin" {
		t.Fatalf("offered %+v", got)
	}
	var detail struct {
		Source string
		Flows  []json.RawMessage
	}
	must(t, s.c.Do(t.Context(), "GET", "/packs/catalog/shelf-steps?file="+got.File, nil, &detail))
	if detail.Source != "file" || len(detail.Flows) == 0 {
		t.Errorf("detail %+v", detail)
	}
	if p := s.install(map[string]any{"id": "shelf-steps", "file": got.File}); len(p.Problems) > 0 || p.Action != "install" {
		t.Errorf("plan %+v", p)
	}
	if got := list()["shelf-steps"]; got.Installed != "1.1.0" {
		t.Errorf("installed %+v", got)
	}
	var have struct{ Items []struct{ ID, File string } }
	must(t, s.c.Do(t.Context(), "GET", "/packs", nil, &have))
	if len(have.Items) != 1 || have.Items[0].File != got.File {
		t.Errorf("have %+v", have)
	}
	s.put("POST", "/packs/plan", map[string]any{"id": "shelf-steps", "file": strings.Repeat("0", 64)}, 404)
	s.put("POST", "/packs/plan", map[string]any{"id": "another-id", "file": got.File}, 422)
}
