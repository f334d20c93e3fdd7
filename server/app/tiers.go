package app

import (
	"context"
	"strconv"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/desk"
	"github.com/dueflow/dueflow/server/tiers"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/node"
)

// warnings begin the keys of tasks about customers whose tier has fallen.
const warnings = "tier/"

// tierFell warns the owner of a customer whose tier has fallen by score: a notice
// and a task, with the reasons. Without an owner the managers get the task. The
// keys make a repeat harmless.
func (c *Core) tierFell(ctx context.Context, ws, customer string, card tiers.Card) error {
	w, err := c.Spaces.Get(ctx, ws)
	if err != nil {
		return err
	}
	owners, err := c.Records.Owners(ctx, ws, []string{customer}, nil)
	if err != nil {
		return err
	}
	owner, lang := owners[customer], w.Language
	to := &node.Assign{User: owner}
	if owner == "" {
		set, err := c.Tasks.GetSettings(ctx, ws)
		if err != nil {
			return err
		}
		to = &node.Assign{Role: set.EscalateTo}
	} else if u, err := c.Identity.GetUser(ctx, ws, owner); err == nil && u.Language != "" {
		lang = u.Language
	}
	now, today := c.Spaces.Now(w)
	key := warnings + customer + "/" + strconv.Itoa(card.Falls)
	title := map[string]string{}
	for _, l := range []string{"en", "zh-CN"} {
		title[l] = c.Letters.Say(l, "tier.fell", fault.Params{"was": card.Was, "tier": card.Current, "score": card.Score.Score})
	}
	err = c.World.CreateTask(ctx, ws, activity.Task{
		Key: key, Kind: node.ActTask, Customer: customer, Title: title, Assign: to, Due: w.Cal().AddWorkdays(today, 1), At: now,
		Text: title[lang] + "\n" + strings.Join(c.tierReasons(lang, card), "\n"),
	})
	if err != nil || owner == "" {
		return err
	}
	return c.Desk.Notify(ctx, ws, desk.Notice{
		User: owner, Kind: desk.KindRisk, Customer: customer, Key: key,
		Text: title[lang] + " " + strings.Join(c.tierReasons(lang, card), " "),
	})
}

// tierReasons says what a score lost points for.
func (c *Core) tierReasons(lang string, card tiers.Card) []string {
	var out []string
	for _, p := range card.Reasons {
		number := strconv.FormatFloat(p.Value, 'f', -1, 64)
		out = append(out, c.Letters.Say(lang, "tier.reason."+p.Key, fault.Params{
			"value": number, "days": p.Days, "points": strconv.FormatFloat(p.Points, 'f', -1, 64),
		}))
	}
	return out
}
