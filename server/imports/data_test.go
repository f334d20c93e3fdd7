package imports_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dueflow/dueflow/server/imports"
)

// testData is the folder of public data sets; tests say that they skip
// without it.
func testData(t testing.TB, path string) string {
	t.Helper()
	dir := os.Getenv("DUEFLOW_TEST_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	full := filepath.Join(dir, path)
	if _, err := os.Stat(full); err != nil {
		t.Skipf("SKIPPED: no test data at %s; set DUEFLOW_TEST_DATA", full)
	}
	return full
}

// table writes rows as CSV.
func table(rows [][]string) string {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.WriteAll(rows)
	return b.String()
}

func TestChinook(t *testing.T) {
	raw, err := os.ReadFile(testData(t, "chinook/ChinookDatabase/DataSources/ChinookData.json"))
	if err != nil {
		t.Fatal(err)
	}
	var db struct {
		Customer []struct {
			CustomerID                          int
			FirstName, LastName, Company, Email string
			Phone                               string
		}
		Invoice []struct {
			InvoiceID, CustomerID int
			InvoiceDate           string
			Total                 json.Number
		}
	}
	if err := json.Unmarshal(raw, &db); err != nil {
		t.Fatal(err)
	}
	people := [][]string{{"Customer Id", "Customer Name", "E-Mail", "Phone"}}
	for _, c := range db.Customer {
		name := c.Company
		if name == "" {
			name = c.FirstName + " " + c.LastName
		}
		people = append(people, []string{fmt.Sprint(c.CustomerID), name, c.Email, c.Phone})
	}
	bills := [][]string{{"Invoice Id", "Customer Id", "Invoice Date", "Due", "Total"}}
	for _, i := range db.Invoice {
		at, err := time.Parse("2006-01-02T15:04:05", i.InvoiceDate)
		if err != nil {
			t.Fatal(err)
		}
		bills = append(bills, []string{fmt.Sprint(i.InvoiceID), fmt.Sprint(i.CustomerID), i.InvoiceDate, at.AddDate(0, 0, 30).Format("02.01.2006"), string(i.Total)})
	}
	bring(t, table(people), table(bills), "USD", len(db.Customer), len(db.Invoice))
}

// bring imports customers and invoices twice: all are created, then nothing
// changes.
func bring(t *testing.T, people, bills, currency string, customers, invoices int) {
	t.Helper()
	k := open(t, allowAll{})
	start := time.Now()
	sum, failed := k.file("customer", "", people, false)
	k.counts(sum, customers, 0, 0, 0)
	p, err := k.imports.Preview(t.Context(), ws, "invoice", strings.NewReader(bills))
	if err != nil {
		t.Fatal(err)
	}
	p.Map.Currency = currency
	m, err := json.Marshal(p.Map)
	if err != nil {
		t.Fatal(err)
	}
	sum, more := k.file("invoice", string(m), bills, false)
	k.counts(sum, invoices, 0, 0, 0)
	t.Logf("%d customers and %d invoices in %s", customers, invoices, time.Since(start).Round(time.Millisecond))
	if t.Failed() {
		t.Fatalf("%.2000s\n%.2000s", failed, more)
	}
	k.settle()
	events := k.ledgerSize()
	start = time.Now()
	sum, _ = k.file("invoice", string(m), bills, false)
	k.counts(sum, 0, 0, invoices, 0)
	t.Logf("again in %s", time.Since(start).Round(time.Millisecond))
	if n := k.ledgerSize(); n != events || n != int64(invoices) {
		t.Errorf("%d events, then %d", events, n)
	}
}

var insert = regexp.MustCompile(`(?is)INSERT INTO \[?(Customers|Orders|Order Details)\]?\s*(?:\([^)]*\))?\s*VALUES\s*(.*?\))\s*;?\s*\n`)

// values cuts the tuples of an INSERT.
func values(s string) [][]string {
	var out [][]string
	var row []string
	var cell strings.Builder
	quoted, depth := false, 0
	for k := 0; k < len(s); k++ {
		c := s[k]
		switch {
		case quoted && c == '\'' && k+1 < len(s) && s[k+1] == '\'':
			cell.WriteByte(c)
			k++
		case c == '\'':
			quoted = !quoted
		case quoted:
			cell.WriteByte(c)
		case c == '(':
			if depth++; depth == 1 {
				row = nil
			}
		case c == ')' || c == ',' && depth == 1:
			row = append(row, strings.TrimSpace(cell.String()))
			cell.Reset()
			if c == ')' {
				depth--
				out = append(out, row)
			}
		case depth == 1 && c != '\n' && c != '\r':
			cell.WriteByte(c)
		}
	}
	return out
}

func TestNorthwind(t *testing.T) {
	raw, err := os.ReadFile(testData(t, "northwind/src/create.sql"))
	if err != nil {
		t.Fatal(err)
	}
	people := [][]string{{"Customer ID", "Company Name", "Phone"}}
	orders := [][]string{}
	totals := map[string]int{}
	for _, m := range insert.FindAllStringSubmatch(string(raw), -1) {
		for _, v := range values(m[2]) {
			switch m[1] {
			case "Customers":
				phone := ""
				if len(v) > 9 {
					phone = strings.NewReplacer(".", " ", "NULL", "").Replace(v[9])
				}
				people = append(people, []string{v[0], v[1], phone})
			case "Orders":
				orders = append(orders, v)
			default:
				var price float64
				var n int
				_, _ = fmt.Sscan(v[2], &price)
				_, _ = fmt.Sscan(v[3], &n)
				totals[v[0]] += int(price*100+0.5) * n
			}
		}
	}
	bills := [][]string{{"Order ID", "Customer ID", "Order Date", "Required Date", "Total"}}
	for _, o := range orders {
		if n := totals[o[0]]; n > 0 {
			bills = append(bills, []string{o[0], o[1], o[3], o[4], fmt.Sprintf("%d,%02d", n/100, n%100)})
		}
	}
	if len(people) < 50 || len(bills) < 500 {
		t.Fatalf("read %d customers and %d orders", len(people)-1, len(bills)-1)
	}
	bring(t, table(people), table(bills), "USD", len(people)-1, len(bills)-1)
}

// TestBankAndWalletBills reads statements as banks and wallets give them out.
func TestBankAndWalletBills(t *testing.T) {
	dir := testData(t, "cn-bank-and-wallet-bills/example")
	// What stands at the top of some is no table at all.
	headless := map[string]bool{"td": true}
	n := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".csv" {
			return err
		}
		n++
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, filepath.Dir(path))
		o := imports.Options{Form: nil}
		r, got := read(t, raw, o)
		bad := 0
		for _, l := range got {
			if strings.Contains(l, "!") {
				bad++
			}
		}
		t.Logf("%-18s %-8s header in line %2d: %d columns, %d rows, %d unusable: %.90s", name, r.Encoding(), r.HeaderLine(), len(r.Header()), len(got), bad, strings.Join(r.Header(), "|"))
		if len(got) == 0 || len(r.Header()) < 5 && !headless[name] {
			t.Errorf("%s: %d rows, header %q", name, len(got), r.Header())
		}
		return nil
	})
	if err != nil || n < 15 {
		t.Errorf("%d files, %v", n, err)
	}
}
