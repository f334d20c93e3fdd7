package imports

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/dueflow/dueflow/schemas/form"
)

// synonyms are the names that columns have in other systems' exports, in
// English, Chinese and German, the most telling first. Labels and keys of the form
// itself come before them.
var synonyms = map[string]map[string][]string{
	"customer": {
		"name":        {"customer name", "company name", "company", "account name", "debtor", "client", "客户名称", "客户全称", "公司名称", "单位名称", "企业名称", "购方名称", "户名", "firma", "firmenname", "kundenname", "kunde"},
		"number":      {"customer number", "customer no", "customer no.", "customer id", "customer code", "account number", "account no", "debtor number", "客户编号", "客户编码", "客户代码", "客户号", "编号", "kundennummer", "kundennr", "kunden-nr", "debitorennummer", "debitor", "debitorennr"},
		"externalId":  {"external id", "erp id", "外部编号", "erp编号", "系统编号", "id"},
		"tier":        {"class", "rating", "grade", "level", "客户等级", "客户级别", "等级", "级别", "信用等级"},
		"owner":       {"owner", "sales rep", "salesperson", "account manager", "负责人", "业务员", "销售", "客户经理", "专属顾问"},
		"team":        {"team", "department", "部门", "团队", "销售组", "abteilung"},
		"region":      {"region", "area", "territory", "区域", "地区", "大区"},
		"language":    {"language", "语言", "sprache"},
		"timezone":    {"time zone", "timezone", "时区"},
		"email":       {"email", "e-mail", "mail", "email address", "邮箱", "电子邮箱", "邮件", "联系邮箱"},
		"phone":       {"phone", "telephone", "mobile", "tel", "phone number", "电话", "手机", "联系电话", "手机号", "telefon", "handy", "telefonnummer"},
		"creditLimit": {"credit limit", "授信额度", "信用额度", "信用限额", "kreditlimit"},
		"note":        {"note", "notes", "comment", "remark", "备注", "说明", "notiz", "bemerkung"},
	},
	"invoice": {
		"number":      {"invoice number", "invoice no", "invoice no.", "invoice #", "invoice id", "invoice", "document number", "bill no", "order id", "账单号", "账单编号", "发票号", "发票号码", "单据编号", "单据号", "应收单号", "编号", "rechnungsnummer", "rechnungsnr", "rechnungs-nr", "belegnummer", "belegnr", "beleg-nr"},
		"customer":    {"customer number", "customer no", "customer id", "customer code", "account number", "customer", "debtor number", "客户编号", "客户编码", "客户代码", "客户号", "客户", "kundennummer", "kundennr", "kunden-nr", "debitorennummer", "debitor", "kunde"},
		"issueDate":   {"issue date", "invoice date", "date", "document date", "billing date", "order date", "开票日期", "单据日期", "账单日期", "出账日期", "日期", "开票日", "发票日期", "belegdatum", "rechnungsdatum", "datum"},
		"dueDate":     {"due date", "due", "payment due", "net due date", "required date", "到期日", "到期日期", "付款到期日", "应付日期", "应收日期", "最迟付款日", "fällig am", "fällig", "fälligkeit", "fälligkeitsdatum", "zahlbar bis"},
		"amount":      {"amount", "total", "invoice amount", "gross amount", "total amount", "amount due", "金额", "账单金额", "价税合计", "应收金额", "含税金额", "合计", "betrag", "bruttobetrag", "rechnungsbetrag", "gesamtbetrag"},
		"currency":    {"currency", "ccy", "币种", "货币", "币别", "währung"},
		"instalments": {"instalments", "installments", "payment plan", "分期", "分期计划", "付款计划"},
		"externalId":  {"external id", "erp id", "外部编号", "erp编号", "系统编号", "id"},
		"note":        {"note", "notes", "comment", "remark", "description", "备注", "说明", "摘要", "notiz", "bemerkung", "buchungstext"},
	},
	"payment": {
		"reference":  {"reference", "transaction id", "payment reference", "payment id", "payment number", "payment no", "receipt number", "receipt no", "transaction number", "流水号", "交易流水号", "交易单号", "交易号", "银行流水号", "凭证号", "日志号", "交易订单号"},
		"customer":   {"customer number", "customer no", "customer id", "customer", "payer", "客户编号", "客户编码", "客户代码", "客户", "付款方", "对方户名", "对方账户名", "交易对方", "对手信息", "商户名称", "kundennummer", "kundennr", "debitor", "kunde"},
		"amount":     {"amount", "transaction amount", "paid", "amount received", "billing amount", "金额", "交易金额", "回款金额", "到账金额", "收款金额", "贷方金额", "交易金额(收入)", "记账金额(收入)", "实付金额", "人民币金额", "存入", "betrag"},
		"currency":   {"currency", "ccy", "billing currency", "币种", "货币", "币别", "交易币种", "交易货币", "记账币种", "währung"},
		"valueDate":  {"value date", "date", "payment date", "posting date", "date posted", "transaction date", "booking date", "到账日期", "交易日期", "交易时间", "记账日期", "收款日期", "入账日期", "交易日", "时间", "交易创建时间", "valuta", "wertstellung", "buchungstag"},
		"invoices":   {"invoices", "invoice", "invoice number", "invoice numbers", "invoice no", "对应账单", "账单号", "发票号", "rechnungsnummer", "rechnungsnr"},
		"externalId": {"external id", "erp id", "外部编号", "id"},
		"note":       {"note", "description", "details", "remark", "附言", "备注", "摘要", "交易摘要", "交易附言", "用途", "verwendungszweck", "bemerkung"},
	},
	"contact": {
		"customer":   {"customer number", "customer no", "customer id", "customer", "客户编号", "客户", "kundennummer", "kundennr"},
		"name":       {"contact name", "name", "full name", "联系人", "姓名", "ansprechpartner"},
		"role":       {"role", "title", "job title", "职务", "职位"},
		"email":      {"email", "e-mail", "邮箱", "电子邮箱"},
		"phone":      {"phone", "mobile", "电话", "手机", "telefon"},
		"primary":    {"primary", "main contact", "主要联系人", "默认联系人"},
		"externalId": {"external id", "contact id", "外部编号", "id"},
	},
}

