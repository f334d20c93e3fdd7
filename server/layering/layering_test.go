// Package layering holds no code: its tests are the import rules, executable.
// They stand apart from the command so that they run in a moment.
package layering_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/dueflow/dueflow/"

// A pattern is a folder, or with a slash at the end all that lies below it.
// The longest one that fits a package is its rule; a package that none fits
// may import nothing of ours.
type room struct {
	at   string
	may  []string // what the package itself imports
	test []string // what its tests import beside that
}

var services = []string{"schemas/", "policies", "workflows/node", "workflows/run", "workflows/channel", "workflows/activity", "server/"}

// rooms are the directions: server → {workflows, policies} → schemas.
var rooms = []room{
	{at: "builder-ui"},
	{at: "schemas/", may: []string{"schemas/"}},
	{at: "policies", may: []string{"schemas/"}},
	{at: "workflows/node", may: []string{"schemas/"}},
	{at: "workflows/node/", may: []string{"schemas/", "workflows/node"}},
	{at: "workflows/channel", may: []string{"schemas/"}},
	{at: "workflows/channel/", may: []string{"schemas/", "workflows/channel", "workflows/channel/httpcall"}},
	{at: "workflows/run", may: []string{"schemas/", "workflows/node"}, test: []string{"workflows/builtin"}},
	{at: "workflows/activity", may: []string{"schemas/", "workflows/node", "workflows/run", "workflows/channel"}, test: []string{"workflows/builtin", "workflows/channel/"}},
	{at: "workflows/builtin", may: []string{"schemas/", "workflows/"}},
	{at: "workflows/replay", test: []string{"workflows/run"}},

	{at: "server", may: []string{"server/cli"}},
	{at: "server/cli", may: append([]string{"server/app", "server/client", "server/config"}, services...)},
	{at: "server/app", may: []string{"schemas/", "policies", "workflows/", "server/", "builder-ui"}},
	{at: "server/api", may: services, test: []string{"server/app"}},
	{at: "server/client", may: []string{"schemas/"}},
	{at: "server/config"},
	{at: "server/clock", may: []string{"schemas/"}},
	{at: "server/text", may: []string{"schemas/"}},
	{at: "server/engine", may: []string{"schemas/", "workflows/run"}, test: []string{"server/flows", "server/house"}},
	{at: "server/store", may: []string{"schemas/"}},
	{at: "server/store/", may: []string{"schemas/", "server/store"}, test: []string{"server/store/storetest", "server/store/mongotest"}},
	{at: "server/store/sqlitetest", may: []string{"server/store", "server/store/sqlitestore"}},
	{at: "server/e2e", may: []string{"schemas/", "server/client"}, test: []string{"schemas/", "policies", "workflows/", "server/"}},
	{at: "server/bench", may: []string{"schemas/", "server/client", "server/engine", "server/heap"}, test: []string{"schemas/", "server/"}},
	// Everything else of the server is a service.
	{at: "server/", may: services, test: []string{"server/store/", "workflows/builtin"}},
}

// closed are rooms of the server that "server/" in a list does not open: a
// service knows no transport, no driver, no engine and no wiring.
var closed = []string{"server/api", "server/app", "server/cli", "server/client", "server/config", "server/engine", "server/e2e", "server/bench", "server/store/", "server/text"}

// open names the rooms that may enter closed ones.
var open = map[string][]string{
	"server/app": {"server/api", "server/config", "server/engine", "server/store/"},
	"server/api": {"server/text"},
	"server/cli": {"server/text"},
	// Letters are sentences in the reader's language.
	"server/letters": {"server/text"},
	"server/e2e":     closed,
}

// A door is where a library may be imported; tests of the same places may too.
type door struct {
	lib  string
	at   []string
	test []string
}

