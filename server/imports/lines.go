package imports

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
)

// maxReread bounds how many lines may be looked at again after broken quotes.
const maxReread = MaxRows / 2

// maxContinued is how many lines one quoted record may go over.
const maxContinued = 500

// line is a physical line without its end; long ones were cut.
type line struct {
	text string
	n    int // from 1
	long bool
}

// lines cuts text at \n, \r\n or \r. Lines can be given back.
type lines struct {
	r      *bufio.Reader
	back   []line
	n      int
	reread int
}

// next gives a line, io.EOF after the last.
func (l *lines) next() (line, error) {
	if len(l.back) > 0 {
		out := l.back[0]
		l.back = l.back[1:]
		return out, nil
	}
	out := line{n: l.n + 1}
	var text []byte
	for started := false; ; started = true {
		if _, err := l.r.Peek(1); err != nil {
			if !started || !errors.Is(err, io.EOF) {
				return line{}, err
			}
			break
		}
		buf, _ := l.r.Peek(l.r.Buffered())
		end := bytes.IndexAny(buf, "\r\n")
		part := buf
		if end >= 0 {
			part = buf[:end]
		}
		if len(text)+len(part) > maxRecord {
			out.long, part = true, part[:maxRecord-len(text)]
		}
		text = append(text, part...)
		if end >= 0 {
			l.skip(end, buf[end])
			break
		}
		_, _ = l.r.Discard(len(buf))
	}
	l.n++
	out.text = string(text)
	return out, nil
}

// skip passes a line's end.
func (l *lines) skip(at int, mark byte) {
	_, _ = l.r.Discard(at + 1)
	if mark == '\r' {
		if b, err := l.r.Peek(1); err == nil && b[0] == '\n' {
			_, _ = l.r.Discard(1)
		}
	}
}

func (l *lines) giveBack(ls []line) {
	l.back = append(ls, l.back...)
	l.reread += len(ls)
}

// record is one row of a table; rule says why it cannot be used.
type record struct {
	n, last int // its lines
	cells   []string
	rule    string
}

// record cuts the next row. A quote that is never closed, or closed in the
// middle of a cell, spoils only the line it is on: the lines after it are
// rows again.
func (l *lines) record(delim byte) (record, error) {
	first, err := l.next()
	if err != nil {
		return record{}, err
	}
	c := cutter{delim: delim}
	if first.long {
		c.rule = "lineTooLong"
	} else {
		c.feed(first.text)
	}
	var taken []line
	for size := len(first.text); c.open && c.rule == ""; {
		next, err := l.next()
		if err != nil && err != io.EOF {
			return record{}, err
		}
		if err == nil {
			taken = append(taken, next)
			size += len(next.text)
		}
		if err == io.EOF || next.long || size > maxRecord || len(taken) > maxContinued {
			c.rule = "quotes"
			break
		}
		c.feed(next.text)
	}
	out := record{n: first.n, last: first.n + len(taken), cells: c.cells, rule: c.rule}
	if c.rule == "" {
		return out, nil
	}
	if len(taken) > 0 {
		out.rule, out.last = "quotes", first.n
		l.giveBack(taken)
	}
	if l.reread > maxReread {
		return record{}, fault.New(fault.Invalid, "import.brokenQuotes", nil)
	}
	out.cells = strings.SplitN(first.text, string(delim), MaxColumns)
	return out, nil
}

// cutter cuts one row into cells, over as many lines as its quotes span.
type cutter struct {
	delim byte
	cells []string
	field []byte
	open  bool // a quote is open at the end of what was fed
	rule  string
}

func (c *cutter) feed(text string) {
	pos := 0
	if c.open {
		c.field = append(c.field, '\n')
		pos = c.quoted(text, 0)
	} else {
		pos = c.plain(text, 0)
	}
	for pos >= 0 && c.rule == "" {
		pos = c.plain(text, pos)
	}
}

// plain cuts the cell at pos and gives the start of the next one, -1 at the end.
func (c *cutter) plain(text string, pos int) int {
	if at := c.blanks(text, pos); at < len(text) && text[at] == '"' {
		return c.quoted(text, at+1)
	}
	end := strings.IndexByte(text[pos:], c.delim)
	if end < 0 {
		c.add(text[pos:])
		return -1
	}
	c.add(text[pos : pos+end])
	return pos + end + 1
}

func (c *cutter) blanks(text string, pos int) int {
	for pos < len(text) && (text[pos] == ' ' || text[pos] == '\t') && text[pos] != c.delim {
		pos++
	}
	return pos
}

// quoted goes on inside quotes; blanks around the quotes are not part of the cell.
func (c *cutter) quoted(text string, pos int) int {
	c.open = true
	for {
		q := strings.IndexByte(text[pos:], '"')
		if q < 0 {
			c.field = append(c.field, text[pos:]...)
			if len(c.field) > MaxField {
				c.rule = "maxLength"
			}
			return -1
		}
		c.field = append(c.field, text[pos:pos+q]...)
		if pos += q + 1; pos == len(text) || text[pos] != '"' {
			break
		}
		c.field = append(c.field, '"')
		pos++
	}
	c.open = false
	if pos = c.blanks(text, pos); pos < len(text) && text[pos] != c.delim {
		c.rule = "quotes"
		return -1
	}
	c.add(string(c.field))
	c.field = c.field[:0]
	if pos == len(text) {
		return -1
	}
	return pos + 1
}

func (c *cutter) add(cell string) {
	switch {
	case len(cell) > MaxField:
		c.rule = "maxLength"
	case len(c.cells) == MaxColumns:
		c.rule = "maxColumns"
	default:
		c.cells = append(c.cells, cell)
	}
}
