package sms

import (
	"strconv"
	"strings"

	"github.com/dueflow/dueflow/workflows/channel"
)

// deadNumbers are the networks' words for a number that will never take a
// message; all others (switched off, full, no signal) pass.
var deadNumbers = []string{"MK:0001", "MK:0000", "UNKNOWN_SUBSCRIBER", "UNDELIV_EMPTY", "空号", "停机", "30005", "30006", "REJECT_NUMBER", "MOBILE_NOT_EXIST"}

// blocked are their words for a customer or network that refuses us.
var blocked = []string{"BLACK", "黑名单", "退订", "21610", "30004", "DB:0141"}

// bounced makes the news of a message that a network did not deliver.
func bounced(n channel.News, code, words string) channel.News {
	n.Kind, n.Reason, n.Detail = channel.Bounced, "channel.undelivered", strings.TrimSpace(code+" "+words)
	for _, w := range deadNumbers {
		if strings.Contains(n.Detail, w) {
			n.Reason, n.Lasting = "channel.badNumber", true
		}
	}
	for _, w := range blocked {
		if strings.Contains(n.Detail, w) {
			n.Reason, n.Lasting = "channel.blacklisted", true
		}
	}
	return n
}

func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
