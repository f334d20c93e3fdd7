package records

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

// NoteForm stands where files of records name their form: these belong to notes
// of an account. No form can have that key.
const NoteForm = "~note"

// MaxNoteFiles bounds the files of one note.
const MaxNoteFiles = 5

// AddNoteFile stores a file for a note of the actor's, until they write it;
// that the actor may see the account is the caller's to check. Faults: Invalid.
func (s *Service) AddNoteFile(ctx context.Context, a policies.Actor, name string, data []byte) (File, error) {
	if err := checkFile(data); err != nil {
		return File{}, err
	}
	x := storedFile{
		File: File{ID: newID(), Name: fileName(name), Size: len(data), Type: sniff(data)}, Form: NoteForm, By: a.ID,
		At: value.Instant(s.spaces.RealNow()), Data: data,
	}
	return x.File, s.putFile(ctx, a.Workspace, x)
}

func checkFile(data []byte) error {
	switch t := sniff(data); {
	case len(data) == 0:
		return fault.At("/data", "required", nil)
	case len(data) > MaxFile:
		return fault.At("/data", "maxBytes", MaxFile)
	case !slices.Contains(fileTypes, t):
		return fault.InvalidFields([]fault.Field{{Pointer: "/data", Rule: "fileType", Params: fault.Params{"value": t}}})
	}
	return nil
}

func (s *Service) putFile(ctx context.Context, ws string, x storedFile) error {
	raw, err := json.Marshal(x)
	if err != nil {
		return err
	}
	_, err = s.store.In(ws, Files).Insert(ctx, x.ID, raw)
	return err
}

// ClaimNoteFiles ties files to an account whose note names them. A file of
// somebody else, or of another note, is not known here. Faults: Invalid.
func (s *Service) ClaimNoteFiles(ctx context.Context, a policies.Actor, customer string, ids []string) ([]File, error) {
	if len(ids) > MaxNoteFiles {
		return nil, fault.At("/files", "maxItems", MaxNoteFiles)
	}
	claimed := make([]File, 0, len(ids))
	for k, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		x, err := s.storedFile(ctx, a.Workspace, id)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		if err != nil || x.Form != NoteForm || x.By != a.ID || x.Record != "" {
			return nil, fault.At("/files/"+strconv.Itoa(k), "reference", nil)
		}
		claimed = append(claimed, x.File)
	}
	for _, f := range claimed {
		if err := s.claim(ctx, a.Workspace, f.ID, customer); err != nil {
			return nil, err
		}
	}
	return claimed, nil
}

func (s *Service) claim(ctx context.Context, ws, id, customer string) error {
	d, err := s.store.In(ws, Files).Get(ctx, id)
	if err != nil {
		return err
	}
	var x storedFile
	if err := json.Unmarshal(d.Body, &x); err != nil {
		return err
	}
	x.Record = customer
	raw, err := json.Marshal(x)
	if err != nil {
		return err
	}
	_, err = s.store.In(ws, Files).Replace(ctx, store.Doc{ID: id, Body: raw}, d.Ver)
	return err
}

// NoteFile gives a file of an account's notes; that the actor may see the
// account is the caller's to check. Fault: NotFound "file.none".
func (s *Service) NoteFile(ctx context.Context, ws, customer, id string) (File, []byte, error) {
	x, err := s.storedFile(ctx, ws, id)
	if fault.Is(err, fault.NotFound) || err == nil && (x.Form != NoteForm || x.Record != customer) {
		return File{}, nil, fault.New(fault.NotFound, "file.none", nil)
	}
	return x.File, x.Data, err
}
