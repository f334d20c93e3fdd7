package httpcall

import (
	"errors"
	"net/netip"
	"syscall"
)

// refusePrivate looks at the address that is really dialled, after DNS.
func refusePrivate(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return errPrivate
	}
	a := ap.Addr().Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return errPrivate
	}
	for _, p := range special {
		if p.Contains(a) {
			return errPrivate
		}
	}
	return nil
}

var errPrivate = errors.New("private addresses are not allowed")

// special are the ranges that look public to net/netip and are not: shared,
// reserved, for tests, and the IPv6 ranges that carry an IPv4 address inside.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("::/96"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("2001::/32"), netip.MustParsePrefix("fec0::/10"),
}
