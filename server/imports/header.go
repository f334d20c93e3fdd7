package imports

import (
	"bufio"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
)

// heading is a header line with the delimiter that makes it one.
type heading struct {
	names   []string
	delim   byte
	n, last int // its physical lines
	score   int // columns that are known
	agree   int // rows after it with as many cells
}

func (h heading) better(o heading) bool {
	if h.score != o.score {
		return h.score > o.score
	}
	if h.agree != o.agree {
		return h.agree > o.agree
	}
	return len(h.names) > len(o.names)
}

// findHeader looks for the header in the first lines, with every delimiter
// that it may have.
func findHeader(sample []line, o Options) (heading, error) {
	if len(sample) == 0 {
		return heading{}, fault.New(fault.Invalid, "import.empty", nil)
	}
	candidates := delimiters
	if o.Delimiter != 0 {
		candidates = []byte{o.Delimiter}
	}
	var all []names
	if len(o.Columns) == 0 {
		all = namesFor(o.Form)
	}
	known := func(cells []string) int {
		if len(o.Columns) > 0 {
			return len(o.Columns) - len(absent(cells, o.Columns))
		}
		return len(guessColumns(all, cells))
	}
	var best heading
	for _, d := range candidates {
		if h := headingIn(sample, d, known); best.delim == 0 || h.better(best) {
			best = h
		}
	}
	if len(o.Columns) > 0 && best.score < len(o.Columns) {
		missing := absent(best.names, o.Columns)
		if best.score == 0 || best.score*2 < len(o.Columns) {
			return heading{}, fault.New(fault.Invalid, "import.headerNotFound", fault.Params{"columns": o.Columns, "lines": maxPreamble})
		}
		return heading{}, fault.New(fault.Invalid, "import.missingColumns", fault.Params{"columns": missing, "line": best.n})
	}
	if len(best.names) == 0 {
		return heading{}, fault.New(fault.Invalid, "import.headerNotFound", fault.Params{"lines": maxPreamble})
	}
	return best, nil
}

// headingIn finds the line that knows most columns, the first of equals; when
// none knows any, the first line with as many cells as most have.
func headingIn(sample []line, delim byte, known func(cells []string) int) heading {
	l := &lines{back: slices.Clone(sample), r: nothing()}
	var recs []record
	counts := map[int]int{}
	for {
		rec, err := l.record(delim)
		if err != nil {
			break
		}
		if rec.rule == "" && !blank(rec.cells) {
			recs = append(recs, rec)
			counts[len(rec.cells)]++
		}
	}
	common := 0
	for n, times := range counts {
		if n > 1 && (times > counts[common] || times == counts[common] && n > common) {
			common = n
		}
	}
	best, at := heading{delim: delim}, -1
	for k, rec := range recs {
		h := heading{names: trimmed(rec.cells), delim: delim, n: rec.n, last: rec.last, score: known(rec.cells)}
		if len(rec.cells) == common || common == 0 {
			h.agree = 1
		}
		if at < 0 || h.score > best.score || h.score == best.score && best.score == 0 && h.agree > best.agree {
			best, at = h, k
		}
	}
	best.agree = 0
	for _, rec := range recs[at+1:] {
		if n := len(trimRight(rec.cells)); len(best.names) > 1 && n > 1 && len(rec.cells) == len(best.names) {
			best.agree++
		}
	}
	return best
}

// absent lists the names that are not among the cells.
func absent(cells, names []string) []string {
	have := map[string]bool{}
	for _, c := range cells {
		have[fold(c)] = true
	}
	var out []string
	for _, n := range names {
		if !have[fold(n)] {
			out = append(out, n)
		}
	}
	return out
}

func trimmed(cells []string) []string {
	cells = trimRight(cells)
	out := make([]string, len(cells))
	for k, c := range cells {
		out[k] = cleanText(c)
	}
	return out
}

// trimRight drops blank cells at the end.
func trimRight(cells []string) []string {
	for len(cells) > 0 && blank(cells[len(cells)-1:]) {
		cells = cells[:len(cells)-1]
	}
	return cells
}

func nothing() *bufio.Reader { return bufio.NewReader(strings.NewReader("")) }
