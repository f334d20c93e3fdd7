package personal

import (
	"archive/zip"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
)

// Limits of one answer: documents of one part, and bytes of all its files.
const (
	MaxRows  = 200_000
	maxFiles = 1 << 30
)

// Say words a text key in the reader's language.
type Say func(key string, p fault.Params) string

// Listed is a part of the answer, as its index names it.
type Listed struct {
	File    string `json:"file"`
	Part    string `json:"part"`
	Rows    int    `json:"rows"`
	LeftOut bool   `json:"leftOut,omitempty"` // not for whoever asked to read
	Cut     bool   `json:"cut,omitempty"`     // there is more than MaxRows
}

// index says what an answer holds.
type index struct {
	Format   string   `json:"format"`
	Customer string   `json:"customer"`
	At       string   `json:"at"`
	By       string   `json:"by"`
	Parts    []Listed `json:"parts"`
}

var errCut = errors.New("more than the limit")

// archive is an answer while it is written.
type archive struct {
	s  *Service
	a  policies.Actor
	id string // of the customer
	// record is the customer's; empty where it was removed.
	record records.Record
	zip    *zip.Writer
	now    time.Time
	list   []Listed
	// ids are the customer's records by form, for what is kept about records.
	ids map[string][]string
}

// Export writes a ZIP of all that is kept of a customer, as far as the actor
// may read it: a JSON list for each part, the files, index.json and a readable
// index. It holds a page of documents in memory at most. An answer that ends
// early is no whole ZIP, which every reader of ZIPs notices.
func (s *Service) Export(ctx context.Context, a policies.Actor, customer string, say Say, w io.Writer) error {
	r, err := s.Open(ctx, a, customer)
	if err != nil {
		return err
	}
	x := &archive{s: s, a: a, id: customer, record: r, zip: zip.NewWriter(w), now: s.Now(), ids: map[string][]string{"customer": {customer}, logObject: {customer}}}
	err = x.part("customer", func(add func(any) error) error {
		if r.ID == "" {
			return nil
		}
		return add(r)
	})
	if err == nil {
		err = x.part("browsers", x.browsers(ctx))
	}
	if err == nil {
		err = x.part("page", x.page(ctx))
	}
	if err == nil {
		err = x.records(ctx)
	}
	for _, p := range parts {
		if err == nil {
			err = x.part(p.name, x.documents(ctx, p))
		}
	}
	if err == nil {
		err = x.part("audit", x.audit(ctx))
	}
	if err == nil {
		err = x.files(ctx)
	}
	if err == nil {
		err = x.index(r, say)
	}
	if err != nil {
		return err
	}
	return x.zip.Close()
}

// part writes a list into a file of its own. What the actor may not read is
// named in the index and left out.
func (x *archive) part(name string, visit func(add func(any) error) error) error {
	l := Listed{File: name + ".json", Part: name}
	w, err := x.zip.CreateHeader(&zip.FileHeader{Name: l.File, Method: zip.Deflate, Modified: x.now})
	if err != nil {
		return err
	}
	add := func(v any) error {
		if l.Rows >= MaxRows {
			return errCut
		}
		raw, err := json.Marshal(v)
		if err != nil {
			return err
		}
		sep := ",\n"
		if l.Rows++; l.Rows == 1 {
			sep = "[\n"
		}
		if _, err := io.WriteString(w, sep); err != nil {
			return err
		}
		_, err = w.Write(raw)
		return err
	}
	err = visit(add)
	switch {
	case errors.Is(err, errCut):
		l.Cut = true
	case fault.Is(err, fault.Denied), l.Rows == 0 && fault.Is(err, fault.NotFound):
		l.LeftOut = true
	case err != nil:
		return err
	}
	x.list = append(x.list, l)
	end := "\n]\n"
	if l.Rows == 0 {
		end = "[]\n"
	}
	_, err = io.WriteString(w, end)
	return err
}

func (x *archive) documents(ctx context.Context, p part) func(add func(any) error) error {
	return func(add func(any) error) error {
		action := p.action
		if action == "" {
			action = "read"
		}
		if err := x.s.may(ctx, x.a, x.record, p.object, action); err != nil {
			return err
		}
		return x.s.each(ctx, x.a.Workspace, x.id, p, func(d store.Doc) error {
			raw, err := withID(d)
			if err != nil {
				return err
			}
			return add(raw)
		})
	}
}

// index writes what the answer holds, for programs and for people.
func (x *archive) index(r records.Record, say Say) error {
	at := value.Instant(x.now)
	raw, err := json.MarshalIndent(index{"dueflow.personal/1", x.id, at, x.a.ID, x.list}, "", " ")
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("\ufeff" + say("personal.title", fault.Params{"name": cmp.Or(r.Text("name"), x.id)}) + "\r\n")
	b.WriteString(say("personal.head", fault.Params{"at": at, "by": x.a.Name}) + "\r\n\r\n")
	for _, l := range x.list {
		key := "personal.part." + l.Part
		p := fault.Params{"n": l.Rows}
		if form, ok := strings.CutPrefix(l.Part, "records-"); ok {
			key, p["form"] = "personal.part.records", form
		}
		line := l.File + ": " + say(key, p)
		switch {
		case l.LeftOut:
			line += " " + say("personal.leftOut", nil)
		case l.Cut:
			line += " " + say("personal.cut", fault.Params{"n": l.Rows})
		}
		b.WriteString(line + "\r\n")
	}
	b.WriteString("\r\n" + say("personal.foot", nil) + "\r\n")
	for name, content := range map[string][]byte{"index.json": raw, "index.txt": []byte(b.String())} {
		w, err := x.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: x.now})
		if err != nil {
			return err
		}
		if _, err := w.Write(content); err != nil {
			return err
		}
	}
	return nil
}
