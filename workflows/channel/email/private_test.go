package email

import (
	"net"
	"testing"
)

func TestMailOnly(t *testing.T) {
	for at, want := range map[string]bool{
		"127.0.0.1:25": true, "10.1.2.3:587": true, "192.168.1.1:465": true, "8.8.8.8:9999": true, "[::1]:2525": true,
		"127.0.0.1:6379": false, "10.1.2.3:22": false, "169.254.169.254:25": false, "[fe80::1]:25": false, "[::ffff:127.0.0.1]:80": false, "0.0.0.0:25": false, "nonsense": false,
	} {
		if got := mailOnly("tcp", at, nil) == nil; got != want {
			t.Errorf("%s: %v", at, got)
		}
	}
	// And for real: nothing is asked of a service that is none of mail.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // a test's
	called := make(chan struct{}, 1)
	go func() {
		if c, err := l.Accept(); err == nil {
			called <- struct{}{}
			_ = c.Close()
		}
	}()
	_, err = Channel{Public: true}.Send(t.Context(), settings(l.Addr().(*net.TCPAddr).Port, plain), message())
	if got := outcome(err); got != "permanent channel.privateAddress" {
		t.Errorf("got %s (%v)", got, err)
	}
	select {
	case <-called:
		t.Error("the service was called")
	default:
	}
}
