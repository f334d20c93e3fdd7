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

// A workspace trusts publishers of its own: their packages need no further word
// until their key is taken out again. Only administrators decide that.
func TestPublishers(t *testing.T) {
	s := newSpace(t, nil)
	public, private, err := ed25519.GenerateKey(nil)
	must(t, err)
	key := pack.PublicKey(public)
	all, err := pack.Builtin()
	must(t, err)
	p := *all[0]
	p.ID = "from-a-friend"
	must(t, p.Sign(private))
	file, err := p.Write()
	must(t, err)
	var up struct{ File string }
	must(t, s.c.Do(t.Context(), "POST", "/packs/files", map[string]any{"file": file}, &up))
	request := func() map[string]any { return map[string]any{"id": p.ID, "file": up.File} }
	if got := s.plan(request()); len(got.Problems) != 1 || got.Problems[0].Rule != "packUntrusted" {
		t.Fatalf("an unknown publisher: %+v", got.Problems)
	}
	s.put("POST", "/packs/apply", map[string]any{"id": p.ID, "file": up.File, "hash": s.plan(request()).Hash}, 422)
	for _, bad := range []struct {
		body map[string]any
		want string
	}{
		{map[string]any{"name": "Friend", "key": "ed25519:abc"}, "/key publicKey"},
		{map[string]any{"name": " ", "key": key}, "/name required"},
		{map[string]any{"name": "Friend", "key": key, "fingerprint": "0000 0000"}, "/fingerprint fingerprint"},
	} {
		if err := s.c.Do(t.Context(), "POST", "/publishers", bad.body, nil); pointers(err) != bad.want {
			t.Errorf("%v: %v", bad.body, err)
		}
	}
	if err := s.as("finance-manager").Do(t.Context(), "POST", "/publishers", map[string]any{"name": "Friend", "key": key}, nil); keyOf(err) != "policy.denied" {
		t.Errorf("not an administrator: %v", err)
	}
	must(t, s.c.Do(t.Context(), "POST", "/publishers", map[string]any{"name": "Friend", "key": key, "fingerprint": strings.ToUpper(pack.Fingerprint(key))}, nil))
	if err := s.c.Do(t.Context(), "POST", "/publishers", map[string]any{"name": "Again", "key": key}, nil); keyOf(err) != "publisher.exists" {
		t.Errorf("twice: %v", err)
	}
	if got := s.plan(request()); len(got.Problems) != 0 {
		t.Errorf("a trusted publisher: %+v", got.Problems)
	}
	var list struct {
		Items []struct{ Name, Key, Fingerprint string }
	}
	must(t, s.c.Do(t.Context(), "GET", "/publishers", nil, &list))
	if len(list.Items) != 1 || list.Items[0].Name != "Friend" || list.Items[0].Fingerprint != pack.Fingerprint(key) {
		t.Errorf("list %+v", list)
	}
	other := newSpace(t, nil) // another workspace trusts nobody by that
	must(t, other.c.Do(t.Context(), "GET", "/publishers", nil, &list))
	if len(list.Items) != 0 {
		t.Errorf("elsewhere %+v", list)
	}
	must(t, s.c.Do(t.Context(), "DELETE", "/publishers/"+strings.ReplaceAll(pack.Fingerprint(key), " ", ""), nil, nil))
	if got := s.plan(request()); len(got.Problems) != 1 {
		t.Errorf("trusted no longer: %+v", got.Problems)
	}
	var log struct {
		Items []struct{ Action, Object string }
	}
	must(t, s.c.Do(t.Context(), "GET", "/audit?limit=5", nil, &log))
	if len(log.Items) < 2 || log.Items[0].Object != "publisher" || log.Items[0].Action != "delete" || log.Items[1].Action != "create" {
		t.Errorf("audit %+v", log.Items)
	}
}
