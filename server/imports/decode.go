package imports

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/dueflow/dueflow/schemas/fault"
)

// The encodings that a file may have. Windows-1252 is only found when bytes
// above ASCII stand alone, as accents in Western text do and Chinese never.
const (
	UTF8        = "utf-8"
	UTF16LE     = "utf-16le"
	UTF16BE     = "utf-16be"
	GB18030     = "gb18030"
	Windows1252 = "windows-1252"
)

// window is how far ahead the encoding is judged, from the first byte that is
// not ASCII.
const window = 64 << 10

// decoder turns a file's bytes into UTF-8. What is not decided by a byte order
// mark is decided at the first byte above ASCII, however late that comes.
type decoder struct {
	raw  *bufio.Reader
	out  io.Reader // set once decided
	name string    // "" while everything was ASCII
}

func newDecoder(r io.Reader, name string) (*decoder, error) {
	d := &decoder{raw: bufio.NewReaderSize(&capped{r: r, left: MaxBytes}, window)}
	head, err := d.raw.Peek(3)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}) && (name == "" || name == UTF8):
		_, _ = d.raw.Discard(3)
		name = UTF8
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}) && (name == "" || name == UTF16LE):
		name = UTF16LE
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}) && (name == "" || name == UTF16BE):
		name = UTF16BE
	}
	if name == "" {
		return d, nil
	}
	return d, d.decide(name)
}

func (d *decoder) decide(name string) error {
	var e encoding.Encoding
	switch name {
	case UTF8:
		d.name, d.out = name, d.raw
		return nil
	case UTF16LE:
		e = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case UTF16BE:
		e = unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case GB18030:
		e = simplifiedchinese.GB18030
	case Windows1252:
		e = charmap.Windows1252
	default:
		return fault.At("/encoding", "enum", []string{UTF8, UTF16LE, UTF16BE, GB18030, Windows1252})
	}
	d.name, d.out = name, transform.NewReader(d.raw, e.NewDecoder())
	return nil
}

// Read gives UTF-8, or what the file has in its place: bytes that fit no
// encoding stay as they are and are found in the row.
func (d *decoder) Read(p []byte) (int, error) {
	if d.out != nil {
		return d.out.Read(p)
	}
	if _, err := d.raw.Peek(1); err != nil {
		return 0, err
	}
	head, _ := d.raw.Peek(d.raw.Buffered())
	if head[0] >= utf8.RuneSelf {
		ahead, err := d.raw.Peek(window)
		if err != nil && err != io.EOF {
			return 0, err
		}
		if err := d.decide(guessEncoding(ahead)); err != nil {
			return 0, err
		}
		return d.out.Read(p)
	}
	n := 0
	for n < len(head) && n < len(p) && head[n] < utf8.RuneSelf {
		n++
	}
	copy(p, head[:n])
	_, _ = d.raw.Discard(n)
	return n, nil
}

// guessEncoding judges bytes that begin above ASCII.
func guessEncoding(b []byte) string {
	whole := b
	for k := 0; k < utf8.UTFMax && len(b) == window; k++ { // the window may end inside a character
		if r, n := utf8.DecodeLastRune(whole); r != utf8.RuneError || n != 1 {
			break
		}
		whole = whole[:len(whole)-1]
	}
	if utf8.Valid(whole) {
		return UTF8
	}
	alone, pairs := 0, 0
	for k := 0; k < len(b); k++ {
		if b[k] < utf8.RuneSelf {
			continue
		}
		if k+1 < len(b) && b[k+1] >= utf8.RuneSelf {
			pairs++
			k++
		} else {
			alone++
		}
	}
	if alone > pairs {
		return Windows1252
	}
	return GB18030
}

// capped fails when a file is larger than may be read.
type capped struct {
	r    io.Reader
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return 0, fault.New(fault.Invalid, "import.tooLarge", fault.Params{"limit": MaxBytes})
	}
	return n, err
}

// Text is a whole file as text, in whatever encoding it came.
func Text(raw []byte) (string, error) {
	d, err := newDecoder(bytes.NewReader(raw), "")
	if err != nil {
		return "", err
	}
	out, err := io.ReadAll(d)
	if err != nil {
		return "", err
	}
	return string(bytes.ToValidUTF8(out, []byte("�"))), nil
}
