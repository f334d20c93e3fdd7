package filter_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dueflow/dueflow/schemas/filter"
)

func TestDayReads(t *testing.T) {
	for _, in := range []string{
		`{"field":"a","op":"lte","value":{"today":30}}`,
		`{"field":"a","op":"lt","value":{"wholeDay":-7}}`,
		`{"not":{"any":[{"field":"a","op":"gt","value":{"wholeDay":"2026-03-31"}},{"field":"b","op":"eq","value":1}]}}`,
	} {
		e, err := filter.ParseTimed([]byte(in))
		if err != nil {
			t.Fatal(in, err)
		}
		if got := filter.String(e); got != in {
			t.Errorf("%s came back as %s", in, got)
		}
		if _, err := filter.Parse([]byte(in)); err == nil {
			t.Errorf("%s is read where nobody counts days", in)
		}
		if filter.Sound(e) == nil || filter.Match(e, map[string]any{"a": "2026-03-31"}) != (in[2] == 'n') {
			t.Errorf("%s is taken as it is", in)
		}
	}
	for in, want := range map[string]string{
		`{"field":"a","op":"lte","value":{"today":1.5}}`:            "/value/today type",
		`{"field":"a","op":"lte","value":{"today":"x"}}`:            "/value/today type",
		`{"field":"a","op":"lte","value":{"today":"2026-03-31"}}`:   "/value/today type",
		`{"field":"a","op":"lte","value":{"today":99999}}`:          "/value/today range",
		`{"field":"a","op":"lte","value":{"wholeDay":"31.3.2026"}}`: "/value/wholeDay type",
		`{"field":"a","op":"lte","value":{"tomorrow":1}}`:           "/value type",
		`{"field":"a","op":"lte","value":{"today":1,"wholeDay":1}}`: "/value type",
		`{"field":"a","op":"in","value":[{"today":1}]}`:             "/value/0 type",
		`{"field":"a","op":"contains","value":{"today":1}}`:         "/value type",
	} {
		_, err := filter.ParseTimed([]byte(in))
		if diff := cmp.Diff([]string{want}, places(t, err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", in, diff)
		}
	}
}

func TestDayFits(t *testing.T) {
	typeOf := func(f string) (filter.Type, bool) {
		return map[string]filter.Type{"due": filter.Date, "at": filter.Instant, "n": filter.Number}[f], true
	}
	for in, want := range map[string][]string{
		`{"field":"due","op":"ne","value":{"today":0}}`:               nil,
		`{"field":"at","op":"lte","value":{"wholeDay":"2026-03-31"}}`: nil,
		`{"field":"due","op":"lt","value":{"wholeDay":0}}`:            {"/value type"},
		`{"field":"at","op":"lt","value":{"today":0}}`:                {"/value type"},
		`{"field":"n","op":"lt","value":{"today":0}}`:                 {"/value type"},
		`{"field":"at","op":"eq","value":{"wholeDay":0}}`:             {"/op operator"},
	} {
		e, err := filter.ParseTimed([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		err = filter.Check(e, typeOf)
		if want == nil {
			if err != nil {
				t.Errorf("%s: %v", in, err)
			}
			continue
		}
		if diff := cmp.Diff(want, places(t, err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", in, diff)
		}
	}
}

// The same moment is on different days in different places.
func TestOnDay(t *testing.T) {
	now := time.Date(2026, 3, 28, 22, 30, 0, 0, time.UTC)
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	berlin, err := time.LoadLocation("Europe/Berlin") // an hour is missing on the 29th
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		op, value string
		loc       *time.Location
		want      string
	}{
		{"lte", `{"today":0}`, time.UTC, `lte 2026-03-28`},
		{"lte", `{"today":0}`, shanghai, `lte 2026-03-29`},
		{"eq", `{"today":-29}`, shanghai, `eq 2026-02-28`},
		{"lt", `{"wholeDay":0}`, shanghai, `lt 2026-03-28T16:00:00.000Z`},
		{"lte", `{"wholeDay":0}`, shanghai, `lt 2026-03-29T16:00:00.000Z`},
		{"gt", `{"wholeDay":1}`, berlin, `gte 2026-03-29T22:00:00.000Z`},
		{"gte", `{"wholeDay":1}`, berlin, `gte 2026-03-28T23:00:00.000Z`},
		{"gt", `{"wholeDay":"2026-12-31"}`, shanghai, `gte 2026-12-31T16:00:00.000Z`},
	} {
		e, err := filter.ParseTimed(fmt.Appendf(nil, `{"all":[{"not":{"field":"a","op":%q,"value":%s}}]}`, c.op, c.value))
		if err != nil {
			t.Fatal(err)
		}
		bound := filter.OnDay(e, now, c.loc)
		if err := filter.Sound(bound); err != nil {
			t.Error(err)
		}
		var got struct {
			All []struct{ Not struct{ Op, Value string } }
		}
		if err := json.Unmarshal(filter.Marshal(bound), &got); err != nil {
			t.Fatal(err)
		}
		if is := got.All[0].Not.Op + " " + got.All[0].Not.Value; is != c.want {
			t.Errorf("%s %s in %s is %s, want %s", c.op, c.value, c.loc, is, c.want)
		}
	}
}
