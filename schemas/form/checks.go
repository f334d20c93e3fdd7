package form

import (
	"encoding/json"
	"sort"
	"strconv"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
)

// Checks are the named checks that no pattern can express: check digits. The
// browser has the same; vectors: testdata/checks.json.
var Checks = map[string]func(string) bool{"uscc": uscc, "cnId": cnID, "luhn": luhn}

type namedCheck struct {
	field, column, name string
	ok                  func(string) bool
}

func (c *Compiled) readChecks(props map[string]json.RawMessage) []fault.Field {
	var bad []fault.Field
	add := func(at, field, column, name string) {
		if name == "" {
			return
		}
		f, ok := Checks[name]
		if !ok {
			bad = append(bad, fault.Field{Pointer: at + "/x-df-check", Rule: "enum"})
			return
		}
		c.checks = append(c.checks, namedCheck{field, column, name, f})
	}
	for key, raw := range props {
		var n schemaNode
		if json.Unmarshal(raw, &n) != nil {
			continue
		}
		at := "/schema/properties/" + escape(key)
		add(at, key, "", n.Check)
		if n.Items == nil {
			continue
		}
		for col, raw := range n.Items.Properties {
			var cn schemaNode
			if json.Unmarshal(raw, &cn) == nil {
				add(at+"/items/properties/"+escape(col), key, col, cn.Check)
			}
		}
	}
	sort.Slice(c.checks, func(i, j int) bool {
		return c.checks[i].field+"."+c.checks[i].column < c.checks[j].field+"."+c.checks[j].column
	})
	return bad
}

func (c *Compiled) runChecks(data any) []fault.Field {
	m, ok := data.(map[string]any)
	if !ok {
		return nil
	}
	var bad []fault.Field
	judge := func(n namedCheck, at string, v any) {
		if s, ok := v.(string); ok && !n.ok(s) {
			bad = append(bad, fault.Field{Pointer: at, Rule: "check." + n.name})
		}
	}
	for _, n := range c.checks {
		at := "/" + escape(n.field)
		if n.column == "" {
			judge(n, at, m[n.field])
			continue
		}
		list, _ := m[n.field].([]any)
		for i, r := range list {
			if row, ok := r.(map[string]any); ok && len(bad) < MaxErrors {
				judge(n, at+"/"+strconv.Itoa(i)+"/"+escape(n.column), row[n.column])
			}
		}
	}
	return bad
}

// uscc is the unified social credit code of GB 32100-2015: 17 characters and
// one check character, modulo 31.
func uscc(s string) bool {
	const digits = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	if len(s) != 18 {
		return false
	}
	sum, weight := 0, 1
	for i := range 17 {
		d := strings.IndexByte(digits, s[i])
		if d < 0 {
			return false
		}
		sum += d * weight
		weight = weight * 3 % 31
	}
	return digits[(31-sum%31)%31] == s[17]
}

// cnID is the citizen's identity number of GB 11643-1999: a real date, and a
// check character modulo 11.
func cnID(s string) bool {
	if len(s) != 18 {
		return false
	}
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		sum += int(s[i]-'0') * w
	}
	if _, err := value.ParseDate(s[6:10] + "-" + s[10:12] + "-" + s[12:14]); err != nil {
		return false
	}
	return "10X98765432"[sum%11] == s[17]
}

// luhn is the check digit of bank cards.
func luhn(s string) bool {
	if len(s) < 2 {
		return false
	}
	sum := 0
	for i := range len(s) {
		c := s[len(s)-1-i]
		if c < '0' || c > '9' {
			return false
		}
		d := int(c - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
