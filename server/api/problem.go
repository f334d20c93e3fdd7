package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/text"
)

// Problem is an error as clients see it (RFC 9457). Title and messages are
// sentences in the reader's language; key and rules are for programs.
type Problem struct {
	Type      string         `json:"type"`
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Detail    string         `json:"detail,omitempty"`
	Key       string         `json:"key"`
	Params    fault.Params   `json:"params,omitempty"`
	RequestID string         `json:"requestId"`
	Errors    []ProblemField `json:"errors,omitempty"`
	// A conflict over a draft says what the others did.
	Revision  int64      `json:"revision,omitempty"`
	Conflicts []conflict `json:"conflicts,omitempty"`
	Changed   any        `json:"changed,omitempty"`
}

// ProblemField is one wrong place.
type ProblemField struct {
	Pointer string `json:"pointer"`
	Rule    string `json:"rule"`
	Limit   any    `json:"limit,omitempty"`
	Message string `json:"message"`
}

// Error names the problem in the log.
func (p *Problem) Error() string { return p.Key }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of problems.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// statuses by kind of fault; the only table of its kind.
var statuses = map[fault.Kind]int{
	fault.NotFound: http.StatusNotFound, fault.Invalid: http.StatusUnprocessableEntity, fault.Conflict: http.StatusConflict,
	fault.Denied: http.StatusForbidden, fault.Unauthenticated: http.StatusUnauthorized, fault.TooMany: http.StatusTooManyRequests,
	fault.Unavailable: http.StatusServiceUnavailable, fault.Internal: http.StatusInternalServerError,
}

// problem turns an error into what may be shown, and logs what may not.
func (s *Server) problem(ctx context.Context, err error) error {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		f = fault.Wrap(fault.Internal, "kind.internal", err)
		if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			f = fault.Wrap(fault.Unavailable, "kind.unavailable", err)
		}
	}
	p := faultProblem(langOf(ctx), f)
	p.RequestID = requestID(ctx)
	if f.Kind == fault.Internal {
		s.Log.Error("request failed", "requestId", p.RequestID, "error", err)
	}
	return p
}

func faultProblem(lang string, f *fault.Error) *Problem {
	p := &Problem{
		Type: "about:blank", Title: text.Say(lang, "kind."+string(f.Kind), nil), Status: statuses[f.Kind],
		Detail: text.Fault(lang, f), Key: f.Key, Params: f.Params,
	}
	if p.Status == 0 {
		p.Status = http.StatusInternalServerError
	}
	for _, x := range f.Fields {
		p.Errors = append(p.Errors, ProblemField{Pointer: x.Pointer, Rule: x.Rule, Limit: x.Limit, Message: text.Field(lang, x)})
	}
	return p
}

// problemIn is problemOf for a request, in its language.
func problemIn(c huma.Context, status int, msg string, errs ...error) huma.StatusError {
	p := problemOf(langOf(c.Context()), status, msg, errs...)
	p.RequestID = requestID(c.Context())
	return p
}

// problemOf replaces huma's own errors: those about the envelope of a request.
func problemOf(lang string, status int, msg string, errs ...error) *Problem {
	kind := fault.Invalid
	for k, st := range statuses {
		if st == status {
			kind = k
		}
	}
	f := &fault.Error{Kind: kind, Key: "kind." + string(kind)}
	for _, e := range errs {
		d, ok := errors.AsType[*huma.ErrorDetail](e)
		if !ok {
			continue
		}
		f.Fields = append(f.Fields, fault.Field{Pointer: pointerOf(d.Location) + missing(d.Message), Rule: ruleOf(d.Message), Params: fault.Params{"detail": d.Message}})
	}
	p := faultProblem(lang, f)
	p.Status = status
	if status == http.StatusBadRequest {
		p.Detail = msg
	}
	if len(f.Fields) > 0 {
		p.Key, p.Detail = "invalid.fields", text.Say(lang, "invalid.fields", fault.Params{"n": len(f.Fields)})
		for i, e := range f.Fields {
			if p.Errors[i].Rule == "schema" && lang == "en" {
				p.Errors[i].Message, _ = e.Params["detail"].(string)
			}
		}
	}
	return p
}

// pointerOf turns huma's "body.items[0].x" into a JSON pointer.
func pointerOf(loc string) string {
	loc = strings.TrimPrefix(strings.TrimPrefix(loc, "body"), ".")
	if loc == "" {
		return ""
	}
	return "/" + strings.NewReplacer(".", "/", "[", "/", "]", "").Replace(loc)
}

// missing is the end of the pointer to a member that an object lacks: huma says
// the object's place, and the name in its message only.
func missing(msg string) string {
	name, ok := strings.CutPrefix(msg, "expected required property ")
	if !ok {
		return ""
	}
	return "/" + strings.TrimSuffix(name, " to be present")
}

func ruleOf(msg string) string {
	switch {
	case strings.HasPrefix(msg, "expected required"):
		return "required"
	case strings.HasPrefix(msg, "unexpected property"):
		return "unknownField"
	case strings.HasPrefix(msg, "expected value to be one of"):
		return "enum"
	}
	return "schema"
}

// fiberError answers what never reached a handler: unknown addresses, bodies
// that are too large, broken requests.
func (s *Server) fiberError(c *fiber.Ctx, err error) error {
	f := fault.Wrap(fault.Internal, "kind.internal", err)
	if fe, ok := errors.AsType[*fiber.Error](err); ok {
		switch {
		case fe.Code == http.StatusNotFound || fe.Code == http.StatusMethodNotAllowed:
			f = fault.New(fault.NotFound, "route.none", nil)
		case fe.Code == http.StatusRequestEntityTooLarge:
			f = fault.New(fault.Invalid, "body.tooLarge", fault.Params{"limit": MaxBody})
		case fe.Code < 500:
			f = fault.New(fault.Invalid, "kind.invalid", nil)
		}
	} else if x, ok := errors.AsType[*fault.Error](err); ok {
		f = x
	}
	return s.send(c, f)
}

func (s *Server) send(c *fiber.Ctx, err error) error {
	p, _ := s.problem(c.UserContext(), err).(*Problem)
	if p.RequestID == "" {
		p.RequestID = uuid.NewString()
	}
	c.Status(p.Status)
	if err := c.JSON(p); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/problem+json")
	return nil
}
