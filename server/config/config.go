// Package config is the table of settings: for each a key, its environment
// variable, its default and what it is for. It prints its own reference.
package config

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Config is the typed result of the table.
type Config struct {
	Data            string
	Listen          string
	MongoURI        string
	MongoPrefix     string
	SecretKey       string
	PackKeys        []string
	Catalogs        []Catalog
	CatalogFolders  string
	TemporalAddress string
	TemporalNS      string
	Roles           []string
	LogLevel        string
	Demo            bool
	DemoDay         time.Duration
	AllowPrivate    bool
	ClockOffset     time.Duration
	StickyCache     int
	SecureCookies   bool
	PublicURL       string
	EntryLimit      int
	Profile         string
	Metrics         string
	Traces          string
}

// Catalog is a catalogue of packs: an https address or a folder, and the public
// keys that must sign its index.
type Catalog struct {
	At   string
	Keys []string
}

// Has tells whether this process has a role: api or worker.
func (c Config) Has(role string) bool {
	for _, r := range c.Roles {
		if r == role {
			return true
		}
	}
	return false
}

// setting is one row of the table.
type setting struct {
	key, env, def, help string
	secret              bool
	set                 func(c *Config, v string) error
}

func str(p func(*Config) *string) func(*Config, string) error {
	return func(c *Config, v string) error { *p(c) = v; return nil }
}

func flag(p func(*Config) *bool) func(*Config, string) error {
	return func(c *Config, v string) error {
		b, err := strconv.ParseBool(v)
		*p(c) = b
		return err
	}
}

func duration(p func(*Config) *time.Duration) func(*Config, string) error {
	return func(c *Config, v string) error {
		d, err := time.ParseDuration(v)
		*p(c) = d
		return err
	}
}

var table = []setting{
	{"data", "DUEFLOW_DATA", "data", "directory of the embedded store and engine", false, str(func(c *Config) *string { return &c.Data })},
	{"listen", "DUEFLOW_LISTEN", "127.0.0.1:8080", "address of the API and the web interface", false, setListen},
	{"secret-key", "DUEFLOW_SECRET_KEY", "", "key of stored secrets, 32 bytes in base64; without it the file secret.key in the data directory, made at the first start", true, str(func(c *Config) *string { return &c.SecretKey })},
	{"public-url", "DUEFLOW_PUBLIC_URL", "", "address under which people reach this server, such as https://dueflow.example.com; links in letters, sign-in through a provider and what providers of channels are told use it (default: the address it listens on)", false, setPublicURL},
	{"entry-limit", "DUEFLOW_ENTRY_LIMIT", "60", "sign-ins, invitations and resets a minute from one address; raise it for many people behind one", false, setEntryLimit},
	{"mongodb-uri", "DUEFLOW_MONGODB_URI", "", "MongoDB to use instead of the embedded store", true, str(func(c *Config) *string { return &c.MongoURI })},
	{"mongodb-prefix", "DUEFLOW_MONGODB_PREFIX", "dueflow_", "prefix of the databases, one a workspace", false, str(func(c *Config) *string { return &c.MongoPrefix })},
	{"temporal-address", "DUEFLOW_TEMPORAL_ADDRESS", "", "Temporal cluster to use instead of the embedded engine", false, str(func(c *Config) *string { return &c.TemporalAddress })},
	{"temporal-namespace", "DUEFLOW_TEMPORAL_NAMESPACE", "dueflow", "namespace on the cluster, made if it is missing", false, str(func(c *Config) *string { return &c.TemporalNS })},
	{"pack-keys", "DUEFLOW_PACK_KEYS", "", "public keys, separated by commas, of publishers whose packs are trusted", false, setPackKeys},
	{"catalog", "DUEFLOW_CATALOGS", "", "catalogues of packs besides the built-in ones, separated by spaces: an https address or a folder with index.json, then # and the keys that must sign it, such as https://packs.example.com/dueflow#ed25519:…", false, setCatalogs},
	{"catalog-folders", "DUEFLOW_CATALOG_FOLDERS", "", "folder below which workspaces may name folders as catalogues of their own; none if empty", false, str(func(c *Config) *string { return &c.CatalogFolders })},
	{"roles", "DUEFLOW_ROLES", "api,worker", "what this process does: api, worker", false, setRoles},
	{"log-level", "DUEFLOW_LOG_LEVEL", "info", "debug, info, warn or error", false, str(func(c *Config) *string { return &c.LogLevel })},
	{"demo", "DUEFLOW_DEMO", "false", "make and open the demo workspace", false, flag(func(c *Config) *bool { return &c.Demo })},
	{"demo-day", "DUEFLOW_DEMO_DAY", "10s", "how long a day of the demo clock lasts", false, duration(func(c *Config) *time.Duration { return &c.DemoDay })},
	{"allow-private", "DUEFLOW_ALLOW_PRIVATE", "false", "let webhooks call private and local addresses", false, flag(func(c *Config) *bool { return &c.AllowPrivate })},
	{"clock-offset", "DUEFLOW_CLOCK_OFFSET", "0s", "move the clock, for drills", false, duration(func(c *Config) *time.Duration { return &c.ClockOffset })},
	{"workflow-cache", "DUEFLOW_WORKFLOW_CACHE", "2000", "accounts whose workflow stays in memory", false, setCache},
	{"metrics", "DUEFLOW_METRICS", "", "address for Prometheus, such as 127.0.0.1:9464; it asks for no key, so keep it inside; off by default", false, str(func(c *Config) *string { return &c.Metrics })},
	{"traces", "DUEFLOW_TRACES", "", "collector of OpenTelemetry (OTLP over gRPC), such as http://127.0.0.1:4317; off by default", false, str(func(c *Config) *string { return &c.Traces })},
	{"profile", "DUEFLOW_PROFILE", "", "address for Go's profiles, such as 127.0.0.1:6060; off by default", false, str(func(c *Config) *string { return &c.Profile })},
	{"secure-cookies", "DUEFLOW_SECURE_COOKIES", "false", "mark session cookies Secure (behind HTTPS)", false, flag(func(c *Config) *bool { return &c.SecureCookies })},
}

