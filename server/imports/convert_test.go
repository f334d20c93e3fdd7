package imports_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/imports"
)

// convert reads one cell of an invoice; a rule is given as "!rule".
func convert(t testing.TB, m imports.Map, field, text, currency string) any {
	t.Helper()
	f := form.Builtin()["invoice"]
	m.Columns = map[string]string{"number": "n", field: "x", "currency": "c"}
	c, err := imports.NewConverter(f, m, []string{"n", "x", "c"}, "CNY", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	row, bad := c.Row(imports.Line{Number: 2, Cells: []string{"N-1", text, currency}})
	if bad != nil {
		return "!" + bad.Fields[0].Rule
	}
	return row.Data[field]
}

func TestAmounts(t *testing.T) {
	for _, tc := range []struct {
		text, currency, decimal string
		want                    any
	}{
		{"1,234.50", "", "", int64(123450)},
		{"1.234,50", "EUR", ",", int64(123450)},
		{"1 234,50", "EUR", ",", int64(123450)},
		{"1'234.50", "CHF", "", int64(123450)},
		{"￥1，234.50", "", "", int64(123450)},
		{"¥28.16", "", "", int64(2816)},
		{"28.16元", "", "", int64(2816)},
		{"CNY13.50", "", "", int64(1350)},
		{"13.50 EUR", "EUR", "", int64(1350)},
		{"$1,000", "USD", "", int64(100000)},
		{"-$1,000", "USD", "", int64(-100000)},
		{"(12.00)", "USD", "", int64(-1200)},
		{"+10000.00", "", "", int64(1000000)},
		{"1000", "JPY", "", int64(1000)},
		{"1.500", "BHD", "", int64(1500)},
		{"1.5", "JPY", "", "!amountDigits"},
		{"1.005", "", "", "!amountDigits"},
		{"12,50", "", "", "!amount"},
		{"1,2,3", "", "", "!amount"},
		{"1.234", "EUR", ",", int64(123400)},
		{"1,234.50", "EUR", ",", "!amount"},
		{"1e308", "", "", "!amount"},
		{"1e5", "", "", "!amount"},
		{"NaN", "", "", "!amount"},
		{"99999999999999999", "", "", "!amountTooLarge"},
		{"9999999999999999999999", "", "", "!amount"},
		{"$5", "CNY", "", "!currencyMismatch"},
		{"EUR 5", "USD", "", "!currencyMismatch"},
		{"5", "Taler", "", "!currency"},
		{"5", "人民币", "", int64(500)},
		{"-", "", "", nil},
	} {
		got := convert(t, imports.Map{Decimal: tc.decimal}, "amount", tc.text, tc.currency)
		if got != tc.want {
			t.Errorf("%q %s: %v, want %v", tc.text, tc.currency, got, tc.want)
		}
	}
}

func TestEveryAmountThatIsWrittenReadsBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.Int64Range(-value.MaxAmount, value.MaxAmount).Draw(rt, "n")
		cur := rapid.SampledFrom([]value.Currency{"CNY", "JPY", "BHD", "USD"}).Draw(rt, "currency")
		write := rapid.SampledFrom([]func(int64, value.Currency) string{value.FormatAmount, value.GroupAmount}).Draw(rt, "as")
		if got := convert(t, imports.Map{}, "amount", write(n, cur), string(cur)); got != n {
			rt.Fatalf("%s %s: %v", write(n, cur), cur, got)
		}
	})
}

