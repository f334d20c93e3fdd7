package e2e

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/client"
)

type boardCard struct {
	ID, Column, Name string
	Balances         []struct{ Open int64 }
	Promise          *struct{ ID string }
	Working          *struct{ Name string }
}

type boardColumn struct {
	Key    string
	Count  int64
	Totals map[string]int64
	Items  []boardCard
	Next   string
}

func (s *space) board(c *client.Client, query string) map[string]boardColumn {
	s.t.Helper()
	var out struct{ Columns []boardColumn }
	if err := c.Do(s.t.Context(), "GET", "/boards/collection/cards"+query, nil, &out); err != nil {
		s.t.Fatal(err)
	}
	by := map[string]boardColumn{}
	for _, c := range out.Columns {
		by[c.Key] = c
	}
	return by
}

type moved struct {
	OK      bool
	Card    *boardCard
	Undo    map[string]any
	Problem *struct {
		Key    string
		Errors []struct{ Pointer string }
	}
}

func (s *space) move(c *client.Client, m map[string]any) moved {
	s.t.Helper()
	var out struct{ Items []moved }
	if err := c.Do(s.t.Context(), "POST", "/boards/moves", map[string]any{"moves": []any{m}}, &out); err != nil {
		s.t.Fatal(err)
	}
	return out.Items[0]
}

// TestBoard: columns follow the ledger, moves are its commands, a stale move is
// refused with the card as it is, and everything but the move is left alone.
func TestBoard(t *testing.T) {
	s := newSpace(t, nil)
	late, fine := s.customer("Late"), s.customer("Fine")
	inv := s.invoice(late, "B-1", 70000, s.today()-10)
	s.invoice(fine, "B-2", 500, s.today()+10)
	s.eventually("both stand where they belong", func() bool {
		b := s.board(s.c, "")
		return b["followUp"].Count == 1 && b["followUp"].Totals["CNY"] == 70000 && b["current"].Count == 1 && len(b["current"].Items) == 1 && b["current"].Items[0].Name == "Fine"
	})
	in := func(column string) func() bool {
		return func() bool { return s.board(s.c, "")[column].Count == 1 && s.board(s.c, "")["followUp"].Count == 0 }
	}
	m := s.move(s.c, map[string]any{"customer": late, "from": "followUp", "to": "promised", "amount": 70000, "currency": "CNY", "date": (s.today() + 3).String()})
	if !m.OK || m.Card.Column != "promised" || m.Card.Promise == nil || m.Undo == nil {
		t.Fatalf("a promise: %+v", m)
	}
	s.eventually("promised", in("promised"))
	// Somebody else saw it where it was before.
	if m := s.move(s.c, map[string]any{"customer": late, "from": "followUp", "to": "onHold", "reason": "stale"}); m.OK || m.Problem.Key != "ledger.moved" || m.Card.Column != "promised" {
		t.Errorf("a stale move: %+v", m)
	}
	if m := s.move(s.c, map[string]any{"customer": late, "from": "promised", "to": "disputed", "invoice": inv, "amount": 20000, "reason": "damaged"}); !m.OK || m.Card.Column != "disputed" {
		t.Errorf("disputed: %+v", m)
	}
	// Back to promised: the dispute is closed and a promise made, or neither.
	if m := s.move(s.c, map[string]any{"customer": late, "from": "disputed", "to": "promised", "amount": -5, "currency": "CNY", "date": (s.today() + 3).String()}); m.OK || m.Card.Column != "disputed" {
		t.Errorf("half of a move was done: %+v", m)
	}
	if m := s.move(s.c, map[string]any{"customer": late, "from": "disputed", "to": "followUp"}); !m.OK || m.Card.Column != "promised" {
		t.Errorf("out of the dispute, the promise below it shows: %+v", m)
	}
	if m := s.move(s.c, map[string]any{"customer": late, "from": "promised", "to": "followUp"}); !m.OK || m.Card.Column != "followUp" {
		t.Errorf("out of the promise: %+v", m)
	}
	if m := s.move(s.c, map[string]any{"customer": late, "from": "followUp", "to": "current"}); m.OK || m.Problem.Key != "board.computed" {
		t.Errorf("into a computed column: %+v", m)
	}
	m = s.move(s.c, map[string]any{"customer": late, "from": "followUp", "to": "escalated", "role": "finance-manager", "reason": "please look"})
	if !m.OK || m.Card.Column != "escalated" {
		t.Fatalf("escalated: %+v", m)
	}
	s.eventually("escalated", in("escalated"))
	if m := s.move(s.c, m.Undo); !m.OK || m.Card.Column != "followUp" {
		t.Errorf("undone: %+v", m)
	}
	s.eventually("back again", func() bool { return s.board(s.c, "")["followUp"].Count == 1 })
	if m := s.move(s.c, map[string]any{"customer": late, "from": "followUp", "to": "escalated", "assignee": "nobody", "reason": "x"}); m.OK || m.Problem.Errors[0].Pointer != "/assignee" {
		t.Errorf("an unknown assignee: %+v", m)
	}
	if m := s.move(s.c, map[string]any{"customer": "none", "from": "followUp", "to": "onHold", "reason": "x"}); m.OK || m.Card != nil {
		t.Errorf("an unknown customer: %+v", m)
	}
	s.verify()
}