func setListen(c *Config, v string) error {
	if _, _, err := net.SplitHostPort(v); err != nil {
		return fmt.Errorf("want host:port: %w", err)
	}
	c.Listen = v
	return nil
}

func setPublicURL(c *Config, v string) error {
	v = strings.TrimRight(v, "/")
	if v != "" {
		u, err := url.Parse(v)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
			return fmt.Errorf("want an address such as https://dueflow.example.com")
		}
	}
	c.PublicURL = v
	return nil
}

func setEntryLimit(c *Config, v string) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < 5 || n > 1_000_000 {
		return fmt.Errorf("want a number from 5 to 1000000")
	}
	c.EntryLimit = n
	return nil
}

func setPackKeys(c *Config, v string) (err error) {
	c.PackKeys, err = publicKeys(v)
	return err
}

func publicKeys(v string) ([]string, error) {
	var out []string
	for k := range strings.SplitSeq(v, ",") {
		if k = strings.TrimSpace(k); k == "" {
			continue
		}
		rest, ok := strings.CutPrefix(k, "ed25519:")
		if raw, err := base64.StdEncoding.DecodeString(rest); !ok || err != nil || len(raw) != ed25519.PublicKeySize {
			return nil, fmt.Errorf("want keys as ed25519:…, got %q", k)
		}
		out = append(out, k)
	}
	return out, nil
}

func setCatalogs(c *Config, v string) error {
	c.Catalogs = nil
	for _, one := range strings.Fields(v) {
		at, keys, _ := strings.Cut(one, "#")
		u, err := url.Parse(at)
		web := err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil && u.RawQuery == ""
		if !web && (at == "" || strings.Contains(at, "://")) {
			return fmt.Errorf("want an https address or a folder, got %q", at)
		}
		pinned, err := publicKeys(keys)
		if err != nil {
			return err
		}
		if !web {
			if at, err = filepath.Abs(at); err != nil {
				return err
			}
		}
		c.Catalogs = append(c.Catalogs, Catalog{strings.TrimRight(at, "/"), pinned})
	}
	if len(c.Catalogs) > 10 {
		return fmt.Errorf("at most 10 catalogues")
	}
	return nil
}

func setRoles(c *Config, v string) error {
	c.Roles = nil
	for r := range strings.SplitSeq(v, ",") {
		r = strings.TrimSpace(r)
		if r != "api" && r != "worker" {
			return fmt.Errorf("unknown role %q; roles are api and worker", r)
		}
		c.Roles = append(c.Roles, r)
	}
	return nil
}

func setCache(c *Config, v string) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < 10 || n > 1_000_000 {
		return fmt.Errorf("want a number from 10 to 1000000")
	}
	c.StickyCache = n
	return nil
}

// Load reads the table: a given value (from a flag), else the environment,
// else the default. Errors name the setting.
func Load(given map[string]string) (Config, error) {
	var c Config
	for _, s := range table {
		v, from := s.def, "default"
		if e, ok := os.LookupEnv(s.env); ok {
			v, from = e, s.env
		}
		if g := given[s.key]; g != "" {
			v, from = g, "--"+s.key
		}
		if err := s.set(&c, v); err != nil {
			shown := v
			if s.secret {
				shown = "(secret)"
			}
			return c, fmt.Errorf("setting %s=%q (%s): %w", s.key, shown, from, err)
		}
	}
	return c, nil
}

// Setting is a row of the reference.
type Setting struct {
	Flag        string `json:"flag"`
	Environment string `json:"environment"`
	Default     string `json:"default"`
	What        string `json:"what"`
	Secret      bool   `json:"secret"`
}

// Settings is the reference for programs.
func Settings() []Setting {
	out := make([]Setting, 0, len(table))
	for _, s := range table {
		out = append(out, Setting{"--" + s.key, s.env, s.def, s.help, s.secret})
	}
	return out
}

// Reference writes the table as Markdown.
func Reference(w io.Writer) {
	_, _ = fmt.Fprintln(w, "| flag | environment | default | what |\n| --- | --- | --- | --- |")
	for _, s := range table {
		_, _ = fmt.Fprintf(w, "| `--%s` | `%s` | `%s` | %s |\n", s.key, s.env, s.def, s.help)
	}
}
