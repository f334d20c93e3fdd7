// Package sqlitetest gives tests a store of their own.
package sqlitetest

import (
	"testing"

	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/store/sqlitestore"
)

// Open gives an empty store on SQLite, with collections in one workspace if any
// are named. It is gone when the test ends.
func Open(t testing.TB, ws string, specs ...store.Spec) *store.Store {
	t.Helper()
	d, err := sqlitestore.Open(t.TempDir(), sqlitestore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := store.New(d)
	t.Cleanup(func() { _ = s.Close() })
	if len(specs) == 0 {
		return s
	}
	if err := s.Ensure(t.Context(), ws, specs...); err != nil {
		t.Fatal(err)
	}
	return s
}
