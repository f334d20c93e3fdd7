package policies

import (
	"bytes"
	_ "embed" // the shipped rows
	"encoding/csv"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
)

// The limits of a policy.
const (
	MaxRoles = 100
	MaxRules = 2000
	MaxMasks = 500
	MaxScope = 2000 // bytes of a filter
)

//go:embed roles.csv
var rolesCSV []byte

//go:embed masks.csv
var masksCSV []byte

// Shipped is the policy that a workspace starts with. The caller may change it.
func Shipped() Policy {
	var p Policy
	for _, row := range rows(rolesCSV, 5) {
		r := Rule{Role: row[0], Object: row[1], Action: row[2], Scope: Scope(row[3]), Effect: Effect(row[4])}
		p.Rules = append(p.Rules, r)
		if !p.HasRole(r.Role) {
			p.Roles = append(p.Roles, Role{Key: r.Role})
		}
	}
	for _, row := range rows(masksCSV, 2) {
		p.Masks = append(p.Masks, Mask{Role: row[0], Access: row[1]})
	}
	return p
}

// rows reads an embedded table; a fault in it is a fault of the build.
func rows(table []byte, columns int) [][]string {
	r := csv.NewReader(bytes.NewReader(table))
	r.Comment, r.FieldsPerRecord = '#', columns
	out, err := r.ReadAll()
	if err != nil {
		panic(fmt.Sprintf("policies: embedded rows: %v", err))
	}
	return out
}

var (
	keyPattern    = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)
	objectPattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,59}$`)
)

// Fields says what type a field of accounts has; false for an unknown one.
type Fields func(field string) (filter.Type, bool)

// Check judges a policy. fields nil accepts every account field. Its error is
// an Invalid fault that names the rows by pointers like "/rules/3/scope".
func (p Policy) Check(fields Fields) error {
	c := checker{p: p, fields: fields, roles: map[string]bool{}}
	c.at("/roles", "maxItems", MaxRoles, len(p.Roles) <= MaxRoles)
	c.at("/rules", "maxItems", MaxRules, len(p.Rules) <= MaxRules)
	c.at("/masks", "maxItems", MaxMasks, len(p.Masks) <= MaxMasks)
	if len(c.bad) > 0 {
		return fault.InvalidFields(c.bad)
	}
	for i, r := range p.Roles {
		at := "/roles/" + strconv.Itoa(i)
		c.at(at+"/key", "roleKey", nil, keyPattern.MatchString(r.Key))
		c.at(at+"/key", "unique", nil, !c.roles[r.Key])
		c.at(at+"/name", "maxLength", 100, utf8.RuneCountInString(r.Name) <= 100)
		c.roles[r.Key] = true
	}
	for i, r := range p.Rules {
		c.rule("/rules/"+strconv.Itoa(i), r)
	}
	for i, m := range p.Masks {
		at := "/masks/" + strconv.Itoa(i)
		c.at(at+"/role", "unknownRole", nil, c.roles[m.Role])
		c.at(at+"/access", "accessTag", nil, objectPattern.MatchString(m.Access))
	}
	return fault.InvalidFields(c.bad)
}

type checker struct {
	p      Policy
	fields Fields
	roles  map[string]bool
	bad    []fault.Field
}

const maxFaults = 50

func (c *checker) at(pointer, rule string, limit any, ok bool) {
	if !ok && len(c.bad) < maxFaults {
		c.bad = append(c.bad, fault.Field{Pointer: pointer, Rule: rule, Limit: limit})
	}
}

func (c *checker) rule(at string, r Rule) {
	c.at(at+"/role", "unknownRole", nil, c.roles[r.Role])
	c.at(at+"/object", "object", nil, r.Object == Any || objectPattern.MatchString(r.Object))
	command := slices.Contains(commands, r.Action) && (r.Object == "account" || r.Object == Any)
	c.at(at+"/action", "enum", actions, r.Action == Any || command || slices.Contains(actions, r.Action))
	c.at(at+"/effect", "enum", []Effect{Allow, Deny}, r.Effect == Allow || r.Effect == Deny)
	// A scope on what belongs to no account would be looked at by nobody.
	c.at(at+"/scope", "scopeObject", nil, r.Scope == All || scoped(r.Object))
	compiled, err := compile(r.Scope)
	if err == nil && c.fields != nil {
		err = filter.Check(compiled.expr, c.fields)
	}
	c.at(at+"/scope", "scope", nil, err == nil)
}

// compile reads a scope. A filter that says nothing is refused: All says that.
func compile(s Scope) (reach, error) {
	if s.named() {
		return reach{scope: s}, nil
	}
	if len(s) > MaxScope {
		return reach{}, fault.At("", "maxLength", MaxScope)
	}
	e, err := filter.Parse([]byte(s))
	if err != nil {
		return reach{}, err
	}
	if e == nil {
		return reach{}, fault.At("", "scope", nil)
	}
	return reach{scope: s, expr: e}, nil
}