var doors = []door{
	{lib: "github.com/gofiber/", at: []string{"server/api"}},
	{lib: "github.com/danielgtaylor/huma/", at: []string{"server/api"}},
	{lib: "github.com/casbin/", at: []string{"policies"}},
	{lib: "github.com/santhosh-tekuri/jsonschema/", at: []string{"schemas/form"}},
	{lib: "go.mongodb.org/mongo-driver/", at: []string{"server/store/mongostore", "server/store/mongotest"}},
	{lib: "database/sql", at: []string{"server/store/sqlitestore"}},
	{lib: "modernc.org/sqlite", at: []string{"server/store/sqlitestore"}},
	{lib: "go.temporal.io/server/", at: []string{"server/engine"}},
	{lib: "go.temporal.io/api/", at: []string{"server/engine"}},
	{lib: "google.golang.org/protobuf/", at: []string{"server/engine"}},
	{lib: "go.temporal.io/sdk/", at: []string{"workflows/run", "server/engine", "server/flows", "server/house", "server/traces"}, test: []string{"workflows/", "server/e2e"}},
	{lib: "github.com/wneessen/go-mail", at: []string{"workflows/channel/email"}},
	{lib: "github.com/signintech/gopdf", at: []string{"workflows/channel/letter"}},
	{lib: "github.com/fasthttp/websocket", at: []string{"server/bench"}, test: []string{"server/e2e"}},
	{lib: "github.com/emersion/", test: []string{"workflows/channel/email", "server/e2e"}},
	{lib: "github.com/alexedwards/argon2id", at: []string{"server/identity"}},
	{lib: "github.com/xuri/excelize/", at: []string{"server/imports"}},
	{lib: "github.com/gofrs/flock", at: []string{"server/app"}},
	{lib: "github.com/pquerna/otp", at: []string{"server/identity"}, test: []string{"server/e2e"}},
	{lib: "github.com/boombuler/barcode", at: []string{"server/identity"}},
	{lib: "github.com/coreos/go-oidc/", at: []string{"server/sso"}},
	{lib: "golang.org/x/oauth2", at: []string{"server/sso"}},
	{lib: "github.com/alecthomas/kong", at: []string{"server/cli"}},
	{lib: "github.com/prometheus/", at: []string{"server/metrics"}},
	{lib: "go.opentelemetry.io/", at: []string{"server/traces"}, test: []string{"server/e2e"}},
	{lib: "google.golang.org/grpc", test: []string{"server/e2e"}},
	{lib: "github.com/teambition/rrule-go", at: []string{"workflows/node/triggerschedule"}},
	{lib: "github.com/microcosm-cc/bluemonday", at: []string{"schemas/message", "server/templates"}},
	{lib: "github.com/Masterminds/semver/", at: []string{"schemas/pack"}},
	{lib: "github.com/google/uuid", at: []string{"server/"}},
	{lib: "go.yaml.in/yaml/", test: []string{"server/config"}},
	{lib: "golang.org/x/text/", at: []string{"server/store", "server/imports", "workflows/channel/email", "server/cli"}, test: []string{"server/imports"}},
	{lib: "pgregory.net/rapid", at: []string{"server/store/storetest"}, test: []string{"schemas/", "policies", "workflows/", "server/"}},
	{lib: "github.com/google/go-cmp/", test: []string{"schemas/", "policies", "workflows/", "server/"}},
}

// exceptions are known and listed; one that is no longer needed fails the test.
var exceptions = map[string]string{
	"server/flows → workflows/node/triggerschedule": "a schedule's next time is asked of the trigger's type; an interface of workflows/node should offer it",
	"server/bench → go.temporal.io/sdk/workflow":    "the engine's own cost is measured with workflows that do nothing",
}

type pkg struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

// fits gives how specific a pattern fits a path, 0 for not at all.
func fits(pattern, path string) int {
	if strings.HasSuffix(pattern, "/") && strings.HasPrefix(path, pattern) || pattern == path {
		return len(pattern)
	}
	return 0
}

func anyFits(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return fits(p, path) > 0 })
}

// ruleOf is a package's room: the longest pattern that fits.
func ruleOf(path string) (best room) {
	for _, r := range rooms {
		if fits(r.at, path) > fits(best.at, path) {
			best = r
		}
	}
	return best
}

