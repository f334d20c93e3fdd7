package api

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"html"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"sort"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/dueflow/dueflow/schemas/fault"
)

func (s *Server) routes() {
	s.sessionRoutes()
	s.recordRoutes()
	s.binRoutes()
	s.formRoutes()
	s.templateRoutes()
	s.customerRoutes()
	s.flowRoutes()
	s.designerRoutes()
	s.rehearsalRoutes()
	s.importRoutes()
	s.exportRoutes()
	s.ageingTable()
	s.personalRoutes()
	s.runRoutes()
	s.workRoutes()
	s.deskRoutes()
	s.reviewRoutes()
	s.settingRoutes()
	s.auditRoutes()
	s.contactRoutes()
	s.calendarRoutes()
	s.channelRoutes()
	s.peopleRoutes()
	s.taskRoutes()
	s.tierRoutes()
	s.publisherRoutes()
	s.catalogRoutes()
	s.hookRoutes()
	s.portalRoutes()
	s.letterRoutes()
	s.packRoutes()
	s.packSampleRoutes()
}

func csp(nonce string) string {
	if nonce != "" {
		nonce = " 'nonce-" + nonce + "'"
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'" + nonce + "; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
}

// ui serves the web interface: hashed assets for ever and pre-compressed, the
// page itself anew each time with a fresh nonce for its styles.
func (s *Server) ui() {
	index, err := fs.ReadFile(s.UI, "index.html")
	if err != nil {
		index = []byte("<!doctype html><meta charset=utf-8><title>Dueflow</title><p>The web interface was not built into this binary; see <a href=/api/docs>the API</a>.")
	}
	s.app.Use(func(c *fiber.Ctx) error {
		if c.Method() != http.MethodGet && c.Method() != http.MethodHead || strings.HasPrefix(c.Path(), "/api/") {
			return s.send(c, fault.New(fault.NotFound, "route.none", nil))
		}
		name := strings.TrimPrefix(path.Clean(c.Path()), "/")
		if name != "" && name != "index.html" {
			if done, err := s.asset(c, name); done || err != nil {
				return err
			}
		}
		var b [12]byte
		_, _ = rand.Read(b[:])
		nonce := base64.RawStdEncoding.EncodeToString(b[:])
		c.Set("Content-Security-Policy", csp(nonce))
		c.Set(fiber.HeaderCacheControl, "no-store")
		c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
		return c.Send(bytes.ReplaceAll(index, []byte("__CSP_NONCE__"), []byte(nonce)))
	})
}

func (s *Server) asset(c *fiber.Ctx, name string) (bool, error) {
	body, err := fs.ReadFile(s.UI, name)
	if err != nil {
		if path.Ext(name) != "" && strings.HasPrefix(name, "assets/") {
			return true, s.send(c, fault.New(fault.NotFound, "route.none", nil))
		}
		return false, nil
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		c.Set(fiber.HeaderContentType, t)
	}
	if path.Ext(name) == ".html" { // pages of customers: no styles or scripts but our files
		c.Set("Content-Security-Policy", csp(""))
		c.Set(fiber.HeaderCacheControl, "no-store")
	}
	if strings.HasPrefix(name, "assets/") {
		c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	}
	c.Set("Vary", "Accept-Encoding")
	if strings.Contains(c.Get(fiber.HeaderAcceptEncoding), "gzip") {
		if gz, err := fs.ReadFile(s.UI, name+".gz"); err == nil {
			c.Set(fiber.HeaderContentEncoding, "gzip")
			body = gz
		}
	}
	return true, c.Send(body)
}

// docs serves a readable page of the API, made from its own description.
func (s *Server) docs() {
	s.app.Get("/api/docs", func(c *fiber.Ctx) error {
		var b [12]byte
		_, _ = rand.Read(b[:])
		nonce := base64.RawStdEncoding.EncodeToString(b[:])
		c.Set("Content-Security-Policy", csp(nonce))
		c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
		return c.SendString(s.docsPage(nonce))
	})
}

func (s *Server) docsPage(nonce string) string {
	var b strings.Builder
	b.WriteString(`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Dueflow API</title><style nonce="` + nonce + `">
body{font:14px/1.55 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;max-width:960px;margin:32px auto;padding:0 20px;color:#1f2733}
h1{font-size:24px}h2{font-size:16px;margin:28px 0 6px;border-bottom:1px solid #e3e8ef;padding-bottom:4px}
code{font:13px ui-monospace,monospace}.m{display:inline-block;min-width:56px;font-weight:600;color:#1a47b8}
table{border-collapse:collapse;margin:6px 0 0}td{padding:2px 14px 2px 0;vertical-align:top;color:#445}pre{background:#f6f8fb;padding:10px;overflow:auto}
</style></head><body><h1>Dueflow API</h1>`)
	api := s.huma.OpenAPI()
	b.WriteString("<p>" + html.EscapeString(api.Info.Description) + `</p><p>The whole description: <a href="/api/v1/openapi.json">OpenAPI 3.1 as JSON</a>. Send <code>Authorization: Bearer dfk_…</code>.</p>`)
	paths := make([]string, 0, len(api.Paths))
	for p := range api.Paths {
		paths = append(paths, p)
	}
	sort.Strings(paths)
	for _, p := range paths {
		item := api.Paths[p]
		for _, m := range []struct {
			name string
			op   any
		}{{"GET", item.Get}, {"POST", item.Post}, {"PUT", item.Put}, {"PATCH", item.Patch}, {"DELETE", item.Delete}} {
			writeOperation(&b, m.name, p, m.op)
		}
	}
	b.WriteString("</body></html>")
	return b.String()
}

// writeOperation reads an operation through its JSON, so that the page shows
// what the description says and nothing else.
func writeOperation(b *strings.Builder, method, p string, op any) {
	raw, err := json.Marshal(op)
	if err != nil || string(raw) == "null" {
		return
	}
	var o struct {
		Summary    string `json:"summary"`
		Parameters []struct {
			Name, In, Description string
		} `json:"parameters"`
		RequestBody json.RawMessage `json:"requestBody"`
	}
	if json.Unmarshal(raw, &o) != nil {
		return
	}
	b.WriteString(`<h2><span class="m">` + method + `</span> <code>/api/v1` + html.EscapeString(p) + `</code></h2><p>` + html.EscapeString(o.Summary) + `</p>`)
	if len(o.Parameters) > 0 {
		b.WriteString("<table>")
		for _, x := range o.Parameters {
			b.WriteString("<tr><td><code>" + html.EscapeString(x.Name) + "</code></td><td>" + html.EscapeString(x.In) + "</td><td>" + html.EscapeString(x.Description) + "</td></tr>")
		}
		b.WriteString("</table>")
	}
}