// TestBoardScope: cards, counts and totals are those of the view; paging gives
// every card once.
func TestBoardScope(t *testing.T) {
	s := newSpace(t, nil)
	var mine int64
	for k := range 30 {
		tier := "AB"[k%2 : k%2+1]
		id := s.create("customer", map[string]any{"name": fmt.Sprintf("S %02d", k), "tier": tier, "region": []string{"华东", "EMEA", "", "North"}[k%4]}).ID
		s.invoice(id, fmt.Sprintf("S-%02d", k), int64(1+k), s.today()-5)
		if tier == "A" {
			mine += int64(1 + k)
		}
	}
	s.testerRole(filter.Eq("tier", "A"), nil)
	c := s.as("tester")
	s.eventually("all are on the board", func() bool { return s.board(s.c, "")["followUp"].Count == 30 })
	col := s.board(c, "")["followUp"]
	if col.Count != 15 || col.Totals["CNY"] != mine {
		t.Errorf("a view of 15 cards worth %d: %d, %v", mine, col.Count, col.Totals)
	}
	var seen []string
	for cursor := ""; ; {
		page := s.board(s.c, "?limit=7&column=followUp&cursor="+url.QueryEscape(cursor))["followUp"]
		for _, x := range page.Items {
			seen = append(seen, x.ID)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	slices.Sort(seen)
	if len(seen) != 30 || len(slices.Compact(seen)) != 30 {
		t.Errorf("paging gave %d cards", len(seen))
	}
	if err := s.c.Do(t.Context(), "GET", "/boards/collection/cards?filter="+url.QueryEscape(`{"field":"nothing","op":"eq","value":1}`), nil, nil); pointers(err) != "/filter/field unknownField" {
		t.Errorf("a broken filter: %v", err)
	}
	view := map[string]any{"name": map[string]string{"en": "Mine"}, "columns": []string{"followUp", "promised"}, "filter": json.RawMessage(`{"field":"tier","op":"eq","value":"A"}`), "lanes": "tier", "limits": map[string]int{"followUp": 5}}
	if err := s.c.Do(t.Context(), "PUT", "/boards/mine", view, nil); err != nil {
		t.Fatal(err)
	}
	var out struct{ Columns []boardColumn }
	if err := s.c.Do(t.Context(), "GET", "/boards/mine/cards", nil, &out); err != nil || len(out.Columns) != 2 || out.Columns[0].Count != 15 {
		t.Errorf("a saved view: %+v %v", out, err)
	}
	var regions struct{ Items []string }
	if err := c.Do(t.Context(), "GET", "/boards/collection/regions", nil, &regions); err != nil || !slices.Equal(regions.Items, []string{"华东"}) {
		t.Errorf("regions of the visible accounts: %v %v", regions.Items, err)
	}
	if err := s.c.Do(t.Context(), "GET", "/boards/collection/regions", nil, &regions); err != nil || !slices.Equal(regions.Items, []string{"EMEA", "North", "华东"}) {
		t.Errorf("regions of all accounts: %v %v", regions.Items, err)
	}
	if err := c.Do(t.Context(), "GET", "/boards/mine/regions", nil, nil); keyOf(err) != "board.none" {
		t.Errorf("regions of somebody else's own board: %v", err)
	}
	if err := c.Do(t.Context(), "GET", "/boards/mine/cards", nil, nil); keyOf(err) != "board.none" {
		t.Errorf("somebody else's own board: %v", err)
	}
}

// TestPoliteLock: while somebody works an account no automatic message goes to
// the customer, and colleagues see who it is.
func TestPoliteLock(t *testing.T) {
	s := newSpace(t, nil)
	c := s.customer("Busy")
	s.invoice(c, "W-1", 100, s.today()-2)
	if err := s.c.Do(t.Context(), "PUT", "/customers/"+c+"/working", nil, nil); err != nil {
		t.Fatal(err)
	}
	var w struct{ By, Name string }
	other := s.as("admin")
	if err := other.Do(t.Context(), "PUT", "/customers/"+c+"/working", nil, &w); err != nil || w.Name != "admin" {
		t.Errorf("a colleague sees %+v %v", w, err)
	}
	s.publish(twoSteps)
	s.eventually("the message waits", func() bool {
		r := s.runs()
		return len(r) == 1 && r[0].Reason != nil && r[0].Reason.Key == "working"
	})
	if n := len(s.messages()); n != 0 {
		t.Fatalf("%d messages while somebody works the account", n)
	}
	if b := s.board(s.c, "")["followUp"]; len(b.Items) != 1 || b.Items[0].Working == nil {
		t.Errorf("the card does not say who works it: %+v", b)
	}
	if err := s.c.Do(t.Context(), "DELETE", "/customers/"+c+"/working", nil, nil); err != nil {
		t.Fatal(err)
	}
	time.Sleep(1100 * time.Millisecond) // what is known of it is a second old at most
	if err := s.c.Do(t.Context(), "POST", "/runs/actions", map[string]any{"ids": []string{s.runs()[0].ID}, "action": "runNow"}, nil); err != nil {
		t.Fatal(err)
	}
	s.eventually("sent", func() bool { return len(s.messages()) == 1 })
}

// TestNotesAndNotices: a note is on the timeline; who is named is told, unless
// they may not see the account.
func TestNotesAndNotices(t *testing.T) {
	s := newSpace(t, nil)
	c := s.customer("Noted")
	if err := s.c.Do(t.Context(), "POST", "/customers/"+c+"/notes", map[string]any{"text": "called 三次 𠮷"}, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.c.Do(t.Context(), "POST", "/customers/"+c+"/notes", map[string]any{"text": "@x", "mentions": []string{"nobody"}}, nil); pointers(err) != "/mentions/0 cannotSee" {
		t.Errorf("a mention of nobody: %v", err)
	}
	if err := s.c.Do(t.Context(), "POST", "/customers/"+c+"/notes", map[string]any{"text": "  "}, nil); pointers(err) != "/text required" {
		t.Errorf("an empty note: %v", err)
	}
	var page struct {
		Items []struct {
			Kind string
			Text map[string]string
		}
	}
	if err := s.c.Do(t.Context(), "GET", "/customers/"+c+"/timeline", nil, &page); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(page.Items, func(e struct {
		Kind string
		Text map[string]string
	},
	) bool {
		return e.Kind == "note" && e.Text["en"] == "called 三次 𠮷"
	}) {
		t.Errorf("timeline without the note: %+v", page.Items)
	}
}

// TestReview: the week's figures are those of the journal, by owner, in the view.
func TestReview(t *testing.T) {
	s := newSpace(t, nil)
	a := s.create("customer", map[string]any{"name": "Mine", "tier": "A", "owner": "u1"}).ID
	b := s.customer("Nobody's")
	one, two := s.invoice(a, "R-1", 1000, s.today()-40), s.invoice(b, "R-2", 700, s.today()-3)
	s.create("payment", map[string]any{"customer": a, "amount": 300, "currency": "CNY", "invoices": []string{one}})
	s.create("payment", map[string]any{"customer": b, "amount": 50, "currency": "CNY", "invoices": []string{two}})
	if err := s.c.Do(t.Context(), "POST", "/customers/"+a+"/commands", map[string]any{"type": "promise.make", "amount": 700, "currency": "CNY", "date": (s.today() + 2).String(), "items": []string{one}}, nil); err != nil {
		t.Fatal(err)
	}
	s.settled(a)
	s.settled(b)
	type review struct {
		Owners []struct {
			Owner        *struct{ ID string }
			Received     map[string]int64
			Payments     int
			PromisesMade int
		}
		PromisesDue []struct{ Amount int64 }
		Stuck       []struct{ Name string }
	}
	var r review
	if err := s.c.Do(t.Context(), "GET", "/review", nil, &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Owners) != 2 || len(r.PromisesDue) != 1 || r.PromisesDue[0].Amount != 700 {
		t.Fatalf("review %+v", r)
	}
	for _, o := range r.Owners {
		if o.Owner != nil && (o.Received["CNY"] != 300 || o.Payments != 1 || o.PromisesMade != 1) || o.Owner == nil && o.Received["CNY"] != 50 {
			t.Errorf("owner %+v", o)
		}
	}
	s.testerRole(filter.Eq("tier", "A"), nil)
	if err := s.as("tester").Do(t.Context(), "GET", "/review", nil, &r); err != nil || len(r.Owners) != 1 || r.Owners[0].Owner == nil {
		t.Errorf("a narrow view: %+v %v", r, err)
	}
	if err := s.c.Do(t.Context(), "GET", "/review?from=2020-01-01", nil, nil); pointers(err) != "/from date" {
		t.Errorf("years: %v", err)
	}
}
