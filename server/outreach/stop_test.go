package outreach

import "testing"

func TestIsStop(t *testing.T) {
	for _, said := range []string{
		"STOP", "stop", " Stop. ", "ＳＴＯＰ！", "\n\n“Unsubscribe”\nthanks, Anna", "退订", "【退订】", "退订。", "TD", "td", "T", "回复：\n"[:0] + "t", "opt  out", "请勿打扰！", "\u200bSTOP\u200b", "退订\r\n谢谢",
	} {
		if !IsStop(said, nil) {
			t.Errorf("%q is a wish to stop", said)
		}
	}
	for _, said := range []string{
		"", "   ", "Please stop by on Monday", "stop sending the invoice to Bob, send it to me", "I will not unsubscribe", "退订单已处理", "退货", "tt", "Hello\nSTOP", "the end", "…", "不要停止", "T-shirt",
	} {
		if IsStop(said, nil) {
			t.Errorf("%q is none", said)
		}
	}
	if IsStop("stop", []string{"halt"}) || !IsStop("HALT!", []string{"halt"}) {
		t.Error("a list of one's own")
	}
}
