// Package records keeps the records of forms: it judges data by the form,
// books invoices and payments on the account's ledger, and keeps the ledger's
// figures on the records as projections. Every read passes the actor's view.
package records

import (
	"maps"
	"slices"

	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/server/store"
)

// Prefix of the collections of records.
const Prefix = "r_"

// Bin holds deleted records, by form/id, with who deleted them when.
const Bin = "bin"

// Specs are the collections of this room beside those of forms.
var Specs = []store.Spec{
	{Name: Bin, MaxBody: 2 << 20, Indexes: []store.Index{store.OnText(binnedForm, binnedAt), store.OnText(binnedAt), store.OnText("customer")}},
	{Name: sequences},
	{Name: Files, MaxBody: 8 << 20, Indexes: []store.Index{store.OnText("record")}},
	{Name: migrations, Indexes: []store.Index{store.OnText("status")}},
}

// systemField is a projection that a form's records carry beside the data.
type systemField struct {
	kind   store.FieldKind
	typ    filter.Type
	access string
	index  bool
}

var (
	amount = systemField{store.Number, filter.Number, "amounts", true}
	text   = systemField{store.Text, filter.Text, "", true}
	flag   = systemField{store.Bool, filter.Bool, "", false}
)

// systemFields by form. "dpd" is not stored: it follows from nextDue and today.
var systemFields = map[string]map[string]systemField{
	"invoice": {
		"open": amount, "collectable": {store.Number, filter.Number, "amounts", false}, "disputed": {store.Number, filter.Number, "amounts", false},
		"promised": {store.Number, filter.Number, "amounts", false}, "status": text, "customerName": text, "held": flag,
		"nextDue": {store.Text, filter.Date, "", true},
	},
	"payment":  {"unapplied": amount, "reversed": flag, "customerName": text},
	"contact":  {"customerName": text},
	"reminder": {"customerName": text},
	"customer": {
		"open": amount, "openInvoices": {store.Number, filter.Number, "", true}, "oldestDue": {store.Text, filter.Date, "", true},
		"onHold": flag, "stopWish": flag, "stage": text, "escalated": flag,
	},
}

// ScopeFields are what a customer's record says about who may see the account;
// everything that belongs to a customer carries a copy in "_acct".
var ScopeFields = []string{"owner", "team", "tier", "region"}

// compound are indexes for the lists people look at most.
var compound = map[string][][]string{
	"customer": {{"stage", "oldestDue"}},
	"invoice":  {{"status", "dueDate"}, {"status", "nextDue"}, {"currency", "status", "nextDue"}, {"customer", "status"}},
	"payment":  {{"reversed", "valueDate"}},
}

// Spec is the collection of a form: an index per sortable, unique and
// reference field, on the projections, and on the scope.
func Spec(f *form.Compiled) store.Spec {
	s := store.Spec{Name: Prefix + f.Key, MaxBody: form.MaxRecord + (256 << 10)}
	kinds := map[string]store.FieldKind{}
	for _, fd := range f.Fields {
		kinds[fd.Key] = kindOf(fd)
		switch {
		case fd.Unique:
			s.Indexes = append(s.Indexes, index(true, kinds, fd.Key))
		case fd.Sortable || fd.Ref != "" && fd.Type == "reference":
			s.Indexes = append(s.Indexes, index(false, kinds, fd.Key))
		}
		if fd.Searchable {
			s.Search = append(s.Search, fd.Key)
		}
	}
	sys := systemFields[f.Key]
	for _, key := range slices.Sorted(maps.Keys(sys)) {
		kinds[key] = sys[key].kind
		if sys[key].index {
			s.Indexes = append(s.Indexes, index(false, kinds, key))
		}
	}
	if _, ok := sys["customerName"]; ok {
		s.Search = append(s.Search, "customerName")
	}
	for _, fields := range compound[f.Key] {
		s.Indexes = append(s.Indexes, index(false, kinds, fields...))
	}
	if f.Key == "invoice" {
		s.Indexes = append(s.Indexes, store.Index{Fields: []store.IndexField{{Path: furtherDue, Kind: store.Text}}, Sparse: true})
	}
	if f.Key == "invoice" || f.Key == "payment" {
		s.Indexes = append(s.Indexes, store.Index{Fields: []store.IndexField{{Path: unbooked, Kind: store.Text}}, Sparse: true})
	}
	if f.Key != "customer" && hasCustomer(f) {
		kinds["_acct.owner"], kinds["_acct.team"] = store.Text, store.Text
		s.Indexes = append(s.Indexes, index(false, kinds, "_acct.owner"), index(false, kinds, "_acct.team"))
	}
	slices.SortFunc(s.Search, func(a, b string) int {
		if a < b {
			return -1
		}
		return 1
	})
	return s
}

func index(unique bool, kinds map[string]store.FieldKind, fields ...string) store.Index {
	ix := store.Index{Unique: unique, Sparse: unique}
	for _, f := range fields {
		ix.Fields = append(ix.Fields, store.IndexField{Path: f, Kind: kinds[f]})
	}
	return ix
}

func kindOf(f form.Field) store.FieldKind {
	switch f.FilterType() {
	case filter.Number:
		return store.Number
	case filter.Bool:
		return store.Bool
	}
	return store.Text
}

// hasCustomer tells whether a form's records belong to a customer.
func hasCustomer(f *form.Compiled) bool {
	fd, ok := f.Field("customer")
	return ok && fd.Ref == "customer"
}
