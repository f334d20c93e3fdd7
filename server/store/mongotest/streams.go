package mongotest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/x/mongo/driver/wiremessage"
)

// streams answers what FerretDB does not know: change streams of inserts over
// all databases, as a replica set tells them over the wire. It hears of the
// inserts because they pass through the proxy.
type streams struct {
	mu      sync.Mutex
	next    int64
	cursors map[int64]*stream
	opened  int
}

// stream is one cursor: which inserts it wants, and those nobody fetched yet.
type stream struct {
	collection string
	events     chan bson.D
}

// Streaming is a server whose proxy has change streams.
type Streaming struct {
	URI     string
	streams *streams
	proxy   *proxy
}

// StartStreaming is Start with change streams.
func StartStreaming(t testing.TB) *Streaming {
	t.Helper()
	s := &streams{cursors: map[int64]*stream{}}
	uri, p := start(t, s)
	return &Streaming{URI: uri, streams: s, proxy: p}
}

// Opened is how many change streams were asked for so far.
func (s *Streaming) Opened() int {
	s.streams.mu.Lock()
	defer s.streams.mu.Unlock()
	return s.streams.opened
}

// Break ends all change streams as a server does whose log no longer reaches
// back to where they are.
func (s *Streaming) Break() {
	s.streams.mu.Lock()
	defer s.streams.mu.Unlock()
	for _, st := range s.streams.cursors {
		close(st.events)
	}
	s.streams.cursors = map[int64]*stream{}
}

// Finds counts the reads of a collection that came through so far.
func (s *Streaming) Finds(collection string) int {
	s.proxy.mu.Lock()
	defer s.proxy.mu.Unlock()
	return s.proxy.finds[collection]
}

// answer gives the reply to a command about a change stream; false for all
// other commands.
func (s *streams) answer(cmd bson.Raw) (bson.D, bool) {
	switch name := cmd.Index(0).Key(); name {
	case "aggregate":
		stage, err := cmd.LookupErr("pipeline", "0", "$changeStream")
		if err != nil {
			return nil, false
		}
		if all, ok := stage.Document().Lookup("allChangesForCluster").BooleanOK(); !ok || !all {
			return failed(40324, "only a stream of all databases is simulated"), true
		}
		wanted, ok := cmd.Lookup("pipeline", "1", "$match", "ns.coll").StringValueOK()
		if !ok {
			return failed(40324, "only a stream of one collection's name is simulated"), true
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.next++
		s.opened++
		s.cursors[s.next] = &stream{wanted, make(chan bson.D, 1000)}
		return found("firstBatch", s.next, bson.A{}), true
	case "getMore":
		id := cmd.Index(0).Value().AsInt64()
		s.mu.Lock()
		st := s.cursors[id]
		s.mu.Unlock()
		if st == nil {
			return lost, cmd.Lookup("collection").StringValue() == "$cmd.aggregate"
		}
		wait := time.Second
		if most, err := cmd.LookupErr("maxTimeMS"); err == nil {
			wait = time.Duration(most.AsInt64()) * time.Millisecond
		}
		select {
		case e, ok := <-st.events:
			if !ok {
				return lost, true
			}
			return found("nextBatch", id, bson.A{e}), true
		case <-time.After(wait):
			return found("nextBatch", id, bson.A{}), true
		}
	case "killCursors":
		ids, err := cmd.Lookup("cursors").Array().Values()
		if err != nil || len(ids) == 0 {
			return nil, false
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if _, ok := s.cursors[ids[0].AsInt64()]; !ok {
			return nil, false
		}
		delete(s.cursors, ids[0].AsInt64())
		return bson.D{{Key: "ok", Value: 1}}, true
	}
	return nil, false
}

// inserted tells all streams of documents that a command has added.
func (s *streams) inserted(cmd bson.Raw) {
	if cmd.Index(0).Key() != "insert" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	collection := cmd.Index(0).Value().StringValue()
	for _, st := range s.cursors {
		if st.collection != collection {
			continue
		}
		s.next++
		st.events <- bson.D{
			{Key: "_id", Value: bson.D{{Key: "_data", Value: fmt.Sprintf("%020X", s.next)}}},
			{Key: "ns", Value: bson.D{{Key: "db", Value: cmd.Lookup("$db").StringValue()}, {Key: "coll", Value: collection}}},
		}
	}
}

func found(batch string, id int64, events bson.A) bson.D {
	return bson.D{{Key: "cursor", Value: bson.D{{Key: "id", Value: id}, {Key: "ns", Value: "admin.$cmd.aggregate"}, {Key: batch, Value: events}}}, {Key: "ok", Value: 1}}
}

func failed(code int, why string) bson.D {
	return bson.D{{Key: "ok", Value: 0}, {Key: "code", Value: code}, {Key: "errmsg", Value: why}}
}

var lost = failed(286, "the resume point may no longer be in the oplog")

var errNotMessage = errors.New("not an OP_MSG")

// command is the document of an OP_MSG, without its sequences.
func command(msg []byte) (bson.Raw, error) {
	const body = headerSize + 4 // after the flags
	if len(msg) <= body || binary.LittleEndian.Uint32(msg[12:]) != opMsg {
		return nil, errNotMessage
	}
	for rest := msg[body:]; len(rest) > 5; {
		size := binary.LittleEndian.Uint32(rest[1:])
		if int(size) > len(rest)-1 {
			break
		}
		if wiremessage.SectionType(rest[0]) == wiremessage.SingleDocument {
			doc := bson.Raw(rest[1 : 1+size])
			return doc, doc.Validate()
		}
		rest = rest[1+size:]
	}
	return nil, errNotMessage
}

// reply is an OP_MSG that answers another.
func reply(to []byte, doc bson.D) ([]byte, error) {
	body, err := bson.Marshal(doc)
	if err != nil {
		return nil, err
	}
	msg := binary.LittleEndian.AppendUint32(nil, uint32(headerSize+4+1+len(body))) //nolint:gosec // small
	msg = binary.LittleEndian.AppendUint32(msg, 1)
	msg = append(msg, to[4:8]...) // responds to this request
	msg = binary.LittleEndian.AppendUint32(msg, opMsg)
	msg = binary.LittleEndian.AppendUint32(msg, 0)
	msg = append(msg, byte(wiremessage.SingleDocument))
	return append(msg, body...), nil
}

// try answers a message that is about a change stream.
func (s *streams) try(client net.Conn, msg []byte) (done bool, err error) {
	cmd, err := command(msg)
	if err != nil {
		return false, nil //nolint:nilerr // the handshake of old drivers: the server answers
	}
	doc, ok := s.answer(cmd)
	if !ok {
		return false, nil
	}
	out, err := reply(msg, doc)
	if err == nil {
		_, err = client.Write(out)
	}
	return true, err
}
