package packs

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

// File is a package that somebody uploaded.
type File struct {
	Hash      string    `json:"hash"`
	ID        string    `json:"id"`
	Version   string    `json:"version"`
	Name      flow.Text `json:"name"`
	Publisher string    `json:"publisher"`
	Size      int       `json:"size"` // bytes
	At        string    `json:"at"`
	By        string    `json:"by"`
	// Used tells that an installed pack came from it, or can be gone back to it.
	Used bool `json:"-"`
}

// Keep stores the file of a package, so that it can be planned with and
// installed, and gives the package.
func (s *Service) Keep(ctx context.Context, a policies.Actor, file []byte) (*pack.Pack, error) {
	p, err := pack.Read(file)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(map[string]string{"file": base64.StdEncoding.EncodeToString(file)})
	if err != nil {
		return nil, err
	}
	col := s.Store.In(a.Workspace, packFiles)
	n, err := col.Count(ctx, nil, maxPacks+1)
	if err != nil {
		return nil, err
	}
	if n >= maxPacks {
		return nil, fault.New(fault.Invalid, "pack.tooMany", fault.Params{"limit": maxPacks})
	}
	if _, err = col.Insert(ctx, p.SHA256, body); err != nil && !fault.Is(err, fault.Conflict) { // the same file again
		return nil, err
	}
	head, err := json.Marshal(File{p.SHA256, p.ID, p.Version, p.Name, p.Publisher.Name, len(file), value.Instant(s.Now()), a.ID, false})
	if err != nil {
		return nil, err
	}
	if _, err = s.Store.In(a.Workspace, fileHeads).Insert(ctx, p.SHA256, head); fault.Is(err, fault.Conflict) {
		err = nil
	}
	return p, err
}

// Files lists the uploaded packages, the newest first.
func (s *Service) Files(ctx context.Context, ws string) ([]File, error) {
	used, err := s.used(ctx, ws)
	if err != nil {
		return nil, err
	}
	out := []File{}
	err = s.Store.In(ws, fileHeads).Each(ctx, store.Query{Limit: maxPacks}, func(d store.Doc) error {
		var f File
		err := json.Unmarshal(d.Body, &f)
		f.Used = used[f.Hash]
		out = append(out, f)
		return err
	})
	slices.SortFunc(out, func(a, b File) int { return cmp.Compare(b.At, a.At) })
	return out, err
}

// used are the hashes that installed packs came from, or can be gone back to.
func (s *Service) used(ctx context.Context, ws string) (map[string]bool, error) {
	have, err := s.List(ctx, ws)
	out := map[string]bool{}
	for _, i := range have {
		out[i.File] = true
		for _, past := range i.History {
			out[past.File] = true
		}
		if i.Pending != nil && i.Pending.Next != nil {
			out[i.Pending.Next.File] = true
		}
	}
	return out, err
}

// Drop deletes an uploaded package. Faults: NotFound "pack.none"; Conflict
// "pack.fileUsed" of one that an installed pack needs.
func (s *Service) Drop(ctx context.Context, ws, hash string) error {
	used, err := s.used(ctx, ws)
	if err != nil {
		return err
	}
	if used[hash] {
		return fault.New(fault.Conflict, "pack.fileUsed", nil)
	}
	// The bytes go first: a head without them is deleted by trying again.
	err = s.Store.In(ws, packFiles).Delete(ctx, hash, 0)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if err := s.Store.In(ws, fileHeads).Delete(ctx, hash, 0); fault.Is(err, fault.NotFound) {
		return none(hash)
	} else if err != nil {
		return err
	}
	return nil
}
