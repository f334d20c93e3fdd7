package channel

import "testing"

func TestPhone(t *testing.T) {
	for _, c := range []struct{ written, country, phone, mobile string }{
		{"138 0013-8000", "", "+8613800138000", "+8613800138000"},
		{"+86 138 0013 8000", "44", "+8613800138000", "+8613800138000"},
		{"8613800138000", "", "+8613800138000", "+8613800138000"},
		{"0086 13800138000", "", "+8613800138000", "+8613800138000"},
		{"０１３８００１３８０００", "", "+8613800138000", "+8613800138000"},
		{"010-8888 6666", "", "+861088886666", ""},
		{"(020) 1234 5678", "44", "+442012345678", "+442012345678"},
		{"07400 123456", "44", "+447400123456", "+447400123456"},
		{"+1 (555) 010-0100", "", "+15550100100", "+15550100100"},
		{"12", "", "", ""},
		{"", "", "", ""},
		{"+", "", "", ""},
		{"138x00138000", "", "", ""},
		{"+12345678901234567", "", "", ""},
		{"1;2", "", "", ""},
	} {
		got, _ := Phone(c.written, c.country)
		mobile, _ := Mobile(c.written, c.country)
		if got != c.phone || mobile != c.mobile {
			t.Errorf("%q: %q and %q, want %q and %q", c.written, got, mobile, c.phone, c.mobile)
		}
	}
	if MobileOf(map[string]any{"phone": "010-88886666"}, "") != "" || MobileOf(map[string]any{"phone": "13800138000"}, "") == "" || MobileOf(map[string]any{"phone": "13800138000", "mobile": "13900139000"}, "") != "13900139000" {
		t.Error("the mobile number of a customer")
	}
	if Same("138-0013 8000") != Same("+8613800138000") || Same(" Anna@Example.COM ") != "anna@example.com" {
		t.Error("spellings of one address differ")
	}
}

func TestReadNews(t *testing.T) {
	news, _, err := ReadNews([]byte(`{"events":[{"type":"delivered","key":"k"},{"type":"bounced","ref":"r","reason":"550 no such user"},{"type":"bounced","ref":"r","lasting":false},{"type":"replied","from":"a","text":"stop","id":"1"}]}`))
	if err != nil || len(news) != 4 || news[0].Key != "k" || !news[1].Lasting || news[2].Lasting || news[3].Text != "stop" {
		t.Errorf("%+v, %v", news, err)
	}
	for _, bad := range []string{"", "[]", `{"events":[{"type":"opened"}]}`, `{"events":1}`} {
		if _, _, err := ReadNews([]byte(bad)); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestTable(t *testing.T) {
	err := Table{"1": RateLimited}.Fail("1", "too fast")
	if c, r := ClassOf(err); c != Retry || r != "channel.rateLimited" || DetailOf(err) != "1: too fast" {
		t.Error(err)
	}
	if c, r := ClassOf(Table{}.Fail("2", "")); c != Permanent || r != "channel.refused" {
		t.Error("an unlisted code is not final")
	}
}
