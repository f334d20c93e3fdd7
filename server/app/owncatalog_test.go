package app

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/server/packs"
)

var admin = policies.Actor{ID: "admin", Workspace: "acme"}

// own is a server without catalogues of its own, for a workspace that may add some.
func (s *shelf) own(private bool) *packs.Catalogs {
	st := systemStore(s.t)
	if err := st.Ensure(s.t.Context(), admin.Workspace, packs.Specs...); err != nil {
		s.t.Fatal(err)
	}
	c := s.reader(st, private, s.url)
	c.Sources = nil
	return c
}

func refusal(err error) string {
	fe, ok := err.(*fault.Error)
	if !ok {
		return fmt.Sprint(err)
	}
	if len(fe.Fields) == 0 {
		return fe.Key
	}
	f := fe.Fields[0]
	if f.Key != "" {
		return f.Pointer + " " + f.Key
	}
	return f.Pointer + " " + f.Rule
}

// A workspace adds a catalogue: its packs are there for it and for nobody else,
// and gone when it is removed.
func TestOwnCatalogue(t *testing.T) {
	s := shelve(t)
	c := s.own(true)
	got, added, err := c.Add(t.Context(), admin, s.url+"/", []string{" " + s.public(), s.public()})
	if err != nil || got.State != packs.Trusted || !got.Own || len(got.Packs) != 1 || got.Looked == "" || len(added.Keys) != 1 {
		t.Fatalf("added %+v %+v %v", got, added, err)
	}
	hash := got.Packs[0].SHA256
	if list, err := c.List(t.Context(), "acme"); err != nil || len(list) != 1 || list[0].ID != added.ID {
		t.Errorf("list %+v %v", list, err)
	}
	if list := listed(t, c); len(list) != 0 {
		t.Errorf("elsewhere %+v", list)
	}
	if p, vouched, err := c.Pack(t.Context(), "acme", hash); err != nil || p.ID != "from-outside" || len(vouched) != 1 || vouched[0] != s.public() {
		t.Errorf("package %v %v %v", p, vouched, err)
	}
	if _, _, err := c.Pack(t.Context(), "", hash); !fault.Is(err, fault.NotFound) {
		t.Errorf("package elsewhere: %v", err)
	}
	if _, _, err := c.Add(t.Context(), admin, s.url, []string{s.public()}); fault.KeyOf(err) != "catalog.exists" {
		t.Errorf("twice: %v", err)
	}
	s.fill("2026-02-01T00:00:00Z")
	if again, err := c.Refresh(t.Context(), "acme", added.ID); err != nil || again.Note != "" || again.Looked <= got.Looked {
		t.Errorf("refreshed %+v %v", again, err)
	}
	if _, err := c.Refresh(t.Context(), "", added.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("refreshed from elsewhere: %v", err)
	}
	if _, err := c.Remove(t.Context(), "acme", added.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Remove(t.Context(), "acme", added.ID); fault.KeyOf(err) != "catalog.none" {
		t.Errorf("removed twice: %v", err)
	}
	if _, _, err := c.Pack(t.Context(), "acme", hash); !fault.Is(err, fault.NotFound) {
		t.Errorf("package of a removed one: %v", err)
	}
}

// What may not be added is refused at its place with its reason, soon, and
// nothing of it stays.
func TestOwnCatalogueRefused(t *testing.T) {
	say := func(status int, head map[string]string, body []byte) func(*shelf) func(http.ResponseWriter, *http.Request) bool {
		return func(*shelf) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, _ *http.Request) bool {
				for k, v := range head {
					w.Header().Set(k, v)
				}
				w.WriteHeader(status)
				_, _ = w.Write(body)
				return true
			}
		}
	}
	for _, one := range []struct {
		name, want string
		private    bool
		at         string // "" is the shelf's
		key        string // "" is the shelf's
		answer     func(*shelf) func(http.ResponseWriter, *http.Request) bool
	}{
		{name: "in a private network", want: "/at catalog.private"},
		{name: "by name", want: "/at catalog.private", at: "https://localhost/shelf"},
		{name: "metadata", want: "/at catalog.private", at: "https://169.254.169.254/latest"},
		{name: "led to a private address", want: "/at catalog.redirected", private: true, answer: say(302, map[string]string{"Location": "https://127.0.0.1:1/index.json"}, nil)},
		{name: "another's key", want: "/keys catalog.key", private: true, key: pack.PublicKey(bytes.Repeat([]byte{7}, 32))},
		{name: "no key", want: "/keys required", private: true, key: " "},
		{name: "half a key", want: "/keys publicKey", private: true, key: "ed25519:abc"},
		{name: "too large", want: "/at catalog.tooBig", private: true, answer: say(200, nil, make([]byte, pack.MaxIndex+1))},
		{name: "no index", want: "/at catalog.broken", private: true, answer: say(200, nil, []byte("<html>"))},
		{name: "not there", want: "/at catalog.missing", private: true, answer: say(404, nil, nil)},
		{name: "another package than the index names", want: "/at catalog.hash", private: true, answer: func(s *shelf) func(http.ResponseWriter, *http.Request) bool {
			bad := bytes.Clone(s.file)
			bad[len(bad)-1] ^= 1
			return func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path != "/shelf/x.dfpkg" {
					return false
				}
				_, _ = w.Write(bad)
				return true
			}
		}},
		{name: "hangs", want: "/at catalog.slow", private: true, answer: func(*shelf) func(http.ResponseWriter, *http.Request) bool {
			return func(_ http.ResponseWriter, r *http.Request) bool {
				select {
				case <-r.Context().Done():
				case <-time.After(5 * time.Second):
				}
				return true
			}
		}},
		{name: "no TLS", want: "/at catalogAddress", private: true, at: "http://packs.example.com"},
		{name: "with a password", want: "/at catalogAddress", private: true, at: "https://me:secret@packs.example.com"},
		{name: "with a question", want: "/at catalogAddress", private: true, at: "https://packs.example.com/?x=1"},
		{name: "a folder where none is allowed", want: "/at catalogAddress", private: true, at: "/etc"},
		{name: "nothing", want: "/at required", private: true, at: "/"},
	} {
		t.Run(one.name, func(t *testing.T) {
			s := shelve(t)
			c := s.own(one.private)
			if one.answer != nil {
				s.answer = one.answer(s)
			}
			at, key := one.at, one.key
			if at == "" {
				at = s.url
			}
			if key == "" {
				key = s.public()
			}
			began := time.Now()
			_, _, err := c.Add(t.Context(), admin, at, []string{key})
			if got := refusal(err); got != one.want {
				t.Errorf("got %s, want %s", got, one.want)
			}
			if took := time.Since(began); took > 3*time.Second {
				t.Errorf("took %v", took)
			}
			if list, err := c.List(t.Context(), "acme"); err != nil || len(list) != 0 {
				t.Errorf("it stayed: %+v %v", list, err)
			}
			if !one.private && s.calls.Load() != 0 {
				t.Error("a private address was called")
			}
		})
	}
}

