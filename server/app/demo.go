package app

import (
	"context"

	"github.com/dueflow/dueflow/server/api"
)

func (s *Server) openDemo(context.Context) error { return nil }
func (s *Server) liveDemo(context.Context)       {}
func demoUsers() []api.DemoUser                  { return nil }

func (s *Server) newWorkspace(context.Context, string, bool) error { return nil }
