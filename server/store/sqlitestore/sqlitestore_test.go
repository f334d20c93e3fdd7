package sqlitestore_test

import (
	"testing"

	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/store/sqlitestore"
	"github.com/dueflow/dueflow/server/store/storetest"
)

func open(t testing.TB, dir string) *sqlitestore.Driver {
	t.Helper()
	d, err := sqlitestore.Open(dir, sqlitestore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDriver(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Driver { return open(t, t.TempDir()) })
}
