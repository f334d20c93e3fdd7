package pack

import (
	"encoding/json"

	"github.com/Masterminds/semver/v3"

	"github.com/dueflow/dueflow/schemas/form"
)

// Version tells whether a text is a version that can be compared.
func Version(v string) bool {
	_, err := semver.StrictNewVersion(v)
	return err == nil && len(v) <= 60
}

// Newer tells whether version a comes after b; a version that cannot be read
// comes before all.
func Newer(a, b string) bool {
	va, err := semver.NewVersion(a)
	if err != nil {
		return false
	}
	vb, err := semver.NewVersion(b)
	return err != nil || va.GreaterThan(vb)
}

// Fits tells whether a version lies in a range; "" is every range. Versions of
// a build between releases ("dev") fit everything.
func Fits(version, within string) bool {
	if within == "" {
		return true
	}
	c, err := semver.NewConstraint(within)
	if err != nil {
		return false
	}
	v, err := semver.NewVersion(version)
	return err != nil || c.Check(v)
}

// Without gives JSON without some members, canonical.
func Without(raw []byte, members ...string) (json.RawMessage, error) {
	v, err := form.Decode(raw)
	if err != nil {
		return nil, err
	}
	if m, ok := v.(map[string]any); ok {
		for _, name := range members {
			delete(m, name)
		}
	}
	return canonicalOf(v)
}
