package letter

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/workflows/channel"
)

var settings = json.RawMessage(`{"sender":"示例贸易有限公司 · 上海市静安区南京西路 1 号 · 200040","head":"示例贸易有限公司\n应收账款部\n电话 021-1234 5678","foot":"开户行：示例银行上海分行  账号 6222 0000 0000 0000\n统一社会信用代码 91310000MA1FL0LL1X"}`)

func letter() channel.Message {
	return channel.Message{
		Name: "𠮷野商事（上海）有限公司", To: "上海市浦东新区世纪大道 100 号\n环球金融中心 50 楼\n200120 上海", Subject: "关于两张账单的付款提醒", Language: "zh-CN",
		Text: "尊敬的𠮷野女士：\n\n您好！以下账单已过付款日期，想必是繁忙之中遗漏了，特此友好提醒：\n\n  INV-2026-001 · 2026年2月20日 · ¥12,345.00\n  INV-2026-007 · 2026年2月28日 · ¥1,280.50\n\n合计 ¥13,625.50。若已付款，请忽略本函。如有疑问，请联系您的专属顾问，我们随时为您服务。\n\nWith kind regards — Grüße, s'il vous plaît",
	}
}

func TestLetter(t *testing.T) {
	pdf, missing, err := Channel{}.Print(settings, []channel.Message{letter(), letter()})
	if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) || len(missing) != 2 || len(missing[0]) != 0 {
		t.Fatalf("%v, %v", missing, err)
	}
	if n := bytes.Count(pdf, []byte("/Type /Page\n")) + bytes.Count(pdf, []byte("/Type /Page ")); n != 2 {
		t.Errorf("%d pages of two letters", n)
	}
	if len(pdf) > 200<<10 {
		t.Errorf("%d bytes: the font is not cut to what is used", len(pdf))
	}
	if dir := os.Getenv("LETTER_DIR"); dir != "" { // to look at
		if err := os.WriteFile(dir+"/letter.pdf", pdf, 0o600); err != nil {
			t.Error(err)
		}
	}
}

// TestHostileText: whatever a record holds, there is a letter, and what the
// font lacks is told.
func TestHostileText(t *testing.T) {
	m := letter()
	m.Text = "𠮷 😀 family 👨‍👩‍👧 \x00\x1b[31m\u202e end ༀ (\\) %PDF-1.4\nendobj"
	m.Name = strings.Repeat("长", 500)
	pdf, missing, err := Channel{}.Print(settings, []channel.Message{m})
	if err != nil || len(pdf) == 0 {
		t.Fatal(err)
	}
	for _, r := range "😀ༀ" {
		if !strings.ContainsRune(string(missing[0]), r) {
			t.Errorf("%c is not told", r)
		}
	}
	if strings.ContainsRune(string(missing[0]), '𠮷') || strings.ContainsRune(string(missing[0]), 'e') {
		t.Errorf("told %q", string(missing[0]))
	}
	m.Text = strings.Repeat("很长的一段。\n", 800)
	if pdf, _, err = (Channel{}).Print(settings, []channel.Message{m}); err != nil || len(pdf) == 0 {
		t.Errorf("a long letter: %v", err)
	}
	m.Text = strings.Repeat("x\n", 20_000)
	if _, err := (Channel{}).Send(t.Context(), settings, m); err == nil {
		t.Error("a letter of hundreds of pages is taken")
	}
}

func TestWrap(t *testing.T) {
	width := func(r rune) float64 {
		if wide(r) {
			return 2
		}
		return 1
	}
	for _, c := range []struct{ in, want string }{
		{"您好您好您好", "您好您好您|好"},
		{"您好您好您，好", "您好您好|您，好"},
		{"hello big world", "hello big|world"},
		{"一二三四（五六", "一二三四|（五六"},
		{"abcdefghijklmno", "abcdefghij|klmno"},
		{"a\n\nb", "a||b"},
		{"", ""},
		{"账单 INV-20260001 已到期", "账单 INV-|20260001|已到期"},
	} {
		if got := strings.Join(wrap(c.in, 10, width), "|"); got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
	}
}

func BenchmarkLetter(b *testing.B) {
	for b.Loop() {
		if _, _, err := (Channel{}).Print(settings, []channel.Message{letter()}); err != nil {
			b.Fatal(err)
		}
	}
}
