// Package metrics counts what the server does and offers the figures to
// Prometheus on an address of its own. No figure names a customer, a workspace or
// a person.
package metrics

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are the figures of one process.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	facts    *prometheus.CounterVec
	steps    *prometheus.HistogramVec
}

// New makes the figures, those of the Go runtime and the process among them.
func New(version string) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "dueflow_http_request_seconds", Help: "Time of requests by method, route and status.",
			Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"method", "route", "status"}),
		facts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "dueflow_ledger_events_total", Help: "Events of accounts by type, such as message.sent and payment.applied, that this process has stored.",
		}, []string{"type"}),
		steps: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "dueflow_step_seconds", Help: "Time of an account's steps by outcome.",
			Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 5, 30},
		}, []string{"outcome"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "dueflow_build_info", Help: "1, with the version as a label.", ConstLabels: prometheus.Labels{"version": version}})
	build.Set(1)
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), m.requests, m.facts, m.steps, build)
	return m
}

// Request notes an answered request; route is its pattern, never its path.
func (m *Metrics) Request(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
}

// Fact notes an event of an account.
func (m *Metrics) Fact(typ string) { m.facts.WithLabelValues(typ).Inc() }

// Step notes a step of an account.
func (m *Metrics) Step(took time.Duration, err error) {
	outcome := "ok"
	if err != nil {
		outcome = "failed"
	}
	m.steps.WithLabelValues(outcome).Observe(took.Seconds())
}

// Gauge offers a figure that is asked for when somebody looks.
func (m *Metrics) Gauge(name, help string, now func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, now))
}

// Serve answers GET /metrics on an address until ctx ends. It gives the address
// that it listens on.
func (m *Metrics) Serve(ctx context.Context, address string, failed func(error)) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return "", err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second}))
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		_ = srv.Close() // nobody waits for figures of a server that ends
	}()
	go func() {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			failed(err)
		}
	}()
	return l.Addr().String(), nil
}
