package e2e

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/pack"
)

// shelfCert is the certificate of the catalogues that tests serve themselves.
var shelfCert tls.Certificate

// trustShelf makes that certificate and has this process trust it, as the
// machine's administrator would: before anything reads the list of authorities.
func trustShelf(dir string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	raw, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		return err
	}
	shelfCert = tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}
	file := filepath.Join(dir, "authority.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}), 0o600); err != nil {
		return err
	}
	return os.Setenv("SSL_CERT_FILE", file)
}

// serveShelf serves a signed catalogue of one pack over TLS.
func serveShelf(t *testing.T) (at, key string) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	must(t, err)
	all, err := pack.Builtin()
	must(t, err)
	p := *all[0]
	p.ID, p.Name = "own-shelf-steps", flow.Text{"en": "From our own shelf"}
	must(t, p.Sign(private))
	file, err := p.Write()
	must(t, err)
	index, err := pack.WriteIndex(pack.Index{Name: flow.Text{"en": "Our shelf"}, Made: "2026-01-01T00:00:00Z", Packs: []pack.Listed{pack.ListingOf(&p, "own.dfpkg", len(file))}}, private)
	must(t, err)
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/packs/index.json":
			_, _ = w.Write(index)
		case "/packs/own.dfpkg":
			_, _ = w.Write(file)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{shelfCert}}
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv.URL + "/packs", pack.PublicKey(public)
}

type catalogRow struct {
	ID, At, State, Problem, Looked string
	Own                            bool
	Count                          int
	Keys                           []struct{ Fingerprint string }
}

// A workspace adds a catalogue by itself: its packs stand in its own market, are
// installed without a further word, and leave with it; what is installed stays.
func TestWorkspaceAddsCatalogue(t *testing.T) {
	s, other := newSpace(t, nil), newSpace(t, nil)
	at, key := serveShelf(t)
	body := map[string]any{"at": at, "keys": []string{key}}
	if err := s.as("finance-manager").Do(t.Context(), "POST", "/catalogs", body, nil); keyOf(err) != "policy.denied" {
		t.Errorf("not an administrator: %v", err)
	}
	_, stranger, err := ed25519.GenerateKey(nil)
	must(t, err)
	wrong := map[string]any{"at": at, "keys": []string{pack.PublicKey(stranger.Public().(ed25519.PublicKey))}}
	if err := s.c.Do(t.Context(), "POST", "/catalogs", wrong, nil); pointers(err) != "/keys catalog" {
		t.Errorf("another's key: %v", err)
	}
	var added catalogRow
	must(t, s.c.Do(t.Context(), "POST", "/catalogs", body, &added))
	if added.State != "trusted" || !added.Own || added.Count != 1 || len(added.Keys) != 1 || added.Keys[0].Fingerprint != pack.Fingerprint(key) || added.Looked == "" {
		t.Errorf("added %+v", added)
	}
	offered := func(c *space) (file, catalog string) {
		var out struct {
			Items []struct{ ID, File, Catalog string }
		}
		must(t, c.c.Do(t.Context(), "GET", "/packs/catalog", nil, &out))
		for _, i := range out.Items {
			if i.ID == "own-shelf-steps" {
				return i.File, i.Catalog
			}
		}
		return "", ""
	}
	file, catalog := offered(s)
	if file == "" || catalog != added.ID {
		t.Errorf("offered %q of %q", file, catalog)
	}
	if got, _ := offered(other); got != "" {
		t.Error("offered to another workspace")
	}
	other.put("POST", "/packs/plan", map[string]any{"id": "own-shelf-steps", "file": file}, 404)
	other.put("POST", "/catalogs/"+added.ID+"/refresh", map[string]any{}, 404)
	other.put("DELETE", "/catalogs/"+added.ID, nil, 404)
	if p := s.install(map[string]any{"id": "own-shelf-steps", "file": file}); len(p.Problems) > 0 || p.Action != "install" {
		t.Errorf("plan %+v", p)
	}
	var again catalogRow
	must(t, s.c.Do(t.Context(), "POST", "/catalogs/"+added.ID+"/refresh", map[string]any{}, &again))
	if again.Problem != "" || again.Count != 1 {
		t.Errorf("refreshed %+v", again)
	}
	must(t, s.c.Do(t.Context(), "DELETE", "/catalogs/"+added.ID, nil, nil))
	if got, _ := offered(s); got != "" {
		t.Error("offered after its catalogue was removed")
	}
	var have struct{ Items []struct{ ID string } }
	must(t, s.c.Do(t.Context(), "GET", "/packs", nil, &have))
	if len(have.Items) != 1 {
		t.Errorf("installed %+v", have)
	}
	var log struct {
		Items []struct{ Action, Object string }
	}
	must(t, s.c.Do(t.Context(), "GET", "/audit?limit=10", nil, &log))
	var did []string
	for _, e := range log.Items {
		if e.Object == "catalog" {
			did = append(did, e.Action)
		}
	}
	if len(did) != 2 || did[0] != "delete" || did[1] != "create" {
		t.Errorf("audit %+v", log.Items)
	}
}
