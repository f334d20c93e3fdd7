// Package mongostore keeps documents in MongoDB, or what speaks its protocol:
// one database per workspace, one collection per collection. It keeps to the
// subset that all such servers have: no transactions, no upserts, no partial or
// time-to-live indexes, plain operators only. It is the only door to the
// MongoDB driver.
//
// A document is {_id, v: version, b: body, s: searchable words, t: their tokens,
// u: keys of unique indexes, x: numbers that BSON cannot hold}. In the body,
// member names are escaped and lists wrapped, see encode.go.
package mongostore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"
	"go.mongodb.org/mongo-driver/mongo/readconcern"
	"go.mongodb.org/mongo-driver/mongo/readpref"
	"go.mongodb.org/mongo-driver/mongo/writeconcern"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/store"
)

// Options say where the documents are.
type Options struct {
	// URI is the server's address, with credentials and options.
	URI string
	// Prefix begins the names of the databases, so that several installations
	// can share a server; "" means "dueflow_". At most 20 of a–z, 0–9, "_".
	Prefix string
}

// Driver is a store.Driver. Any number of processes may share the databases.
// A process learns of an index or a searchable field that another one added
// when it ensures the collection itself; until then, documents it writes are
// not found by the new search.
type Driver struct {
	client *mongo.Client
	prefix string

	ensuring sync.Mutex
	mu       sync.RWMutex
	specs    map[[2]string]*spec
}

var _ store.Driver = (*Driver)(nil)

// Open connects, and fails when the server does not answer before ctx ends.
func Open(ctx context.Context, opt Options) (*Driver, error) {
	if opt.Prefix == "" {
		opt.Prefix = "dueflow_"
	}
	if len(opt.Prefix) > 20 || strings.Trim(opt.Prefix, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		return nil, fmt.Errorf("mongodb prefix %q is not 1 to 20 of a–z, 0–9 and _", opt.Prefix)
	}
	journal := true
	co := options.Client().ApplyURI(opt.URI).
		SetWriteConcern(&writeconcern.WriteConcern{W: "majority", Journal: &journal}).
		SetReadConcern(readconcern.Local()).
		SetReadPreference(readpref.Primary()).
		SetAppName("dueflow")
	client, err := mongo.Connect(ctx, co)
	if err != nil {
		return nil, fmt.Errorf("connect to mongodb: %w", err)
	}
	if err := client.Ping(ctx, nil); err != nil {
		_ = client.Disconnect(context.WithoutCancel(ctx))
		return nil, fmt.Errorf("connect to mongodb: %w", err)
	}
	return &Driver{client: client, prefix: opt.Prefix, specs: map[[2]string]*spec{}}, nil
}

func (d *Driver) database(ws string) *mongo.Database { return d.client.Database(d.prefix + ws) }

// collection gives an ensured collection.
func (d *Driver) collection(ws, name string) (*mongo.Collection, *spec, error) {
	d.mu.RLock()
	sp := d.specs[[2]string{ws, name}]
	d.mu.RUnlock()
	if sp == nil {
		return nil, nil, store.Unknown(ws, name)
	}
	return d.database(ws).Collection(collectionName(name)), sp, nil
}

func collectionName(name string) string { return "c_" + name }

// Workspaces implements store.Driver.
func (d *Driver) Workspaces(ctx context.Context) ([]string, error) {
	names, err := d.client.ListDatabaseNames(ctx, bson.D{})
	if err != nil {
		return nil, err
	}
	var out []string
	for _, n := range names {
		if ws, ok := strings.CutPrefix(n, d.prefix); ok && store.ValidWorkspace(ws) {
			out = append(out, ws)
		}
	}
	slices.Sort(out)
	return out, nil
}

// Drop implements store.Driver.
func (d *Driver) Drop(ctx context.Context, ws string) error {
	d.ensuring.Lock()
	defer d.ensuring.Unlock()
	d.mu.Lock()
	for k := range d.specs {
		if k[0] == ws {
			delete(d.specs, k)
		}
	}
	d.mu.Unlock()
	return d.database(ws).Drop(ctx)
}

// Close implements store.Driver.
func (d *Driver) Close() error {
	return d.client.Disconnect(context.Background())
}

// deadline turns the MongoDB driver's own timeouts into the context's error,
// which is what the portable layer knows, and a lost server into Unavailable.
func deadline(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return errors.Join(ctx.Err(), err)
	}
	if mongo.IsTimeout(err) {
		return errors.Join(context.DeadlineExceeded, err)
	}
	if mongo.IsNetworkError(err) {
		return fault.Wrap(fault.Unavailable, "store.unavailable", err)
	}
	return err
}
