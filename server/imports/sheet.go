package imports

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/dueflow/dueflow/schemas/fault"
)

// Limits of a workbook; larger tables go as CSV, which is read piece by piece.
const (
	MaxWorkbook = 20 << 20  // bytes of the file
	maxUnzipped = 256 << 20 // bytes of all that is in it
)

var (
	zipped = []byte("PK\x03\x04")
	oldOLE = []byte{0xD0, 0xCF, 0x11, 0xE0} // a workbook of before 2007, or one with a password
)

// IsWorkbook tells from its beginning that a file is an Excel workbook.
func IsWorkbook(head []byte) bool {
	return bytes.HasPrefix(head, zipped) || bytes.HasPrefix(head, oldOLE)
}

// table gives a file as CSV: a workbook's sheet as its rows, anything else as it
// is. Faults, all Invalid: import.oldWorkbook, import.workbook, import.empty, and
// import.tooLarge with "limit" (bytes).
func table(r io.Reader) (io.Reader, error) {
	in := bufio.NewReader(r)
	head, err := in.Peek(len(zipped))
	switch {
	case err != nil && err != io.EOF:
		return nil, readFault(err)
	case bytes.HasPrefix(head, oldOLE):
		return nil, fault.New(fault.Invalid, "import.oldWorkbook", nil)
	case !bytes.HasPrefix(head, zipped):
		return in, nil
	}
	raw, err := io.ReadAll(io.LimitReader(in, MaxWorkbook+1))
	if err != nil {
		return nil, readFault(err)
	}
	if len(raw) > MaxWorkbook {
		return nil, fault.New(fault.Invalid, "import.tooLarge", fault.Params{"limit": MaxWorkbook})
	}
	// Both limits are one, so that nothing is unpacked into files of its own.
	book, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{
		UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped, ShortDatePattern: "yyyy-mm-dd", LongDatePattern: "yyyy-mm-dd", LongTimePattern: "hh:mm:ss",
	})
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "import.workbook", err)
	}
	return openSheet(book)
}

// openSheet takes the sheet that was open when the workbook was saved, or the first
// with something in it.
func openSheet(book *excelize.File) (io.Reader, error) {
	names := book.GetSheetList()
	if at := book.GetActiveSheetIndex(); at > 0 && at < len(names) {
		names = append([]string{names[at]}, names...)
	}
	props, err := book.GetWorkbookProps()
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "import.workbook", err)
	}
	for _, name := range names {
		s := &sheet{since1904: props.Date1904 != nil && *props.Date1904}
		if s.shown, err = book.Rows(name); err == nil {
			s.raw, err = book.Rows(name)
		}
		if err != nil {
			continue // a chart, which has no rows
		}
		s.out = csv.NewWriter(&s.buf)
		if s.row(); s.buf.Len() > 0 && (s.seen || s.more()) {
			return s, nil
		}
	}
	return nil, fault.New(fault.Invalid, "import.empty", nil)
}

// sheet is a worksheet as CSV, a line for each of its rows.
type sheet struct {
	shown, raw *excelize.Rows // as people see it, and as it is stored
	since1904  bool
	seen       bool // something is written in a cell
	buf        bytes.Buffer
	out        *csv.Writer
	err        error
}

// more reads on until a cell has something in it; false at the end.
func (s *sheet) more() bool {
	for !s.seen && s.err == nil {
		s.row()
	}
	return s.seen
}

// Read gives the rows one after another; it never holds more than one.
func (s *sheet) Read(p []byte) (int, error) {
	for s.buf.Len() == 0 {
		if s.err != nil {
			return 0, s.err
		}
		s.row()
	}
	return s.buf.Read(p)
}

// row writes the next row, or notes why there is none.
func (s *sheet) row() {
	if !s.shown.Next() || !s.raw.Next() {
		s.err = io.EOF
		if err := errors.Join(s.shown.Error(), s.raw.Error()); err != nil {
			s.err = fault.Wrap(fault.Invalid, "import.workbook", err)
		}
		return
	}
	shown, err := s.shown.Columns()
	if err == nil {
		var raw []string
		raw, err = s.raw.Columns(excelize.Options{RawCellValue: true})
		for k := range shown {
			if k < len(raw) {
				shown[k] = s.cell(raw[k], shown[k])
			}
			s.seen = s.seen || shown[k] != ""
		}
	}
	if err == nil {
		err = s.out.Write(shown)
		s.out.Flush()
	}
	if err != nil {
		s.err = fault.Wrap(fault.Invalid, "import.workbook", err)
	}
}

// dated is how a day looks in a cell, whatever the format: three parts, a year
// with its sign, or a month by its name.
var dated = regexp.MustCompile(`(?i)\d+[-/.]\d+[-/.]\d+|年|月|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec`)

// cell is what a cell says: a number as it is stored, not as it is rounded for the
// eye, a day as a date, a text as a text. A line break would look like a new row.
func (s *sheet) cell(raw, shown string) string {
	v, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return strings.Join(strings.FieldsFunc(shown, func(c rune) bool { return c == '\n' || c == '\r' }), " ")
	}
	if raw == shown {
		return plain(v, raw)
	}
	if dated.MatchString(shown) && v >= 1 {
		if t, err := excelize.ExcelDateToTime(v, s.since1904); err == nil {
			t = t.Round(time.Second)
			if t.Hour()+t.Minute()+t.Second() == 0 {
				return t.Format(time.DateOnly)
			}
			return t.Format("2006-01-02 15:04:05")
		}
	}
	return plain(v, raw)
}

// plain writes a number with the fifteen digits that a sheet knows. What is written
// as a text of figures, such as a number with leading zeros, stays.
func plain(v float64, raw string) string {
	if len(raw) <= 15 && !strings.ContainsAny(raw, "eE") {
		return raw
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 15, 64), 64)
	if err != nil || len(raw) > 30 || math.Abs(v) >= 1e15 && !strings.ContainsAny(raw, ".eE") {
		return raw
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}
