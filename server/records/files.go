package records

import (
	"context"
	"encoding/json"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/forms"
	"github.com/dueflow/dueflow/server/store"
)

const (
	// Files holds the files of records and notes, by id.
	Files = "file"
	// MaxFile bounds one file in bytes.
	MaxFile = 5 << 20
)

// File is a file as a record's field names it. Type is what the bytes are, not
// what anybody says.
type File struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Size int    `json:"size"`
	Type string `json:"type"`
}

type storedFile struct {
	File
	Form   string `json:"form"`
	Record string `json:"record"` // "" until a record that names it is saved
	By     string `json:"by"`
	At     string `json:"at"`
	Data   []byte `json:"data"`
}

// unclaimedAfter is how long a file may wait for a record to name it.
const unclaimedAfter = 24 * time.Hour

// dropUnclaimed removes files that no record named in time, a few at a go.
func (s *Service) dropUnclaimed(ctx context.Context, ws string) error {
	before := value.Instant(s.spaces.RealNow().Add(-unclaimedAfter))
	page, err := s.store.In(ws, Files).Find(ctx, store.Query{Filter: filter.And(filter.Eq("record", ""), filter.Lt("at", before)), Limit: 5})
	if err != nil {
		return err
	}
	for _, d := range page.Docs {
		if err := s.store.In(ws, Files).Delete(ctx, d.ID, d.Ver); err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return nil
}

// fileTypes are the types that are stored; what a browser would run is not.
var fileTypes = []string{
	"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "application/pdf", "application/zip", "text/plain",
	"application/octet-stream", "application/x-gzip", "audio/mpeg", "video/mp4", "application/ofd",
}

// AddFile stores a file for a field of a form, until a record names it.
func (s *Service) AddFile(ctx context.Context, a policies.Actor, formKey, name string, data []byte) (File, error) {
	f, _, err := s.open(ctx, a, formKey, "create")
	if fault.Is(err, fault.Denied) {
		f, _, err = s.open(ctx, a, formKey, "update")
	}
	if err != nil {
		return File{}, err
	}
	switch {
	case len(fileFields(f)) == 0:
		return File{}, fault.At("/form", "noFiles", nil)
	case len(data) == 0:
		return File{}, fault.At("/data", "required", nil)
	case len(data) > MaxFile:
		return File{}, fault.At("/data", "maxBytes", MaxFile)
	}
	x := storedFile{File: File{ID: newID(), Name: fileName(name), Size: len(data), Type: sniff(data)}, Form: formKey, By: a.ID, At: value.Instant(s.spaces.RealNow()), Data: data}
	if !slices.Contains(fileTypes, x.Type) {
		return File{}, fault.InvalidFields([]fault.Field{{Pointer: "/data", Rule: "fileType", Params: fault.Params{"value": x.Type}}})
	}
	raw, err := json.Marshal(x)
	if err != nil {
		return File{}, err
	}
	_, err = s.store.In(a.Workspace, Files).Insert(ctx, x.ID, raw)
	return x.File, err
}

// sniff tells a file's type from its bytes; text that a browser would take for
// a page stays what it is, so that it is refused.
func sniff(data []byte) string {
	t, _, _ := strings.Cut(http.DetectContentType(data), ";")
	if head := strings.ToLower(string(data[:min(len(data), 1024)])); t == "text/plain" && (strings.Contains(head, "<svg") || strings.Contains(head, "<script") || strings.Contains(head, "<html")) {
		return "text/html"
	}
	return t
}

// fileName keeps the last part of a name, without what confuses readers or
// headers: control and direction characters.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`"<>|?*:/`, r) {
			return -1
		}
		return r
	}, name)
	if r := []rune(name); len(r) > 120 {
		ext := []rune(path.Ext(name))
		if len(ext) > 12 {
			ext = nil
		}
		name = string(r[:120-len(ext)]) + string(ext)
	}
	if name = strings.TrimSpace(name); name == "" || name == "." {
		return "file"
	}
	return name
}

// nameFiles replaces what a client says about files by what is stored; a file
// of another form or record, or of another person, is not known here.
func (s *Service) nameFiles(ctx context.Context, a policies.Actor, f forms.Published, id string, m map[string]any) error {
	var bad []fault.Field
	for _, key := range fileFields(f) {
		list, _ := m[key].([]any)
		for i, x := range list {
			entry, _ := x.(map[string]any)
			fileID, _ := entry["id"].(string)
			stored, err := s.storedFile(ctx, a.Workspace, fileID)
			if err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
			if err != nil || stored.Form != f.Key || stored.Record != id && (stored.Record != "" || stored.By != a.ID) {
				bad = append(bad, fault.Field{Pointer: "/" + key, Rule: "reference", Params: fault.Params{"value": fileID}})
				continue
			}
			list[i] = map[string]any{"id": stored.ID, "name": stored.Name, "size": json.Number(itoa(stored.Size)), "type": stored.Type}
		}
	}
	return fault.InvalidFields(bad)
}

func (s *Service) storedFile(ctx context.Context, ws, id string) (storedFile, error) {
	var x storedFile
	if id == "" || checkID(id) != nil {
		return x, fault.New(fault.NotFound, "file.none", nil)
	}
	d, err := s.store.In(ws, Files).Get(ctx, id)
	if err != nil {
		return x, err
	}
	return x, json.Unmarshal(d.Body, &x)
}

// keepFiles notes on files the record that names them now.
func (s *Service) keepFiles(ctx context.Context, ws string, f forms.Published, id string, b body) {
	for _, fileID := range filesOf(f, b) {
		d, err := s.store.In(ws, Files).Get(ctx, fileID)
		if err != nil {
			continue
		}
		var x storedFile
		if json.Unmarshal(d.Body, &x) != nil || x.Record != "" {
			continue
		}
		x.Record = id
		if raw, err := json.Marshal(x); err == nil {
			_, _ = s.store.In(ws, Files).Replace(ctx, store.Doc{ID: fileID, Body: raw}, d.Ver)
		}
	}
}

func filesOf(f forms.Published, b body, skip ...string) []string {
	var out []string
	for _, key := range fileFields(f) {
		if slices.Contains(skip, key) {
			continue
		}
		var list []File
		_ = json.Unmarshal(b[key], &list)
		for _, x := range list {
			out = append(out, x.ID)
		}
	}
	return out
}

// File gives a file that a record in the actor's view names, in a field that
// the actor may see.
func (s *Service) File(ctx context.Context, a policies.Actor, formKey, id, fileID string) (File, []byte, error) {
	f, v, err := s.open(ctx, a, formKey, "read")
	if err != nil {
		return File{}, nil, err
	}
	d, err := s.visible(ctx, a, f, v, id)
	if err != nil {
		return File{}, nil, err
	}
	b, err := decode(d)
	if err != nil {
		return File{}, nil, err
	}
	var hidden []string
	for _, fd := range f.Fields {
		if masked(fd, v) {
			hidden = append(hidden, fd.Key)
		}
	}
	if !slices.Contains(filesOf(f, b, hidden...), fileID) {
		return File{}, nil, fault.New(fault.NotFound, "file.none", nil)
	}
	x, err := s.storedFile(ctx, a.Workspace, fileID)
	if fault.Is(err, fault.NotFound) || err == nil && (x.Form != formKey || x.Record != "" && x.Record != id) {
		return File{}, nil, fault.New(fault.NotFound, "file.none", nil)
	}
	return x.File, x.Data, err
}
