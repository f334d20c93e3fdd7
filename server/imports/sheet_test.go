package imports_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/imports"
)

// workbook is an Excel file with one sheet of rows; formats are number formats by cell.
func workbook(t *testing.T, rows [][]any, formats map[string]string) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close() //nolint:errcheck // only in memory
	for k, row := range rows {
		cell, err := excelize.CoordinatesToCellName(1, k+1)
		if err == nil {
			err = f.SetSheetRow("Sheet1", cell, &row)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for cell, format := range formats {
		style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
		if err == nil {
			err = f.SetCellStyle("Sheet1", cell, cell, style)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func rowsOf(t *testing.T, raw []byte) (header []string, lines []imports.Line) {
	t.Helper()
	r, err := imports.NewReader(bytes.NewReader(raw), imports.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for {
		l, err := r.Next()
		if err == io.EOF {
			return r.Header(), lines
		}
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, l)
	}
}

// TestWorkbook: a sheet is read as people see it, but amounts as they are stored,
// days as dates whatever their format, and rows by the numbers that Excel shows.
func TestWorkbook(t *testing.T) {
	day := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	raw := workbook(t, [][]any{
		{"应收账款明细"},
		{},
		{"账单号", "客户", "到期日", "金额", "备注"},
		{"0012", "华东贸易", day, 1234.567, "第一行\n第二行"},
		{"0013", "𠮷野家", day, 1234.5, `带"引号"，逗号`},
		{},
		{"0014", "Nord", day, 0.1 + 0.2, ""},
		{"0015", "Süd", day.Add(36*time.Hour + 90*time.Second), 120000, ""},
	}, map[string]string{"C4": "yyyy年m月d日", "C5": "dd.mm.yyyy", "C7": "d mmm yyyy", "C8": "yyyy-mm-dd hh:mm:ss", "D4": "#,##0", "D5": `[$CNY] #,##0.00`, "D8": `¥#,##0`})
	header, lines := rowsOf(t, raw)
	if strings.Join(header, "|") != "账单号|客户|到期日|金额|备注" {
		t.Errorf("header %q", header)
	}
	want := []string{"0012|华东贸易|2026-03-02|1234.567|第一行 第二行", `0013|𠮷野家|2026-03-02|1234.5|带"引号"，逗号`, "0014|Nord|2026-03-02|0.3|", "0015|Süd|2026-03-03 12:01:30|120000|"}
	numbers := []int{4, 5, 7, 8}
	if len(lines) != len(want) {
		t.Fatalf("%d rows: %+v", len(lines), lines)
	}
	for k, l := range lines {
		if l.Problem != nil || l.Number != numbers[k] || strings.Join(l.Cells, "|") != want[k] {
			t.Errorf("row %d (%d): %q %v, want %q", k, l.Number, strings.Join(l.Cells, "|"), l.Problem, want[k])
		}
	}
}

// TestWorkbookSheet: the sheet that was open is taken, or the first with rows.
func TestWorkbookSheet(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close() //nolint:errcheck // only in memory
	for _, name := range []string{"Empty", "Data", "Open"} {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
	}
	for sheet, name := range map[string]string{"Data": "number", "Open": "reference"} {
		if err := f.SetSheetRow(sheet, "A1", &[]any{name, "amount"}); err != nil {
			t.Fatal(err)
		}
	}
	for open, want := range map[int]string{0: "number", 3: "reference"} {
		f.SetActiveSheet(open)
		var out bytes.Buffer
		if err := f.Write(&out); err != nil {
			t.Fatal(err)
		}
		if header, _ := rowsOf(t, out.Bytes()); header[0] != want {
			t.Errorf("sheet %d open: %q", open, header)
		}
	}
}

// TestNoWorkbook: what only looks like a workbook is refused by name.
func TestNoWorkbook(t *testing.T) {
	archive := func(files map[string]string) []byte {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		for name, text := range files {
			w, err := z.Create(name)
			if err == nil {
				_, err = io.WriteString(w, text)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	good := workbook(t, [][]any{{"number", "amount"}, {"1", 2}}, nil)
	for what, c := range map[string]struct {
		raw []byte
		key string
	}{
		"another archive":  {archive(map[string]string{"readme.txt": "hello"}), "import.workbook"},
		"an old workbook":  {append([]byte{0xD0, 0xCF, 0x11, 0xE0}, make([]byte, 600)...), "import.oldWorkbook"},
		"half a workbook":  {good[:len(good)/2], "import.workbook"},
		"nothing in it":    {workbook(t, nil, nil), "import.empty"},
		"a bomb":           {archive(map[string]string{"xl/worksheets/sheet1.xml": strings.Repeat("<row/>", 50_000_000)}), "import.workbook"},
		"a heavy workbook": {append(archive(map[string]string{"a": "b"}), make([]byte, imports.MaxWorkbook)...), "import.tooLarge"},
	} {
		_, err := imports.NewReader(bytes.NewReader(c.raw), imports.Options{})
		if fault.KeyOf(err) != c.key {
			t.Errorf("%s: %v, want %s", what, err, c.key)
		}
	}
}

// TestWorkbookImport: customers and invoices come out of workbooks as out of CSV; the
// same files again change nothing.
func TestWorkbookImport(t *testing.T) {
	k := open(t, allowAll{})
	day := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	customers := workbook(t, [][]any{{"客户编号", "客户名称", "邮箱"}, {"0017", "华东贸易有限公司", "ap@example.com"}, {"0018", "华南贸易有限公司", ""}}, nil)
	invoices := workbook(t, [][]any{
		{"账单号", "客户编号", "开票日期", "到期日", "金额", "币种"},
		{"W-1", "0017", day, day.AddDate(0, 0, 30), 1234.5, "CNY"},
		{"W-2", "0018", day, day.AddDate(0, 0, 45), 88000, "CNY"},
		{"W-3", "0999", day, day.AddDate(0, 0, 45), 1, "CNY"},
	}, map[string]string{"C2": "yyyy/m/d", "D2": "yyyy年m月d日", "E2": "¥#,##0", "C3": "m/d/yy", "D3": "yyyy-mm-dd"})
	for again := range 2 {
		sum, _ := k.file("customer", "", string(customers), false)
		k.counts(sum, 2-2*again, 0, 2*again, 0)
		sum, failed := k.file("invoice", "", string(invoices), false)
		k.counts(sum, 2-2*again, 0, 2*again, 1)
		if !strings.Contains(failed, "W-3") || strings.Contains(failed, "W-1") {
			t.Errorf("failed rows: %s", failed)
		}
	}
	w := k.byExternal("invoice")["W-1"]
	if w.Text("dueDate") != "2026-12-02" || w.Text("issueDate") != "2026-11-02" || string(w.Data["amount"]) != "123450" {
		t.Errorf("%s %s %s", w.Text("issueDate"), w.Text("dueDate"), w.Data["amount"])
	}
}
