package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/dueflow/dueflow/policies"
)

// look registers a route that takes a body and changes nothing: a preview, a
// count, a rehearsal. Who looks with other eyes may ask it, and its answers are
// not kept to be repeated.
func look[I, O any](s *Server, path, id string, n need, summary string, h func(context.Context, policies.Actor, *I) (*O, error)) {
	s.looksAt(path)
	route(s, http.MethodPost, path, id, n, summary, h)
}

func (s *Server) looksAt(path string) { s.looks = append(s.looks, strings.Split(path, "/")) }

// onlyLooks tells whether a request changes nothing although its method is not
// one of reading.
func (s *Server) onlyLooks(method, path string) bool {
	rest, ok := strings.CutPrefix(path, "/api/v1")
	if method != http.MethodPost || !ok {
		return false
	}
	parts := strings.Split(rest, "/")
	return slices.ContainsFunc(s.looks, func(l []string) bool {
		return slices.EqualFunc(l, parts, func(a, b string) bool { return a == b || strings.HasPrefix(a, "{") && b != "" })
	})
}
