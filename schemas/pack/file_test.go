package pack_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/pack"
)

func gentle(t testing.TB) *pack.Pack {
	t.Helper()
	all, err := pack.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if p.ID == "gentle-three-steps" {
			c := *p // the shared one stays as it is
			return &c
		}
	}
	t.Fatal("gentle-three-steps does not ship")
	return nil
}

type entry struct {
	name string
	raw  []byte
	kind byte
}

func entries(t *testing.T, file []byte) []entry {
	t.Helper()
	zip, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var out []entry
	for tape := tar.NewReader(zip); ; {
		h, err := tape.Next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(tape)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, entry{h.Name, raw, h.Typeflag})
	}
}

func packed(t *testing.T, list []entry) []byte {
	t.Helper()
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	tape := tar.NewWriter(zip)
	for _, e := range list {
		if err := tape.WriteHeader(&tar.Header{Name: e.name, Size: int64(len(e.raw)), Typeflag: e.kind, Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		if _, err := tape.Write(e.raw); err != nil {
			t.Fatal(err)
		}
	}
	if err := tape.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestSameBytes(t *testing.T) {
	a, err := gentle(t).Write()
	if err != nil {
		t.Fatal(err)
	}
	b, err := gentle(t).Write()
	if err != nil || !bytes.Equal(a, b) {
		t.Fatalf("the same pack gave other bytes (%v)", err)
	}
	back, err := pack.Read(a)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := back.Write(); err != nil || !bytes.Equal(a, c) {
		t.Fatalf("reading and writing changed the bytes (%v)", err)
	}
}

// TestHostilePackages: each is refused with its reason.
func TestHostilePackages(t *testing.T) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := gentle(t)
	if err := p.Sign(key); err != nil {
		t.Fatal(err)
	}
	good, err := p.Write()
	if err != nil {
		t.Fatal(err)
	}
	if back, err := pack.Read(good); err != nil || back.Signature == nil {
		t.Fatalf("a signed package: %v", err)
	}
	list := entries(t, good)
	with := func(change func([]entry) []entry) []byte {
		c := make([]entry, len(list))
		for k, e := range list {
			c[k] = entry{e.name, bytes.Clone(e.raw), e.kind}
		}
		return packed(t, change(c))
	}
	manifest := func(old, now string) []byte {
		return with(func(l []entry) []entry {
			l[0].raw = []byte(strings.Replace(string(l[0].raw), old, now, 1))
			return l
		})
	}
	last := len(list) - 1
	for name, c := range map[string]struct {
		file []byte
		key  string
	}{
		"no package":         {[]byte("hello"), "pack.broken"},
		"cut off":            {good[:len(good)/2], "pack.broken"},
		"too big":            {make([]byte, pack.MaxFile+1), "pack.tooBig"},
		"bomb":               {packed(t, []entry{{"manifest.json", make([]byte, pack.MaxUnpacked+1), tar.TypeReg}}), "pack.tooBig"},
		"many bombs":         {with(func(l []entry) []entry { return append(l[:1], bombs(10)...) }), "pack.tooBig"},
		"outside":            {with(func(l []entry) []entry { return append(l, entry{"../evil.json", []byte("{}"), tar.TypeReg}) }), "pack.path"},
		"absolute":           {with(func(l []entry) []entry { return append(l, entry{"/flows/x.json", []byte("{}"), tar.TypeReg}) }), "pack.path"},
		"link":               {with(func(l []entry) []entry { return append(l, entry{"flows/x.json", nil, tar.TypeSymlink}) }), "pack.path"},
		"code":               {with(func(l []entry) []entry { return append(l, entry{"run.sh", []byte("rm"), tar.TypeReg}) }), "pack.path"},
		"twice":              {with(func(l []entry) []entry { return append(l, l[1]) }), "pack.content"},
		"not listed":         {with(func(l []entry) []entry { return append(l, entry{"flows/x.json", []byte("{}"), tar.TypeReg}) }), "pack.content"},
		"missing":            {with(func(l []entry) []entry { return append(l[:1], l[2:]...) }), "pack.content"},
		"tampered":           {with(func(l []entry) []entry { l[1].raw[20] ^= 1; return l }), "pack.content"},
		"manifest not first": {with(func(l []entry) []entry { l[0], l[1] = l[1], l[0]; return l }), "pack.broken"},
		"another name":       {manifest("Gentle", "Kindly"), "pack.signature"},
		"signature taken":    {packed(t, list[:last]), "pack.signature"},
		"later format":       {manifest("dueflow.pack/1", "dueflow.pack/9"), "invalid.fields"},
	} {
		if _, err := pack.Read(c.file); fault.KeyOf(err) != c.key {
			t.Errorf("%s: %v, want %s", name, err, c.key)
		}
	}
}

func bombs(n int) []entry {
	var out []entry
	for k := range n {
		out = append(out, entry{"flows/x" + string(rune('a'+k)) + ".json", make([]byte, pack.MaxObject), tar.TypeReg})
	}
	return out
}

// TestMerge: each side's own changes survive, what the workspace deleted stays
// deleted, both at once is for a person to decide.
func TestMerge(t *testing.T) {
	msg := func(subject, text string) json.RawMessage {
		return json.RawMessage(`{"key":"m","tone":1,"variant":{"en":{"subject":"` + subject + `","text":"` + text + `"}}}`)
	}
	m, err := pack.Merge(pack.Message, "m", msg("a", "b"), msg("mine", "b"), msg("a", "theirs"), nil)
	if err != nil || len(m.Conflicts) > 0 || !strings.Contains(string(m.Raw), `"mine"`) || !strings.Contains(string(m.Raw), `"theirs"`) {
		t.Errorf("apart: %s %v %v", m.Raw, m.Conflicts, err)
	}
	m, err = pack.Merge(pack.Message, "m", msg("a", "b"), msg("mine", "b"), msg("theirs", "b"), nil)
	if err != nil || len(m.Conflicts) != 1 || m.Conflicts[0].Unit != "variant/en/subject" || !strings.Contains(string(m.Raw), `"mine"`) {
		t.Errorf("both: %s %v %v", m.Raw, m.Conflicts, err)
	}
	m, err = pack.Merge(pack.Message, "m", msg("a", "b"), msg("mine", "b"), msg("theirs", "b"), map[string]string{"variant/en/subject": "theirs"})
	if err != nil || len(m.Conflicts) != 0 || !strings.Contains(string(m.Raw), `"theirs"`) {
		t.Errorf("decided: %s %v", m.Raw, err)
	}
	gone := json.RawMessage(`{"key":"m","tone":1,"variant":{"en":{"text":"b"}}}`)
	m, err = pack.Merge(pack.Message, "m", msg("a", "b"), gone, msg("theirs", "b"), nil)
	if err != nil || len(m.Conflicts) != 0 || strings.Contains(string(m.Raw), "theirs") {
		t.Errorf("deleted stays deleted: %s %v", m.Raw, err)
	}
}

// TestAdapt: answers, mapped fields and new keys reach every place.
func TestAdapt(t *testing.T) {
	p, err := pack.Build(map[string][]byte{
		"pack.json":           []byte(`{"id":"xx","version":"1.0.0","name":{"en":"x"},"about":{"en":"x"},"licence":"MIT","publisher":{"name":"x"},"params":{"type":"object","properties":{"bank":{"type":"string","default":"IBAN"},"days":{"type":"integer","default":2}}}}`),
		"messages.json":       []byte(`[{"key":"m","name":{"en":"m"},"tone":1,"variant":{"en":{"subject":"s","text":"{{ params.bank }} {{ customer.calm }} {% for i in items %}{{ i.settle | date }}{% if i.settle %}x{% endif %}{% endfor %}"}}}]`),
		"flows/f.json":        []byte(`{"format":"dueflow.flow/1","key":"f","name":{"en":"f"},"subject":{"form":"invoice"},"stopWhen":[{"id":"calm","when":{"field":"customer.calm","op":"eq","value":true},"outcome":"exit"}],"nodes":{"a":{"type":"trigger.date","v":1,"cfg":{"field":"invoice.settle","offset":{"value":{"$param":"days","times":-1},"unit":"day"}}},"b":{"type":"send","v":1,"cfg":{"channel":"email","template":"m"}}},"edges":[{"from":"a","to":"b"}]}`),
		"forms/customer.json": []byte(`{"form":"customer","fields":{"calm":{"type":"boolean","x-df-label":{"en":"Calm"}}}}`),
		"forms/invoice.json":  []byte(`{"form":"invoice","fields":{"settle":{"type":"string","format":"date","x-df-label":{"en":"Settle"}}}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	a, err := p.Adapt(pack.Choices{
		Params: map[string]json.RawMessage{"bank": json.RawMessage(`"DE89"`), "days": json.RawMessage("4")},
		Fields: map[string]string{"customer.calm": "", "invoice.settle": "invoice.payBy"},
		Keys:   map[string]string{"messages/m": "m-2", "flows/f": "f-2"},
	})
	if err != nil {
		t.Fatal(err)
	}
	all := ""
	for _, o := range a.Objects {
		all += o.Path() + " " + string(o.Raw) + "\n"
	}
	for _, want := range []string{"DE89", `"field":"invoice.payBy"`, `"value":-4`, `"template":"m-2"`, "flows/f-2.json", "{{ i.payBy | date }}", "{% if i.payBy %}"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %s in\n%s", want, all)
		}
	}
	for _, not := range []string{"params.", "settle", `"stopWhen":[{`, "forms/"} {
		if strings.Contains(all, not) {
			t.Errorf("%s in\n%s", not, all)
		}
	}
	if len(a.Skipped) != 1 {
		t.Errorf("skipped %v", a.Skipped)
	}
	if _, err := p.Adapt(pack.Choices{Params: map[string]json.RawMessage{"bank": json.RawMessage(`"{{ customer.email }}"`)}}); err == nil {
		t.Error("an answer may not be a template")
	}
}

// TestAdaptBoards: a board's filter names the customer's fields without saying
// whose they are; they are mapped all the same.
func TestAdaptBoards(t *testing.T) {
	p, err := pack.Build(map[string][]byte{
		"pack.json":           []byte(`{"id":"xx","version":"1.0.0","name":{"en":"x"},"about":{"en":"x"},"licence":"MIT","publisher":{"name":"x"}}`),
		"boards/b.json":       []byte(`{"key":"b","name":{"en":"b"},"filter":{"all":[{"field":"calm","op":"eq","value":true},{"field":"tier","op":"eq","value":"A"}]}}`),
		"forms/customer.json": []byte(`{"form":"customer","fields":{"calm":{"type":"boolean","x-df-label":{"en":"Calm"}}}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	for to, want := range map[string]string{
		"customer.calm":  `"filter":{"all":[{"field":"calm"`,
		"customer.quiet": `"filter":{"all":[{"field":"quiet","op":"eq","value":true},{"field":"tier"`,
		"invoice.quiet":  `{"key":"b","name"`,
		"":               `{"key":"b","name"`,
	} {
		a, err := p.Adapt(pack.Choices{Fields: map[string]string{"customer.calm": to}})
		if err != nil {
			t.Fatal(err)
		}
		var got string
		for _, o := range a.Objects {
			if o.Kind == pack.Board {
				got = string(o.Raw)
			}
		}
		left := !strings.HasPrefix(to, "customer.")
		if !strings.Contains(got, want) || left != (len(a.Skipped) == 1) {
			t.Errorf("to %q: %s, skipped %v; want %s", to, got, a.Skipped, want)
		}
	}
}

// TestChoicesAreNamed: options of fields and questions have names in both languages.
func TestChoicesAreNamed(t *testing.T) {
	p, err := pack.Build(map[string][]byte{
		"pack.json":           []byte(`{"id":"xx","version":"1.0.0","name":{"en":"x","zh-CN":"x"},"about":{"en":"x","zh-CN":"x"},"licence":"MIT","publisher":{"name":"x"},"params":{"type":"object","properties":{"how":{"type":"string","enum":["a","b"],"default":"a","x-df-label":{"en":"How","zh-CN":"方式"}}}}}`),
		"forms/customer.json": []byte(`{"form":"customer","fields":{"kind":{"type":"string","oneOf":[{"const":"a","x-df-label":{"en":"A","zh-CN":"甲"}},{"const":"b","title":"B"}],"x-df-label":{"en":"Kind","zh-CN":"类别"}}}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range p.Lint(pack.World{}) {
		got = append(got, f.Key+" "+f.Pointer)
	}
	want := []string{"choiceNames /params/properties/how/enum", "languageMissing /fields/kind/oneOf/1/x-df-label/en", "languageMissing /fields/kind/oneOf/1/x-df-label/zh-CN"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func FuzzRead(f *testing.F) {
	good, err := gentle(f).Write()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte("\x1f\x8b"))
	f.Fuzz(func(t *testing.T, file []byte) {
		p, err := pack.Read(file)
		if err != nil {
			return
		}
		_ = p.Lint(pack.World{})
		if _, err := p.Adapt(pack.Choices{}); err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("adapt: %v", err)
		}
	})
}
