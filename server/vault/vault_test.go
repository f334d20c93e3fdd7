package vault_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/dueflow/dueflow/server/vault"
)

func TestSealAndOpen(t *testing.T) {
	dir := t.TempDir()
	v, err := vault.Open(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	sealed := v.Seal([]byte("s3cret 密"), "ws/email")
	if strings.Contains(sealed, "s3cret") || !strings.HasPrefix(sealed, vault.Prefix) {
		t.Fatalf("sealed: %s", sealed)
	}
	again, err := vault.Open(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := again.Open(sealed, "ws/email"); err != nil || string(plain) != "s3cret 密" {
		t.Fatalf("after a restart: %q %v", plain, err)
	}
	if _, err := again.Open(sealed, "other/email"); !errors.Is(err, vault.ErrKey) {
		t.Errorf("moved elsewhere it opens: %v", err)
	}
	other, err := vault.Open(t.TempDir(), vault.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Open(sealed, "ws/email"); !errors.Is(err, vault.ErrKey) {
		t.Errorf("another key opens it: %v", err)
	}
	for _, broken := range []string{"", "enc:v1:", "enc:v1:AAAA", sealed[:len(sealed)-4] + "AAAA"} {
		if _, err := again.Open(broken, "ws/email"); !errors.Is(err, vault.ErrKey) {
			t.Errorf("%q: %v", broken, err)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, vault.KeyFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v %v", info.Mode(), err)
	}
	if _, err := vault.Open(dir, "short"); err == nil {
		t.Error("a broken key was taken")
	}
}

// Two processes that start at once end with one key.
func TestOneKey(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	all := make([]*vault.Vault, 8)
	for k := range all {
		wg.Add(1)
		go func() {
			defer wg.Done()
			all[k], _ = vault.Open(dir, "")
		}()
	}
	wg.Wait()
	sealed := all[0].Seal([]byte("x"), "a")
	for k, v := range all {
		if _, err := v.Open(sealed, "a"); err != nil {
			t.Errorf("process %d has another key", k)
		}
	}
}
