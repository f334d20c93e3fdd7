package channel

import (
	"encoding/json"
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

// RobotSettings are where a company's robot of a group is; a customer's record
// may name another.
type RobotSettings struct {
	URL    string `json:"url"`
	Secret string `json:"secret,omitempty"`
}

// Robot is the base of the channels that post into a group.
type Robot struct {
	Base[RobotSettings]
	hosts []string
}

// RobotOf makes the base from a channel.json. hosts are where robots of the
// provider live; a customer's record cannot send us anywhere else.
func RobotOf(about []byte, hosts ...string) Robot {
	return Robot{BaseOf(about, func(s *RobotSettings) error {
		if s.URL == "" {
			return nil
		}
		return CheckURL("/url", s.URL)
	}), hosts}
}

// Address is the robot of the customer's own group, or the one in the settings.
func (r Robot) Address(raw json.RawMessage, customer map[string]any) string {
	if OnHost(Text(customer, "groupBot"), r.hosts) {
		return Group
	}
	var s RobotSettings
	if json.Unmarshal(raw, &s) == nil && s.URL != "" {
		return Group
	}
	return ""
}

// To is the robot that gets a message, and the secret of the settings.
func (r Robot) To(raw json.RawMessage, m Message) (address, secret string, err error) {
	s, err := r.Ready(raw)
	if err != nil {
		return "", "", err
	}
	if own := Text(m.Record, "groupBot"); OnHost(own, r.hosts) {
		return own, s.Secret, nil
	}
	return s.URL, s.Secret, nil
}
