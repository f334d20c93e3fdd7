package sqlitestore_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/store/sqlitestore"
	"github.com/dueflow/dueflow/server/store/storetest"
)

const crashDir = "DUEFLOW_TEST_CRASH_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		crashChild(dir)
	}
	os.Exit(m.Run())
}

// crashChild inserts from many goroutines until it is killed, and says the id
// of every insert that was acknowledged.
func crashChild(dir string) {
	ctx := context.Background()
	d, err := sqlitestore.Open(dir, sqlitestore.Options{})
	if err != nil {
		panic(err)
	}
	s := store.New(d)
	spec := storetest.Invoices()
	spec.Search = []string{"no"}
	if err := s.Ensure(ctx, "crash", spec); err != nil {
		panic(err)
	}
	var mu sync.Mutex
	c := s.In("crash", "invoice")
	for w := range 16 {
		go func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("p%d-w%02d-%06d", os.Getpid(), w, i)
				if _, err := c.Insert(ctx, id, storetest.Invoice(i)); err != nil {
					panic(err)
				}
				mu.Lock()
				fmt.Println(id)
				mu.Unlock()
			}
		}()
	}
	select {}
}

// TestKill kills a process that writes, several times over the same files:
// what it had acknowledged is there, whole, and can be found.
func TestKill(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	var acked []string
	for range 3 {
		acked = append(acked, killedChild(t, dir, 400)...)
	}
	s := store.New(open(t, dir))
	defer func() { _ = s.Close() }()
	spec := storetest.Invoices()
	spec.Search = []string{"no"}
	if err := s.Ensure(ctx, "crash", spec); err != nil {
		t.Fatal(err)
	}
	c := s.In("crash", "invoice")
	for _, id := range acked {
		d, err := c.Get(ctx, id)
		if err != nil {
			t.Fatalf("acknowledged and lost: %v", err)
		}
		if d.Ver != 1 || len(d.Body) < 500 {
			t.Fatalf("%s came back as version %d, %s", id, d.Ver, d.Body)
		}
	}
	all, err := c.Count(ctx, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := c.Group(ctx, store.GroupQuery{Search: "INV"})
	if err != nil {
		t.Fatal(err)
	}
	if rows[0].Count != all {
		t.Errorf("search finds %d of %d documents", rows[0].Count, all)
	}
	t.Logf("%d acknowledged, %d there", len(acked), all)
}

// killedChild runs a child until it has acknowledged n inserts, kills it, and
// gives the ids of all that it acknowledged.
func killedChild(t *testing.T, dir string, n int) []string {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), crashDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var ids []string
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			break // killed; a cut line does not count
		}
		ids = append(ids, strings.TrimSpace(line))
		if len(ids) == n {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the child ended by itself")
	}
	if len(ids) < n {
		t.Fatalf("the child acknowledged %d, want at least %d", len(ids), n)
	}
	return ids
}
