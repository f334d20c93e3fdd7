// Package api is how the world reaches the product over HTTP: routes with
// their permission on one line, faults as problem+json, the live socket, and
// the web interface's files. Fiber lives only here.
package api

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"reflect"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/access"
	"github.com/dueflow/dueflow/server/accounts"
	"github.com/dueflow/dueflow/server/audit"
	"github.com/dueflow/dueflow/server/browsers"
	"github.com/dueflow/dueflow/server/desk"
	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/server/forms"
	"github.com/dueflow/dueflow/server/house"
	"github.com/dueflow/dueflow/server/identity"
	"github.com/dueflow/dueflow/server/imports"
	"github.com/dueflow/dueflow/server/letters"
	"github.com/dueflow/dueflow/server/live"
	"github.com/dueflow/dueflow/server/messages"
	"github.com/dueflow/dueflow/server/outreach"
	"github.com/dueflow/dueflow/server/packs"
	"github.com/dueflow/dueflow/server/personal"
	"github.com/dueflow/dueflow/server/portal"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/sso"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/tasks"
	"github.com/dueflow/dueflow/server/templates"
	"github.com/dueflow/dueflow/server/tiers"
	"github.com/dueflow/dueflow/server/workspace"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/run"
)

// Deps are what the API serves.
type Deps struct {
	Log       *slog.Logger
	Store     *store.Store
	Spaces    *workspace.Service
	Forms     *forms.Service
	Accounts  *accounts.Service
	Records   *records.Service
	Flows     *flows.Service
	Templates *templates.Service
	Messages  *messages.Service
	Tasks     *tasks.Service
	Outreach  *outreach.Service
	Portal    *portal.Service
	Personal  *personal.Service
	Tiers     *tiers.Service
	Desk      *desk.Service
	Packs     *packs.Service
	Letters   *letters.Service
	Browsers  *browsers.Service
	SSO       *sso.Service
	House     *house.Service
	Identity  *identity.Service
	Access    *access.Service
	Audit     *audit.Service
	Imports   *imports.Service
	Live      *live.Hub
	Presence  *live.Presence
	Channels  channel.Registry
	UI        fs.FS
	Version   string
	// Observe notes each answered request by its route; nil notes nothing.
	Observe func(method, route string, status int, took time.Duration)
	// Trace begins a request's span below its traceparent, and gives what ends it;
	// nil traces nothing.
	Trace func(ctx context.Context, method, parent string) (context.Context, func(route string, status int))
	// Demo lists the users of the demo, nil on other servers.
	Demo          []DemoUser
	DemoDay       time.Duration
	SecureCookies bool
	// EntryLimit bounds sign-ins and the like a minute from one address.
	EntryLimit int
	// HealthOnly serves /healthz and /readyz and nothing else.
	HealthOnly bool
	// Ready tells whether store and engine answer.
	Ready    func(context.Context) error
	Rehearse func(ctx context.Context, ws string, d *run.Definition, o flows.RehearseOptions) (*run.Report, error)
	// Give makes a task by hand.
	Give func(ctx context.Context, ws string, t activity.Task) error
	// Subjects reads a customer's record and those of invoices, as flows do.
	Subjects func(ctx context.Context, ws, customer string, invoices []string) (map[string]any, map[string]map[string]any, error)
	// Verify replays all messages of a workspace against the journal.
	Verify func(ctx context.Context, ws string) (any, error)
	// OnWorkspace is told of a workspace that was just made, to seed it.
	OnWorkspace func(ctx context.Context, ws string, sample bool) error
}

// DemoUser is a person one may be in the demo.
type DemoUser struct {
	Email string `json:"email"`
	Name  string `json:"name"`
	Role  string `json:"role"`
}

// Server is the HTTP side.
type Server struct {
	Deps
	app    *fiber.App
	huma   huma.API
	tables tables
	names  sync.Map // workspace → cachedNames
	// posting bounds the letters that are on their way beside requests.
	posting chan struct{}
	told    gate
	// looks are the paths, in parts, of the routes that take a body and change
	// nothing.
	looks [][]string
}

// MaxBody bounds a request's body in bytes.
const MaxBody = 8 << 20

