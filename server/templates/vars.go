package templates

import (
	"encoding/json"

	"github.com/dueflow/dueflow/schemas/message"
	"github.com/dueflow/dueflow/schemas/value"
)

// Vars are the variables of a message to a customer about some invoices of one
// currency, the same that sending binds.
func Vars(customer map[string]any, invoices []map[string]any, today value.Date, company string) message.Vars {
	items := make([]any, 0, len(invoices))
	var total, maxDPD int64
	currency := ""
	for _, inv := range invoices {
		items = append(items, inv)
		total += whole(inv["open"])
		maxDPD = max(maxDPD, whole(inv["dpd"]))
		currency, _ = inv["currency"].(string)
	}
	return message.Vars{
		"customer": customer, "items": items, "total": total, "currency": currency, "count": int64(len(items)), "maxDpd": maxDPD,
		"today": today.String(), "company": map[string]any{"name": company}, "page": "",
	}
}

func whole(v any) int64 {
	switch x := v.(type) {
	case json.Number:
		n, _ := x.Int64()
		return n
	case int64:
		return x
	}
	return 0
}

// SampleName is the customer of the sample.
func SampleName(lang string) string {
	if lang == "zh-CN" {
		return "华东示例贸易有限公司"
	}
	return "Sample Trading Ltd"
}

// SampleVars are variables for looking at a template where there is no
// customer with anything open.
func SampleVars(lang string, today value.Date, company, currency string) message.Vars {
	invoice := func(number string, due value.Date, amount int64) map[string]any {
		return map[string]any{
			"id": number, "number": number, "issueDate": (due - 30).String(), "dueDate": due.String(), "amount": amount, "open": amount,
			"collectable": amount, "disputed": int64(0), "currency": currency, "dpd": max(int64(today-due), 0), "status": "open", "held": false,
		}
	}
	customer := map[string]any{
		"id": "sample", "name": SampleName(lang), "number": "C-1001", "tier": "B", "email": "finance@example.com", "phone": "021 5555 0100",
		"language": lang, "region": "华东", "timezone": "Asia/Shanghai",
	}
	return Vars(customer, []map[string]any{invoice("INV-2031", today-12, 1_280_000), invoice("INV-2047", today-5, 345_050)}, today, company)
}
