package mongostore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/dueflow/dueflow/server/store"
)

// specs is the collection that says what was ensured, by any process.
const specs = "_spec"

const (
	codeNamespaceNotFound = 26
	codeNamespaceExists   = 48
)

// Ensure implements store.Driver. Several processes may do it at once.
func (d *Driver) Ensure(ctx context.Context, ws string, s store.Spec) error {
	d.ensuring.Lock()
	defer d.ensuring.Unlock()
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	sp, key := newSpec(s), [2]string{ws, s.Name}
	old, err := d.ensured(ctx, ws, s.Name)
	if err != nil {
		return err
	}
	d.mu.Lock()
	before := d.specs[key]
	// From here on, writes carry what the new spec wants.
	d.specs[key] = sp
	d.mu.Unlock()
	if old == string(text) {
		return nil
	}
	if err := d.migrate(ctx, ws, sp, old, string(text)); err != nil {
		d.mu.Lock()
		if d.specs[key] = before; before == nil {
			delete(d.specs, key)
		}
		d.mu.Unlock()
		return fmt.Errorf("ensure %s: %w", s.Name, deadline(ctx, err))
	}
	return nil
}

// ensured gives the JSON of the spec that was carried out last, "" if none.
func (d *Driver) ensured(ctx context.Context, ws, name string) (string, error) {
	raw, err := d.database(ws).Collection(specs).FindOne(ctx, bson.D{{Key: "_id", Value: name}}).Raw()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return "", nil
	}
	if err != nil {
		return "", deadline(ctx, err)
	}
	text, _ := raw.Lookup("spec").StringValueOK()
	return text, nil
}

// Specs implements store.Driver.
func (d *Driver) Specs(ctx context.Context, ws string) ([]store.Spec, error) {
	cur, err := d.database(ws).Collection(specs).Find(ctx, bson.D{}, options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}))
	if err != nil {
		return nil, deadline(ctx, err)
	}
	defer func() { _ = cur.Close(ctx) }()
	var out []store.Spec
	for cur.Next(ctx) {
		text, _ := cur.Current.Lookup("spec").StringValueOK()
		var s store.Spec
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, deadline(ctx, cur.Err())
}

// migrate can be broken off and done again at any point: the spec is noted
// last.
func (d *Driver) migrate(ctx context.Context, ws string, sp *spec, old, text string) error {
	db := d.database(ws)
	if err := db.CreateCollection(ctx, collectionName(sp.Name)); err != nil && !hasCode(err, codeNamespaceExists) {
		return err
	}
	c := db.Collection(collectionName(sp.Name))
	if err := dropIndexes(ctx, c, sp); err != nil {
		return err
	}
	if needsDerived(old, sp) {
		if err := derive(ctx, c, sp); err != nil {
			return err
		}
	}
	if err := makeIndexes(ctx, c, sp); err != nil {
		return err
	}
	return note(ctx, db.Collection(specs), sp.Name, text)
}

// needsDerived tells whether documents there lack what the spec derives.
func needsDerived(old string, sp *spec) bool {
	var was store.Spec
	if old != "" && json.Unmarshal([]byte(old), &was) != nil {
		return true
	}
	had := newSpec(was)
	lacks := func(u uniqueIndex) bool {
		return !slices.ContainsFunc(had.unique, func(h uniqueIndex) bool { return h.key == u.key })
	}
	return !slices.Equal(was.Search, sp.Search) || slices.ContainsFunc(sp.unique, lacks)
}

// derive brings every document up to date. One that changes under its hands
// is read again.
func derive(ctx context.Context, c *mongo.Collection, sp *spec) error {
	for after := ""; ; {
		opt := options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(200)
		batch, err := docs(ctx, c, is("_id", "$gt", after), opt)
		if err != nil || len(batch) == 0 {
			return err
		}
		for _, doc := range batch {
			if err := deriveOne(ctx, c, sp, doc); err != nil {
				return err
			}
		}
		after = batch[len(batch)-1].ID
	}
}

