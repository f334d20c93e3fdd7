// Package client is a Go client of the API, for the command line, for tests
// and for people.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Client talks to one server with one API key.
type Client struct {
	// URL is the server's address, such as http://127.0.0.1:8080.
	URL string
	// Token is an API key, dfk_….
	Token string
	// Language of messages: en (default) or zh-CN.
	Language string
	// HTTP is the transport; nil is one with a timeout of two minutes.
	HTTP *http.Client
}

// Problem is an error answer (RFC 9457).
type Problem struct {
	Status    int    `json:"status"`
	Title     string `json:"title"`
	Detail    string `json:"detail"`
	Key       string `json:"key"`
	RequestID string `json:"requestId"`
	Errors    []struct {
		Pointer string `json:"pointer"`
		Rule    string `json:"rule"`
		Message string `json:"message"`
	} `json:"errors"`
}

// Error reads the problem with its places.
func (p *Problem) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s", p.Status, p.Detail)
	for _, e := range p.Errors {
		fmt.Fprintf(&b, "\n  %s %s", e.Pointer, e.Message)
	}
	return b.String()
}

var (
	transport = &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute}
	shared    = &http.Client{Timeout: 2 * time.Minute, Transport: transport}
	patient   = &http.Client{Transport: transport}
)

// Do sends a request with in as JSON (nil: none) and reads the answer into out
// (nil: dropped). Further headers come in pairs.
func (c *Client) Do(ctx context.Context, method, path string, in, out any, headers ...string) error {
	res, err := c.ask(ctx, shared, method, path, in, headers)
	if err != nil {
		return err
	}
	defer res.Body.Close() //nolint:errcheck // read to the end below
	raw, err := io.ReadAll(res.Body)
	if err != nil || out == nil || len(raw) == 0 {
		return err
	}
	return json.Unmarshal(raw, out)
}

// Fetch copies an answer to w as it comes, however long that takes; only the
// context ends it.
func (c *Client) Fetch(ctx context.Context, path string, w io.Writer) error {
	res, err := c.ask(ctx, patient, http.MethodGet, path, nil, nil)
	if err != nil {
		return err
	}
	defer res.Body.Close() //nolint:errcheck // read to the end below
	_, err = io.Copy(w, res.Body)
	return err
}

// ask sends a request; an error answer is a *Problem. The caller closes the body.
func (c *Client) ask(ctx context.Context, h *http.Client, method, path string, in any, headers []string) (*http.Response, error) {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("request: %w", err)
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.URL, "/")+"/api/v1"+path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.Token)
	req.Header.Set("Accept-Language", c.Language)
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	if c.HTTP != nil {
		h = c.HTTP
	}
	res, err := h.Do(req)
	if err != nil || res.StatusCode < 400 {
		return res, err
	}
	defer res.Body.Close() //nolint:errcheck // read to the end below
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	p := &Problem{Detail: string(raw)}
	_ = json.Unmarshal(raw, p)
	p.Status = res.StatusCode
	return nil, p
}
