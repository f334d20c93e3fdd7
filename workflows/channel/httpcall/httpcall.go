// Package httpcall is how channels call providers: one request, sent once, to a
// public address, whose failure says whether it may have arrived. It knows no
// provider.
package httpcall

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/dueflow/dueflow/workflows/channel"
)

// Door makes calls. All channels of a server share one.
type Door struct {
	client *http.Client
	now    func() time.Time
}

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 256 << 10

// idleTimeout is shorter than servers keep their connections (5 s and up): a
// request written while the other end closes would end as unknown.
const idleTimeout = 4 * time.Second

// New makes a door. allowPrivate lets it call private addresses; without it
// the server would be a way into the network it runs in. A nil now is the
// system's clock.
func New(allowPrivate bool, now func() time.Time) *Door {
	d := &net.Dialer{Timeout: 10 * time.Second}
	if !allowPrivate {
		d.Control = refusePrivate
	}
	if now == nil {
		now = time.Now
	}
	return &Door{now: now, client: &http.Client{
		Timeout: 30 * time.Second,
		Transport: &http.Transport{
			DialContext: d.DialContext, MaxIdleConnsPerHost: 64, IdleConnTimeout: idleTimeout,
			TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 25 * time.Second, MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Client is the door for libraries that make their own requests to addresses
// which an administrator wrote down.
func (d *Door) Client() *http.Client { return d.client }

// Now is the clock of signatures.
func (d *Door) Now() time.Time { return d.now() }

// SetTimeout bounds a call; for tests of providers that hang.
func (d *Door) SetTimeout(t time.Duration) { d.client.Timeout = t }

// Call is one request.
type Call struct {
	Method string // "" is POST
	URL    string
	Header http.Header
	Body   []byte
}

// Answer is what came back, whatever its status.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do sends a request once. Its error, a *channel.Error, says: before the
// request was written, certainly not sent; after that, nobody knows.
func (d *Door) Do(ctx context.Context, c Call) (Answer, error) {
	var wrote atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { wrote.Store(true) }})
	method := c.Method
	if method == "" {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(ctx, method, c.URL, bytes.NewReader(c.Body))
	if err != nil {
		return Answer{}, channel.Fail(channel.Permanent, "channel.badAddress", errors.New("not a web address"))
	}
	if !channel.Usable(req.URL) {
		return Answer{}, channel.Fail(channel.Permanent, "channel.badAddress", errors.New("not a web address"))
	}
	// A request that is repeated by the transport itself could arrive twice.
	req.GetBody = nil
	for k, v := range c.Header {
		req.Header[k] = v
	}
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", "Dueflow")
	}
	res, err := d.client.Do(req)
	if err != nil {
		return Answer{}, failure(withoutURL(err), wrote.Load())
	}
	defer res.Body.Close() //nolint:errcheck // nothing depends on it
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return Answer{Status: res.StatusCode}, channel.Fail(channel.Unknown, "channel.unknown", err)
	}
	return Answer{res.StatusCode, res.Header, body}, nil
}

func failure(err error, wrote bool) error {
	switch {
	case errors.Is(err, errPrivate):
		return channel.Fail(channel.Permanent, "channel.privateAddress", err)
	case wrote:
		return channel.Told(channel.Unknown, "channel.unknown", err.Error(), err)
	}
	return channel.Told(channel.Retry, "channel.noConnection", err.Error(), err)
}

// withoutURL takes the address out of an error: it may hold a token.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// JSON posts a document (a nil one makes it a GET) and reads the answer into
// out. A failing status is judged by Status; an answer that cannot be read
// leaves it unknown what the provider did.
func (d *Door) JSON(ctx context.Context, to string, in, out any) error {
	c := Call{URL: to, Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}}
	if in == nil {
		c.Method = http.MethodGet
	} else {
		var err error
		if c.Body, err = json.Marshal(in); err != nil {
			return channel.Fail(channel.Permanent, "channel.badMessage", err)
		}
	}
	a, err := d.Do(ctx, c)
	if err != nil {
		return err
	}
	if a.Status < 200 || a.Status > 299 {
		return Status(a.Status)
	}
	return a.Read(out)
}

// Read reads an answer's JSON.
func (a Answer) Read(out any) error {
	if err := json.Unmarshal(a.Body, out); err != nil {
		return channel.Fail(channel.Unknown, "channel.garbage", fmt.Errorf("status %d: %w", a.Status, err))
	}
	return nil
}

// Status judges a status that is no success, of providers that tell their own
// errors in the body: too many calls and a closed door are certain, a client's
// mistake is final, and a server that broke may have sent before it did.
func Status(status int) error {
	cause := fmt.Errorf("HTTP %d", status)
	e := &channel.Error{Class: channel.Permanent, Reason: "channel.refused", Detail: cause.Error(), Cause: cause}
	switch {
	case status == http.StatusTooManyRequests:
		e.Class, e.Reason = channel.Retry, "channel.rateLimited"
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		e.Class, e.Reason = channel.Retry, "channel.badCredentials"
	case status == http.StatusServiceUnavailable || status == http.StatusRequestTimeout:
		e.Class, e.Reason = channel.Retry, "channel.refusedForNow"
	case status >= 500:
		e.Class, e.Reason = channel.Unknown, "channel.unknown"
	}
	return e
}

// Harmless is the error of a call that sends nothing to anybody, such as
// fetching a token: what is unknown about it does no harm, it may be repeated.
func Harmless(err error) error {
	e, ok := errors.AsType[*channel.Error](err)
	if !ok || e.Class != channel.Unknown {
		return err
	}
	again := *e
	again.Class, again.Reason = channel.Retry, "channel.noConnection"
	return &again
}

// What may be wrong with a file that is fetched.
var (
	ErrRedirected = errors.New("the address leads somewhere else")
	ErrTooLarge   = errors.New("the file is too large")
	ErrMissing    = errors.New("there is no such file")
	ErrPrivate    = errPrivate
)

// Fetch gets a file of at most so many bytes. Redirects are not followed: the
// address that was written down is the one that is meant.
func (d *Door) Fetch(ctx context.Context, from string, most int64) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil || !channel.Usable(req.URL) {
		return nil, errors.New("not a web address")
	}
	req.Header.Set("User-Agent", "Dueflow")
	res, err := d.client.Do(req)
	if err != nil {
		return nil, withoutURL(err)
	}
	defer res.Body.Close() //nolint:errcheck // nothing depends on it
	switch {
	case res.StatusCode >= 300 && res.StatusCode < 400:
		return nil, ErrRedirected
	case res.StatusCode == http.StatusNotFound || res.StatusCode == http.StatusGone:
		return nil, ErrMissing
	case res.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("status %d", res.StatusCode)
	case res.ContentLength > most:
		return nil, ErrTooLarge
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, most+1))
	if err == nil && int64(len(body)) > most {
		err = ErrTooLarge
	}
	return body, err
}
