package mongostore

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/dueflow/dueflow/server/store"
)

// Codes of servers that have no change streams for us: what they answer to an
// unknown stage or command, where there is no replica set, and to a user who
// may not read all databases.
var noStreams = []int{
	9,     // FailedToParse: FerretDB on a stream of all databases
	13,    // Unauthorized
	59,    // CommandNotFound
	115,   // CommandNotSupported
	238,   // NotImplemented
	40324, // unrecognized pipeline stage
	40573, // $changeStream is only supported on replica sets
}

// Follow implements store.Follower by a change stream over all databases of
// this installation, one for a process, however many workspaces there are.
func (d *Driver) Follow(ctx context.Context, collection string, ready func(), added func(ws string)) error {
	match := bson.D{{Key: "$match", Value: bson.D{
		{Key: "operationType", Value: "insert"},
		{Key: "ns.coll", Value: collectionName(collection)},
		{Key: "ns.db", Value: bson.D{{Key: "$regex", Value: "^" + regexp.QuoteMeta(d.prefix)}}},
	}}}
	// Who listens wants to know where, not what.
	fields := bson.D{{Key: "$project", Value: bson.D{{Key: "ns", Value: 1}}}}
	stream, err := d.client.Watch(ctx, mongo.Pipeline{match, fields}, options.ChangeStream().SetMaxAwaitTime(20*time.Second))
	if err != nil {
		return streamError(ctx, err)
	}
	defer func() { _ = stream.Close(context.WithoutCancel(ctx)) }()
	ready()
	for stream.Next(ctx) {
		var event struct {
			NS struct {
				DB string `bson:"db"`
			} `bson:"ns"`
		}
		if err := stream.Decode(&event); err != nil {
			return err
		}
		if ws, ok := strings.CutPrefix(event.NS.DB, d.prefix); ok {
			added(ws)
		}
	}
	return streamError(ctx, stream.Err())
}

func streamError(ctx context.Context, err error) error {
	if se, ok := errors.AsType[mongo.ServerError](err); ok && slices.ContainsFunc(noStreams, se.HasErrorCode) {
		return errors.Join(store.ErrNoFollow, err)
	}
	return deadline(ctx, err)
}
