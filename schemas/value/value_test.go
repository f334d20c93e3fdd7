package value

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestAmountRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom([]Currency{"CNY", "JPY", "KWD"}).Draw(t, "cur")
		n := rapid.Int64Range(-MaxAmount, MaxAmount).Draw(t, "n")
		got, err := ParseAmount(FormatAmount(n, c), c, '.')
		if err != nil || got != n {
			t.Fatalf("%d → %s → %d, %v", n, FormatAmount(n, c), got, err)
		}
		got, err = ParseAmount(GroupAmount(n, c), c, '.')
		if err != nil || got != n {
			t.Fatalf("grouped %s → %d, %v", GroupAmount(n, c), got, err)
		}
	})
}

func TestParseAmount(t *testing.T) {
	for _, tc := range []struct {
		in      string
		cur     Currency
		decimal byte
		want    int64
		bad     bool
	}{
		{in: "1,234.50", cur: "CNY", decimal: '.', want: 123450},
		{in: "1.234,5", cur: "EUR", decimal: ',', want: 123450},
		{in: "(12.00)", cur: "CNY", decimal: '.', want: -1200},
		{in: "12.300", cur: "CNY", decimal: '.', want: 1230},
		{in: "12.345", cur: "CNY", decimal: '.', bad: true},
		{in: "1e308", cur: "CNY", decimal: '.', bad: true},
		{in: "", cur: "CNY", decimal: '.', bad: true},
		{in: "1.", cur: "CNY", decimal: '.', bad: true},
		{in: "٣", cur: "CNY", decimal: '.', bad: true},
		{in: "99999999999999999", cur: "CNY", decimal: '.', bad: true},
		{in: "100.5", cur: "JPY", decimal: '.', bad: true},
	} {
		got, err := ParseAmount(tc.in, tc.cur, tc.decimal)
		if (err != nil) != tc.bad || got != tc.want {
			t.Errorf("%q %s: %d, %v", tc.in, tc.cur, got, err)
		}
	}
}

func TestProrateSumsExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := rapid.SliceOfN(rapid.Int64Range(0, 1e12), 1, 8).Draw(t, "w")
		var sum int64
		for _, x := range w {
			sum += x
		}
		if sum == 0 {
			return
		}
		total := rapid.Int64Range(0, sum).Draw(t, "total")
		var got int64
		for i, p := range Prorate(total, w) {
			if p < 0 || p > w[i] {
				t.Fatalf("part %d of %d: %d", i, w[i], p)
			}
			got += p
		}
		if got != total {
			t.Fatalf("parts sum to %d, want %d", got, total)
		}
	})
}

func TestChinaCalendar(t *testing.T) {
	cn, err := CalendarByID("cn")
	if err != nil {
		t.Fatal(err)
	}
	for d, want := range map[string]bool{
		"2026-01-01": false, // 元旦
		"2026-01-04": true,  // Sunday, make-up workday
		"2026-02-14": true,  // Saturday, make-up workday
		"2026-02-17": false, // 春节
		"2026-11-21": false, // plain Saturday
		"2026-11-23": true,
	} {
		if got := cn.IsWorkday(MustDate(d)); got != want {
			t.Errorf("%s workday = %v", d, got)
		}
	}
	if cn.Known(MustDate("2027-03-01")) {
		t.Error("2027 has no published data and must say so")
	}
	if got := cn.AddWorkdays(MustDate("2026-09-30"), 1); got != MustDate("2026-10-08") {
		t.Errorf("one working day after 2026-09-30 is %s", got)
	}
}

func TestWorkdayArithmetic(t *testing.T) {
	cn, _ := CalendarByID("cn")
	rapid.Check(t, func(t *rapid.T) {
		d := MustDate("2020-01-01") + Date(rapid.IntRange(0, 2500).Draw(t, "d"))
		n := rapid.IntRange(1, 40).Draw(t, "n")
		e := cn.AddWorkdays(d, n)
		if !cn.IsWorkday(e) || cn.WorkdaysBetween(d, e) != n {
			t.Fatalf("%s + %d = %s, between = %d", d, n, e, cn.WorkdaysBetween(d, e))
		}
	})
}

func TestWindowNext(t *testing.T) {
	sh, err := Location("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	cn, _ := CalendarByID("cn")
	w := Window{From: 540, To: 1080}
	for in, want := range map[string]string{
		"2026-11-20T10:00": "2026-11-20T10:00",
		"2026-11-20T08:00": "2026-11-20T09:00",
		"2026-11-20T18:00": "2026-11-23T09:00", // Friday evening → Monday
		"2026-01-03T12:00": "2026-01-04T09:00", // holiday → Sunday make-up workday
	} {
		ti, _ := time.ParseInLocation("2006-01-02T15:04", in, sh)
		got := w.Next(ti, cn)
		if got.Format("2006-01-02T15:04") != want {
			t.Errorf("%s → %s, want %s", in, got.Format(time.RFC3339), want)
		}
		if w.Check(got, cn) != "" {
			t.Errorf("%s is not in the window", got)
		}
	}
	// Daylight saving: 02:30 does not exist in New York on 2026-03-08.
	ny, _ := Location("America/New_York")
	at := MustDate("2026-03-08").At(150, ny)
	if at.Format("15:04") != "03:30" && at.Format("15:04") != "01:30" {
		t.Errorf("skipped time became %s", at)
	}
}

func TestDates(t *testing.T) {
	for _, s := range []string{"1970-01-01", "2024-02-29", "1900-01-01", "2999-12-31"} {
		if got := MustDate(s).String(); got != s {
			t.Errorf("%s → %s", s, got)
		}
	}
	for _, s := range []string{"2026-02-30", "26-01-01", "0001-01-01", "", "2026-1-1"} {
		if _, err := ParseDate(s); err == nil {
			t.Errorf("%q accepted", s)
		}
	}
}
