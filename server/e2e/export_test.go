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
