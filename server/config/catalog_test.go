package config

import (
	"strings"
	"testing"
)

func TestCatalogs(t *testing.T) {
	key := "ed25519:" + strings.Repeat("A", 43) + "="
	c, err := Load(map[string]string{"catalog": "https://packs.example.com/x/#" + key + "  /srv/packs"})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Catalogs) != 2 || c.Catalogs[0].At != "https://packs.example.com/x" || c.Catalogs[0].Keys[0] != key || c.Catalogs[1].At != "/srv/packs" {
		t.Errorf("%+v", c.Catalogs)
	}
	for _, bad := range []string{"http://packs.example.com", "https://user:pass@packs.example.com", "https://packs.example.com#ed25519:short", "ftp://x", "https://x.example/?q=1", "#" + key} {
		if _, err := Load(map[string]string{"catalog": bad}); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}
