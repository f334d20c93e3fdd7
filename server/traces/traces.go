// Package traces tells a collector of OpenTelemetry what the server does and how
// long it takes: its requests, and the workflows with their steps that follow from
// them. Spans carry routes and ids, never what records hold.
package traces

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.temporal.io/sdk/contrib/opentelemetry"
	"go.temporal.io/sdk/interceptor"
)

// Traces are the spans of one process on their way to a collector.
type Traces struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
}

// name of the tracer and the service.
const name = "dueflow"

// Start begins to send spans to a collector that speaks OTLP over gRPC, at an
// address such as http://127.0.0.1:4317 or https://collector.example.com:4317. A
// collector that does not answer costs spans and nothing else.
func Start(ctx context.Context, address, version string) (*Traces, error) {
	if err := Check(address); err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	exporter, err := otlptracegrpc.New(ctx, otlptracegrpc.WithEndpointURL(address))
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	about := resource.NewSchemaless(attribute.String("service.name", name), attribute.String("service.version", version))
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(about))
	return &Traces{provider: provider, tracer: provider.Tracer(name)}, nil
}

// Check refuses what is no collector's address.
func Check(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Port() == "" || u.Hostname() == "" || u.Path != "" {
		return errors.New("want http://HOST:PORT or https://HOST:PORT of a collector that speaks OTLP over gRPC")
	}
	return nil
}

// Request begins the span of a request, below the one that the caller names in
// its traceparent, if it does. end takes the route's pattern, never its path.
func (t *Traces) Request(ctx context.Context, method, parent string) (_ context.Context, end func(route string, status int)) {
	ctx = propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{"traceparent": parent})
	ctx, span := t.tracer.Start(ctx, method, trace.WithSpanKind(trace.SpanKindServer))
	return ctx, func(route string, status int) {
		span.SetName(method + " " + route)
		span.SetAttributes(attribute.String("http.request.method", method), attribute.String("http.route", route), attribute.Int("http.response.status_code", status))
		if status >= 500 {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}

// Engine traces workflows, the steps in them and what starts them.
func (t *Traces) Engine() (interceptor.Interceptor, error) {
	return opentelemetry.NewTracingInterceptor(opentelemetry.TracerOptions{
		Tracer: t.tracer, DisableBaggage: true,
		// What was begun while nobody traced goes on all the same.
		AllowInvalidParentSpans: true,
	})
}

// Close sends what is still to be sent, for two seconds at most.
func (t *Traces) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	return t.provider.Shutdown(ctx)
}
