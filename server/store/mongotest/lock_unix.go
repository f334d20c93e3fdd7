//go:build unix

package mongotest

import (
	"os"
	"syscall"
)

// lock keeps other test binaries from building at the same time.
func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // a path of our own
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil { //nolint:gosec // file descriptors are small
		_ = f.Close()
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}
