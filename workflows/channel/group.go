package channel

import (
	"net/url"
	"slices"
)

// Group stands for a group's address, which holds a token and is not stored
// with messages: the customer's own, or that of the settings.
const Group = "group"

// OnHost tells whether an address is one of https on one of the hosts.
func OnHost(address string, hosts []string) bool {
	if address == "" {
		return false
	}
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && u.User == nil && u.Port() == "" && slices.Contains(hosts, u.Hostname())
}
