package outreach

import (
	"context"
	"strings"
	"unicode"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/workspace"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/node"
)

// StopWords are the answers that mean "do not contact me any more", where a
// workspace has no list of its own.
var StopWords = []string{
	"stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "optout", "opt out", "remove me",
	"退订", "退", "t", "td", "n", "取消订阅", "停止", "拒收", "不再接收", "请勿打扰", "勿扰", "不要再联系我", "不要再发了", "别再发了",
}

// IsStop tells whether an answer is a wish to stop: its first line with
// anything in it is one of the words and nothing else, but for case, width and
// punctuation around it. "Please stop by on Monday" is none.
func IsStop(text string, words []string) bool {
	if len(words) == 0 {
		words = StopWords
	}
	for line := range strings.SplitSeq(text, "\n") {
		bare := bareLine(line)
		if bare == "" {
			continue
		}
		for _, w := range words {
			if bare == bareLine(w) {
				return true
			}
		}
		return false
	}
	return false
}

// bareLine is a line in half width and lower case, without punctuation at its
// ends and with single spaces.
func bareLine(s string) string {
	half := strings.Map(func(r rune) rune {
		switch {
		case r >= 0xff01 && r <= 0xff5e:
			return unicode.ToLower(r - 0xfee0)
		case r == 0x3000:
			return ' '
		case unicode.IsControl(r) || unicode.In(r, unicode.Cf):
			return -1
		}
		return unicode.ToLower(r)
	}, s)
	half = strings.TrimFunc(half, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	return strings.Join(strings.Fields(half), " ")
}

// reviewKey begins the keys of tasks that review a stop wish.
const reviewKey = "stop-review/"

// WishStop is wishStop, for what a customer says elsewhere; about names where.
func (s *Service) WishStop(ctx context.Context, w *workspace.Workspace, customer, about, said string) error {
	return s.wishStop(ctx, w, customer, about+"/"+customer, said)
}

// wishStop stops reminders at once and asks a person to look at the wish.
func (s *Service) wishStop(ctx context.Context, w *workspace.Workspace, customer, message, said string) error {
	if r := []rune(said); len(r) > 100 {
		said = string(r[:100])
	}
	events, _, err := s.Accounts.Execute(ctx, w.Key, customer, by, ledger.WishStop{Reason: strings.TrimSpace(said)})
	if err != nil || len(events) == 0 {
		return err // it was there before
	}
	now, today := s.Spaces.Now(w)
	return s.Give(ctx, w.Key, activity.Task{
		Key: reviewKey + message + "/" + value.Instant(now), Kind: node.ActTask, Customer: customer, Text: said, Due: w.Cal().NextWorkday(today), At: now,
		Title:  map[string]string{"en": "The customer asks to stop: review it", "zh-CN": "客户要求停止联系：请复核"},
		Assign: &node.Assign{Field: "customer.owner"},
		Results: []node.Choice{
			{Key: "confirm", Label: map[string]string{"en": "Uphold: no more reminders", "zh-CN": "确认：不再提醒"}},
			{Key: "lift", Label: map[string]string{"en": "Lift: it was meant otherwise", "zh-CN": "解除：并非此意"}},
		},
	})
}

func (s *Service) reviewed(ctx context.Context, ws, customer, result string) error {
	var c ledger.Command = ledger.ConfirmStop{Reason: "reviewed"}
	if result == "lift" {
		c = ledger.LiftStop{Reason: "reviewed"}
	}
	_, _, err := s.Accounts.Execute(ctx, ws, customer, by, c)
	return err
}
