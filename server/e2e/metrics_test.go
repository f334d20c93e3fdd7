package e2e

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/server/app"
	"github.com/dueflow/dueflow/server/workspace"
)

// TestMetrics: who runs the server sees on an address of its own what it does, and
// nothing of whom it is done to; elsewhere there are no figures.
func TestMetrics(t *testing.T) {
	d := &drill{t: t, given: map[string]string{"data": t.TempDir(), "listen": "127.0.0.1:0", "metrics": "127.0.0.1:0"}}
	d.inProcess(func(srv *app.Server) {
		s := newSpaceOn(t, srv, "watched", func(*workspace.Workspace) {})
		c := s.customer("Secret Customer")
		s.invoice(c, "M-1", 1000, s.today())
		s.publish(twoSteps)
		s.eventually("a message is sent", func() bool { return len(s.messages()) == 1 })
		read := func(url string) (int, string) {
			res, err := http.Get(url) //nolint:noctx // our own loopback socket
			must(t, err)
			defer res.Body.Close() //nolint:errcheck // read
			raw, err := io.ReadAll(res.Body)
			must(t, err)
			return res.StatusCode, string(raw)
		}
		var text string
		s.eventually("the figures know of it", func() bool {
			_, text = read("http://" + srv.Config.Metrics + "/metrics")
			return strings.Contains(text, `dueflow_ledger_events_total{type="message.sent"} 1`)
		})
		for _, want := range []string{
			`dueflow_ledger_events_total\{type="invoice.booked"\} 1`, `dueflow_step_seconds_count\{outcome="ok"\} [1-9]`, `dueflow_workspaces 1`,
			`dueflow_http_request_seconds_count\{method="POST",route="/api/v1/records/:[a-z]+",status="20[01]"\} [1-9]`, `dueflow_build_info\{version="`, `go_goroutines `, `process_resident_memory_bytes `,
		} {
			if !regexp.MustCompile(want).MatchString(text) {
				t.Errorf("%s is missing", want)
			}
		}
		for _, private := range []string{"Secret", "watched", c, "M-1"} {
			if strings.Contains(text, private) {
				t.Errorf("the figures tell %q", private)
			}
		}
		if _, page := read(srv.URL + "/metrics"); strings.Contains(page, "dueflow_") {
			t.Error("the public address tells the figures")
		}
	})
}
