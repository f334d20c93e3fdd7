// Package pack is template packs: what a bundle of forms, flows, messages,
// boards, roles and calendars is, how it is written to a file and read back,
// signed and checked, adapted to a workspace and merged with local edits. It
// installs nothing; server/packs does.
package pack

import (
	"encoding/json"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/form"
)

// Format is the format line of a manifest.
const Format = "dueflow.pack/1"

// Limits of a package.
const (
	MaxFile     = 2 << 20 // bytes of a package file, compressed
	MaxUnpacked = 8 << 20 // bytes of everything in it
	MaxObject   = 1 << 20 // bytes of one object
	MaxObjects  = 300
	MaxParams   = 20
)

// Kind is what an object of a pack is; also the folder that it lies in.
type Kind string

// The kinds, in the order in which they are installed.
const (
	Form     Kind = "forms"
	Calendar Kind = "calendars"
	Role     Kind = "roles"
	Message  Kind = "messages"
	Flow     Kind = "flows"
	Board    Kind = "boards"
	Sample   Kind = "samples" // records to look at the pack with
	Test     Kind = "tests"   // rehearsals that must come out as written
)

// Kinds lists them in that order.
var Kinds = []Kind{Form, Calendar, Role, Message, Flow, Board, Sample, Test}

// Installs tells whether objects of the kind become part of a workspace.
func (k Kind) Installs() bool { return k != Sample && k != Test }

// Manifest is the head of a pack.
type Manifest struct {
	Format    string          `json:"format"`
	ID        string          `json:"id"`
	Version   string          `json:"version"` // semantic version
	Name      flow.Text       `json:"name"`
	About     flow.Text       `json:"about"`
	Trade     flow.Text       `json:"trade,omitempty"` // whom it is for
	Tags      []string        `json:"tags,omitempty"`
	Licence   string          `json:"licence"`
	Publisher Publisher       `json:"publisher"`
	Requires  Requires        `json:"requires,omitzero"`
	Params    json.RawMessage `json:"params,omitempty"` // JSON Schema of the questions
	Changes   []Change        `json:"changes,omitempty"`
	Contents  []Content       `json:"contents"`
}

// Publisher says who made a pack; Key is the public key that signs it.
type Publisher struct {
	Name string `json:"name"`
	Key  string `json:"key,omitempty"` // "ed25519:" + base64
}

// Requires is what a pack needs to be there.
type Requires struct {
	Product  string            `json:"product,omitempty"` // range of versions
	Nodes    []string          `json:"nodes,omitempty"`   // "send/1"
	Channels []string          `json:"channels,omitempty"`
	Packs    map[string]string `json:"packs,omitempty"` // id → range
	Fields   []Reading         `json:"fields,omitempty"`
}

// Reading is a field that the pack's objects read. One that is not part of every
// form is either brought along by a form object or must be mapped.
type Reading struct {
	Path  string    `json:"path"` // customer.region
	Type  string    `json:"type"` // text, number, money, boolean, date, choice, …
	Label flow.Text `json:"label,omitempty"`
	Why   flow.Text `json:"why,omitempty"` // what it is used for
}

// Change is a line of the pack's history.
type Change struct {
	Version string    `json:"version"`
	Text    flow.Text `json:"text"`
}

// Content names a file of the package and what must be in it.
type Content struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
	Size   int    `json:"size"`
}

const manifestSchema = `{
 "type":"object","additionalProperties":false,
 "required":["format","id","version","name","about","licence","publisher","contents"],
 "properties":{
  "format":{"const":"dueflow.pack/1"},
  "id":{"type":"string","pattern":"^[a-z0-9][a-z0-9-]{1,59}$"},
  "version":{"type":"string","maxLength":60},
  "name":{"$ref":"#/$defs/text"},"about":{"$ref":"#/$defs/text"},"trade":{"$ref":"#/$defs/text"},
  "tags":{"type":"array","maxItems":20,"items":{"type":"string","maxLength":40}},
  "licence":{"type":"string","minLength":1,"maxLength":100},
  "publisher":{"type":"object","required":["name"],"additionalProperties":false,"properties":{
    "name":{"type":"string","minLength":1,"maxLength":200},"key":{"type":"string","maxLength":100}}},
  "requires":{"type":"object","additionalProperties":false,"properties":{
    "product":{"type":"string","maxLength":100},
    "nodes":{"type":"array","maxItems":100,"items":{"type":"string","maxLength":80}},
    "channels":{"type":"array","maxItems":50,"items":{"type":"string","maxLength":60}},
    "packs":{"type":"object","maxProperties":20,"additionalProperties":{"type":"string","maxLength":100}},
    "fields":{"type":"array","maxItems":100,"items":{"type":"object","required":["path","type"],"additionalProperties":false,"properties":{
      "path":{"type":"string","pattern":"^(customer|invoice)\\.[a-zA-Z][a-zA-Z0-9_]{0,59}$"},"type":{"type":"string","maxLength":40},
      "label":{"$ref":"#/$defs/text"},"why":{"$ref":"#/$defs/text"}}}}}},
  "params":{"type":"object"},
  "changes":{"type":"array","maxItems":100,"items":{"type":"object","required":["version","text"],"additionalProperties":false,"properties":{
    "version":{"type":"string","maxLength":60},"text":{"$ref":"#/$defs/text"}}}},
  "contents":{"type":"array","maxItems":300,"items":{"type":"object","required":["path","sha256","size"],"additionalProperties":false,"properties":{
    "path":{"type":"string","maxLength":120},"sha256":{"type":"string","pattern":"^[0-9a-f]{64}$"},"size":{"type":"integer","minimum":0,"maximum":1048576}}}}
 },
 "$defs":{"text":{"type":"object","minProperties":1,"maxProperties":10,"additionalProperties":{"type":"string","maxLength":4000}}}
}`

