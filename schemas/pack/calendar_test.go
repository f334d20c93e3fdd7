package pack

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
)

// Days are merged one by one: each side's own changes stay, and only a day that
// both changed is asked about, a deletion as much as a change. Without a common
// base it is the one or the other.
func TestMergeCalendar(t *testing.T) {
	cal := func(days ...string) json.RawMessage {
		return json.RawMessage(`{"base":"cn","days":[` + strings.Join(days, ",") + `],"name":{"en":"x"}}`)
	}
	const a, b, c, d = `{"date":"2027-03-01","name":"A"}`, `{"date":"2027-03-02","name":"B"}`, `{"date":"2027-03-03","name":"C"}`, `{"date":"2027-03-04","work":true}`
	const a2, b2 = `{"date":"2027-03-01","name":"A2"}`, `{"date":"2027-03-02","work":true}`
	for name, tc := range map[string]struct {
		mine, theirs, want json.RawMessage
		conflicts          string
		take               map[string]string
	}{
		"each its own":          {cal(a, b, c), cal(a2, b, d), cal(a2, b, c, d), "", nil},
		"both the same":         {cal(a2, b), cal(a2, b), cal(a2, b), "", nil},
		"both took it away":     {cal(a), cal(a), cal(a), "", nil},
		"mine is gone":          {cal(a), cal(a, b, c), cal(a, c), "", nil},
		"theirs is gone":        {cal(a, b, c), cal(a), cal(a, c), "", nil},
		"same day":              {cal(a, b2), cal(a, `{"date":"2027-03-02","name":"Z"}`, c), cal(a, b2, c), "days/2027-03-02", nil},
		"same day, mine":        {cal(a, b2), cal(a, `{"date":"2027-03-02","name":"Z"}`), cal(a, b2), "", map[string]string{"days/2027-03-02": "mine"}},
		"same day, theirs":      {cal(a, b), cal(a2, b), cal(a2, b), "", map[string]string{"days/2027-03-01": "theirs"}},
		"gone here, moved":      {cal(a), cal(a, b2), cal(a), "days/2027-03-02", nil},
		"gone there, moved":     {cal(a, b2), cal(a), cal(a, b2), "days/2027-03-02", nil},
		"gone here, theirs one": {cal(a), cal(a, b2), cal(a, b2), "", map[string]string{"days/2027-03-02": "theirs"}},
		"gone there, theirs":    {cal(a, b2), cal(a), cal(a), "", map[string]string{"days/2027-03-02": "theirs"}},
	} {
		m, err := Merge(Calendar, "x", cal(a, b), tc.mine, tc.theirs, tc.take)
		if err != nil {
			t.Fatal(name, err)
		}
		var clashes []string
		for _, x := range m.Conflicts {
			clashes = append(clashes, x.Unit)
		}
		if string(m.Raw) != string(tc.want) || strings.Join(clashes, " ") != tc.conflicts {
			t.Errorf("%s: got %s with %v\nwant %s with %s", name, m.Raw, clashes, tc.want, tc.conflicts)
		}
	}
	m, err := Merge(Calendar, "x", json.RawMessage(`{}`), cal(a), cal(b), nil)
	if err != nil || len(m.Conflicts) != 1 || m.Conflicts[0].Unit != "days" || string(m.Raw) != string(cal(a)) {
		t.Errorf("two strangers: %+v %v", m, err)
	}
	if m, err = Merge(Calendar, "x", json.RawMessage(`{}`), cal(a), cal(b), map[string]string{"days": "theirs"}); err != nil || string(m.Raw) != string(cal(b)) {
		t.Errorf("theirs: %s %v", m.Raw, err)
	}
}

// What is no calendar is refused at its place; one that is comes out in order.
func TestReadCalendar(t *testing.T) {
	var shut []string
	for d := range 60 {
		shut = append(shut, `{"date":"`+(value.MustDate("2027-03-01")+value.Date(d)).String()+`"}`)
	}
	for raw, want := range map[string]string{
		`[]`:                               "/days invalid",
		`{"days":[]}`:                      "/days calendarEmpty",
		`{"days":[{"date":"never"}]}`:      "/days invalid",
		`{"days":[{"date":"2300-01-01"}]}`: "/days/0 calendarDate",
		`{"days":[{"date":"2027-01-01"},{"date":"2027-01-01","work":true}]}`: "/days/1 calendarDate",
		`{"base":"mars","days":[{"date":"2027-01-01"}]}`:                     "/base calendar",
		`{"base":"everyday","days":[{"date":"2027-01-01"}]}`:                 "/base calendar",
		`{"days":[` + strings.Join(shut, ",") + `]}`:                         "/days calendarShut",
	} {
		_, err := ReadCalendar(json.RawMessage(raw))
		fe, ok := err.(*fault.Error)
		if !ok || len(fe.Fields) == 0 || fe.Fields[0].Pointer+" "+fe.Fields[0].Rule != want {
			t.Errorf("%.60s: %v, want %s", raw, err, want)
		}
	}
	a, err := ReadCalendar(json.RawMessage(`{"name":{"en":"x"},"base":"cn","days":[{"date":"2027-05-02","work":true},{"date":"2027-05-01","name":"y"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := a.Raw()
	if want := `{"base":"cn","days":[{"date":"2027-05-01","name":"y"},{"date":"2027-05-02","work":true}],"name":{"en":"x"}}`; err != nil || string(raw) != want {
		t.Errorf("got %s %v", raw, err)
	}
}