var bracketed = regexp.MustCompile(`[(\[][^)\]]*[)\]]`)

var packer = strings.NewReplacer(" ", "", "_", "", "-", "", ".", "", "#", "")

// nameForms are the ways to compare a column's name: as it is, without what is
// in brackets, and without blanks and signs.
func nameForms(s string) [3]string {
	s = fold(s)
	bare := s
	if strings.ContainsAny(s, "([") {
		bare = strings.TrimSpace(bracketed.ReplaceAllString(s, ""))
	}
	return [3]string{s, bare, packer.Replace(bare)}
}

// naming is a field by one of its names; rank grows as names say less.
type naming struct {
	field string
	rank  int
}

// names are a form's fields by the names that columns may have for them, for
// each of the nameForms.
type names [3]map[string][]naming

// builtinNames are the names of the built-in forms.
var builtinNames = sync.OnceValue(func() []names {
	var out []names
	for _, key := range []string{"invoice", "payment", "customer", "contact"} {
		out = append(out, namesOf(nil, key))
	}
	return out
})

// namesOf collects the names of a form's fields: key and labels, then
// synonyms; a nil form has the synonyms only.
func namesOf(f *form.Compiled, key string) names {
	lists := map[string][]string{}
	if f != nil {
		for _, fd := range f.Fields {
			lists[fd.Key] = []string{fd.Key, fd.Label["en"], fd.Label["zh-CN"]}
		}
	}
	for field, list := range synonyms[key] {
		if _, ok := lists[field]; ok || f == nil {
			lists[field] = append(lists[field], list...)
		}
	}
	var out names
	for how := range out {
		out[how] = map[string][]naming{}
	}
	for field, list := range lists {
		for rank, name := range list {
			for how, s := range nameForms(name) {
				if s != "" {
					out[how][s] = append(out[how][s], naming{field, how*100 + rank})
				}
			}
		}
	}
	return out
}