func deriveOne(ctx context.Context, c *mongo.Collection, sp *spec, doc store.Doc) error {
	for {
		set, err := sp.derived(doc.ID, doc.Body)
		if err != nil || len(set) == 0 {
			return err
		}
		res, err := c.UpdateOne(ctx, bson.D{{Key: "_id", Value: doc.ID}, {Key: "v", Value: doc.Ver}}, bson.D{{Key: "$set", Value: set}})
		if err != nil || res.MatchedCount > 0 {
			return err
		}
		again, err := docs(ctx, c, is("_id", "$eq", doc.ID), options.Find())
		if err != nil || len(again) == 0 {
			return err
		}
		doc = again[0]
	}
}

// indexes gives the wanted indexes by name. Sparse is not asked for: it saves
// room only, and a server does not sort by an incomplete index.
func indexes(sp *spec) map[string]mongo.IndexModel {
	out := map[string]mongo.IndexModel{}
	add := func(name string, keys bson.D, unique bool) {
		opt := options.Index().SetName(name)
		if unique {
			opt.SetUnique(true)
		}
		out[name] = mongo.IndexModel{Keys: keys, Options: opt}
	}
	for _, ix := range sp.Indexes {
		keys := make(bson.D, 0, len(ix.Fields)+1)
		for _, f := range ix.Fields {
			keys = append(keys, bson.E{Key: field(f.Path), Value: 1})
		}
		add("i_"+short(describe(ix)), append(keys, bson.E{Key: "_id", Value: 1}), false)
	}
	for _, u := range sp.unique {
		add("u_"+u.key, bson.D{{Key: "u." + u.key, Value: 1}}, true)
	}
	if len(sp.Search) > 0 {
		add("t_tokens", bson.D{{Key: "t", Value: 1}}, false)
	}
	return out
}

func makeIndexes(ctx context.Context, c *mongo.Collection, sp *spec) error {
	for _, model := range indexes(sp) {
		_, err := c.Indexes().CreateOne(ctx, model)
		if err != nil && duplicate(err) {
			return violated(sp, *model.Options.Name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// violated is the fault of documents that a new unique index does not allow.
func violated(sp *spec, name string) error {
	for _, u := range sp.unique {
		if name == "u_"+u.key {
			return store.NotUnique(sp.Name, "", u.Index)
		}
	}
	return store.NotUnique(sp.Name, "", store.Index{})
}

// dropIndexes drops those of ours that are not wanted any more.
func dropIndexes(ctx context.Context, c *mongo.Collection, sp *spec) error {
	have, err := c.Indexes().ListSpecifications(ctx)
	if err != nil {
		return err
	}
	want := indexes(sp)
	for _, ix := range have {
		ours := strings.HasPrefix(ix.Name, "i_") || strings.HasPrefix(ix.Name, "u_") || strings.HasPrefix(ix.Name, "t_")
		if _, ok := want[ix.Name]; ok || !ours {
			continue
		}
		if _, err := c.Indexes().DropOne(ctx, ix.Name); err != nil && !hasCode(err, codeNamespaceNotFound) {
			return err
		}
	}
	return nil
}

// note writes down what was carried out: insert, then update, as upserts are
// not atomic on every server.
func note(ctx context.Context, c *mongo.Collection, name, text string) error {
	_, err := c.InsertOne(ctx, bson.D{{Key: "_id", Value: name}, {Key: "spec", Value: text}})
	if err == nil || !duplicate(err) {
		return err
	}
	_, err = c.UpdateOne(ctx, bson.D{{Key: "_id", Value: name}}, bson.D{{Key: "$set", Value: bson.D{{Key: "spec", Value: text}}}})
	return err
}

func hasCode(err error, code int) bool {
	var se mongo.ServerError
	return errors.As(err, &se) && se.HasErrorCode(code)
}
