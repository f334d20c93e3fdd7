package imports

import (
	"bufio"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/form"
)

// Limits of a file.
const (
	MaxBytes   = 200 << 20
	MaxRows    = 1_000_000
	MaxColumns = 200
	MaxField   = 64 << 10 // bytes of one cell, as UTF-8

	maxRecord   = 1 << 20 // bytes of one row
	maxPreamble = 50      // lines among which the header is looked for
)

// Options say what is known of a file; the zero value detects everything.
type Options struct {
	// Encoding is one of the constants; "" detects it.
	Encoding string
	// Delimiter is ',', ';', '\t' or '|'; 0 detects it.
	Delimiter byte
	// Columns are the names that the header must have. Without any, the line
	// that looks most like a header of Form (nil: of any form) is taken.
	Columns []string
	Form    *form.Compiled
}

// Line is a row of a file. Problem says why it cannot be used; its cells are
// then what could be read. Otherwise there is one cell for every column.
type Line struct {
	Number  int // of its first physical line, from 1
	Cells   []string
	Problem *fault.Error
}

// Reader reads a table row by row in constant memory.
type Reader struct {
	dec    *decoder
	lines  *lines
	delim  byte
	header []string
	at     int // line of the header
	rows   int
}

var delimiters = []byte{',', ';', '\t', '|'}

// NewReader reads up to the header of a CSV file or of a workbook's sheet. Faults, all Invalid: import.empty,
// import.headerNotFound and import.missingColumns with "columns",
// import.tooLarge with "limit" (bytes).
func NewReader(r io.Reader, o Options) (*Reader, error) {
	if o.Delimiter != 0 && !slices.Contains(delimiters, o.Delimiter) {
		return nil, fault.At("/delimiter", "enum", []string{",", ";", "\t", "|"})
	}
	r, err := table(r)
	if err != nil {
		return nil, err
	}
	dec, err := newDecoder(r, o.Encoding)
	if err != nil {
		return nil, readFault(err)
	}
	out := &Reader{dec: dec, lines: &lines{r: bufio.NewReaderSize(dec, window)}}
	var sample []line
	for size := 0; len(sample) < maxPreamble && size < maxRecord; {
		l, err := out.lines.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, readFault(err)
		}
		sample = append(sample, l)
		size += len(l.text)
	}
	h, err := findHeader(sample, o)
	if err != nil {
		return nil, err
	}
	out.delim, out.header, out.at = h.delim, h.names, h.n
	for k := range sample {
		if sample[k].n > h.last {
			out.lines.giveBack(slices.Clone(sample[k:]))
			break
		}
	}
	return out, nil
}

func readFault(err error) error {
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	return fault.Wrap(fault.Invalid, "import.read", err)
}

// Header is the column names, trimmed.
func (r *Reader) Header() []string { return r.header }

// HeaderLine is the physical line of the header, from 1.
func (r *Reader) HeaderLine() int { return r.at }

// Delimiter is what stands between cells.
func (r *Reader) Delimiter() byte { return r.delim }

// Encoding of the file; "utf-8" while everything was ASCII.
func (r *Reader) Encoding() string {
	if r.dec.name == "" {
		return UTF8
	}
	return r.dec.name
}

// Next gives the next row that is not blank, io.EOF after the last. A row that
// cannot be used is no error. Faults, all Invalid: import.tooManyRows and
// import.tooLarge with "limit", import.read.
func (r *Reader) Next() (Line, error) {
	for {
		rec, err := r.lines.record(r.delim)
		if err == io.EOF {
			return Line{}, err
		}
		if err != nil {
			return Line{}, readFault(err)
		}
		if rec.rule == "" && blank(rec.cells) {
			continue
		}
		if r.rows++; r.rows > MaxRows {
			return Line{}, fault.New(fault.Invalid, "import.tooManyRows", fault.Params{"limit": MaxRows})
		}
		return r.judge(rec), nil
	}
}

// judge fits a row to the header: missing cells at the end are empty, blank
// ones beyond it drop out, others mean that the columns are out of step.
func (r *Reader) judge(rec record) Line {
	l := Line{Number: rec.n, Cells: rec.cells}
	for len(l.Cells) < len(r.header) {
		l.Cells = append(l.Cells, "")
	}
	rule := rec.rule
	if rule == "" && len(l.Cells) > len(r.header) {
		if blank(l.Cells[len(r.header):]) {
			l.Cells = l.Cells[:len(r.header)]
		} else {
			rule = "extraCells"
		}
	}
	for _, c := range l.Cells {
		switch {
		case rule != "":
		case strings.IndexByte(c, 0) >= 0:
			rule = "nulByte"
		case !utf8.ValidString(c) || strings.ContainsRune(c, utf8.RuneError):
			rule = "encoding"
		}
	}
	if rule != "" {
		l.Problem = problem(rec.n, "", rule, nil)
	}
	return l
}

func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// problem is the fault of one wrong place of a row; field "" is the row.
func problem(n int, field, rule string, p fault.Params) *fault.Error {
	at := pointer(n, field)
	return &fault.Error{Kind: fault.Invalid, Key: "invalid.fields", Fields: []fault.Field{{Pointer: at, Rule: rule, Params: p}}}
}

// pointer names a place of a table: "row/12/dueDate".
func pointer(n int, field string) string {
	at := "row/" + strconv.Itoa(n)
	if field != "" {
		at += "/" + field
	}
	return at
}

// fold makes names comparable: half and full width alike, lower case, without
// blanks at the ends.
func fold(s string) string {
	return strings.ToLower(strings.Trim(width.Fold.String(s), " \t\u00a0\ufeff'\""))
}
