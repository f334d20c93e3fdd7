package imports_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/imports"
)

const (
	customers = "客户编号,客户名称,等级,邮箱,语言\nC-1,海河精工有限公司,A,a@example.com,中文\nC-2,Blue Fjord AS,b,b@example.com,English\n"
	invoices  = "账单号,客户编号,开票日期,到期日,金额,币种,分期\n" +
		"F-1,C-1,2026/10/1,2026/11/1,\"1,000.00\",,\n" +
		"F-2,C-1,2026/10/5,2026/12/5,¥500,人民币,2026-11-05:200;2026-12-05:300\n" +
		"F-3,C-2,20261006,2026年12月6日,70.5,EUR,\n"
	payments = "流水号,客户,金额,币种,到账日期,对应账单\nP-1,C-1,600,CNY,2026-11-10,F-2;F-1\nP-2,C-2,10,EUR,2026-11-11,\n"
)

func TestFromCustomersToPayments(t *testing.T) {
	k := open(t, allowAll{})
	for range 2 { // a dry run changes nothing, so that the next one says the same
		sum, _ := k.file("customer", "", customers, true)
		k.counts(sum, 2, 0, 0, 0)
	}
	sum, _ := k.file("customer", "", customers, false)
	k.counts(sum, 2, 0, 0, 0)
	sum, failed := k.file("invoice", "", invoices, true)
	k.counts(sum, 3, 0, 0, 0)
	sum, _ = k.file("invoice", "", invoices, false)
	k.counts(sum, 3, 0, 0, 0)
	if len(strings.Split(strings.TrimSpace(failed), "\n")) != 1 {
		t.Errorf("failed rows: %q", failed)
	}
	sum, _ = k.file("payment", "", payments, true)
	k.counts(sum, 2, 0, 0, 0)
	sum, _ = k.file("payment", "", payments, false)
	k.counts(sum, 2, 0, 0, 0)

	c := k.byExternal("customer")
	inv := k.byExternal("invoice")
	st := k.account(c["C-1"].ID)
	if got := st.Items[inv["F-2"].ID].Open(); got != 0 {
		t.Errorf("F-2 open %d, want 0: it is named first", got)
	}
	if got := st.Items[inv["F-1"].ID].Open(); got != 90000 {
		t.Errorf("F-1 open %d, want 90000", got)
	}
	if got := inv["F-3"].Text("currency") + string(inv["F-3"].Data["amount"]); got != "EUR7050" {
		t.Errorf("F-3 is %s", got)
	}

	k.settle()
	events, before := k.ledgerSize(), k.byExternal("invoice")
	for form, text := range map[string]string{"customer": customers, "invoice": invoices, "payment": payments} {
		sum, _ := k.file(form, "", text, false)
		k.counts(sum, 0, 0, sum.Rows, 0)
	}
	if n := k.ledgerSize(); n != events {
		t.Errorf("%d new events by importing again", n-events)
	}
	if diff := cmp.Diff(before, k.byExternal("invoice")); diff != "" {
		t.Errorf("importing again changed records:\n%s", diff)
	}
}

func TestChangedDueDateIsCorrectedOnTheLedger(t *testing.T) {
	k := open(t, allowAll{})
	k.file("customer", "", customers, false)
	k.file("invoice", "", invoices, false)
	later := strings.Replace(invoices, "2026/11/1,", "2026/11/30,", 1)
	for _, dry := range []bool{true, false} {
		sum, _ := k.file("invoice", "", later, dry)
		k.counts(sum, 0, 1, 2, 0)
	}
	inv := k.byExternal("invoice")["F-1"]
	if due := k.account(inv.Text("customer")).Items[inv.ID].Due.String(); due != "2026-11-30" || inv.Text("dueDate") != due {
		t.Errorf("due on the ledger %s, on the record %s", due, inv.Text("dueDate"))
	}
}

