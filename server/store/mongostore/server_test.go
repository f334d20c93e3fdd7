package mongostore_test

import (
	"context"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/dueflow/dueflow/server/store/mongotest"
)

// TestServerIsAtomic is what mongotest's proxy is for: without it, most
// increments get lost.
func TestServerIsAtomic(t *testing.T) {
	ctx := context.Background()
	client, err := mongo.Connect(ctx, options.Client().ApplyURI(mongotest.Start(t)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Disconnect(ctx) }()
	c := client.Database("dueflowtest").Collection("x")
	if _, err := c.InsertOne(ctx, bson.M{"_id": "a", "n": 0}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 20 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 10 {
				if _, err := c.UpdateOne(ctx, bson.M{"_id": "a"}, bson.M{"$inc": bson.M{"n": 1}}); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	wg.Wait()
	var got struct{ N int }
	if err := c.FindOne(ctx, bson.M{"_id": "a"}).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.N != 200 {
		t.Errorf("200 increments made %d", got.N)
	}
}
