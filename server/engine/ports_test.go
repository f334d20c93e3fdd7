package engine

import (
	"log/slog"
	"net"
	"path/filepath"
	"testing"
)

// TestTakenPort: between the moment a port is found free and the moment the
// server listens on it, somebody else took it. The server starts on others.
func TestTakenPort(t *testing.T) {
	store, err := database(filepath.Join(t.TempDir(), "engine.db"))
	if err != nil {
		t.Fatal(err)
	}
	taken, err := net.Listen("tcp", host+":0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close() //nolint:errcheck // only held
	tries := 0
	find := func(n int) ([]int, error) {
		ports, err := freePorts(n)
		if tries++; tries <= 2 { // of another service each time
			ports[tries] = taken.Addr().(*net.TCPAddr).Port
		}
		return ports, err
	}
	e, err := startOn(store, slog.New(slog.DiscardHandler), find)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Stop()
	if tries != 3 {
		t.Errorf("%d tries", tries)
	}
	// With none to be had it says why, and does not end the program.
	if _, err := startOn(store, slog.New(slog.DiscardHandler), func(n int) ([]int, error) {
		ports, err := freePorts(n)
		ports[0] = taken.Addr().(*net.TCPAddr).Port
		return ports, err
	}); err == nil {
		t.Error("started on a port that somebody has")
	}
}
