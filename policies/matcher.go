package policies

import (
	_ "embed" // the model
	"fmt"
	"strconv"
	"sync"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
)

//go:embed model.conf
var modelConf string

// matcher asks casbin. Actors with the same roles are one subject to it, which
// takes part in each of the roles within the workspace; the subject is made
// when it is first asked for.
type matcher struct {
	mu        sync.Mutex
	workspace string
	enforcer  *casbin.Enforcer
	subjects  map[string]bool
}

// asked is what a row that applies is held against.
type asked struct{ holds func(row int) bool }

func newMatcher(workspace string, rules []Rule) (*matcher, error) {
	m, err := model.NewModelFromString(modelConf)
	if err != nil {
		return nil, fmt.Errorf("policy model: %w", err)
	}
	e, err := casbin.NewEnforcer(m)
	if err != nil {
		return nil, fmt.Errorf("policy enforcer: %w", err)
	}
	e.AddFunction("objectIn", texts(objectIn))
	e.AddFunction("actionIn", texts(actionIn))
	e.AddFunction("holds", func(args ...any) (any, error) {
		q, isAsked := args[0].(*asked)
		row, isText := args[1].(string)
		if !isAsked || !isText {
			return nil, fmt.Errorf("holds of %T, %T", args[0], args[1])
		}
		i, err := strconv.Atoi(row)
		if err != nil {
			return nil, err
		}
		return q.holds(i), nil
	})
	table := make([][]string, len(rules))
	for i, r := range rules {
		table[i] = []string{r.Role, workspace, r.Object, r.Action, strconv.Itoa(i), string(r.Effect)}
	}
	if len(table) > 0 {
		if _, err := e.AddPolicies(table); err != nil {
			return nil, fmt.Errorf("policy rows: %w", err)
		}
	}
	return &matcher{workspace: workspace, enforcer: e, subjects: map[string]bool{}}, nil
}

// texts lends a function of two texts to casbin.
func texts(f func(a, b string) bool) func(...any) (any, error) {
	return func(args ...any) (any, error) {
		a, ok := args[0].(string)
		b, also := args[1].(string)
		if !ok || !also {
			return nil, fmt.Errorf("match of %T, %T", args[0], args[1])
		}
		return f(a, b), nil
	}
}

// ask gives casbin's verdict on a question, where holds says of each row that
// applies to roles, object and action whether it holds. Rows after a deny that
// holds are not asked. What cannot be decided is refused.
func (m *matcher) ask(roles []string, q question, holds func(row int) bool) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.subject(q.roles, roles); err != nil {
		return false
	}
	ok, err := m.enforcer.Enforce("set:"+q.roles, m.workspace, q.object, q.action, &asked{holds})
	return err == nil && ok
}

func (m *matcher) subject(set string, roles []string) error {
	if m.subjects[set] {
		return nil
	}
	for _, r := range roles {
		if _, err := m.enforcer.AddGroupingPolicy("set:"+set, r, m.workspace); err != nil {
			return fmt.Errorf("policy roles: %w", err)
		}
	}
	m.subjects[set] = true
	return nil
}
