// Package mongotest gives tests a MongoDB-compatible server without Docker:
// FerretDB over SQLite files, as a process of its own, behind a proxy that
// makes each command atomic. It is not MongoDB: it knows the common subset that
// mongostore keeps to, no transactions; change streams are the proxy's, where a
// test wants them (StartStreaming). With DUEFLOW_TEST_MONGODB_URI set, Each
// runs a test on that server too.
package mongotest

import (
	"crypto/sha256"
	_ "embed"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// URIEnv is the environment variable with the address of a real server. Tests
// make and drop databases there whose names begin with "dueflowtest".
const URIEnv = "DUEFLOW_TEST_MONGODB_URI"

// version is the one that ferretdb/go.mod.txt requires.
const version = "v1.24.2"

// The server's module, kept as text so that the go command sees no package.
var (
	//go:embed ferretdb/main.go.txt
	mainGo []byte
	//go:embed ferretdb/go.mod.txt
	goMod []byte
	//go:embed ferretdb/go.sum.txt
	goSum []byte
)

// Each runs f as a subtest on every server there is, and says which.
func Each(t *testing.T, f func(t *testing.T, uri string)) {
	t.Helper()
	t.Run("ferretdb", func(t *testing.T) {
		t.Logf("on FerretDB %s, one command at a time", version)
		f(t, Start(t))
	})
	uri := os.Getenv(URIEnv)
	if uri == "" {
		t.Logf("not on a MongoDB server: %s is not set", URIEnv)
		return
	}
	t.Run("mongodb", func(t *testing.T) {
		t.Logf("on the server at %s", URIEnv)
		f(t, uri)
	})
}

// Start runs a server with no data until the test ends and gives its address.
// The first call on a machine builds it, which takes about a minute and
// downloads its modules. It is skipped with -short.
func Start(t testing.TB) (uri string) {
	t.Helper()
	uri, _ = start(t, nil)
	return uri
}

func start(t testing.TB, with *streams) (uri string, p *proxy) {
	t.Helper()
	if testing.Short() {
		t.Skip("no MongoDB-compatible server with -short")
	}
	bin, err := server()
	if err != nil {
		t.Fatalf("build FerretDB: %v", err)
	}
	// A socket's path may have 100 characters at most, which t.TempDir exceeds.
	dir, err := os.MkdirTemp("", "dfm")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket := filepath.Join(dir, "s")
	run(t, bin, socket, dir)

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	p = &proxy{socket: socket, streams: with, finds: map[string]int{}}
	go p.serve(l)
	return "mongodb://" + l.Addr().String() + "/", p
}

// run starts the process, waits until it listens, and stops it after the test.
func run(t testing.TB, bin, socket, dir string) {
	t.Helper()
	data := filepath.Join(dir, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, socket, data) //nolint:gosec // our own binary
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe() // its end tells the server to stop
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	})
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("unix", socket)
		if err == nil {
			_ = c.Close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("FerretDB does not listen: %v", err)
		}
	}
}

// server gives the path of the server, which it builds if it has to.
func server() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "dueflow-ferretdb-"+version)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	unlock, err := lock(filepath.Join(dir, "lock"))
	if err != nil {
		return "", err
	}
	defer unlock()
	h := sha256.New()
	for _, part := range [][]byte{mainGo, goMod, goSum, []byte(runtime.Version())} {
		_, _ = h.Write(part)
	}
	bin := filepath.Join(dir, fmt.Sprintf("ferretdb-%x", h.Sum(nil)[:6]))
	if _, err := os.Stat(bin); err == nil {
		return bin, nil
	}
	return bin, build(bin)
}

func build(bin string) error {
	src, err := os.MkdirTemp("", "dueflow-ferretdb")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(src) }()
	for name, text := range map[string][]byte{"main.go": mainGo, "go.mod": goMod, "go.sum": goSum} {
		if err := os.WriteFile(filepath.Join(src, name), text, 0o600); err != nil {
			return err
		}
	}
	_, _ = io.WriteString(os.Stderr, "mongotest: building FerretDB "+version+", once on this machine\n")
	cmd := exec.Command("go", "build", "-mod=mod", "-o", bin+".new", ".") //nolint:gosec // fixed arguments
	cmd.Dir = src
	cmd.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return os.Rename(bin+".new", bin)
}
