package desk

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/store"
)

// View is a saved board: whose cards, in which columns.
type View struct {
	Key     string            `json:"key"`
	Name    map[string]string `json:"name"`
	Columns []string          `json:"columns"`
	Filter  json.RawMessage   `json:"filter,omitempty"` // over the customer's record
	Lanes   string            `json:"lanes,omitempty"`  // owner, tier, region, team; "" none
	Sort    string            `json:"sort,omitempty"`
	Limits  map[string]int    `json:"limits,omitempty"` // most cards per column that people want
	Shared  bool              `json:"shared"`
	Owner   string            `json:"owner,omitempty"`
	Builtin bool              `json:"builtin,omitempty"`
	Version int64             `json:"version"`
}

const (
	boards   = "board"
	maxViews = 200
)

// Shipped is the board that every workspace has.
var Shipped = View{Key: "collection", Name: map[string]string{"en": "Collection", "zh-CN": "催收看板"}, Columns: Columns, Shared: true, Builtin: true}

var (
	viewKey = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)
	lanes   = []string{"", "owner", "tier", "region", "team"}
	sorts   = []string{"", "-open", "oldestDue", "name"}
)

// Views lists the boards a person sees: the shipped one, shared ones, their own.
func (s *Service) Views(ctx context.Context, a policies.Actor) ([]View, error) {
	out := []View{Shipped}
	err := s.store.In(a.Workspace, boards).Each(ctx, store.Query{Limit: maxViews}, func(d store.Doc) error {
		v := View{Version: d.Ver}
		if err := json.Unmarshal(d.Body, &v); err != nil {
			return err
		}
		v.Version = d.Ver
		if v.Shared || v.Owner == a.ID {
			out = append(out, v)
		}
		return nil
	})
	return out, err
}

// GetView gives one board.
func (s *Service) GetView(ctx context.Context, a policies.Actor, key string) (View, error) {
	if key == Shipped.Key {
		return Shipped, nil
	}
	d, err := s.store.In(a.Workspace, boards).Get(ctx, key)
	if fault.Is(err, fault.NotFound) {
		return View{}, noBoard()
	}
	if err != nil {
		return View{}, err
	}
	var v View
	if err := json.Unmarshal(d.Body, &v); err != nil {
		return View{}, err
	}
	v.Version = d.Ver
	if !v.Shared && v.Owner != a.ID {
		return View{}, noBoard()
	}
	return v, nil
}

func noBoard() error { return fault.New(fault.NotFound, "board.none", nil) }

// SaveView stores a board; ifVersion 0 makes a new one. Only its owner changes
// one, or who may share boards.
func (s *Service) SaveView(ctx context.Context, a policies.Actor, v View, ifVersion int64, maintain bool) (View, error) {
	if err := s.checkView(ctx, a, v); err != nil {
		return View{}, err
	}
	v.Builtin, v.Version, v.Owner = false, 0, a.ID
	col := s.store.In(a.Workspace, boards)
	if ifVersion != 0 {
		old, err := s.GetView(ctx, a, v.Key)
		if err != nil {
			return View{}, err
		}
		if old.Owner != a.ID && !maintain {
			return View{}, fault.New(fault.Denied, "policy.denied", nil)
		}
		v.Owner = old.Owner
	}
	body, err := json.Marshal(v)
	if err != nil {
		return View{}, err
	}
	var d store.Doc
	if ifVersion == 0 {
		d, err = col.Insert(ctx, v.Key, body)
		if fault.Is(err, fault.Conflict) {
			return View{}, fault.At("/key", "unique", nil)
		}
	} else {
		d, err = col.Replace(ctx, store.Doc{ID: v.Key, Body: body}, ifVersion)
	}
	v.Version = d.Ver
	return v, err
}

func (s *Service) checkView(ctx context.Context, a policies.Actor, v View) error {
	var bad []fault.Field
	if !viewKey.MatchString(v.Key) || v.Key == Shipped.Key {
		bad = append(bad, fault.Field{Pointer: "/key", Rule: "pattern"})
	}
	if len(v.Name) == 0 {
		bad = append(bad, fault.Field{Pointer: "/name", Rule: "required"})
	}
	if len(v.Columns) == 0 {
		bad = append(bad, fault.Field{Pointer: "/columns", Rule: "required"})
	}
	for _, c := range v.Columns {
		if !slices.Contains(Columns, c) {
			bad = append(bad, fault.Field{Pointer: "/columns", Rule: "enum", Limit: Columns})
		}
	}
	if !slices.Contains(lanes, v.Lanes) {
		bad = append(bad, fault.Field{Pointer: "/lanes", Rule: "enum", Limit: lanes})
	}
	if !slices.Contains(sorts, v.Sort) {
		bad = append(bad, fault.Field{Pointer: "/sort", Rule: "enum", Limit: sorts})
	}
	if err := fault.InvalidFields(bad); err != nil {
		return err
	}
	_, err := s.viewFilter(ctx, a, v.Filter)
	return err
}

// DeleteView removes a board.
func (s *Service) DeleteView(ctx context.Context, a policies.Actor, key string, maintain bool) error {
	v, err := s.GetView(ctx, a, key)
	if err != nil {
		return err
	}
	if v.Builtin || v.Owner != a.ID && !maintain {
		return fault.New(fault.Denied, "policy.denied", nil)
	}
	return s.store.In(a.Workspace, boards).Delete(ctx, key, v.Version)
}
