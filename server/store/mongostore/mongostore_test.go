package mongostore_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/store/mongostore"
	"github.com/dueflow/dueflow/server/store/mongotest"
	"github.com/dueflow/dueflow/server/store/storetest"
)

func TestDriver(t *testing.T) {
	mongotest.Each(t, func(t *testing.T, uri string) {
		storetest.Run(t, func(t *testing.T) store.Driver { return open(t, uri) })
	})
}

// open makes a driver with databases of its own.
func open(t *testing.T, uri string) *mongostore.Driver {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	prefix := fmt.Sprintf("dueflowtest%d_", time.Now().UnixNano()%1e7)
	d, err := mongostore.Open(ctx, mongostore.Options{URI: uri, Prefix: prefix})
	if err != nil {
		t.Fatal(err)
	}
	return d
}