// namesFor are the names to look for in a header of a form, nil for any.
func namesFor(f *form.Compiled) []names {
	if f == nil {
		return builtinNames()
	}
	return []names{namesOf(f, f.Key)}
}

// guessColumns gives the column's name for each field that a header has one
// for, by the names of the form that fits best.
func guessColumns(all []names, header []string) map[string]string {
	best := map[string]string{}
	for _, n := range all {
		if m := n.match(header); len(m) > len(best) {
			best = m
		}
	}
	return best
}

// match gives every field its best column: an exact name before one without
// brackets, an earlier synonym before a later one; no column serves twice.
func (n names) match(header []string) map[string]string {
	type choice struct {
		naming
		col int
	}
	var choices []choice
	for col, h := range header {
		for how, s := range nameForms(h) {
			for _, x := range n[how][s] {
				choices = append(choices, choice{x, col})
			}
		}
	}
	slices.SortFunc(choices, func(a, b choice) int {
		return cmp.Or(a.rank-b.rank, a.col-b.col, strings.Compare(a.field, b.field))
	})
	out, used := map[string]string{}, map[int]bool{}
	for _, c := range choices {
		if out[c.field] == "" && !used[c.col] {
			out[c.field] = header[c.col]
			used[c.col] = true
		}
	}
	return out
}

// Guess proposes a map for a form from the header and some rows. Day and month
// are only told apart where the rows leave no doubt; otherwise dates must
// begin with the year.
func Guess(f *form.Compiled, header []string, sample []Line) Map {
	m := Map{Columns: guessColumns(namesFor(f), header)}
	m.ExternalID = defaultKey(m)
	at := map[string]int{}
	for k := len(header) - 1; k >= 0; k-- {
		at[header[k]] = k
	}
	var dates, amounts []string
	for field, column := range m.Columns {
		fd, _ := f.Field(field)
		for _, l := range sample {
			if l.Problem != nil || at[column] >= len(l.Cells) {
				continue
			}
			switch c := cleanText(l.Cells[at[column]]); {
			case c == "":
			case fd.Type == "date" || fd.Type == "date-time":
				dates = append(dates, c)
			case fd.Type == "money":
				amounts = append(amounts, c)
			}
		}
	}
	m.Dates = guessDates(dates)
	m.Decimal = guessDecimal(amounts)
	return m
}

var (
	dotted  = regexp.MustCompile(`^\d{1,2}\.\d{1,2}\.\d{4}`)
	slashed = regexp.MustCompile(`^(\d{1,2})[/-](\d{1,2})[/-]\d{4}`)
)

func guessDates(cells []string) []string {
	out := slices.Clone(defaultDates)
	dayFirst, monthFirst, dots := false, false, false
	for _, c := range cells {
		if dotted.MatchString(c) {
			dots = true
		}
		if m := slashed.FindStringSubmatch(c); m != nil {
			dayFirst = dayFirst || over12(m[1])
			monthFirst = monthFirst || over12(m[2])
		}
	}
	if dots {
		out = append(out, "2.1.2006")
	}
	switch {
	case dayFirst && !monthFirst:
		out = append(out, "2/1/2006", "2-1-2006")
	case monthFirst && !dayFirst:
		out = append(out, "1/2/2006", "1-2-2006")
	}
	return out
}

func over12(s string) bool { return len(s) == 2 && s > "12" }

var commaDecimal = regexp.MustCompile(`,\d{1,2}\D*$`)

// guessDecimal takes the comma only where some amounts end as decimals after
// a comma and none after a point.
func guessDecimal(cells []string) string {
	comma, point := false, false
	for _, c := range cells {
		comma = comma || commaDecimal.MatchString(c)
		point = point || pointDecimal.MatchString(c)
	}
	if comma && !point {
		return ","
	}
	return "."
}

var pointDecimal = regexp.MustCompile(`\.\d{1,2}\D*$`)
