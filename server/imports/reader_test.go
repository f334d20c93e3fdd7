package imports_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/imports"
)

// read gives a file's rows as "line:cell|cell", with "!rule" for those that
// cannot be used.
func read(t testing.TB, in []byte, o imports.Options) (*imports.Reader, []string) {
	t.Helper()
	r, err := imports.NewReader(bytes.NewReader(in), o)
	if err != nil {
		t.Fatalf("%.40q: %v", in, err)
	}
	var out []string
	for {
		l, err := r.Next()
		if errors.Is(err, io.EOF) {
			return r, out
		}
		if err != nil {
			t.Fatal(err)
		}
		s := fmt.Sprintf("%d:%s", l.Number, strings.Join(l.Cells, "|"))
		if l.Problem != nil {
			s += "!" + l.Problem.Fields[0].Rule
		}
		out = append(out, s)
	}
}

func encoded(t testing.TB, s, name string) []byte {
	t.Helper()
	e := simplifiedchinese.GB18030.NewEncoder()
	switch name {
	case imports.UTF16LE:
		e = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder()
	case imports.UTF16BE:
		e = unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder()
	case imports.UTF8:
		return []byte("\ufeff" + s)
	}
	out, err := e.Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEncodings(t *testing.T) {
	const text = "客户编号,客户名称\nC-1,海河精工\nC-2,龘靐科技\n"
	want := []string{"2:C-1|海河精工", "3:C-2|龘靐科技"}
	for _, name := range []string{imports.UTF8, imports.GB18030, imports.UTF16LE, imports.UTF16BE} {
		r, got := read(t, encoded(t, text, name), imports.Options{Columns: []string{"客户编号"}})
		if diff := cmp.Diff(want, got); diff != "" || r.Encoding() != name {
			t.Errorf("%s, detected as %s:\n%s", name, r.Encoding(), diff)
		}
	}
	late := "number,name\n" + strings.Repeat("C-1,ascii\n", 20_000)
	for name, tail := range map[string][]byte{
		imports.UTF8: []byte("C-9,晚到\n"), imports.GB18030: encoded(t, "C-9,晚到\n", imports.GB18030), imports.Windows1252: []byte("C-9,M\xfcller\n"),
	} {
		r, got := read(t, append([]byte(late), tail...), imports.Options{})
		last := got[len(got)-1]
		if r.Encoding() != name || last != "20002:C-9|晚到" && last != "20002:C-9|Müller" {
			t.Errorf("%s: detected as %s, last row %s", name, r.Encoding(), last)
		}
	}
	_, got := read(t, []byte("number,name\nC-1,\xe6\xb5\xb7\nC-2,\xff\nC-3,ok\n"), imports.Options{Encoding: imports.UTF8})
	if diff := cmp.Diff([]string{"2:C-1|海", "3:C-2|\xff!encoding", "4:C-3|ok"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestShapes(t *testing.T) {
	long := strings.Repeat("x", imports.MaxField)
	for name, tc := range map[string]struct {
		in   string
		want []string
	}{
		"comma":             {"number,name\n1,a\n", []string{"2:1|a"}},
		"semicolon":         {"number;name\n1;a,b\n", []string{"2:1|a,b"}},
		"tab":               {"number\tname\n1\ta, b\n", []string{"2:1|a, b"}},
		"carriage returns":  {"number,name\r1,a\r\n2,b\r3,c", []string{"2:1|a", "3:2|b", "4:3|c"}},
		"quotes":            {"number,name\n1,\"a \"\"b\"\", c\nd\"\n2,e\n", []string{"2:1|a \"b\", c\nd", "4:2|e"}},
		"blanks and quotes": {"number,name\n\"1\"\t, \"a\" \n", []string{"2:1|a"}},
		"quote in a cell":   {"number,name\n1,5\" pipe\n", []string{"2:1|5\" pipe"}},
		"broken quote":      {"number,name\n1,\"a\n2,b\n3,\"c\"d\n4,e\n", []string{"2:1|\"a!quotes", "3:2|b", "4:3|\"c\"d!quotes", "5:4|e"}},
		"never closed":      {"number,name\n1,\"a\n2,b\n3,c\n", []string{"2:1|\"a!quotes", "3:2|b", "4:3|c"}},
		"ragged":            {"number,name,email\n1\n2,b,,,\n3,c,d,e\n\n , ,\n4,f\n", []string{"2:1||", "3:2|b|", "4:3|c|d|e!extraCells", "7:4|f|"}},
		"nul":               {"number,name\n1,a\x00b\n2,c\n", []string{"2:1|a\x00b!nulByte", "3:2|c"}},
		"long cell":         {"number,name\n1," + long + "\n2," + long + "y\n3,c\n", []string{"2:1|" + long, "3:2|" + long + "y!maxLength", "4:3|c"}},
		"many columns":      {"number,name\n" + strings.Repeat(",1", 300) + "\n2,b\n", []string{"2:" + strings.Repeat("|1", 198) + "|" + strings.Repeat(",1", 102)[1:] + "!maxColumns", "3:2|b"}},
		"preamble":          {"Account: 1234,,\nFrom 2026-01-01\n\n-----,,\n Number , Name ,\n1,a,\n", []string{"6:1|a"}},
	} {
		_, got := read(t, []byte(tc.in), imports.Options{Columns: []string{"number", "name"}})
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s:\n%.600s", name, diff)
		}
	}
}

func TestTooManyRowsAndBytes(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	in := io.MultiReader(strings.NewReader("number,name\n"), &rows{left: imports.MaxRows + 1, text: "1,a\n"})
	if err := drain(t, in); fault.KeyOf(err) != "import.tooManyRows" {
		t.Errorf("a million and one rows: %v", err)
	}
	in = io.MultiReader(strings.NewReader("number,name\n"), &rows{left: 210 << 10, text: "1," + strings.Repeat("x", 1021) + "\n"})
	if err := drain(t, in); fault.KeyOf(err) != "import.tooLarge" {
		t.Errorf("210 MiB: %v", err)
	}
}

// rows makes a text that is never whole in memory.
type rows struct {
	left int
	text string
	rest string
}

func (r *rows) Read(p []byte) (int, error) {
	if r.rest == "" {
		if r.left == 0 {
			return 0, io.EOF
		}
		r.left--
		r.rest = r.text
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func drain(t testing.TB, in io.Reader) error {
	t.Helper()
	r, err := imports.NewReader(in, imports.Options{})
	for err == nil {
		_, err = r.Next()
	}
	return err
}

func TestMemoryStaysBounded(t *testing.T) {
	row := "A-1," + strings.Repeat("海", 30) + ",2026-01-01,\"1,234.50\"\n"
	for name, text := range map[string]string{
		"plain":         row,
		"broken quotes": "x\",\"" + strings.Repeat("y", 3000) + "\n",
	} {
		in := &rows{left: (50 << 20) / len(text), text: text}
		r, err := imports.NewReader(io.MultiReader(strings.NewReader("number,name,date,amount\n"), in), imports.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var before, now runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		start, most, n := time.Now(), uint64(0), 0
		for ; ; n++ {
			if _, err := r.Next(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				if name == "plain" || fault.KeyOf(err) != "import.brokenQuotes" {
					t.Fatal(err)
				}
				break // reading the same lines again and again has an end
			}
			if n%20_000 == 0 {
				runtime.ReadMemStats(&now)
				most = max(most, now.HeapAlloc)
			}
		}
		t.Logf("%s: 50 MB, %d rows in %s, heap at most %d MB", name, n, time.Since(start).Round(time.Millisecond), most>>20)
		if most > before.HeapAlloc+(48<<20) {
			t.Errorf("%s: heap grew to %d MB", name, most>>20)
		}
	}
}

func FuzzReader(f *testing.F) {
	for _, s := range []string{"number,name\n1,a\n", "a;b\n\"x;\n\"\"", "\ufeffa\tb\r\n1\t\"2\"", "\xff\xfea\x00", "客户,b\n\x81", "x\",\"\nx\",\"\n"} {
		f.Add([]byte(s), byte(0))
	}
	f.Add([]byte("a,b\n"), byte(';'))
	f.Fuzz(func(t *testing.T, in []byte, delim byte) {
		r, err := imports.NewReader(bytes.NewReader(in), imports.Options{Delimiter: delim})
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatal(err)
			}
			return
		}
		for last := 0; ; {
			l, err := r.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				if fault.KindOf(err) != fault.Invalid {
					t.Fatal(err)
				}
				return
			}
			if l.Number <= last || l.Number <= r.HeaderLine() {
				t.Fatalf("line %d after %d", l.Number, last)
			}
			last = l.Number
			if l.Problem == nil && len(l.Cells) != len(r.Header()) {
				t.Fatalf("%d cells under %d names", len(l.Cells), len(r.Header()))
			}
		}
	})
}
