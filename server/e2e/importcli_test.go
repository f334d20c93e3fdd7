package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// TestImportComplains: an import says which columns it did not use, what a map
// may not have, which name was meant, and how it ended.
func TestImportComplains(t *testing.T) {
	s := newSpace(t, nil)
	x := s.terminal()
	x.file("customers.csv", "id,Name,Shoe size\nK-1,Anna,38\n")
	if out, errs, _ := x.types("import", "--form", "customer", "customers.csv"); !strings.Contains(out, "1 created") || !strings.Contains(errs, "columns that are not used: Shoe size\n") {
		t.Errorf("an id and a strange column: %s", out)
	}
	x.file("invoices.csv", "number,customer,issueDate,dueDate,amount,currency\nI-1,K-1,2026-11-01,2026-12-01,100,CNY\n")
	x.well("import", "--form", "invoice", "invoices.csv")
	x.file("payments.csv", "Payment no,Customer,Date,Amount,Currency,Invoice\nP-1,K-1,2026-11-02,100,CNY,I-1\n")
	if out, errs, _ := x.types("import", "--form", "payment", "payments.csv"); !strings.Contains(out, "1 created") || errs != "" {
		t.Errorf("payments: %s", out)
	}
	x.file("strangers.csv", "number,customer,issueDate,dueDate,amount,currency\nI-2,K-9,2026-11-01,2026-12-01,100,CNY\n")
	x.file("nameless.csv", "Name,Shoe size\nAnna,38\n")
	x.file("map.json", `{"colums":{"name":"Name"}}`)
	x.file("broken.csv", "number,name\n"+rowsOf(600)+strings.Repeat("a\",\"b\n", 3000))
	for _, c := range []struct {
		args   string
		code   int
		en, zh string
	}{
		{"import --form invoice strangers.csv", 3, "customer names nothing you can see: K-9", "不存在或不可见：K-9"},
		{"import --form customer nameless.csv", 1, "The file has Name, Shoe size; understood are Name.", "文件的列：Name, Shoe size；已识别：Name"},
		{"import --form customer nameless.csv --map map.json", 1, "map.json: a map has no “colums”; it may have columns, ", "没有“colums”这一项"},
	} {
		for _, l := range [][2]string{{"en_GB.UTF-8", c.en}, {"zh_CN.UTF-8", c.zh}} {
			lang, want := l[0], l[1]
			t.Setenv("LANG", lang)
			if out, errs, code := x.types(strings.Fields(c.args)...); code != c.code || !strings.Contains(out+errs, want) {
				t.Errorf("%s (%s): %d, %s%s", c.args, lang, code, out, errs)
			}
		}
	}
	out, errs, code := x.types("import", "--form", "customer", "broken.csv")
	if code != 1 || !strings.Contains(out, ": 600 created, ") || !strings.Contains(errs, "引号") {
		t.Errorf("a file that ends badly: %d, %.300s%s", code, out, errs)
	}
}

func rowsOf(n int) string {
	var b strings.Builder
	for k := range n {
		fmt.Fprintf(&b, "B-%d,Firm %d\n", k, k)
	}
	return b.String()
}
