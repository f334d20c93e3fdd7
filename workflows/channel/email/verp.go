package email

import (
	netmail "net/mail"
	"strings"

	"github.com/dueflow/dueflow/workflows/channel"
)

// verp is a bounce address that names a message: bounces+<id>@example.com.
func verp(bounce, key string) (string, error) {
	a, err := netmail.ParseAddress(bounce)
	if err != nil {
		return "", err
	}
	at := strings.LastIndexByte(a.Address, '@')
	local, _, _ := strings.Cut(a.Address[:at], "+")
	return local + "+" + channel.ID(key) + a.Address[at:], nil
}

// messageOf is the message's id in a bounce address, "" without one.
func messageOf(address string) string {
	local, _, _ := strings.Cut(address, "@")
	_, id, ok := strings.Cut(local, "+")
	if !ok || len(id) != channel.IDLength || strings.Trim(id, "0123456789abcdef") != "" {
		return ""
	}
	return id
}
