package cli

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/app"
	"github.com/dueflow/dueflow/server/clock"
	"github.com/dueflow/dueflow/server/identity"
	"github.com/dueflow/dueflow/server/workspace"
)

// operator is who uses the command line on the data itself.
func operator(ws string) policies.Actor { return policies.SystemActor(ws, "operator") }

type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Make an API key and print it; makes the workspace if it is missing."`
}

type tokenCreateCmd struct {
	storeFlags
	Role     string `default:"integration" help:"Role of the key."`
	Name     string `default:"command line" help:"Name of the key."`
	Days     int    `help:"Days until it expires; 0 = never."`
	Timezone string `default:"Asia/Shanghai" help:"Of a workspace that is made."`
	Calendar string `default:"cn" help:"Of a workspace that is made."`
	Currency string `default:"CNY" help:"Of a workspace that is made."`
	Language string `default:"zh-CN" help:"Of a workspace that is made."`
	Always   bool   `help:"Let a workspace that is made send at any time of any day, without contact budget."`
	DemoDay  string `help:"Give a workspace that is made a demo clock with days of this length." placeholder:"10s"`
	JSON     bool   `name:"json" help:"Print JSON."`
}

// Run makes the key.
func (t *tokenCreateCmd) Run(e *env) error {
	c, err := t.open(e)
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // the key is written by then
	ws := t.Space
	if ws == "" {
		if ws, err = t.space(e, c); err != nil {
			return err
		}
	}
	if err := t.ensure(e, c, ws); err != nil {
		return err
	}
	n := identity.NewKey{Name: t.Name, Roles: []string{t.Role}}
	if t.Days > 0 {
		n.Expires = time.Now().AddDate(0, 0, t.Days)
	}
	k, secret, err := c.Identity.CreateKey(e.ctx, operator(ws), n)
	if err != nil {
		return err
	}
	if t.JSON {
		return printJSON(e.out, map[string]any{"token": secret, "id": k.ID, "workspace": ws, "roles": k.Roles})
	}
	_, err = fmt.Fprintln(e.out, secret)
	return err
}

func (t *tokenCreateCmd) ensure(e *env, c *app.Core, ws string) error {
	_, err := c.Spaces.Get(e.ctx, ws)
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	w := workspace.Workspace{
		Key: ws, Name: ws, Timezone: t.Timezone, Calendar: t.Calendar, Currency: value.Currency(t.Currency), Language: t.Language,
	}
	if t.Always {
		w.Calendar, w.Window, w.Budgets = "everyday", value.Window{From: 0, To: 1440, Days: "every"}, []ledger.Budget{}
	}
	if t.DemoDay != "" {
		d, err := time.ParseDuration(t.DemoDay)
		if err != nil || d <= 0 {
			return fmt.Errorf("--demo-day: want a length of time such as 10s")
		}
		now := time.Now().UTC()
		w.Demo = &clock.Demo{Epoch: now, Start: now, DaySeconds: d.Seconds()}
	}
	if _, err = c.Spaces.Create(e.ctx, w); fault.Is(err, fault.Conflict) {
		return nil
	}
	if err == nil {
		_, _ = fmt.Fprintf(e.errs, "the workspace %s is new\n", ws)
	}
	return err
}

type userCmd struct {
	Create   userCreateCmd   `cmd:"" help:"Add a person; prints a password unless one is given."`
	List     userListCmd     `cmd:"" help:"List the people of a workspace."`
	Password userPasswordCmd `cmd:"" help:"Set a person's password."`
}

type userCreateCmd struct {
	storeFlags
	Email    string   `required:""`
	Name     string   `required:""`
	Role     []string `default:"admin"`
	Team     []string
	Password string `help:"Default: a random one, printed."`
	JSON     bool   `name:"json" help:"Print JSON."`
}

func randomPassword() string {
	var b [15]byte
	_, _ = rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Run adds the person.
func (u *userCreateCmd) Run(e *env) error {
	c, err := u.open(e)
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // the user is written by then
	ws, err := u.space(e, c)
	if err != nil {
		return err
	}
	password := u.Password
	if password == "" {
		password = randomPassword()
	}
	teams := u.Team
	if teams == nil {
		teams = []string{}
	}
	created, err := c.Identity.CreateUser(e.ctx, operator(ws), identity.NewUser{Email: u.Email, Name: u.Name, Password: password, Roles: u.Role, Teams: teams})
	if err != nil {
		return err
	}
	if u.JSON {
		return printJSON(e.out, map[string]any{"user": created, "password": password})
	}
	_, err = fmt.Fprintf(e.out, "%s  %s\npassword: %s\n", created.ID, created.Email, password)
	return err
}

type userListCmd struct {
	storeFlags
	JSON bool `name:"json" help:"Print JSON."`
}

// Run lists people.
func (u *userListCmd) Run(e *env) error {
	c, err := u.open(e)
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // only read
	ws, err := u.space(e, c)
	if err != nil {
		return err
	}
	people, err := c.People(e.ctx, ws)
	if err != nil {
		return err
	}
	if u.JSON {
		return printJSON(e.out, people)
	}
	for _, p := range people {
		_, _ = fmt.Fprintf(e.out, "%s  %-30s %-20s %v\n", p.ID, p.Email, p.Name, p.Roles)
	}
	return nil
}

type userPasswordCmd struct {
	storeFlags
	Email    string `arg:""`
	Password string `help:"Default: a random one, printed."`
	JSON     bool   `name:"json" help:"Print JSON."`
}

// Run sets the password.
func (u *userPasswordCmd) Run(e *env) error {
	c, err := u.open(e)
	if err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // the password is written by then
	ws, err := u.space(e, c)
	if err != nil {
		return err
	}
	people, err := c.People(e.ctx, ws)
	if err != nil {
		return err
	}
	password := u.Password
	if password == "" {
		password = randomPassword()
	}
	for _, p := range people {
		if p.Email == u.Email {
			if err := c.Identity.SetPassword(e.ctx, operator(ws), p.ID, password); err != nil {
				return err
			}
			if u.JSON {
				return printJSON(e.out, map[string]string{"id": p.ID, "email": p.Email, "password": password})
			}
			_, err = fmt.Fprintln(e.out, password)
			return err
		}
	}
	return fmt.Errorf("nobody in %s has the e-mail %s", ws, u.Email)
}
