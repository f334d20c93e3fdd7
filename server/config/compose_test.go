package config_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/dueflow/dueflow/server/config"
)

type compose struct {
	Services map[string]struct {
		Image       string
		Build       map[string]any
		Environment map[string]string
		Healthcheck struct{ Test []string }
		DependsOn   map[string]struct{ Condition string } `yaml:"depends_on"`
	}
	Volumes map[string]any
}

// TestCompose holds docker-compose.yml to what the server understands: the
// settings it gives exist, and everybody waits for what it needs.
func TestCompose(t *testing.T) {
	raw, err := os.ReadFile("../../docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	var c compose
	if err := yaml.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	var known strings.Builder
	config.Reference(&known)
	for _, name := range []string{"api", "worker"} {
		s := c.Services[name]
		if s.Image == "" || s.Image != c.Services["api"].Image || s.Build["dockerfile_inline"] == nil {
			t.Errorf("%s: image %q is not the shared one, built here", name, s.Image)
		}
		for key := range s.Environment {
			if !strings.Contains(known.String(), "`"+key+"`") {
				t.Errorf("%s: the server knows no setting %s", name, key)
			}
		}
		for _, key := range []string{"DUEFLOW_MONGODB_URI", "DUEFLOW_TEMPORAL_ADDRESS", "DUEFLOW_ROLES"} {
			if s.Environment[key] == "" {
				t.Errorf("%s: %s is missing", name, key)
			}
		}
		if !strings.HasSuffix(fmt.Sprint(s.Healthcheck.Test), "/readyz]") {
			t.Errorf("%s: health is asked of %v", name, s.Healthcheck.Test)
		}
		for _, need := range []string{"mongodb", "temporal"} {
			if got := s.DependsOn[need].Condition; got != "service_healthy" {
				t.Errorf("%s waits for %s to be %q", name, need, got)
			}
		}
	}
	for name, s := range c.Services {
		if len(s.Healthcheck.Test) == 0 {
			t.Errorf("%s has no health check", name)
		}
	}
}
