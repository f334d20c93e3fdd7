// Package desk is where people work accounts together: the board, notes with
// mentions, notices, and the polite lock on an account that somebody works on.
package desk

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
)

// The columns of a board of customers. Those that are stated are moves of the
// ledger or of tasks; those that are computed follow from dates.
const (
	Current   = "current"   // open, nothing overdue: computed
	FollowUp  = "followUp"  // overdue, and nothing under way
	Promised  = "promised"  // stated: a promise to pay is open
	Disputed  = "disputed"  // stated: a dispute is open
	OnHold    = "onHold"    // stated: held, or asked to stop
	Escalated = "escalated" // stated: somebody else has to look
)

// Columns are all columns in their usual order.
var Columns = []string{Current, FollowUp, Promised, Disputed, OnHold, Escalated}

// Computed tells whether a column follows from dates, so that nothing can be
// moved into it by hand.
func Computed(column string) bool { return column == Current }

func (s *Service) viewFilter(ctx context.Context, a policies.Actor, raw json.RawMessage) (filter.Expr, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	e, err := filter.ParseTimed(raw)
	if err != nil {
		return nil, under("/filter", err)
	}
	reach, err := s.records.Reach(ctx, a, "customer")
	if err != nil {
		return nil, err
	}
	if err := filter.Check(e, reach.Field); err != nil {
		return nil, under("/filter", err)
	}
	space, err := s.spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	now, _ := s.spaces.Now(space)
	return filter.OnDay(e, now, space.Location()), nil
}

func under(at string, err error) error {
	fe, ok := err.(*fault.Error)
	if !ok {
		return err
	}
	out := *fe
	out.Fields = slices.Clone(fe.Fields)
	for k := range out.Fields {
		out.Fields[k].Pointer = at + out.Fields[k].Pointer
	}
	return &out
}

// Column is a column's head and first cards.
type Column struct {
	Key      string           `json:"key"`
	Computed bool             `json:"computed"`
	Count    int64            `json:"count"`
	Totals   map[string]int64 `json:"totals"` // open amounts by currency
	Limit    int              `json:"limit,omitempty"`
	Cards    []records.Record `json:"-"`
	Next     string           `json:"next,omitempty"`
}

// CardQuery asks for cards of a board.
type CardQuery struct {
	Column string // only this one, a page of it
	Lane   string // a value of the view's lanes
	Search string
	Filter json.RawMessage
	Cursor string
	Limit  int
}

// columnFilter is which customers stand in a column on a day.
func columnFilter(column string, today value.Date) filter.Expr {
	calm := filter.Ne("escalated", true)
	open := filter.Gt("openInvoices", int64(0))
	switch column {
	case Escalated:
		return filter.Eq("escalated", true)
	case Promised:
		return filter.And(calm, filter.Eq("stage", ledger.StagePromised))
	case Disputed:
		return filter.And(calm, filter.Eq("stage", ledger.StageDisputed))
	case OnHold:
		return filter.And(calm, filter.Eq("stage", ledger.StageHold))
	case FollowUp:
		return filter.And(filter.Eq("stage", ledger.StageNone), calm, open, filter.Lt("oldestDue", today.String()))
	case Current:
		return filter.And(filter.Eq("stage", ledger.StageNone), calm, open, filter.Or(filter.Gte("oldestDue", today.String()), filter.Missing("oldestDue")))
	}
	return filter.None()
}

// ColumnOf is the column of a customer's record.
func ColumnOf(doc map[string]any, today value.Date) string {
	for _, c := range Columns {
		if filter.Match(columnFilter(c, today), doc) {
			return c
		}
	}
	return ""
}