func mayImport(r room, from, to string, inTest bool) bool {
	if inTest && anyFits(r.test, to) {
		return true
	}
	if !anyFits(r.may, to) {
		return false
	}
	return !anyFits(closed, to) || slices.Contains(r.may, to) || anyFits(open[from], to)
}

func mayUse(lib, from string, inTest bool) bool {
	var best door
	for _, d := range doors {
		if (strings.HasPrefix(lib, d.lib) || lib+"/" == d.lib) && len(d.lib) > len(best.lib) {
			best = d
		}
	}
	if best.lib == "" {
		return !strings.Contains(strings.Split(lib, "/")[0], ".") // the standard library
	}
	return anyFits(best.at, from) || inTest && anyFits(best.test, from)
}

// violations lists every import that no rule allows, as "from → to".
func violations(pkgs []pkg) []string {
	var out []string
	for _, p := range pkgs {
		from, _ := strings.CutPrefix(p.ImportPath, module)
		check := func(imports []string, inTest bool) {
			for _, i := range imports {
				to, ours := strings.CutPrefix(i, module)
				if ours && (to == from || mayImport(ruleOf(from), from, to, inTest)) || !ours && mayUse(i, from, inTest) {
					continue
				}
				out = append(out, from+" → "+to)
			}
		}
		check(p.Imports, false)
		check(p.TestImports, true)
		check(p.XTestImports, true)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func list(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var pkgs []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return pkgs
		case err != nil:
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}

func TestLayering(t *testing.T) {
	found := violations(list(t))
	for _, v := range found {
		if _, known := exceptions[v]; !known {
			t.Errorf("no rule allows %s", v)
		}
	}
	for e := range exceptions {
		if !slices.Contains(found, e) {
			t.Errorf("the exception for %s is not needed any more", e)
		}
	}
}

func TestLayeringCanFail(t *testing.T) {
	for from, imports := range map[string][]string{
		"schemas/value":               {module + "policies", module + "workflows/run", module + "server/store", "github.com/casbin/casbin/v2", "example.com/new"},
		"policies":                    {module + "workflows/run", "github.com/gofiber/fiber/v2"},
		"workflows/node/wait":         {module + "workflows/node/send", module + "workflows/run", "go.temporal.io/sdk/workflow"},
		"workflows/channel/email":     {module + "workflows/channel/webhook", module + "server/store"},
		"workflows/run":               {module + "workflows/activity", module + "server/engine"},
		"server/records":              {module + "server/api", module + "server/store/sqlitestore", module + "server/engine", module + "server/app", "database/sql", "go.temporal.io/sdk/client"},
		"server/newcomer":             {module + "server/api", module + "workflows/channel/email", "go.mongodb.org/mongo-driver/bson"},
		"server/store/sqlitestore":    {module + "server/store/mongostore", module + "server/records"},
		"server/api":                  {module + "server/store/sqlitestore", module + "server/engine", module + "server/app"},
		"server":                      {module + "server/app", module + "server/api"},
		"server/flows":                {"go.temporal.io/server/temporal"},
		"nowhere":                     {module + "schemas/value"},
		"builder-ui":                  {module + "schemas/value"},
		"server/client":               {module + "server/records"},
		"workflows/channel/smoke/sub": {module + "workflows/channel/smoke"},
	} {
		for _, i := range imports {
			got := violations([]pkg{{ImportPath: module + from, Imports: []string{i}}})
			want := fmt.Sprintf("%s → %s", from, strings.TrimPrefix(i, module))
			if len(got) != 1 || got[0] != want {
				t.Errorf("%s is let through", want)
			}
		}
	}
	allowed := []pkg{
		{ImportPath: module + "server/records", Imports: []string{"context", module + "schemas/value", module + "server/store"}, XTestImports: []string{module + "server/store/sqlitestore"}},
		{ImportPath: module + "server/app", Imports: []string{module + "server/api", module + "server/store/mongostore", module + "workflows/channel/email"}},
	}
	if got := violations(allowed); len(got) != 0 {
		t.Errorf("refused: %v", got)
	}
}
