package portal

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
)

func money(n int64, c value.Currency) string {
	return value.Money{Amount: n, Currency: c}.String()
}

// doc is the customer's record as channels see it.
func (v *visit) doc() map[string]any {
	out := make(map[string]any, len(v.record.Data))
	for k, raw := range v.record.Data {
		var x any
		if json.Unmarshal(raw, &x) == nil {
			out[k] = x
		}
	}
	return out
}

// payURL is the workspace's address for paying, with this invoice in it.
func (v *visit) payURL(i *ledger.Item) string {
	to := v.w.Portal.PayURL
	if to == "" {
		return ""
	}
	amount := value.FormatAmount(i.Open(), i.Currency)
	return strings.NewReplacer(
		"{number}", url.QueryEscape(i.Number), "{amount}", url.QueryEscape(amount), "{currency}", string(i.Currency), "{customer}", url.QueryEscape(v.record.Text("number")),
	).Replace(to)
}
