package letter

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/signintech/gopdf"

	"github.com/dueflow/dueflow/workflows/channel"
)

// font is a part of Noto Sans SC and JP (see OFL.txt): Latin, the characters
// of GB 2312, those of many names, and of Unicode's plane 2 what JIS X 0213
// has, such as 𠮷.
//
//go:embed letter.ttf
var font []byte

// Measures of a page (A4) in points: a window envelope shows the address at
// 20 mm from the left and 45 mm from the top.
const (
	mm       = 72 / 25.4
	left     = 25 * mm
	right    = 190 * mm
	top      = 25 * mm
	window   = 45 * mm
	heading  = 98 * mm
	bottom   = 268 * mm
	footTop  = 276 * mm
	size     = 10.5
	small    = 7.5
	leading  = 16.0
	maxPages = 20
)

const box = '□' // stands for what the font lacks

type book struct {
	p      *gopdf.GoPdf
	widths map[rune]float64 // at size 1
	lacks  map[rune]bool
	pages  int
	foot   []string
}

func open() (*book, error) {
	b := &book{p: &gopdf.GoPdf{}, widths: map[rune]float64{}}
	b.p.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	if err := b.p.AddTTFFontData("letter", font); err != nil {
		return nil, err
	}
	return b, b.p.SetFont("letter", "", 1)
}

// readable replaces what cannot be printed: control characters by nothing, and
// what the font lacks by a box.
func (b *book) readable(s string) string {
	var out strings.Builder
	for _, r := range s {
		switch {
		case r == '\n':
			out.WriteRune(r)
		case r == '\t':
			out.WriteString("    ")
		case unicode.IsControl(r) || r == '\ufe0f' || r == '\u200d' || r == '\ufeff':
		default:
			if ok, err := b.p.IsCurrFontContainGlyph(r); err != nil || !ok {
				b.lacks[r] = true
				r = box
			}
			out.WriteRune(r)
		}
	}
	return out.String()
}

// width of a character at a size, in points.
func (b *book) width(size float64) func(rune) float64 {
	return func(r rune) float64 {
		w, ok := b.widths[r]
		if !ok {
			// At a large size, since the library rounds widths.
			_ = b.p.SetFontSize(100)
			n, err := b.p.MeasureTextWidth(string(r))
			if err != nil {
				n = 100
			}
			w = n / 100
			b.widths[r] = w
		}
		return w * size
	}
}

// letter adds one letter and gives the characters that the font lacks.
func (b *book) letter(s Settings, m channel.Message) ([]rune, error) {
	b.lacks, b.pages = map[rune]bool{}, 0
	b.foot = wrap(b.readable(s.Foot), right-left, b.width(small))
	b.page()
	y := top
	for _, line := range wrap(b.readable(s.Head), 60*mm, b.width(small+1)) {
		if err := b.text(130*mm, y, small+1, line); err != nil {
			return nil, err
		}
		y += 11
	}
	if err := b.address(s, m); err != nil {
		return nil, err
	}
	if err := b.body(m); err != nil {
		return nil, err
	}
	out := make([]rune, 0, len(b.lacks))
	for r := range b.lacks {
		out = append(out, r)
	}
	slices.Sort(out)
	return out, nil
}

func (b *book) address(s Settings, m channel.Message) error {
	if err := b.text(20*mm, window, small, b.readable(oneLine(s.Sender))); err != nil {
		return err
	}
	y := window + 6*mm
	lines := wrap(b.readable(m.Name+"\n"+m.To), 85*mm, b.width(size))
	for _, line := range lines[:min(len(lines), 8)] {
		if err := b.text(20*mm, y, size, line); err != nil {
			return err
		}
		y += leading
	}
	return nil
}

func (b *book) body(m channel.Message) error {
	if err := b.text(160*mm, heading-8*mm, size-1, b.readable(m.Vars["today"])); err != nil {
		return err
	}
	y := heading
	for _, line := range wrap(b.readable(oneLine(m.Subject)), right-left, b.width(size+2.5)) {
		if err := b.text(left, y, size+2.5, line); err != nil {
			return err
		}
		y += leading + 3
	}
	y += 6
	for _, line := range wrap(b.readable(m.Text), right-left, b.width(size)) {
		if y > bottom {
			if b.pages == maxPages {
				return fmt.Errorf("a letter has at most %d pages", maxPages)
			}
			b.page()
			y = top
		}
		if err := b.text(left, y, size, line); err != nil {
			return err
		}
		y += leading
	}
	return nil
}

func (b *book) page() {
	b.p.AddPage()
	b.pages++
	y := footTop
	for _, line := range b.foot[:min(len(b.foot), 3)] {
		_ = b.text(left, y, small, line)
		y += 9
	}
	if b.pages > 1 {
		_ = b.text(right-5*mm, footTop, small, fmt.Sprint(b.pages))
	}
}

func (b *book) text(x, y, size float64, line string) error {
	if line == "" {
		return nil
	}
	if err := b.p.SetFontSize(size); err != nil {
		return err
	}
	b.p.SetXY(x, y)
	return b.p.Text(line)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
