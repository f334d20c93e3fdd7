package imports

import (
	"encoding/csv"
	"io"
	"strconv"

	"github.com/dueflow/dueflow/schemas/fault"
)

// FailedWriter writes the rows that failed as CSV: line and reason before the
// row as it was, so that it can be mended and imported again with the same
// map. It begins with a byte order mark, which spreadsheets need for Chinese.
type FailedWriter struct {
	csv *csv.Writer
	say func(*fault.Error) string
	err error
}

// NewFailedWriter makes a writer under a header; say words a reason in the
// reader's language.
func NewFailedWriter(w io.Writer, header []string, say func(*fault.Error) string) *FailedWriter {
	f := &FailedWriter{say: say}
	if _, f.err = io.WriteString(w, "\ufeff"); f.err == nil {
		f.csv = csv.NewWriter(w)
		f.err = f.csv.Write(safe(append([]string{"line", "reason"}, header...)))
	}
	return f
}

// Add writes a row.
func (f *FailedWriter) Add(l Line, why *fault.Error) {
	if f.err == nil {
		f.err = f.csv.Write(safe(append([]string{strconv.Itoa(l.Number), f.say(why)}, l.Cells...)))
	}
}

// Close ends the file and gives the first error there was.
func (f *FailedWriter) Close() error {
	if f.csv != nil {
		f.csv.Flush()
		if f.err == nil {
			f.err = f.csv.Error()
		}
	}
	return f.err
}

// safe marks cells that a spreadsheet would run; reading takes the mark off.
func safe(cells []string) []string {
	for k, c := range cells {
		if runsAsFormula(c) {
			cells[k] = "'" + c
		}
	}
	return cells
}
