package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/dueflow/dueflow/server/client"
)

// process is a dueflow server of its own.
type process struct {
	cmd    *exec.Cmd
	url    string
	data   string
	token  string
	ready  time.Duration
	client *client.Client
	loaded int // customers
}

func freePort() int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer l.Close() //nolint:errcheck // only for its port
	return l.Addr().(*net.TCPAddr).Port
}

// newData makes a data directory with a workspace that may always send, and a key.
func newData(ctx context.Context, bin, dir string) (token string, err error) {
	out, err := exec.CommandContext(ctx, bin, "token", "create", "--data", dir, "--workspace", "bench", "--role", "admin", "--always",
		"--timezone", "UTC", "--language", "en").Output()
	return strings.TrimSpace(string(out)), err
}

// serve starts a server on a data directory and waits until it is ready.
func serve(ctx context.Context, bin, dir, token string, more ...string) (*process, error) {
	port := freePort()
	p := &process{url: fmt.Sprintf("http://127.0.0.1:%d", port), data: dir, token: token}
	args := append([]string{"serve", "--data", dir, "--listen", fmt.Sprintf("127.0.0.1:%d", port), "--allow-private", "--log-level", "error"}, more...)
	p.cmd = exec.CommandContext(ctx, bin, args...)
	p.cmd.Stderr = os.Stderr
	start := time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	p.client = &client.Client{URL: p.url, Token: token, Language: "en"}
	for time.Since(start) < 60*time.Second {
		res, err := http.Get(p.url + "/readyz") //nolint:noctx // bounded by the loop
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				p.ready = time.Since(start)
				return p, nil
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	return nil, errors.New("the server did not become ready")
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// stop ends the server; a second time it does nothing.
func (p *process) stop() {
	_ = p.cmd.Process.Signal(os.Interrupt)
	_ = p.cmd.Wait()
}

// cpu is user plus system time of a process so far.
func cpu(pid int) time.Duration {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	f := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+2:]))
	u, _ := strconv.ParseInt(f[11], 10, 64)
	s, _ := strconv.ParseInt(f[12], 10, 64)
	return time.Duration(u+s) * 10 * time.Millisecond // USER_HZ is 100 on Linux
}

func (p *process) cpu() time.Duration { return cpu(p.cmd.Process.Pid) }

// memory is what a process holds, in MB: of its own, and the pages of files
// (the binary, the store) that are mapped and that the system may take back.
type memory struct{ own, mapped int64 }

func (m memory) total() int64 { return m.own + m.mapped }

func memoryOf(pid int) memory {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return memory{}
	}
	var m memory
	for line := range strings.Lines(string(raw)) {
		name, rest, _ := strings.Cut(line, ":")
		kib, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
		switch name {
		case "RssAnon":
			m.own = kib >> 10
		case "RssFile", "RssShmem":
			m.mapped += kib >> 10
		}
	}
	return m
}

// rss is all the memory of a process, in MB.
func rss(pid int) int64 { return memoryOf(pid).total() }

// diskOf is the size of a directory in bytes.
func diskOf(dir string) int64 {
	var n int64
	_ = filepath.Walk(dir, func(_ string, i os.FileInfo, err error) error {
		if err == nil && !i.IsDir() {
			n += i.Size()
		}
		return nil
	})
	return n
}

// sink counts what arrives, by webhook id.
type sink struct {
	url   string
	srv   *http.Server
	mu    sync.Mutex
	seen  map[string]int
	items map[string]int
	first time.Time
	last  time.Time
	delay time.Duration
	// times are the arrivals, while they are wanted.
	times []time.Time
	timed bool
}

func newSink() (*sink, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &sink{url: "http://" + l.Addr().String(), seen: map[string]int{}, items: map[string]int{}}
	s.srv = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.srv.Serve(l) }()
	return s, nil
}

// ServeHTTP notes the message and its invoices.
func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	var m struct {
		Data struct {
			Items []struct {
				ID string `json:"id"`
			} `json:"items"`
		} `json:"data"`
	}
	_ = json.Unmarshal(raw, &m)
	now := time.Now()
	s.mu.Lock()
	s.seen[r.Header.Get("Webhook-Id")]++
	for _, i := range m.Data.Items {
		s.items[i.ID]++
	}
	if s.first.IsZero() {
		s.first = now
	}
	s.last = now
	if s.timed {
		s.times = append(s.times, now)
	}
	s.mu.Unlock()
	if s.delay > 0 {
		time.Sleep(s.delay)
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *sink) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen, s.items, s.first, s.last = map[string]int{}, map[string]int{}, time.Time{}, time.Time{}
}

// counts gives how many messages came, how many of them twice or more.
func (s *sink) counts() (messages, doubled int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.seen {
		if n > 1 {
			doubled++
		}
	}
	return len(s.seen), doubled
}

func (s *sink) await(n int, limit time.Duration) bool {
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if got, _ := s.counts(); got >= n {
			return true
		}
	}
	return false
}
