package store

import (
	"context"
	"errors"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
)

// Driver talks to one database. The portable layer has validated everything it
// passes on: names, paths, filters (filter.Sound), limits and bodies. Errors
// are the faults of this package where one fits, and anything else for what
// should not happen. Methods are safe for concurrent use and honour the
// context's deadline.
type Driver interface {
	// Ensure makes the collection with its indexes, in whatever state it was
	// before; indexes that spec does not name are dropped. It is called again
	// when a spec changes, and at every start.
	Ensure(ctx context.Context, ws string, spec Spec) error
	// Get gives those of the documents that exist, in any order.
	Get(ctx context.Context, ws, collection string, ids []string) ([]Doc, error)
	// Find gives at most q.Limit documents in order.
	Find(ctx context.Context, ws, collection string, q FindQuery) ([]Doc, error)
	// Count stops counting at limit, if that is above 0.
	Count(ctx context.Context, ws, collection string, f filter.Expr, limit int) (int64, error)
	// Group gives at most q.Limit rows in ascending order of keys.
	Group(ctx context.Context, ws, collection string, q GroupQuery) ([]GroupRow, error)
	// Write does each write alone, in order: vers[i] is the document's new
	// version (0 after Delete) unless errs[i] says why not.
	Write(ctx context.Context, ws string, writes []Write) (vers []int64, errs []error)
	// Specs lists the collections of a workspace as they were ensured last, by
	// whichever process, sorted by name; none for a workspace that is not there.
	Specs(ctx context.Context, ws string) ([]Spec, error)
	// Workspaces lists the workspaces that have a collection, sorted.
	Workspaces(ctx context.Context) ([]string, error)
	// Drop removes a workspace and all in it; none is no error.
	Drop(ctx context.Context, ws string) error
	// Close ends all work; nothing may be called after it.
	Close() error
}

// Backuper is a driver that can copy a workspace into a file while it is used.
type Backuper interface {
	Backup(ctx context.Context, ws, path string) error
}

// Atomic is a driver that can do several writes of one workspace as one: all of
// them or none, with the error of the first that could not be done.
type Atomic interface {
	WriteAll(ctx context.Context, ws string, writes []Write) ([]int64, error)
}

// Follower is a driver that can say by itself when something was added to a
// collection, by whichever process. Follow calls ready once it listens, then
// added for each new document with its workspace, until ctx ends or the
// database hangs up; ErrNoFollow when this database cannot.
type Follower interface {
	Follow(ctx context.Context, collection string, ready func(), added func(ws string)) error
}

// FindQuery is a Query with its limit settled and its cursor read.
type FindQuery struct {
	Filter filter.Expr
	Search string
	Sort   []SortKey
	Limit  int
	// After is the position to go on from; nil starts at the beginning.
	After *Position
}

// Composite stands for an object or a list in a Position. A driver that sorts
// them as missing takes it for nil.
type Composite struct{}

// Position is the place of one document in an order: its values at the sort
// keys (nil, bool, string, int64, float64 or Composite) and its id.
type Position struct {
	Values []any
	ID     string
}

// ErrNoFollow is what Follow returns where the database does not tell what is
// added; asking it again and again is the way then.
var ErrNoFollow = errors.New("this database does not tell what is added")

// NotFound is the fault of a document that is not there.
func NotFound(collection, id string) error {
	return fault.New(fault.NotFound, "store.notFound", fault.Params{"collection": collection, "id": id})
}

// Exists is the fault of an id that is taken.
func Exists(collection, id string) error {
	return fault.New(fault.Conflict, "store.exists", fault.Params{"collection": collection, "id": id})
}

// NotUnique is the fault of a document that repeats another's values in the
// fields of a unique index.
func NotUnique(collection, id string, ix Index) error {
	fields := make([]string, len(ix.Fields))
	for i, f := range ix.Fields {
		fields[i] = f.Path
	}
	return fault.New(fault.Conflict, "store.unique", fault.Params{"collection": collection, "id": id, "fields": fields})
}

// WrongVersion is the fault of a document that has moved on to version ver.
func WrongVersion(collection, id string, ver int64) error {
	return fault.New(fault.Conflict, "store.version", fault.Params{"collection": collection, "id": id, "version": ver})
}

// Unknown is the fault of a collection that was never ensured.
func Unknown(ws, collection string) error {
	return fault.New(fault.Internal, "store.unknown", fault.Params{"workspace": ws, "collection": collection})
}