// New makes the server with all its routes.
func New(d Deps) *Server {
	s := &Server{Deps: d, tables: tables{sockets: map[*liveSocket]bool{}}, posting: make(chan struct{}, maxPosting)}
	if d.Presence != nil {
		d.Presence.OnChange = s.met
	}
	s.app = fiber.New(fiber.Config{
		Immutable:             true, // strings outlive their request in several places
		BodyLimit:             MaxBody,
		ReadTimeout:           60 * time.Second,
		WriteTimeout:          120 * time.Second,
		IdleTimeout:           120 * time.Second,
		ReadBufferSize:        16 << 10, // filters travel in the query
		DisableStartupMessage: true,
		ErrorHandler:          s.fiberError,
	})
	if d.Observe != nil {
		s.app.Use(s.observed)
	}
	s.app.Use(s.recovered, s.secured)
	s.app.Get("/healthz", func(c *fiber.Ctx) error { return c.SendString("ok") })
	s.app.Get("/readyz", s.readyz)
	if d.HealthOnly {
		return s
	}
	s.app.Use("/api/v1", s.authenticated, s.idempotent)
	s.live()
	huma.NewErrorWithContext = problemIn
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return problemOf("en", status, msg, errs...)
	}
	cfg := huma.DefaultConfig("Dueflow", d.Version)
	cfg.OpenAPIPath, cfg.DocsPath, cfg.SchemasPath = "/openapi", "", ""
	cfg.CreateHooks = nil // no $schema links in answers
	cfg.Info.Description = "Customers, invoices, payments and reminder flows. Amounts are whole minor units with an ISO 4217 currency; dates are YYYY-MM-DD in the workspace's zone, instants RFC 3339 UTC. Errors are application/problem+json in the language of Accept-Language."
	cfg.Servers = []*huma.Server{{URL: "/api/v1"}}
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"key":     {Type: "http", Scheme: "bearer", Description: "API key, dfk_…"},
		"session": {Type: "apiKey", In: "cookie", Name: cookieName},
	}
	cfg.Security = []map[string][]string{{"key": {}}, {"session": {}}}
	s.huma = humafiber.NewWithGroup(s.app, s.app.Group("/api/v1"), cfg)
	// Times of day are minutes inside and "HH:MM" outside.
	s.huma.OpenAPI().Components.Schemas.RegisterTypeAlias(reflect.TypeFor[value.TimeOfDay](), reflect.TypeFor[string]())
	s.routes()
	s.docs()
	s.ui()
	return s
}

// Listen serves until Shutdown.
func (s *Server) Listen(address string) error { return s.app.Listen(address) }

// Shutdown lets running requests end.
func (s *Server) Shutdown(ctx context.Context) error { return s.app.ShutdownWithContext(ctx) }

// Test runs one request without a socket.
func (s *Server) Test(req *http.Request) (*http.Response, error) { return s.app.Test(req, 30_000) }

// OpenAPI is the API's description.
func (s *Server) OpenAPI() *huma.OpenAPI { return s.huma.OpenAPI() }

func (s *Server) readyz(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(c.UserContext(), 2*time.Second)
	defer cancel()
	if err := s.Ready(ctx); err != nil {
		return c.Status(http.StatusServiceUnavailable).SendString("not ready")
	}
	return c.SendString("ready")
}

// need is the permission of a route.
type need struct{ object, action string }

var (
	public   = need{"", "public"}   // no sign-in
	signedIn = need{"", "signedIn"} // any member; services check the rest
)

// reply is a JSON answer.
type reply[T any] struct{ Body T }

// tagged is an answer with the version of its document.
type tagged[T any] struct {
	ETag string `header:"ETag"`
	Body T
}

type nothing struct{}

// route registers a handler: method, path, id, permission, and what it is for.
func route[I, O any](s *Server, method, path, id string, n need, summary string, h func(context.Context, policies.Actor, *I) (*O, error)) {
	op := huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary, MaxBodyBytes: MaxBody,
		Errors: []int{400, 401, 403, 404, 409, 422, 429},
	}
	if n == public {
		op.Security = []map[string][]string{}
	}
	huma.Register(s.huma, op, func(ctx context.Context, in *I) (*O, error) {
		a, ok := actorOf(ctx)
		if !ok && n != public {
			return nil, s.problem(ctx, fault.New(fault.Unauthenticated, "session.none", nil))
		}
		if n.object != "" {
			if err := s.Access.Must(ctx, a, n.object, n.action); err != nil {
				return nil, s.problem(ctx, err)
			}
		}
		out, err := h(ctx, a, in)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return out, nil
	})
}