var manifestCheck = form.MustCompileSchema(manifestSchema)

// ParseManifest reads and judges a manifest. A format of a later product is
// refused with the rule "packFormat".
func ParseManifest(raw []byte) (Manifest, error) {
	var m Manifest
	if len(raw) > MaxObject {
		return m, fault.At("", "maxBytes", MaxObject)
	}
	v, err := form.Decode(raw)
	if err != nil {
		return m, err
	}
	if o, ok := v.(map[string]any); ok {
		if f, _ := o["format"].(string); f != Format && strings.HasPrefix(f, "dueflow.pack/") {
			return m, fault.At("/format", "packFormat", Format)
		}
	}
	if problems := manifestCheck.Validate(v); len(problems) > 0 {
		return m, fault.InvalidFields(problems)
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, fault.Wrap(fault.Invalid, "pack.manifest", err)
	}
	return m, m.check()
}

func (m *Manifest) check() error {
	var bad []fault.Field
	if _, err := semver.StrictNewVersion(m.Version); err != nil {
		bad = append(bad, fault.Field{Pointer: "/version", Rule: "semver"})
	}
	if m.Requires.Product != "" {
		if _, err := semver.NewConstraint(m.Requires.Product); err != nil {
			bad = append(bad, fault.Field{Pointer: "/requires/product", Rule: "semverRange"})
		}
	}
	for id, r := range m.Requires.Packs {
		if _, err := semver.NewConstraint(r); err != nil {
			bad = append(bad, fault.Field{Pointer: "/requires/packs/" + id, Rule: "semverRange"})
		}
	}
	if _, err := readParams(m.Params); err != nil {
		bad = append(bad, under("/params", err)...)
	}
	seen := map[string]bool{}
	for k, c := range m.Contents {
		at := "/contents/" + strconv.Itoa(k) + "/path"
		if _, _, ok := place(c.Path); !ok {
			bad = append(bad, fault.Field{Pointer: at, Rule: "packPath"})
		}
		if seen[c.Path] {
			bad = append(bad, fault.Field{Pointer: at, Rule: "unique"})
		}
		seen[c.Path] = true
	}
	return fault.InvalidFields(bad)
}

// under puts a fault's places below a pointer.
func under(at string, err error) []fault.Field {
	fe, ok := err.(*fault.Error)
	if !ok || len(fe.Fields) == 0 {
		return []fault.Field{{Pointer: at, Rule: "invalid"}}
	}
	out := make([]fault.Field, 0, len(fe.Fields))
	for _, f := range fe.Fields {
		f.Pointer = at + f.Pointer
		out = append(out, f)
	}
	return out
}

var keyPattern = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_-]{0,59}$`)

// place reads a path inside a package: a known folder and a plain key.
func place(p string) (Kind, string, bool) {
	dir, file := path.Split(p)
	key, isJSON := strings.CutSuffix(file, ".json")
	kind := Kind(strings.TrimSuffix(dir, "/"))
	return kind, key, isJSON && slices.Contains(Kinds, kind) && keyPattern.MatchString(key) && string(kind)+"/"+key+".json" == p
}

// Object is one thing in a pack.
type Object struct {
	Kind Kind
	Key  string
	Raw  json.RawMessage // canonical
}

// Path is where it lies in the package.
func (o Object) Path() string { return string(o.Kind) + "/" + o.Key + ".json" }

// Pack is a package, read and checked.
type Pack struct {
	Manifest
	Objects   []Object
	Signature *Signature
	// SHA256 of the package file, in hex; "" for one that was never written.
	SHA256 string
}

// Of lists the objects of a kind, in the order of their keys.
func (p *Pack) Of(k Kind) []Object {
	var out []Object
	for _, o := range p.Objects {
		if o.Kind == k {
			out = append(out, o)
		}
	}
	return out
}

// Find gives an object.
func (p *Pack) Find(k Kind, key string) (Object, bool) {
	for _, o := range p.Objects {
		if o.Kind == k && o.Key == key {
			return o, true
		}
	}
	return Object{}, false
}
