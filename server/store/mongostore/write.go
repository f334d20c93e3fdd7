package mongostore

import (
	"context"
	"errors"
	"strings"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/dueflow/dueflow/server/store"
)

// document builds what is stored.
func (sp *spec) document(id string, ver int64, body []byte) (bson.D, error) {
	b, exact, err := encodeBody(body)
	if err != nil {
		return nil, err
	}
	doc := bson.D{{Key: "_id", Value: id}, {Key: "v", Value: ver}, {Key: "b", Value: bson.Raw(b)}}
	derived, err := sp.derived(id, body)
	if err != nil {
		return nil, err
	}
	doc = append(doc, derived...)
	if len(exact) > 0 {
		doc = append(doc, bson.E{Key: "x", Value: exact})
	}
	return doc, nil
}

// derived builds what the body implies for search and unique indexes.
func (sp *spec) derived(id string, body []byte) (bson.D, error) {
	var out bson.D
	if len(sp.Search) > 0 {
		text, err := store.SearchText(sp.Spec, body)
		if err != nil {
			return nil, err
		}
		out = append(out, bson.E{Key: "s", Value: " " + text}, bson.E{Key: "t", Value: textTokens(text)})
	}
	if len(sp.unique) > 0 {
		u := make(bson.D, len(sp.unique))
		for i, ix := range sp.unique {
			u[i] = bson.E{Key: ix.key, Value: ix.value(id, body)}
		}
		out = append(out, bson.E{Key: "u", Value: u})
	}
	return out, nil
}

// Write implements store.Driver. Runs of inserts go in one round trip, other
// writes one by one.
func (d *Driver) Write(ctx context.Context, ws string, writes []store.Write) ([]int64, []error) {
	vers, errs := make([]int64, len(writes)), make([]error, len(writes))
	for from := 0; from < len(writes); {
		to := from + 1
		for to < len(writes) && adds(writes[from].Op) && adds(writes[to].Op) && writes[to].Collection == writes[from].Collection {
			to++
		}
		c, sp, err := d.collection(ws, writes[from].Collection)
		switch {
		case err != nil:
			for i := from; i < to; i++ {
				errs[i] = err
			}
		case adds(writes[from].Op):
			w := inserter{c: c, sp: sp, writes: writes[from:to], vers: vers[from:to], errs: errs[from:to]}
			w.run(ctx)
		case writes[from].Op == store.Replace:
			vers[from], errs[from] = replace(ctx, c, sp, writes[from])
		default:
			errs[from] = remove(ctx, c, writes[from])
		}
		from = to
	}
	return vers, errs
}

func adds(op store.WriteOp) bool { return op == store.Insert || op == store.Load }

// firstVersion is the version of a document that a write adds.
func firstVersion(w store.Write) int64 {
	if w.Op == store.Load {
		return w.Doc.Ver
	}
	return 1
}

// inserter does a run of inserts into one collection.
type inserter struct {
	c      *mongo.Collection
	sp     *spec
	writes []store.Write
	vers   []int64
	errs   []error
}

func (in *inserter) run(ctx context.Context) {
	docs := make([]any, 0, len(in.writes))
	at := make([]int, 0, len(in.writes))
	for i, w := range in.writes {
		doc, err := in.sp.document(w.Doc.ID, firstVersion(w), w.Doc.Body)
		if err != nil {
			in.errs[i] = err
			continue
		}
		docs, at = append(docs, doc), append(at, i)
	}
	if len(docs) == 0 {
		return
	}
	_, err := in.c.InsertMany(ctx, docs, options.InsertMany().SetOrdered(false))
	failed := map[int]error{}
	var bulk mongo.BulkWriteException
	switch {
	case errors.As(err, &bulk) && bulk.WriteConcernError == nil:
		for _, e := range bulk.WriteErrors {
			failed[e.Index] = e.WriteError
		}
	case err != nil:
		for j := range docs {
			failed[j] = deadline(ctx, err)
		}
	}
	for j, i := range at {
		if failed[j] == nil {
			in.vers[i] = firstVersion(in.writes[i])
		} else {
			in.errs[i] = conflict(ctx, in.c, in.sp, in.writes[i], failed[j])
		}
	}
}

