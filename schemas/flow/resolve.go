package flow

import (
	"bytes"
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/form"
)

// Resolve replaces {"$param": "x"} in node settings by the parameter's value
// or default, and gives the settings as JSON.
func (f *Flow) Resolve(cfg json.RawMessage, values map[string]json.RawMessage) (json.RawMessage, error) {
	if len(cfg) == 0 {
		return json.RawMessage("{}"), nil
	}
	if !bytes.Contains(cfg, []byte(`"$param"`)) {
		return cfg, nil
	}
	v, err := form.Decode(cfg)
	if err != nil {
		return nil, err
	}
	v, err = f.fill("", v, values)
	if err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

func (f *Flow) fill(at string, v any, values map[string]json.RawMessage) (any, error) {
	switch x := v.(type) {
	case map[string]any:
		if name, ok := x["$param"].(string); ok && len(x) == 1 {
			p, declared := f.Params[name]
			raw := values[name]
			if raw == nil {
				raw = p.Default
			}
			if !declared || raw == nil {
				return nil, fault.At(at, "unknownParam", name)
			}
			return form.Decode(raw)
		}
		for k, c := range x {
			filled, err := f.fill(at+"/"+k, c, values)
			if err != nil {
				return nil, err
			}
			x[k] = filled
		}
	case []any:
		for k, c := range x {
			filled, err := f.fill(at, c, values)
			if err != nil {
				return nil, err
			}
			x[k] = filled
		}
	}
	return v, nil
}
