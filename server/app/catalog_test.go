package app

import (
	"bytes"
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/server/packs"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/store/sqlitetest"
	"github.com/dueflow/dueflow/server/workspace"
	"github.com/dueflow/dueflow/workflows/channel/httpcall"
)

// shelf is a catalogue behind TLS on a socket of this machine.
type shelf struct {
	t     *testing.T
	key   ed25519.PrivateKey
	index []byte
	file  []byte
	url   string
	pool  *x509.CertPool
	calls atomic.Int32
	// answer takes a request over when it is not nil.
	answer func(w http.ResponseWriter, r *http.Request) bool
}

func shelve(t *testing.T) *shelf {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &shelf{t: t, key: key}
	s.fill("2026-01-01T00:00:00Z")
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.calls.Add(1)
		switch {
		case s.answer != nil && s.answer(w, r):
		case r.URL.Path == "/shelf/index.json":
			_, _ = w.Write(s.index)
		case r.URL.Path == "/shelf/x.dfpkg" && s.file != nil:
			_, _ = w.Write(s.file)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	srv.Config.ErrorLog = nil
	t.Cleanup(srv.Close)
	s.url, s.pool = srv.URL+"/shelf", x509.NewCertPool()
	s.pool.AddCert(srv.Certificate())
	return s
}

// fill makes an index of one signed package.
func (s *shelf) fill(made string) {
	s.t.Helper()
	all, err := pack.Builtin()
	if err != nil {
		s.t.Fatal(err)
	}
	p := *all[0]
	p.ID = "from-outside"
	if err := p.Sign(s.key); err != nil {
		s.t.Fatal(err)
	}
	if s.file, err = p.Write(); err != nil {
		s.t.Fatal(err)
	}
	x := pack.Index{Name: flow.Text{"en": "Shelf"}, Made: made, Packs: []pack.Listed{pack.ListingOf(&p, "x.dfpkg", len(s.file))}}
	if s.index, err = pack.WriteIndex(x, s.key); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shelf) public() string { return pack.PublicKey(s.key.Public().(ed25519.PublicKey)) }

// reader is a server's side: its store outlives it.
func (s *shelf) reader(st *store.Store, private bool, at string, keys ...string) *packs.Catalogs {
	door := httpcall.New(private, nil)
	door.Client().Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: s.pool}
	now := time.Now()
	return &packs.Catalogs{
		Sources: []packs.Source{{At: at, Keys: keys}}, Store: st, Fetch: fetching(door), Patience: 600 * time.Millisecond,
		Now: func() time.Time { now = now.Add(time.Hour); return now }, // each look is a new one
	}
}

