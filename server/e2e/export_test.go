package e2e

import (
	"encoding/csv"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func (s *space) table(path string) (rows [][]string, status int) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.srv.URL+"/api/v1/exports/"+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.c.Token)
	req.Header.Set("Accept-Language", "en")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // read to its end
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if res.StatusCode == http.StatusOK {
		if rows, err = csv.NewReader(strings.NewReader(strings.TrimPrefix(string(raw), "\ufeff"))).ReadAll(); err != nil {
			s.t.Fatalf("%v: %s", err, raw)
		}
	}
	return rows, res.StatusCode
}

// TestExportATable: a list goes out as people read it, as far as they may see,
// filtered as on the screen, and without anything a spreadsheet would run.
func TestExportATable(t *testing.T) {
	s := newSpace(t, nil)
	c := s.customer("=HYPERLINK(\"http://evil\")")
	s.invoice(c, "E-1", 120_050, s.today()-3)
	s.invoice(c, "E-2", 99, s.today()+3)
	rows, _ := s.table("invoice?sort=number")
	if len(rows) != 3 {
		t.Fatalf("%v", rows)
	}
	at := map[string]int{}
	for k, name := range rows[0] {
		at[name] = k
	}
	if got := rows[1]; got[at["Number"]] != "E-1" || got[at["Amount"]] != "1200.50" || got[at["Open"]] != "1200.50" || got[at["Days past due"]] != "3" || got[at["Customer name"]] != "'=HYPERLINK(\"http://evil\")" {
		t.Errorf("%v of %v", got, rows[0])
	}
	if rows, _ = s.table("invoice?filter=" + url.QueryEscape(`{"field":"open","op":"lt","value":1000}`)); len(rows) != 2 || rows[1][at["Amount"]] != "0.99" {
		t.Errorf("filtered: %v", rows)
	}
	for path, want := range map[string]int{"nothing": 404, "invoice?filter=x": 422, "invoice?sort=shoe": 422} {
		if _, status := s.table(path); status != want {
			t.Errorf("%s: %d", path, status)
		}
	}
	s.c = s.as("sales") // sees own customers only, and owns none
	if rows, _ = s.table("invoice"); len(rows) != 1 {
		t.Errorf("a salesperson's table: %v", rows)
	}
}

// TestExportComesBack: what was entered without external ids goes out as a table
// and comes back without a change.
func TestExportComesBack(t *testing.T) {
	s := newSpace(t, nil)
	x := s.terminal()
	c := s.create("customer", map[string]any{"name": "By hand", "number": "H-1", "tier": "B"}).ID
	s.create("customer", map[string]any{"name": "By hand too", "number": "H-2", "tier": "C"})
	s.invoice(c, "HI-1", 5000, s.today()+2)
	s.invoice(c, "HI-2", 7000, s.today()-2)
	for _, amount := range []int{1000, 1000, 500} { // under one reference
		s.create("payment", map[string]any{"customer": c, "reference": "RENT", "amount": amount, "currency": "CNY", "valueDate": s.today().String()})
	}
	for form, n := range map[string]string{"customer": "2", "invoice": "2", "payment": "3"} {
		table := x.well("export", "--form", form)
		x.file("back.csv", table)
		for range 2 {
			if out := x.well("import", "--form", form, "back.csv"); out != n+" rows: 0 created, 0 updated, "+n+" unchanged, 0 failed\n" {
				t.Errorf("%s taken back: %s\n%s", form, out, table)
			}
		}
	}
	x.file("changed.csv", strings.ReplaceAll(x.well("export", "--form", "customer"), "By hand too", "By mouth"))
	if out := x.well("import", "--form", "customer", "changed.csv"); out != "2 rows: 0 created, 1 updated, 1 unchanged, 0 failed\n" {
		t.Errorf("a change: %s", out)
	}
	if rows, _ := s.table("customer"); len(rows) != 3 {
		t.Errorf("customers: %v", rows)
	}
}
