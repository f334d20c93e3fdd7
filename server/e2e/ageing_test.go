package e2e

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/client"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
)

// agedList is the answer to who owed what on a day.
type agedList struct {
	AsOf       string                `json:"asOf"`
	Currencies []records.AgeingGroup `json:"currencies"`
}

func (s *space) aged(c *client.Client, query string) (out agedList) {
	s.t.Helper()
	must(s.t, c.Do(s.t.Context(), "GET", "/insight/ageing/customers?"+query, nil, &out))
	return out
}

// ageingTable is the same as a file, with its head.
func (s *space) ageingTable(c *client.Client, query string) (rows [][]string, head http.Header) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.srv.URL+"/api/v1/insight/ageing/customers.csv?"+query, nil)
	must(s.t, err)
	req.Header.Set("Authorization", "Bearer "+c.Token)
	res, err := http.DefaultClient.Do(req)
	must(s.t, err)
	defer res.Body.Close() //nolint:errcheck // read to its end
	raw, err := io.ReadAll(res.Body)
	must(s.t, err)
	text, marked := strings.CutPrefix(string(raw), "\ufeff")
	if res.StatusCode != http.StatusOK || !marked {
		s.t.Fatalf("%d: %s", res.StatusCode, raw)
	}
	rows, err = csv.NewReader(strings.NewReader(text)).ReadAll()
	must(s.t, err)
	return rows, res.Header
}