func TestWrongRowsAreListedAndTheRestGoesOn(t *testing.T) {
	k := open(t, allowAll{})
	k.file("customer", "", customers, false)
	text := "账单号,客户编号,开票日期,到期日,金额,币种\n" +
		"G-1,C-1,2026-10-01,2026-02-30,100,CNY\n" + // no such day
		"G-2,C-9,2026-10-01,2026-11-01,100,CNY\n" + // no such customer
		"G-3,C-1,2026-10-01,2026-11-01,1e308,CNY\n" +
		"G-4,C-1,2026-10-01,2026-11-01,-5,CNY\n" +
		"G-5,C-1,2026-10-01,2026-11-01,5,XXX\n" +
		"G-6,C-1,2026-10-01,2026-11-01,5.001,CNY\n" +
		"G-7,C-1,2026-10-01,2026-11-01,$5,EUR\n" +
		"G-8,C-1,2026-10-01,2026-09-01,5,EUR\n" + // due before issue: the ledger's rule
		"G-9,C-1,2026-10-01,2026-11-01,5,EUR,7\n" + // a cell too many
		",C-1,2026-10-01,2026-11-01,5,EUR\n" +
		"G-11,C-1,2026-10-01,2026-11-01,\"12,50\",EUR\n" +
		"G-12,C-1,2026-10-01,2026-11-01,12.50,EUR\n"
	want := "\ufeffline,reason,账单号,客户编号,开票日期,到期日,金额,币种\n" +
		"2,row/2/dueDate date,G-1,C-1,2026-10-01,2026-02-30,100,CNY\n" +
		"4,row/4/amount amount,G-3,C-1,2026-10-01,2026-11-01,1e308,CNY\n" +
		"6,row/6/currency currency,G-5,C-1,2026-10-01,2026-11-01,5,XXX\n" +
		"7,row/7/amount amountDigits,G-6,C-1,2026-10-01,2026-11-01,5.001,CNY\n" +
		"8,row/8/amount currencyMismatch,G-7,C-1,2026-10-01,2026-11-01,$5,EUR\n" +
		"10,row/10 extraCells,G-9,C-1,2026-10-01,2026-11-01,5,EUR,7\n" +
		"11,row/11/number required,,C-1,2026-10-01,2026-11-01,5,EUR\n" +
		"12,row/12/amount amount,G-11,C-1,2026-10-01,2026-11-01,\"12,50\",EUR\n" +
		"3,row/3/customer reference,G-2,C-9,2026-10-01,2026-11-01,100,CNY\n" +
		"5,row/5/amount minimum,G-4,C-1,2026-10-01,2026-11-01,-5,CNY\n" +
		"9,row/9/dueDate afterIssue,G-8,C-1,2026-10-01,2026-09-01,5,EUR\n"
	for _, dry := range []bool{true, false} {
		sum, failed := k.file("invoice", "", text, dry)
		k.counts(sum, 1, 0, 0, 11)
		if diff := cmp.Diff(want, failed); diff != "" {
			t.Errorf("dry %v: failed rows:\n%s", dry, diff)
		}
	}
	if n := len(k.byExternal("invoice")); n != 1 {
		t.Errorf("%d invoices, want 1: a refused one leaves nothing behind", n)
	}
}

func TestAFailedFileIsImportedAgainWhenMended(t *testing.T) {
	k := open(t, allowAll{})
	_, failed := k.file("customer", "", "number,name,email\nC-1,=1+1,nonsense\n", false)
	if !strings.Contains(failed, ",'=1+1,nonsense") {
		t.Fatalf("a formula is not marked: %q", failed)
	}
	sum, _ := k.file("customer", "", strings.Replace(failed, "nonsense", "n@example.com", 1), false)
	k.counts(sum, 1, 0, 0, 0)
	if got := k.byExternal("customer")["C-1"].Text("name"); got != "=1+1" {
		t.Errorf("name %q", got)
	}
}

func TestPaymentsThatExistNeverChange(t *testing.T) {
	k := open(t, allowAll{})
	k.file("customer", "", customers, false)
	k.file("invoice", "", invoices, false)
	k.file("payment", "", payments, false)
	events := k.ledgerSize()
	const again = "流水号,客户,金额,币种,备注\nP-1,C-1,600,CNY,a note\nP-2,C-2,11,EUR,\n"
	for _, dry := range []bool{true, false} {
		sum, failed := k.file("payment", "", again, dry)
		k.counts(sum, 0, 0, 1, 1)
		if !strings.Contains(failed, "row/3/amount fixedOnceBooked") {
			t.Errorf("failed rows: %s", failed)
		}
	}
	if n := k.ledgerSize(); n != events {
		t.Errorf("%d new events", n-events)
	}
}

func TestRace(t *testing.T) {
	k := open(t, allowAll{})
	k.file("customer", "", customers, false)
	var b strings.Builder
	b.WriteString("number,customer,issue date,due date,amount,currency\n")
	for n := range 120 {
		fmt.Fprintf(&b, "R-%d,C-%d,2026-10-01,2026-11-01,%d,CNY\n", n, n%2+1, n+1)
	}
	var wg sync.WaitGroup
	sums := make([]imports.Summary, 2)
	for n := range sums {
		wg.Go(func() {
			sum, failed, err := k.try("invoice", "", strings.NewReader(b.String()), false)
			if err != nil || sum.Failed > 0 {
				t.Errorf("%v, failed:\n%s", err, failed)
			}
			sums[n] = sum
		})
	}
	wg.Wait()
	if n := sums[0].Created + sums[1].Created; n != 120 {
		t.Errorf("%d created by both, want 120", n)
	}
	if n := len(k.byExternal("invoice")); n != 120 {
		t.Errorf("%d invoices, want 120", n)
	}
	k.settle()
	if n := k.ledgerSize(); n != 120 {
		t.Errorf("%d events, want 120", n)
	}
}

