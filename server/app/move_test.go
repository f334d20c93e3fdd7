package app

import (
	"testing"

	"github.com/dueflow/dueflow/server/config"
)

// TestSideName: a store is named without what nobody should read on a screen.
func TestSideName(t *testing.T) {
	for uri, want := range map[string]string{
		"mongodb://db:27017/":                              "mongodb://db:27017/p_*",
		"mongodb://user:p%40ss@a:1,b:2/admin?replicaSet=r": "mongodb://a:1,b:2/p_*",
		"mongodb+srv://u:x@cluster.example?tls=true":       "mongodb://cluster.example/p_*",
		"mongodb://u:s/e@crets@host":                       "mongodb://host/p_*",
	} {
		if got := sideName(config.Config{MongoURI: uri, MongoPrefix: "p_"}); got != want {
			t.Errorf("%s: %s, want %s", uri, got, want)
		}
	}
}
