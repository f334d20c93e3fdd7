package node

import (
	"testing"

	"github.com/dueflow/dueflow/schemas/filter"
)

func TestPhrase(t *testing.T) {
	open := filter.Gt("invoice.open", 0)
	tier := filter.Eq("customer.tier", "A")
	big := filter.Gte("invoice.open", 1000)
	for _, c := range []struct {
		e      filter.Expr
		en, zh string
	}{
		{filter.And(open, tier), "open is above 0 and tier is A", "open大于 0 且tier是 A"},
		{filter.All{open, filter.Any{tier, big}}, "open is above 0 and (tier is A or open is at least 1000)", "open大于 0 且（tier是 A 或open不少于 1000）"},
		{filter.Eq("customer.vip", true), "vip: yes", "vip：是"},
		{filter.Ne("customer.vip", true), "vip: no", "vip：否"},
		{filter.All{open, filter.Not{Of: filter.Eq("customer.vip", true)}}, "open is above 0 and vip: no", "open大于 0 且vip：否"},
		{filter.Not{Of: tier}, "tier is not A", "tier不是 A"},
		{filter.Not{Of: filter.Exists("customer.entity")}, "entity is empty", "entity为空"},
		{filter.Not{Of: big}, "not (open is at least 1000)", "非（open不少于 1000）"},
		{filter.Lte("invoice.open", 0), "open is 0 or less", "open不超过 0"},
	} {
		if got := (Names{}).Phrase(c.e, "en"); got != c.en {
			t.Errorf("en: %q, want %q", got, c.en)
		}
		if got := (Names{}).Phrase(c.e, "zh-CN"); got != c.zh {
			t.Errorf("zh: %q, want %q", got, c.zh)
		}
	}
}
