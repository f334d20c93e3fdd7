package httpcall

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dueflow/dueflow/workflows/channel"
)

func post(t *testing.T, d *Door, to string) error {
	t.Helper()
	_, err := d.Do(t.Context(), Call{URL: to})
	return err
}

func expect(t *testing.T, err error, want string) {
	t.Helper()
	got := "sent"
	if err != nil {
		class, reason := channel.ClassOf(err)
		got = []string{"retry", "permanent", "unknown"}[class] + " " + reason
	}
	if got != want {
		t.Errorf("got %s (%v), want %s", got, err, want)
	}
}

func TestPrivateAddresses(t *testing.T) {
	for _, ip := range []string{
		"127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "0.1.2.3",
		"192.0.0.8", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
		"::7f00:1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::1", "2001:0:7f00:1::1",
	} {
		if err := refusePrivate("tcp", net.JoinHostPort(ip, "80"), nil); !errors.Is(err, errPrivate) {
			t.Errorf("%s is let through", ip)
		}
	}
	for _, ip := range []string{"8.8.8.8", "172.32.0.1", "100.128.0.1", "192.0.1.1", "2606:4700::1111", "::ffff:8.8.8.8"} {
		if err := refusePrivate("tcp", net.JoinHostPort(ip, "443"), nil); err != nil {
			t.Errorf("%s is refused", ip)
		}
	}
	if refusePrivate("tcp", "not an address", nil) == nil {
		t.Error("what cannot be read is let through")
	}
}

// TestPrivateIsRefused calls real listeners by every way to write them.
func TestPrivateIsRefused(t *testing.T) {
	var calls atomic.Int32
	h := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) })
	four := httptest.NewServer(h)
	defer four.Close()
	_, port, err := net.SplitHostPort(four.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	urls := []string{"http://127.0.0.1:" + port, "http://localhost:" + port, "http://[::ffff:127.0.0.1]:" + port, "http://0.0.0.0:" + port, "http://10.0.0.1:" + port}
	if l, err := net.Listen("tcp6", "[::1]:0"); err == nil {
		six := &httptest.Server{Listener: l, Config: &http.Server{Handler: h, ReadHeaderTimeout: time.Second}}
		six.Start()
		defer six.Close()
		urls = append(urls, six.URL)
	} else {
		t.Logf("without ::1: %v", err)
	}
	for _, u := range urls {
		expect(t, post(t, New(false, nil), u), "permanent channel.privateAddress")
	}
	if n := calls.Load(); n != 0 {
		t.Errorf("%d calls came through", n)
	}
	expect(t, post(t, New(true, nil), four.URL), "sent")
}

// TestRebinding: a name that is public when it is looked up first and private
// after that is refused, since the address that is dialled is what is judged.
func TestRebinding(t *testing.T) {
	var lookups atomic.Int32
	old := net.DefaultResolver
	t.Cleanup(func() { net.DefaultResolver = old })
	server := nameServer(t, func() [4]byte {
		if lookups.Add(1) == 1 {
			return [4]byte{93, 184, 216, 34}
		}
		return [4]byte{127, 0, 0, 1}
	})
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", server)
	}}
	var calls atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	defer srv.Close()
	_, port, err := net.SplitHostPort(srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	addrs, err := net.DefaultResolver.LookupHost(t.Context(), "rebind.example.")
	if err != nil || strings.Join(addrs, " ") != "93.184.216.34" {
		t.Fatalf("the first lookup gives %v, %v", addrs, err)
	}
	expect(t, post(t, New(false, nil), "http://rebind.example.:"+port), "permanent channel.privateAddress")
	if n := calls.Load(); n != 0 {
		t.Errorf("%d calls came through", n)
	}
	if lookups.Load() < 2 {
		t.Error("the name was not looked up again")
	}
}

// nameServer answers every question for an A record and has no other records.
func nameServer(t *testing.T, answer func() [4]byte) string {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		buf := make([]byte, 512)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			_, _ = conn.WriteTo(reply(buf[:n], answer), from)
		}
	}()
	return conn.LocalAddr().String()
}

// reply builds a DNS answer: the question again and, for type A, one record.
func reply(query []byte, answer func() [4]byte) []byte {
	end := 12
	for query[end] != 0 {
		end += int(query[end]) + 1
	}
	end += 5 // the root label, type and class
	isA := binary.BigEndian.Uint16(query[end-4:]) == 1
	out := append([]byte{query[0], query[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, query[12:end]...)
	if isA {
		out[7] = 1
		ip := answer()
		out = append(out, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ip[0], ip[1], ip[2], ip[3])
	}
	return out
}
