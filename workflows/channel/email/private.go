package email

import (
	"errors"
	"net"
	"net/netip"
	"syscall"
)

var errPrivate = errors.New("this address is not for mail")

// mailPorts are where a relay in one's own network may listen.
var mailPorts = map[uint16]bool{25: true, 465: true, 587: true, 2525: true}

func (c Channel) dialer() *net.Dialer {
	d := &net.Dialer{}
	if c.Public {
		d.Control = mailOnly
	}
	return d
}

// mailOnly looks at the address that is really dialled, after DNS. Link-local
// addresses (a cloud's metadata) are refused on every port.
func mailOnly(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return errPrivate
	}
	a := ap.Addr().Unmap()
	switch {
	case a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified():
		return errPrivate
	case (a.IsLoopback() || a.IsPrivate()) && !mailPorts[ap.Port()]:
		return errPrivate
	}
	return nil
}
