package layering_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// outside are the packages through which the world gets in: files, network,
// processes, logs, chance.
var outside = []string{"os", "net", "net/http", "io/fs", "io/ioutil", "syscall", "database/sql", "log", "log/slog", "math/rand", "math/rand/v2", "crypto/rand", "context"}

// clocks are the functions of package time that read or wait for the clock.
var clocks = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}

// impure lists what in a Go file breaks purity: an import of outside, a look
// at the clock, a goroutine.
func impure(fset *token.FileSet, f *ast.File) []string {
	var out []string
	add := func(n ast.Node, what string) { out = append(out, fset.Position(n.Pos()).String()+": "+what) }
	for _, i := range f.Imports {
		if path := strings.Trim(i.Path.Value, `"`); slices.Contains(outside, path) || strings.HasPrefix(path, "os/") {
			add(i, "imports "+path)
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			add(n, "starts a goroutine")
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(clocks, n.Sel.Name) {
				add(n, "asks the clock: time."+n.Sel.Name)
			}
		}
		return true
	})
	return out
}

// TestSchemasArePure: schemas do no I/O, know no time but what they are told,
// and start nothing. Neither do node types, which rehearsal runs a thousand
// times faster than life.
func TestSchemasArePure(t *testing.T) {
	for _, root := range []string{"../../schemas", "../../workflows/node"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			fset := token.NewFileSet()
			f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for _, v := range impure(fset, f) {
				t.Error(v)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestPurityCanFail(t *testing.T) {
	const src = `package x
import ("os"; "time"; "net/http"; "os/exec")
var _ = http.Get
func f() { go f(); _ = time.Now(); <-time.After(1); _ = os.Args; _ = exec.Command; now := time.Now; _ = now() }`
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "x.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := impure(fset, f); len(got) != 7 {
		t.Errorf("found %d of 7: %s", len(got), strings.Join(got, "; "))
	}
}