// Cards gives the columns of a board with their first cards, or a page of one.
func (s *Service) Cards(ctx context.Context, a policies.Actor, v View, q CardQuery) ([]Column, error) {
	reach, err := s.records.Reach(ctx, a, "customer")
	if err != nil {
		return nil, err
	}
	where := []filter.Expr{}
	for _, raw := range []json.RawMessage{v.Filter, q.Filter} {
		e, err := s.viewFilter(ctx, a, raw)
		if err != nil {
			return nil, err
		}
		if e != nil {
			where = append(where, e)
		}
	}
	if q.Lane != "" && v.Lanes != "" {
		where = append(where, laneFilter(v.Lanes, q.Lane))
	}
	columns := v.Columns
	if q.Column != "" {
		if !slices.Contains(v.Columns, q.Column) {
			return nil, fault.At("/column", "enum", v.Columns)
		}
		columns = []string{q.Column}
	}
	currencies, err := s.currencies(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	_, masked := reach.Field("open")
	masked = !masked
	out := make([]Column, 0, len(columns))
	for _, key := range columns {
		c := Column{Key: key, Computed: Computed(key), Totals: map[string]int64{}, Limit: v.Limits[key]}
		mine := filter.And(append([]filter.Expr{columnFilter(key, reach.Today)}, where...)...)
		l, err := s.records.List(ctx, a, "customer", records.ListQuery{Filter: mine, Search: q.Search, Sort: sortOf(v.Sort, masked), Limit: limitOf(q.Limit), Cursor: q.Cursor})
		if err != nil {
			return nil, err
		}
		c.Cards, c.Next = l.Items, l.Next
		if q.Cursor == "" {
			search, words := reach.Search(q.Search)
			if err := s.totals(ctx, a.Workspace, &c, filter.And(reach.Scope, mine, words), search, currencies, masked); err != nil {
				return nil, err
			}
		}
		out = append(out, c)
	}
	return out, nil
}

// maxRegions bounds the regions that a board offers to choose from.
const maxRegions = 500

// Regions are those that the visible customers of a board are in, in order.
func (s *Service) Regions(ctx context.Context, a policies.Actor, v View) ([]string, error) {
	reach, err := s.records.Reach(ctx, a, "customer")
	if err != nil {
		return nil, err
	}
	if _, visible := reach.Field("region"); !visible {
		return nil, nil
	}
	where, err := s.viewFilter(ctx, a, v.Filter)
	if err != nil {
		return nil, err
	}
	all := []filter.Expr{reach.Scope, filter.Exists("region")}
	if where != nil {
		all = append(all, where)
	}
	rows, err := s.store.In(a.Workspace, records.Prefix+"customer").Group(ctx, store.GroupQuery{Filter: filter.And(all...), By: []string{"region"}, Limit: maxRegions})
	if err != nil {
		return nil, err
	}
	out := make([]string, 0, len(rows))
	for _, r := range rows {
		if region, ok := r.Keys[0].(string); ok && region != "" {
			out = append(out, region)
		}
	}
	return out, nil
}

// totals counts a column and sums it up by currency, after the scope.
func (s *Service) totals(ctx context.Context, ws string, c *Column, where filter.Expr, search string, currencies []string, masked bool) error {
	col := s.store.In(ws, records.Prefix+"customer")
	rows, err := col.Group(ctx, store.GroupQuery{Filter: where, Search: search})
	if err != nil {
		return err
	}
	for _, r := range rows {
		c.Count = r.Count
	}
	if masked || c.Count == 0 {
		return nil
	}
	for _, cur := range currencies {
		rows, err := col.Group(ctx, store.GroupQuery{Filter: where, Search: search, Sum: "_open." + cur})
		if err != nil {
			return err
		}
		for _, r := range rows {
			if r.Sum != 0 {
				c.Totals[cur] = r.Sum
			}
		}
	}
	return nil
}

func laneFilter(field, v string) filter.Expr {
	if v == "-" { // nobody, none
		return filter.Missing(field)
	}
	return filter.Eq(field, v)
}

func sortOf(sort string, masked bool) []store.SortKey {
	switch {
	case sort == "name":
		return []store.SortKey{{Field: "name"}}
	case sort == "-open" && !masked:
		return []store.SortKey{{Field: "open", Desc: true}}
	}
	return []store.SortKey{{Field: "oldestDue"}}
}

func limitOf(n int) int {
	if n <= 0 || n > 100 {
		return 25
	}
	return n
}
