package form

import (
	"embed"
	"encoding/json"
	"fmt"
)

//go:embed forms/*.json
var builtin embed.FS

// Builtin gives the forms that every workspace has, by key.
func Builtin() map[string]*Compiled {
	out := map[string]*Compiled{}
	entries, err := builtin.ReadDir("forms")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		raw, err := builtin.ReadFile("forms/" + e.Name())
		if err != nil {
			panic(err)
		}
		var f Form
		if err := json.Unmarshal(raw, &f); err != nil {
			panic(fmt.Sprintf("%s: %v", e.Name(), err))
		}
		c, err := Compile(f)
		if err != nil {
			panic(fmt.Sprintf("%s: %v", e.Name(), err))
		}
		out[c.Key] = c
	}
	return out
}