// Where the server keeps a folder for catalogues, those in it can be named; what
// lies outside cannot, not even by a link.
func TestOwnCatalogueFolder(t *testing.T) {
	s := shelve(t)
	c := s.own(false)
	c.Folders = t.TempDir()
	outside := t.TempDir()
	for _, dir := range []string{filepath.Join(c.Folders, "ours"), outside} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		for name, raw := range map[string][]byte{"index.json": s.index, "x.dfpkg": s.file} {
			if err := os.WriteFile(filepath.Join(dir, name), raw, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.Symlink(outside, filepath.Join(c.Folders, "link")); err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{"../" + filepath.Base(outside): "/at catalogFolder", outside: "/at catalogFolder", "link": "/at catalog.offline", "none": "/at catalog.offline"} {
		if _, _, err := c.Add(context.Background(), admin, at, []string{s.public()}); refusal(err) != want {
			t.Errorf("%s: got %s, want %s", at, refusal(err), want)
		}
	}
	got, _, err := c.Add(t.Context(), admin, "ours/", []string{s.public()})
	if err != nil || len(got.Packs) != 1 || got.At != "ours" {
		t.Fatalf("%+v %v", got, err)
	}
	c.Folders = "" // the server has changed its mind
	if list, err := c.List(t.Context(), "acme"); err != nil || len(list) != 0 {
		t.Errorf("still there: %+v %v", list, err)
	}
}

// TestCatalogueCompared: all packages of a catalogue are compared with its index,
// the later ones with further looks. One that differs is named and not offered,
// a right one in its place is; what was compared is known after a restart.
func TestCatalogueCompared(t *testing.T) {
	s := shelve(t)
	files := map[string][]byte{}
	x := pack.Index{Name: flow.Text{"en": "Shelf"}, Made: "2026-01-01T00:00:00Z"}
	all, err := pack.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for k := range 6 {
		p := *all[0]
		p.ID = fmt.Sprint("shelf-", k)
		if err := p.Sign(s.key); err != nil {
			t.Fatal(err)
		}
		file, err := p.Write()
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("p%d.dfpkg", k)
		files["/shelf/"+name] = file
		x.Packs = append(x.Packs, pack.ListingOf(&p, name, len(file)))
	}
	if s.index, err = pack.WriteIndex(x, s.key); err != nil {
		t.Fatal(err)
	}
	right := files["/shelf/p4.dfpkg"]
	files["/shelf/p4.dfpkg"] = append(bytes.Clone(right[:len(right)-1]), right[len(right)-1]^1)
	missing := files["/shelf/p5.dfpkg"]
	delete(files, "/shelf/p5.dfpkg")
	s.answer = func(w http.ResponseWriter, r *http.Request) bool {
		file, ok := files[r.URL.Path]
		if ok {
			_, _ = w.Write(file)
		}
		return ok
	}
	c := s.own(true)
	if _, _, err := c.Add(t.Context(), admin, s.url, []string{s.public()}); err != nil {
		t.Fatal(err)
	}
	list := func(c *packs.Catalogs) packs.Catalog {
		t.Helper()
		for range 20 {
			got, err := c.List(t.Context(), "acme")
			if err != nil || len(got) != 1 {
				t.Fatal(got, err)
			}
			if got[0].Compared == len(got[0].Packs) {
				return got[0]
			}
		}
		t.Fatal("not all were compared")
		return packs.Catalog{}
	}
	offered := func(c packs.Catalog) (out []string) {
		for _, l := range c.Packs {
			if c.Offers(l) {
				out = append(out, l.ID)
			}
		}
		return out
	}
	got := list(c)
	if len(got.Wrong) != 2 || got.Wrong[0].ID != "shelf-4" || got.Wrong[0].File != "p4.dfpkg" || got.Wrong[0].Note != "catalog.hash" || got.Wrong[1].Note != "catalog.missing" {
		t.Errorf("wrong ones: %+v", got.Wrong)
	}
	if o := offered(got); len(o) != 4 {
		t.Errorf("offered: %v", o)
	}
	// Another server process knows what was compared: it asks for the index, and
	// for what was wrong or away.
	again := s.reader(c.Store, true, s.url)
	again.Sources = nil
	before := s.calls.Load()
	if got = list(again); len(got.Wrong) != 2 || s.calls.Load()-before > 3 {
		t.Errorf("after a restart %+v with %d calls", got.Wrong, s.calls.Load()-before)
	}
	files["/shelf/p4.dfpkg"], files["/shelf/p5.dfpkg"] = right, missing
	if got = list(c); len(got.Wrong) != 0 || len(offered(got)) != 6 {
		t.Errorf("put right: %+v", got.Wrong)
	}
	// One larger than the index says.
	files["/shelf/p4.dfpkg"] = append(bytes.Clone(right), 1)
	third := s.own(true)
	if _, _, err := third.Add(t.Context(), admin, s.url, []string{s.public()}); err != nil {
		t.Fatal(err)
	}
	if got = list(third); len(got.Wrong) != 1 || got.Wrong[0].Note != "catalog.tooBig" {
		t.Errorf("too large: %+v", got.Wrong)
	}
}