// TestAgeingOfCustomers: who owed what on a day, before a payment and after it,
// the worst first; the totals are those of the ageing without rows; the file has
// every row, in the reader's language, and nothing that a spreadsheet would run.
func TestAgeingOfCustomers(t *testing.T) {
	s := newSpace(t, nil)
	day := s.today()
	late, later, fine := s.customer("=late()"), s.customer("更晚"), s.customer("Fine Ltd")
	s.invoice(late, "L-1", 1000, day-40)
	s.invoice(late, "L-2", 120_050, day+5)
	paid := s.invoice(later, "M-1", 5000, day-100)
	s.invoice(fine, "F-1", 700, day)
	s.create("invoice", map[string]any{"number": "F-2", "customer": fine, "issueDate": (day - 50).String(), "dueDate": (day - 20).String(), "amount": 3000, "currency": "JPY"})
	s.create("payment", map[string]any{"customer": later, "amount": 5500, "currency": "CNY", "valueDate": (day - 2).String(), "reference": "TT-1", "invoices": []string{paid}})
	for _, c := range []string{late, later, fine} {
		s.settled(c)
	}

	shown := func(query string) (asOf string, out []string) {
		t.Helper()
		r := s.aged(s.c, query)
		for _, g := range r.Currencies {
			out = append(out, fmt.Sprintf("%s %d %d +%d", g.Currency, g.Open, g.Overdue, g.More))
			for _, x := range g.Customers {
				var b []string
				for _, k := range x.Buckets {
					b = append(b, fmt.Sprint(k.Amount))
				}
				out = append(out, fmt.Sprintf("%s %s %d %s %d", x.Customer.Name, x.Currency, x.Outstanding, strings.Join(b, "/"), x.Unapplied))
			}
		}
		return r.AsOf, out
	}
	for query, want := range map[string][]string{
		"": {
			"CNY 121750 1000 +0", "=late() CNY 121050 120050/0/1000/0/0 0", "Fine Ltd CNY 700 700/0/0/0/0 0", "更晚 CNY -500 0/0/0/0/0 500",
			"JPY 3000 3000 +0", "Fine Ltd JPY 3000 0/3000/0/0/0 0",
		},
		"asOf=" + (day - 3).String(): {
			"CNY 126750 6000 +0", "更晚 CNY 5000 0/0/0/0/5000 0", "=late() CNY 121050 120050/0/1000/0/0 0", "Fine Ltd CNY 700 700/0/0/0/0 0",
			"JPY 3000 3000 +0", "Fine Ltd JPY 3000 0/3000/0/0/0 0",
		},
		"currency=JPY":         {"JPY 3000 3000 +0", "Fine Ltd JPY 3000 0/3000/0/0/0 0"},
		"limit=1&currency=CNY": {"CNY 121750 1000 +2", "=late() CNY 121050 120050/0/1000/0/0 0"},
		"currency=EUR":         nil,
	} {
		if _, got := shown(query); cmp.Diff(want, got) != "" {
			t.Errorf("%s: %s", query, cmp.Diff(want, got))
		}
	}
	if asOf, _ := shown(""); asOf != day.String() {
		t.Errorf("as of %s", asOf)
	}
	for _, asOf := range []string{day.String(), (day - 3).String(), (day - 90).String()} {
		var totals struct{ Currencies []ledger.AgeingOf }
		must(t, s.c.Do(t.Context(), "GET", "/insight/ageing?asOf="+asOf, nil, &totals))
		var got []ledger.AgeingOf
		for _, g := range s.aged(s.c, "limit=1&asOf="+asOf).Currencies {
			got = append(got, g.AgeingOf)
		}
		if diff := cmp.Diff(totals.Currencies, got); diff != "" {
			t.Errorf("totals of %s: %s", asOf, diff)
		}
	}

	rows, head := s.ageingTable(s.c, "language=zh-CN&asOf="+(day-3).String())
	if got := strings.Join(rows[0], "|"); got != "客户名称|币种|未收余额|未到期|逾期 1-30 天|逾期 31-60 天|逾期 61-90 天|逾期 90+ 天|逾期金额|未核销回款" {
		t.Error(got)
	}
	if got := head.Get("Content-Disposition"); got != `attachment; filename="ageing-`+(day-3).String()+`.csv"` {
		t.Error(got)
	}
	got := map[string]bool{}
	for _, r := range rows[1:] {
		got[strings.Join(r, "|")] = true
	}
	want := map[string]bool{
		"'=late()|CNY|1210.50|1200.50|0.00|10.00|0.00|0.00|10.00|0.00": true, "更晚|CNY|50.00|0.00|0.00|0.00|0.00|50.00|50.00|0.00": true,
		"Fine Ltd|CNY|7.00|7.00|0.00|0.00|0.00|0.00|0.00|0.00": true, "Fine Ltd|JPY|3000|0|3000|0|0|0|3000|0": true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if rows, _ = s.ageingTable(s.c, "currency=JPY"); len(rows) != 2 || rows[0][0] != "Customer name" {
		t.Errorf("in one currency: %v", rows)
	}
}

// TestAgeingOfADeletedCustomer: what somebody owed on a day stays in the totals
// of that day, and in its rows without the name.
func TestAgeingOfADeletedCustomer(t *testing.T) {
	s := newSpace(t, nil)
	c := s.customer("Gone Ltd")
	inv := s.invoice(c, "G-1", 100, s.today()-9)
	s.create("payment", map[string]any{"customer": c, "amount": 100, "currency": "CNY", "invoices": []string{inv}})
	s.settled(c)
	must(t, s.c.Do(t.Context(), "DELETE", "/records/customer/"+c, nil, nil, "If-Match", "*"))
	before := "asOf=" + (s.today() - 1).String()
	if r := s.aged(s.c, before); len(r.Currencies) != 1 || r.Currencies[0].Customers[0].Customer != (records.AgeingName{ID: c}) {
		t.Errorf("%+v", r)
	}
	if rows, _ := s.ageingTable(s.c, before); len(rows) != 2 || rows[1][0] != "Deleted customer" {
		t.Errorf("%v", rows)
	}
	if r := s.aged(s.c, ""); len(r.Currencies) != 0 {
		t.Errorf("now: %+v", r)
	}
}

// TestAgeingForWhom: a salesperson gets rows and totals of their own customers;
// who may not see amounts gets neither the rows nor the file.
func TestAgeingForWhom(t *testing.T) {
	s := newSpace(t, nil)
	sales := s.person("sales", "sales")
	mine := s.create("customer", map[string]any{"name": "甲公司", "owner": sales.ID}).ID
	theirs := s.create("customer", map[string]any{"name": "乙公司", "owner": "somebody"}).ID
	s.invoice(mine, "MINE-1", 100, s.today()-3)
	s.invoice(theirs, "THEIRS-1", 900, s.today()-3)
	const list, file = "/insight/ageing/customers", "/insight/ageing/customers.csv"
	b := s.enter(sales)
	var r agedList
	must(t, json.Unmarshal(b.get(t, list, 200), &r))
	if len(r.Currencies) != 1 || r.Currencies[0].Open != 100 || len(r.Currencies[0].Customers) != 1 || r.Currencies[0].Customers[0].Customer.ID != mine {
		t.Errorf("%+v", r)
	}
	if got := string(b.get(t, file, 200)); !strings.Contains(got, "甲公司") || strings.Contains(got, "乙公司") || strings.Count(got, "\n") != 2 {
		t.Error(got)
	}
	b = s.enter(s.maskedPerson())
	b.get(t, list, 403)
	b.get(t, file, 403)
	out := nobody(t, s.srv.URL)
	out.get(t, list, 401)
	out.get(t, file, 401)
}

// TestAgeingComplains: what is wrong is said with its place.
func TestAgeingComplains(t *testing.T) {
	s := newSpace(t, nil)
	for path, want := range map[string]string{
		"customers?asOf=2026-02-30":       "/asOf date",
		"customers?asOf=31/12/2026":       "/asOf date",
		"customers?currency=XXX":          "/currency currency",
		"customers?limit=0":               "/query/limit schema",
		"customers?limit=501":             "/query/limit schema",
		"customers?limit=many":            "/query/limit schema",
		"customers.csv?asOf=tomorrow":     "/asOf date",
		"customers.csv?currency=renminbi": "/currency currency",
	} {
		if got := pointers(s.c.Do(t.Context(), "GET", "/insight/ageing/"+path, nil, nil)); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

// TestTodayAgreesWithTheReport: the figures of Today are those of the ageing of
// today, for invoices in instalments as well.
func TestTodayAgreesWithTheReport(t *testing.T) {
	s := newSpace(t, nil)
	day := s.today()
	c := s.customer("Parts Ltd")
	inParts := func(number string, parts map[int]int64) string {
		var list []map[string]any
		var sum int64
		for _, n := range slices.Sorted(maps.Keys(parts)) {
			list = append(list, map[string]any{"due": (day + value.Date(n)).String(), "amount": parts[n]})
			sum += parts[n]
		}
		return s.create("invoice", map[string]any{
			"number": number, "customer": c, "issueDate": (day - 90).String(), "dueDate": (day + 60).String(), "amount": sum, "currency": "CNY", "instalments": list,
		}).ID
	}
	a := inParts("P-1", map[int]int64{-70: 300, -50: 200, -45: 50, -10: 100, 0: 40, 20: 500})
	inParts("P-2", map[int]int64{5: 70, 35: 30})
	b := inParts("P-3", map[int]int64{-3: 10, 30: 20})
	inParts("P-4", map[int]int64{-2: 5, 0: 6, 30: 7})
	older := inParts("P-5", map[int]int64{-40: 8, 10: 9})
	s.invoice(c, "W-1", 1000, day-40)
	s.create("payment", map[string]any{"customer": c, "amount": 320, "currency": "CNY", "invoices": []string{a}})
	s.create("payment", map[string]any{"customer": c, "amount": 10, "currency": "CNY", "invoices": []string{b}})
	s.settled(c)
	// One was written before there was a sum of its further instalments.
	col := s.srv.Store.In(s.key, "r_invoice")
	d, err := col.Get(t.Context(), older)
	must(t, err)
	var body map[string]json.RawMessage
	must(t, json.Unmarshal(d.Body, &body))
	if string(body["_further"]) != "9" {
		t.Errorf("further instalments come to %s", body["_further"])
	}
	delete(body, "_further")
	raw, err := json.Marshal(body)
	must(t, err)
	_, err = col.Replace(t.Context(), store.Doc{ID: older, Body: raw}, d.Ver)
	must(t, err)
	var today struct {
		Figures []struct {
			Outstanding, Overdue, OpenInvoices int64
		}
		Ageing []ledger.AgeingOf
	}
	must(t, s.c.Do(t.Context(), "GET", "/today", nil, &today))
	var report struct{ Currencies []ledger.AgeingOf }
	must(t, s.c.Do(t.Context(), "GET", "/insight/ageing", nil, &report))
	if len(today.Ageing) != 1 || len(report.Currencies) != 1 || len(today.Figures) != 1 {
		t.Fatalf("today %+v, report %+v", today, report)
	}
	var overdue int64
	for k, b := range report.Currencies[0].Buckets {
		if got := today.Ageing[0].Buckets[k].Amount; got != b.Amount {
			t.Errorf("%s: today %d, report %d", b.Key, got, b.Amount)
		}
		if k > 0 {
			overdue += b.Amount
		}
	}
	if f := today.Figures[0]; f.Overdue != overdue || f.Outstanding != report.Currencies[0].Outstanding || f.OpenInvoices != 6 {
		t.Errorf("figures %+v; overdue by the report %d", f, overdue)
	}
	// P-1 has 180 of its second part, 50 that are as late, 100, 40 and 500; Today
	// counts an invoice once in a bucket.
	want := []ledger.Bucket{{Key: "current", Count: 5, Amount: 40 + 500 + 100 + 20 + 6 + 7 + 9}, {Key: "1-30", Count: 2, Amount: 100 + 5}, {Key: "31-60", Count: 3, Amount: 1000 + 180 + 50 + 8}}
	if got := today.Ageing[0].Buckets; !slices.Equal(got[:3], want) {
		t.Errorf("buckets %+v", got)
	}
}
