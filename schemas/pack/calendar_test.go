package pack

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
)

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