// replace puts a new body in the place of a version. Without one it takes the
// version that is there, and tries again when that has moved on.
func replace(ctx context.Context, c *mongo.Collection, sp *spec, w store.Write) (int64, error) {
	for {
		ver := w.IfVer
		if ver == 0 {
			var err error
			if ver, err = version(ctx, c, w); err != nil {
				return 0, err
			}
		}
		doc, err := sp.document(w.Doc.ID, ver+1, w.Doc.Body)
		if err != nil {
			return 0, err
		}
		res, err := c.ReplaceOne(ctx, bson.D{{Key: "_id", Value: w.Doc.ID}, {Key: "v", Value: ver}}, doc)
		switch {
		case err != nil:
			return 0, conflict(ctx, c, sp, w, deadline(ctx, err))
		case res.MatchedCount > 0:
			return ver + 1, nil
		case w.IfVer > 0:
			return 0, stale(ctx, c, w)
		}
	}
}

func remove(ctx context.Context, c *mongo.Collection, w store.Write) error {
	q := bson.D{{Key: "_id", Value: w.Doc.ID}}
	if w.IfVer > 0 {
		q = append(q, bson.E{Key: "v", Value: w.IfVer})
	}
	res, err := c.DeleteOne(ctx, q)
	switch {
	case err != nil:
		return deadline(ctx, err)
	case res.DeletedCount == 0:
		return stale(ctx, c, w)
	}
	return nil
}

// version gives the version of a document, or the fault that it is not there.
func version(ctx context.Context, c *mongo.Collection, w store.Write) (int64, error) {
	raw, err := c.FindOne(ctx, bson.D{{Key: "_id", Value: w.Doc.ID}},
		options.FindOne().SetProjection(bson.D{{Key: "v", Value: 1}})).Raw()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return 0, store.NotFound(w.Collection, w.Doc.ID)
	}
	if err != nil {
		return 0, deadline(ctx, err)
	}
	ver, _ := raw.Lookup("v").AsInt64OK()
	return ver, nil
}

// stale says why a conditional write matched nothing.
func stale(ctx context.Context, c *mongo.Collection, w store.Write) error {
	ver, err := version(ctx, c, w)
	if err != nil {
		return err
	}
	return store.WrongVersion(w.Collection, w.Doc.ID, ver)
}

// duplicate recognises a violated unique index. One server reports it for
// updates as an internal error.
func duplicate(err error) bool {
	return mongo.IsDuplicateKeyError(err) || strings.Contains(err.Error(), "UNIQUE constraint failed") ||
		strings.Contains(err.Error(), "E11000")
}

// conflict says which unique index err is about, by looking: servers word
// their messages differently.
func conflict(ctx context.Context, c *mongo.Collection, sp *spec, w store.Write, err error) error {
	if !duplicate(err) {
		return err
	}
	if adds(w.Op) {
		if _, verr := version(ctx, c, w); verr == nil {
			return store.Exists(w.Collection, w.Doc.ID)
		}
	}
	for _, ix := range sp.unique {
		q := bson.D{{Key: "u." + ix.key, Value: ix.value(w.Doc.ID, w.Doc.Body)}, {Key: "_id", Value: bson.D{{Key: "$ne", Value: w.Doc.ID}}}}
		if c.FindOne(ctx, q, options.FindOne().SetProjection(bson.D{{Key: "_id", Value: 1}})).Err() == nil {
			return store.NotUnique(w.Collection, w.Doc.ID, ix.Index)
		}
	}
	// Whoever was in the way has gone since; the caller may try again.
	return store.NotUnique(w.Collection, w.Doc.ID, store.Index{})
}