func TestDates(t *testing.T) {
	us, eu := []string{"1/2/2006"}, []string{"2/1/2006"}
	for _, tc := range []struct {
		text   string
		layout []string
		want   any
	}{
		{"2026-02-28", nil, "2026-02-28"},
		{"2026/2/8", nil, "2026-02-08"},
		{"20260208", nil, "2026-02-08"},
		{"２０２６年2月8日", nil, "2026-02-08"},
		{"2026-02-08 23:59:59", nil, "2026-02-08"},
		{"2026-02-08T23:59:59.123+08:00", nil, "2026-02-08"},
		{"2026-02-08T23:59:59-08:00", nil, "2026-02-09"},
		{"2026-02-30", nil, "!date"},
		{"2026-13-01", nil, "!date"},
		{"08.02.2026", nil, "!date"},
		{"08.02.2026", []string{"02.01.2006"}, "2026-02-08"},
		{"8/2/2026", us, "2026-08-02"},
		{"8/2/2026", eu, "2026-02-08"},
		{"8/2/2026", append(us, eu...), "!dateAmbiguous"},
		{"13/2/2026", append(us, eu...), "2026-02-13"},
		{"2/2/2026", append(us, eu...), "2026-02-02"},
		{"0000-01-01", nil, "!date"},
		{"46000", nil, "!date"},
		{"soon", nil, "!date"},
	} {
		if got := convert(t, imports.Map{Dates: tc.layout}, "dueDate", tc.text, ""); got != tc.want {
			t.Errorf("%q by %v: %v, want %v", tc.text, tc.layout, got, tc.want)
		}
	}
}

func TestOtherCells(t *testing.T) {
	part := func(due string, n int64) any { return map[string]any{"due": due, "amount": n} }
	want := []any{part("2026-12-01", 10000), part("2027-01-01", 5050)}
	for _, text := range []string{"2026-12-01:100.00;2027-01-01:50.50", " 2026/12/1 : 100 ； 2027/1/1 : ¥50.50 ;"} {
		if diff := cmp.Diff(any(want), convert(t, imports.Map{}, "instalments", text, "")); diff != "" {
			t.Errorf("%q:\n%s", text, diff)
		}
	}
	for text, rule := range map[string]string{"100": "!instalments", "2026-02-30:1": "!date", "2026-12-01:x": "!amount"} {
		if got := convert(t, imports.Map{}, "instalments", text, ""); got != rule {
			t.Errorf("%q: %v, want %s", text, got, rule)
		}
	}
	if got := convert(t, imports.Map{}, "customer", "1.23457E+11", ""); got != "!mangledNumber" {
		t.Errorf("a number that a spreadsheet has cut: %v", got)
	}
	if got := convert(t, imports.Map{}, "customer", `="00123"`, ""); got != "00123" {
		t.Errorf("a number that a spreadsheet must not cut: %v", got)
	}
}

func TestFormsOfOnesOwn(t *testing.T) {
	f, err := form.Compile(form.Form{Key: "site", Name: map[string]string{"en": "Site"}, Schema: json.RawMessage(`{"type":"object","properties":{
	  "number":{"type":"string"},"open24":{"type":"boolean"},"size":{"type":"number"},"seen":{"type":"string","format":"date-time"},
	  "kind":{"oneOf":[{"const":"w","title":"Warehouse"},{"const":"s","title":"Shop"}]},"tags":{"type":"array","items":{"type":"string"}},"externalId":{"type":"string","x-df-unique":true}}}`)})
	if err != nil {
		t.Fatal(err)
	}
	m := imports.Map{Columns: map[string]string{"number": "n", "open24": "o", "size": "s", "seen": "t", "kind": "k", "tags": "g"}, Timezone: "Asia/Shanghai"}
	header := []string{"n", "o", "s", "t", "k", "g"}
	c, err := imports.NewConverter(f, m, header, "CNY", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	row, bad := c.Row(imports.Line{Number: 2, Cells: []string{"1", "是", "1,234.50", "2026-02-08 08:00", "shop", "a；b"}})
	want := map[string]any{"number": "1", "open24": true, "size": json.Number("1234.5"), "seen": "2026-02-08T00:00:00.000Z", "kind": "s", "tags": []any{"a", "b"}}
	if diff := cmp.Diff(want, row.Data); diff != "" || bad != nil {
		t.Errorf("%v\n%s", bad, diff)
	}
	_, bad = c.Row(imports.Line{Number: 3, Cells: []string{"", "vielleicht", "1e308", "", "x", ""}})
	if got := say(bad); got != "row/3/kind enum, row/3/open24 boolean, row/3/size number" {
		t.Errorf("problems %s", got)
	}
}
