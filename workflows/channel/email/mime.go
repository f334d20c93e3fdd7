package email

import (
	"bytes"
	"encoding/base64"
	"html"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/textproto"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
)

// Bounds of a mail that comes in.
const (
	maxDepth = 8
	maxParts = 50
	maxText  = 256 << 10
)

// part is one leaf of a mail, decoded; texts are UTF-8.
type part struct {
	media string
	body  []byte
}

// walk lists the leaves of a mail. What is broken inside is left out.
func walk(h textproto.MIMEHeader, body io.Reader, depth int) []part {
	media, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		media, params = "text/plain", map[string]string{}
	}
	if strings.HasPrefix(media, "multipart/") && params["boundary"] != "" && depth < maxDepth {
		var out []part
		for r := multipart.NewReader(body, params["boundary"]); len(out) < maxParts; {
			p, err := r.NextRawPart()
			if err != nil {
				return out
			}
			if !strings.HasPrefix(strings.ToLower(p.Header.Get("Content-Disposition")), "attachment") {
				out = append(out, walk(p.Header, p, depth+1)...)
			}
		}
		return out
	}
	raw, _ := io.ReadAll(io.LimitReader(decoded(h.Get("Content-Transfer-Encoding"), body), maxText))
	if strings.HasPrefix(media, "text/") {
		raw = utf8Of(raw, params["charset"])
	}
	return []part{{media, raw}}
}

func decoded(encoding string, body io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	}
	return body
}

func utf8Of(raw []byte, charset string) []byte {
	if e, err := htmlindex.Get(charset); err == nil {
		if out, err := e.NewDecoder().Bytes(raw); err == nil {
			return out
		}
	}
	return bytes.ToValidUTF8(raw, []byte(string(utf8.RuneError)))
}

func decodeHeader(s string) string {
	d := mime.WordDecoder{CharsetReader: func(charset string, in io.Reader) (io.Reader, error) {
		e, err := htmlindex.Get(charset)
		if err != nil {
			return nil, err
		}
		return e.NewDecoder().Reader(in), nil
	}}
	if out, err := d.DecodeHeader(s); err == nil {
		return out
	}
	return s
}

var (
	hidden = regexp.MustCompile(`(?is)<(script|style|head|blockquote)\b.*?</(script|style|head|blockquote)>`)
	breaks = regexp.MustCompile(`(?i)<(br|/p|/div|/tr|/li)\b[^>]*>`)
	tags   = regexp.MustCompile(`(?s)<[^>]*>`)
)

// textOf is what a mail says: its plain text, else its HTML without tags.
func textOf(parts []part) string {
	for _, p := range parts {
		if p.media == "text/plain" && len(bytes.TrimSpace(p.body)) > 0 {
			return string(p.body)
		}
	}
	for _, p := range parts {
		if p.media == "text/html" {
			s := hidden.ReplaceAllString(string(p.body), "")
			return html.UnescapeString(tags.ReplaceAllString(breaks.ReplaceAllString(s, "\n"), ""))
		}
	}
	return ""
}

// quoted begins what an answer repeats, as mail programs write it.
var quoted = regexp.MustCompile(`(?i)^\s*(>|-{2,}\s*(original message|原始邮件|forwarded message|回复的原邮件|原邮件)|_{10,}|on .{4,200}wrote:\s*$|于?.{0,200}(写道|寫道)\s*[：:]\s*$|(from|发件人|寄件者)\s*[：:]\s*\S+|sent from my |发自我的|-- $)`)

// Fresh is the part of an answer that its writer wrote: up to the first line
// that repeats ours, or to the signature.
func Fresh(text string) string {
	var out []string
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for k, line := range lines {
		// "On … wrote:" may be broken over two lines.
		if quoted.MatchString(line) || k+1 < len(lines) && quoted.MatchString(line+" "+lines[k+1]) && strings.HasPrefix(strings.ToLower(strings.TrimSpace(line)), "on ") {
			break
		}
		out = append(out, strings.TrimRight(line, " \t"))
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}
