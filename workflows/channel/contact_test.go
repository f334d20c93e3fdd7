package channel_test

import (
	"testing"

	"github.com/dueflow/dueflow/workflows/channel"
)

func TestReached(t *testing.T) {
	person := func(kv ...string) map[string]any {
		m := map[string]any{}
		for k := 0; k < len(kv); k += 2 {
			m[kv[k]] = kv[k+1]
		}
		return m
	}
	for name, c := range map[string]struct {
		people             map[string]any
		email, phone, name string
	}{
		"nobody":    {nil, "own@example.com", "", "Harbour"},
		"primary":   {map[string]any{"primary": person("name", "Ada", "email", "ada@example.com")}, "ada@example.com", "", "Ada"},
		"another":   {map[string]any{"other": person("name", "Bo", "email", "bo@example.com", "phone", "123")}, "own@example.com", "123", "Harbour"},
		"both":      {map[string]any{"primary": person("name", "Ada", "phone", "7"), "other": person("phone", "123")}, "own@example.com", "7", "Ada"},
		"malformed": {map[string]any{"primary": "Ada", "other": 3}, "own@example.com", "", "Harbour"},
	} {
		customer := map[string]any{"name": "Harbour", "email": "own@example.com"}
		if c.people != nil {
			customer[channel.ContactsField] = c.people
		}
		got := channel.Reached(customer)
		if channel.Text(got, "email") != c.email || channel.Text(got, "phone") != c.phone || channel.ContactName(customer) != c.name {
			t.Errorf("%s: %v, greets %s", name, got, channel.ContactName(customer))
		}
		if customer["email"] != "own@example.com" {
			t.Errorf("%s: the record itself was changed", name)
		}
	}
}