func listed(t *testing.T, c *packs.Catalogs) []packs.Catalog {
	t.Helper()
	list, err := c.List(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func systemStore(t *testing.T) *store.Store {
	t.Helper()
	return sqlitetest.Open(t, workspace.System, packs.CatalogSpecs...)
}

// What a catalogue has is listed with who signed it, its packages are fetched
// and compared, and both are there while it is away, also after a restart.
func TestCatalogueOverTLS(t *testing.T) {
	s, st := shelve(t), systemStore(t)
	c := s.reader(st, true, s.url, s.public())
	list := listed(t, c)
	if len(list) != 1 || list[0].State != packs.Trusted || list[0].Note != "" || len(list[0].Packs) != 1 {
		t.Fatalf("list %+v", list)
	}
	hash := list[0].Packs[0].SHA256
	p, vouched, err := c.Pack(t.Context(), "", hash)
	if err != nil || p.ID != "from-outside" || vouched[0] != s.public() {
		t.Fatalf("package %v %v", p, err)
	}
	if _, _, err := c.Pack(t.Context(), "", strings.Repeat("0", 64)); !fault.Is(err, fault.NotFound) {
		t.Errorf("a hash that nobody lists: %v", err)
	}
	s.answer = func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(http.StatusBadGateway); return true }
	again := s.reader(st, true, s.url, s.public())
	list = listed(t, again)
	if list[0].Note != "catalog.offline" || len(list[0].Packs) != 1 || list[0].Got == "" || list[0].State != packs.Trusted {
		t.Errorf("away: %+v", list[0])
	}
	if p, _, err := again.Pack(t.Context(), "", hash); err != nil || p.ID != "from-outside" {
		t.Errorf("package while away: %v", err)
	}
	// With another key pinned, what was kept counts for nothing.
	if list := listed(t, s.reader(st, true, s.url, pack.PublicKey(make([]byte, 32)))); len(list[0].Packs) != 0 {
		t.Errorf("kept under another key: %+v", list[0])
	}
}

// Who signed an index is said; without a pinned key it is not trusted.
func TestCatalogueSignature(t *testing.T) {
	s := shelve(t)
	if got := listed(t, s.reader(systemStore(t), true, s.url))[0].State; got != packs.Unknown {
		t.Errorf("by somebody: %s", got)
	}
	c := s.reader(systemStore(t), true, s.url)
	c.Trusted = []string{s.public()}
	if got := listed(t, c)[0].State; got != packs.Trusted {
		t.Errorf("by whom the server trusts: %s", got)
	}
	index, _, err := pack.ReadIndex(s.index)
	if err != nil {
		t.Fatal(err)
	}
	if s.index, err = pack.WriteIndex(index, nil); err != nil {
		t.Fatal(err)
	}
	if got := listed(t, s.reader(systemStore(t), true, s.url))[0]; got.State != packs.Unsigned || len(got.Packs) != 1 {
		t.Errorf("by nobody: %+v", got)
	}
	if got := listed(t, s.reader(systemStore(t), true, s.url, s.public()))[0]; got.Note != "catalog.key" || len(got.Packs) != 0 {
		t.Errorf("by nobody where a key is pinned: %+v", got)
	}
}

// A catalogue that misbehaves leaves the good copy and a note, and takes
// neither time nor memory.
func TestCatalogueMisbehaves(t *testing.T) {
	for _, one := range []struct {
		name, note string
		answer     func(s *shelf) func(w http.ResponseWriter, r *http.Request) bool
	}{
		{"tampered", "catalog.signature", func(s *shelf) func(http.ResponseWriter, *http.Request) bool {
			bad := bytes.Replace(s.index, []byte(`"flows":`), []byte(`"flows":9`), 1)
			return func(w http.ResponseWriter, _ *http.Request) bool { _, _ = w.Write(bad); return true }
		}},
		{"older", "catalog.older", func(s *shelf) func(http.ResponseWriter, *http.Request) bool {
			s.fill("2025-01-01T00:00:00Z")
			return nil
		}},
		{"no index", "catalog.broken", func(*shelf) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, _ *http.Request) bool { _, _ = w.Write([]byte("<html>")); return true }
		}},
		{"huge, and says so", "catalog.tooBig", func(*shelf) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, _ *http.Request) bool {
				w.Header().Set("Content-Length", fmt.Sprint(1<<40))
				w.WriteHeader(http.StatusOK)
				return true
			}
		}},
		{"endless", "catalog.tooBig", func(*shelf) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, _ *http.Request) bool {
				for range 4096 {
					if _, err := w.Write(make([]byte, 4096)); err != nil {
						break
					}
				}
				return true
			}
		}},
		{"slow", "catalog.slow", func(*shelf) func(http.ResponseWriter, *http.Request) bool {
			return func(_ http.ResponseWriter, r *http.Request) bool {
				select {
				case <-r.Context().Done():
				case <-time.After(5 * time.Second):
				}
				return true
			}
		}},
		{"drop by drop", "catalog.slow", func(*shelf) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, r *http.Request) bool {
				for range 50 {
					if _, err := w.Write([]byte(" ")); err != nil || r.Context().Err() != nil {
						break
					}
					w.(http.Flusher).Flush()
					time.Sleep(100 * time.Millisecond)
				}
				return true
			}
		}},
		{"leads to this machine", "catalog.redirected", func(*shelf) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, r *http.Request) bool {
				http.Redirect(w, r, "http://127.0.0.1:1/index.json", http.StatusFound)
				return true
			}
		}},
	} {
		t.Run(one.name, func(t *testing.T) {
			s := shelve(t)
			c := s.reader(systemStore(t), true, s.url, s.public())
			if got := listed(t, c)[0]; got.Note != "" {
				t.Fatalf("before: %+v", got)
			}
			s.answer = one.answer(s)
			began := time.Now()
			got := listed(t, c)[0]
			if got.Note != one.note || len(got.Packs) != 1 || got.State != packs.Trusted {
				t.Errorf("got %+v, want note %s and the good copy", got, one.note)
			}
			if took := time.Since(began); took > 3*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

// A package that is another than the index names is refused.
func TestCatalogueWrongPackage(t *testing.T) {
	s := shelve(t)
	c := s.reader(systemStore(t), true, s.url, s.public())
	hash := listed(t, c)[0].Packs[0].SHA256
	for name, file := range map[string][]byte{
		"changed": append(bytes.Clone(s.file[:len(s.file)-1]), s.file[len(s.file)-1]^1),
		"larger":  append(bytes.Clone(s.file), 0),
		"cut off": s.file[:len(s.file)/2],
	} {
		good := s.file
		s.file = file
		if _, _, err := c.Pack(t.Context(), "", hash); fault.KeyOf(err) != "catalog.hash" && fault.KeyOf(err) != "catalog.tooBig" {
			t.Errorf("%s: %v", name, err)
		}
		s.file = good
	}
	if _, _, err := c.Pack(t.Context(), "", hash); err != nil {
		t.Errorf("the right one: %v", err)
	}
}

// A package that the catalogue names and does not have is told of, and not
// offered; once it is there it is.
func TestCatalogueMissingPackage(t *testing.T) {
	s := shelve(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "index.json"), s.index, 0o600); err != nil {
		t.Fatal(err)
	}
	file := s.file
	s.file = nil // 404 on the web
	for name, at := range map[string]string{"folder": dir, "web": s.url} {
		t.Run(name, func(t *testing.T) {
			_ = os.Remove(filepath.Join(dir, "x.dfpkg"))
			c := s.reader(systemStore(t), true, at, s.public())
			got := listed(t, c)[0]
			if got.Note != "" || len(got.Packs) != 1 || len(got.Wrong) != 1 || got.Wrong[0].Note != "catalog.missing" || got.Offers(got.Packs[0]) {
				t.Fatalf("missing: %+v, wrong %+v", got, got.Wrong)
			}
			if _, _, err := c.Pack(t.Context(), "", got.Packs[0].SHA256); fault.KeyOf(err) != "catalog.missing" {
				t.Errorf("fetched: %v", err)
			}
			s.file = file
			if err := os.WriteFile(filepath.Join(dir, "x.dfpkg"), s.file, 0o600); err != nil {
				t.Fatal(err)
			}
			defer func() { s.file = nil }()
			if got = listed(t, c)[0]; len(got.Wrong) != 0 || !got.Offers(got.Packs[0]) {
				t.Errorf("there again: %+v", got.Wrong)
			}
		})
	}
}

// Private addresses are not called where webhooks may not either.
func TestCataloguePrivate(t *testing.T) {
	s := shelve(t)
	for _, at := range []string{s.url, "https://localhost/shelf", "https://169.254.169.254/latest"} {
		if got := listed(t, s.reader(systemStore(t), false, at))[0]; got.Note != "catalog.private" {
			t.Errorf("%s: %+v", at, got)
		}
	}
	if n := s.calls.Load(); n != 0 {
		t.Errorf("%d calls reached it", n)
	}
}

// A folder is a catalogue too; what lies outside of it is not.
func TestCatalogueFolder(t *testing.T) {
	s := shelve(t)
	dir, outside := t.TempDir(), t.TempDir()
	put := func(name string, raw []byte) {
		if err := os.WriteFile(name, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(filepath.Join(dir, "index.json"), s.index)
	put(filepath.Join(outside, "x.dfpkg"), s.file)
	if err := os.Symlink(filepath.Join(outside, "x.dfpkg"), filepath.Join(dir, "x.dfpkg")); err != nil {
		t.Fatal(err)
	}
	c := s.reader(systemStore(t), false, dir, s.public())
	list := listed(t, c)
	if list[0].Note != "" || len(list[0].Packs) != 1 {
		t.Fatalf("list %+v", list[0])
	}
	if _, _, err := c.Pack(t.Context(), "", list[0].Packs[0].SHA256); err == nil {
		t.Error("a link out of the folder was followed")
	}
	if err := os.Remove(filepath.Join(dir, "x.dfpkg")); err != nil {
		t.Fatal(err)
	}
	put(filepath.Join(dir, "x.dfpkg"), s.file)
	if _, _, err := c.Pack(t.Context(), "", list[0].Packs[0].SHA256); err != nil {
		t.Errorf("from the folder: %v", err)
	}
}
