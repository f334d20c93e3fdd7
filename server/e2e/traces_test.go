package e2e

import (
	"context"
	"encoding/hex"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"

	"github.com/dueflow/dueflow/server/app"
	"github.com/dueflow/dueflow/server/workspace"
)

// spans is a collector of OpenTelemetry on a socket.
type spans struct {
	collector.UnimplementedTraceServiceServer
	mu  sync.Mutex
	all []*trace.Span
}

func (s *spans) Export(_ context.Context, in *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range in.ResourceSpans {
		for _, scope := range r.ScopeSpans {
			s.all = append(s.all, scope.Spans...)
		}
	}
	return &collector.ExportTraceServiceResponse{}, nil
}

// named gives a span whose name begins so.
func (s *spans) named(name string) *trace.Span {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.all {
		if strings.HasPrefix(x.Name, name) {
			return x
		}
	}
	return nil
}

// TestTraces: a collector sees requests below their callers' spans, and what follows
// from them down to the steps of accounts; and nothing of whom it is about.
func TestTraces(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	got, srv := &spans{}, grpc.NewServer()
	collector.RegisterTraceServiceServer(srv, got)
	go srv.Serve(l) //nolint:errcheck // until it is stopped
	t.Cleanup(srv.Stop)
	const caller = "4bf92f3577b34da6a3ce929d0e0e4736"
	d := &drill{t: t, given: map[string]string{"data": t.TempDir(), "listen": "127.0.0.1:0", "traces": "http://" + l.Addr().String()}}
	d.inProcess(func(srv *app.Server) {
		s := newSpaceOn(t, srv, "watched", func(*workspace.Workspace) {})
		c := s.customer("Secret Customer")
		s.invoice(c, "M-1", 1000, s.today())
		s.settled(c) // or the invoice's own event starts the run, which no request is waiting for
		s.publish(twoSteps)
		s.eventually("a message is sent", func() bool { return len(s.messages()) == 1 })
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/api/v1/records/customer/nosuch", nil)
		must(t, err)
		req.Header.Set("traceparent", "00-"+caller+"-00f067aa0ba902b7-01")
		res, err := http.DefaultClient.Do(req)
		must(t, err)
		must(t, res.Body.Close())
	}) // closing sends what is left
	// What somebody published leads to the batch that starts runs, to the account's
	// workflow and to its step.
	published := got.named("POST /api/v1/flows/:")
	for _, name := range []string{"StartWorkflow:flow.batch", "SignalWithStartWorkflow:account", "RunActivity:account.step"} {
		if x := got.named(name); x == nil || published == nil || string(x.TraceId) != string(published.TraceId) {
			t.Errorf("%s is not in the trace of the request: %v", name, x)
		}
	}
	if x := got.named("GET /api/v1/records/:"); x == nil || hex.EncodeToString(x.TraceId) != caller {
		t.Errorf("a request is not below its caller: %v", x)
	}
	for _, x := range got.all {
		if text := x.String(); strings.Contains(text, "Secret") || strings.Contains(text, "M-1") {
			t.Errorf("a span tells %s", text)
		}
	}
}

// TestTracesNowhere: a collector that is not there keeps nothing from going on.
func TestTracesNowhere(t *testing.T) {
	d := &drill{t: t, given: map[string]string{"data": t.TempDir(), "listen": "127.0.0.1:0", "traces": "http://127.0.0.1:1"}}
	d.inProcess(func(srv *app.Server) {
		s := newSpaceOn(t, srv, "unseen", func(*workspace.Workspace) {})
		s.invoice(s.customer("Customer"), "M-1", 1000, s.today())
		s.publish(twoSteps)
		s.eventually("a message is sent", func() bool { return len(s.messages()) == 1 })
	})
}