func TestEnteredByHandThenImported(t *testing.T) {
	k := open(t, allowAll{})
	ctx := context.Background()
	res := k.imports.Upsert(ctx, actor, "customer", []imports.Row{{Line: 1, ExternalID: "x", Data: map[string]any{"name": "Old", "number": "C-1", "note": "by hand"}}}, false)
	if res[0].Status != imports.Created {
		t.Fatal(res[0].Problem)
	}
	id := res[0].ID
	// Its external id goes, as if it had been entered by hand.
	if _, err := k.records.Update(ctx, actor, "customer", id, []byte(`{"name":"Old","number":"C-1","note":"by hand"}`), 0); err != nil {
		t.Fatal(err)
	}
	sum, _ := k.file("customer", "", customers, false)
	k.counts(sum, 1, 1, 0, 0)
	got := k.byExternal("customer")["C-1"]
	if got.ID != id || got.Text("note") != "by hand" || got.Text("name") != "海河精工有限公司" {
		t.Errorf("imported over it: %+v", got)
	}
}

func TestUpsertRowsOfAnotherSystem(t *testing.T) {
	k := open(t, allowAll{})
	ctx := context.Background()
	k.file("customer", "", customers, false)
	id := k.byExternal("customer")["C-2"].ID
	row := func(line int, ext, customer string, amount any) imports.Row {
		return imports.Row{Line: line, ExternalID: ext, Data: map[string]any{
			"number": ext, "customer": customer, "issueDate": "2026-10-01", "dueDate": "2026-11-01", "amount": amount, "currency": "CNY",
		}}
	}
	rows := []imports.Row{
		row(1, "E-1", id, 100), row(2, "E-2", "C-2", "100"), row(3, "", "C-2", 100), row(4, "E-4", "C-2", 100),
		row(5, "E-4", "C-2", 120), row(6, "E-1", "C-1", 100),
	}
	want := []string{"created", "failed row/2/amount", "failed row/3/externalId", "created", "updated", "failed row/6/customer"}
	for _, dry := range []bool{true, false} {
		var got []string
		for _, r := range k.imports.Upsert(ctx, actor, "invoice", rows, dry) {
			s := r.Status
			if r.Problem != nil {
				s += " " + r.Problem.Fields[0].Pointer
			}
			got = append(got, s)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("dry %v:\n%s", dry, diff)
		}
	}
	many := make([]imports.Row, imports.MaxBatch+1)
	if r := k.imports.Upsert(ctx, actor, "invoice", many, false); r[0].Status != imports.Failed {
		t.Error("a batch beyond the limit went through")
	}
}

type readOnly struct{}

func (readOnly) View(_ context.Context, _ policies.Actor, _, action string) (policies.View, error) {
	if action == "read" {
		return policies.View{}, nil
	}
	return policies.View{}, fault.New(fault.Denied, "denied", nil)
}

func TestRightsAreAskedByADryRunToo(t *testing.T) {
	k := open(t, readOnly{})
	for _, dry := range []bool{true, false} {
		sum, _ := k.file("customer", "", customers, dry)
		k.counts(sum, 0, 0, 0, 2)
		if !fault.Is(sum.Problems[0], fault.Denied) {
			t.Errorf("dry %v: %v", dry, sum.Problems[0])
		}
	}
}

func TestPreviewShowsTheGuess(t *testing.T) {
	k := open(t, allowAll{})
	p, err := k.imports.Preview(context.Background(), ws, "payment", strings.NewReader("Kontoauszug;;;\n\nReference;Customer No.;Amount;Value Date\nT-1;C-1;1.234,50;31.12.2026\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"reference": "Reference", "customer": "Customer No.", "amount": "Amount", "valueDate": "Value Date"}
	if diff := cmp.Diff(want, p.Map.Columns); diff != "" {
		t.Error(diff)
	}
	if p.HeaderLine != 3 || p.Delimiter != ";" || p.Map.Decimal != "," || p.Map.ExternalID != "reference" || p.Map.Dates[len(p.Map.Dates)-1] != "2.1.2006" {
		t.Errorf("%+v", p)
	}
}

func TestWholeFileFaults(t *testing.T) {
	k := open(t, allowAll{})
	const m = `{"columns":{"number":"No","name":"Firm","email":"Mail","phone":"Tel"}}`
	for text, key := range map[string]string{
		"":                      "import.empty",
		"a,b\n1,2\n":            "import.headerNotFound",
		"No,Firm,Mail\n1,x,y\n": "import.missingColumns",
		strings.Repeat("x\n", 60) + "No,Firm,Mail,Tel\n": "import.headerNotFound",
	} {
		if _, _, err := k.try("customer", m, bytes.NewReader([]byte(text)), false); fault.KeyOf(err) != key {
			t.Errorf("%.20q: %v, want %s", text, err, key)
		}
	}
	for _, bad := range []string{`{`, `{"columns":{}}`, `{"columns":{"nope":"x","number":"No"}}`, `{"columns":{"name":"Firm"}}`, `{"columns":{"number":"No"},"dates":["yyyy"]}`, `{"columns":{"number":"No"},"dates":["2006-01"]}`, `{"columns":{"number":"No"},"decimal":";"}`, `{"columns":{"number":"No"},"currency":"XXX"}`} {
		if _, _, err := k.try("customer", bad, strings.NewReader("No\n1\n"), false); !fault.Is(err, fault.Invalid) {
			t.Errorf("map %s: %v", bad, err)
		}
	}
}
