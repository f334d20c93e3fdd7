package packs

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

const (
	trust         = "packtrust"
	publishersID  = "publishers"
	maxPublishers = 50
)

// Publisher is somebody whose packages a workspace installs without being asked
// each time.
type Publisher struct {
	Name        string `json:"name"`
	Key         string `json:"key"`
	Fingerprint string `json:"fingerprint"`
	At          string `json:"at"`
	By          string `json:"by"`
}

// Publishers lists whom a workspace trusts, in the order of their coming.
func (s *Service) Publishers(ctx context.Context, ws string) ([]Publisher, error) {
	list, _, err := s.publishers(ctx, ws)
	return list, err
}

func (s *Service) publishers(ctx context.Context, ws string) ([]Publisher, int64, error) {
	var doc struct{ List []Publisher }
	d, err := s.Store.In(ws, trust).Get(ctx, publishersID)
	if fault.Is(err, fault.NotFound) {
		return []Publisher{}, 0, nil
	}
	if err == nil {
		err = json.Unmarshal(d.Body, &doc)
	}
	return append([]Publisher{}, doc.List...), d.Ver, err
}

func (s *Service) putPublishers(ctx context.Context, ws string, list []Publisher, ver int64) error {
	body, err := json.Marshal(map[string]any{"list": list})
	if err != nil {
		return err
	}
	if ver == 0 {
		_, err = s.Store.In(ws, trust).Insert(ctx, publishersID, body)
	} else {
		_, err = s.Store.In(ws, trust).Replace(ctx, store.Doc{ID: publishersID, Body: body}, ver)
	}
	if fault.Is(err, fault.Conflict) {
		return fault.New(fault.Conflict, "store.version", nil)
	}
	return err
}

// Trust adds a publisher's key. fingerprint is what the publisher told by
// another way; it is compared where it is given. Faults: Invalid at /name,
// /key, /fingerprint; Conflict "publisher.exists".
func (s *Service) Trust(ctx context.Context, a policies.Actor, name, key, fingerprint string) (Publisher, error) {
	name, key = strings.TrimSpace(name), strings.TrimSpace(key)
	p := Publisher{Name: name, Key: key, Fingerprint: pack.Fingerprint(key), At: value.Instant(s.Now()), By: a.ID}
	if name == "" {
		return p, fault.At("/name", "required", nil)
	}
	if _, err := pack.ParsePublicKey(key); err != nil {
		return p, fault.At("/key", "publicKey", nil)
	}
	if f := plainPrint(fingerprint); f != "" && f != plainPrint(p.Fingerprint) {
		return p, fault.At("/fingerprint", "fingerprint", nil)
	}
	list, ver, err := s.publishers(ctx, a.Workspace)
	if err != nil {
		return p, err
	}
	if slices.ContainsFunc(list, func(o Publisher) bool { return o.Key == key }) {
		return p, fault.New(fault.Conflict, "publisher.exists", nil)
	}
	if len(list) >= maxPublishers {
		return p, fault.At("/key", "maxItems", maxPublishers)
	}
	return p, s.putPublishers(ctx, a.Workspace, append(list, p), ver)
}

func plainPrint(f string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", ":", "").Replace(f))
}

// Distrust takes a key out, by its fingerprint. What is installed stays. Fault:
// NotFound "publisher.none".
func (s *Service) Distrust(ctx context.Context, ws, fingerprint string) (Publisher, error) {
	list, ver, err := s.publishers(ctx, ws)
	if err != nil {
		return Publisher{}, err
	}
	k := slices.IndexFunc(list, func(p Publisher) bool { return plainPrint(p.Fingerprint) == plainPrint(fingerprint) })
	if k < 0 {
		return Publisher{}, fault.New(fault.NotFound, "publisher.none", nil)
	}
	gone := list[k]
	return gone, s.putPublishers(ctx, ws, slices.Delete(list, k, k+1), ver)
}

// trusts tells whether a pack needs no further word: it ships, or its signer is
// trusted by the server, by its catalogue, or by the workspace.
func (s *Service) trusts(ctx context.Context, ws string, f Found) (bool, error) {
	switch {
	case f.Shipped:
		return true, nil
	case f.Signature == nil:
		return false, nil
	case slices.Contains(s.Trusted, f.Signature.Key) || slices.Contains(f.Vouched, f.Signature.Key):
		return true, nil
	}
	list, err := s.Publishers(ctx, ws)
	return slices.ContainsFunc(list, func(p Publisher) bool { return p.Key == f.Signature.Key }), err
}
