package mongostore_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/store/mongostore"
	"github.com/dueflow/dueflow/server/store/mongotest"
)

func openFollow(t *testing.T, uri string) *store.Store {
	t.Helper()
	d, err := mongostore.Open(t.Context(), mongostore.Options{URI: uri, Prefix: "dueflowtest_f_"})
	if err != nil {
		t.Fatal(err)
	}
	s := store.New(d)
	t.Cleanup(func() {
		_ = s.Drop(context.Background(), "w")
		_ = s.Close()
	})
	if err := s.Ensure(t.Context(), "w", store.Spec{Name: "feed"}, store.Spec{Name: "other"}); err != nil {
		t.Fatal(err)
	}
	return s
}

// A database with change streams tells of what is added to this collection,
// and of nothing else; it may stop, and be listened to again.
func TestFollow(t *testing.T) {
	server := mongotest.StartStreaming(t)
	s := openFollow(t, server.URI)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ready, heard, ended := make(chan bool, 1), make(chan string, 10), make(chan error, 1)
	follow := func() {
		ended <- s.Follow(ctx, "feed", func() { ready <- true }, func(ws string) { heard <- ws })
	}
	add := func(collection, id string) {
		t.Helper()
		if _, err := s.In("w", collection).Insert(t.Context(), id, []byte(`{}`)); err != nil {
			t.Fatal(err)
		}
	}
	wait := func() error {
		t.Helper()
		select {
		case err := <-ended:
			return err
		case <-time.After(10 * time.Second):
			t.Fatal("it goes on")
			return nil
		}
	}
	listens := func() {
		t.Helper()
		select {
		case <-ready:
		case err := <-ended:
			t.Fatal(err)
		}
	}
	next := func() string {
		select {
		case ws := <-heard:
			return ws
		case <-time.After(5 * time.Second):
			return "nothing"
		}
	}
	go follow()
	listens()
	add("other", "a")
	add("feed", "a")
	if got := next(); got != "w" {
		t.Fatalf("heard of %q", got)
	}
	if len(heard) > 0 {
		t.Error("heard of another collection too")
	}
	server.Break()
	if err := wait(); err == nil || errors.Is(err, store.ErrNoFollow) {
		t.Fatalf("after the stream broke: %v", err)
	}
	go follow()
	listens()
	add("feed", "b")
	if got := next(); got != "w" {
		t.Fatalf("heard of %q after a break", got)
	}
	cancel()
	if err := wait(); !errors.Is(err, context.Canceled) {
		t.Errorf("when we hang up: %v", err)
	}
}

// A database without them says so, and is asked again and again instead.
func TestNoFollow(t *testing.T) {
	s := openFollow(t, mongotest.Start(t))
	err := s.Follow(t.Context(), "feed", func() { t.Error("it listens") }, func(string) {})
	if !errors.Is(err, store.ErrNoFollow) {
		t.Errorf("%v", err)
	}
}
