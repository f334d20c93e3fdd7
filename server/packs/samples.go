package packs

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/google/uuid"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/records"
)

const planted = "packsample"

// Planted are a pack's sample records in a workspace.
type Planted struct {
	Language  string            `json:"language"`
	At        string            `json:"at"`
	By        string            `json:"by"`
	Customers []PlantedCustomer `json:"customers"`
	Invoices  int               `json:"invoices"`
	ver       int64
}

// PlantedCustomer is one of them, by the name that it was given.
type PlantedCustomer struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// marked are names of sample customers, by language: nobody takes them for real.
var marked = map[string]string{"en": "%s (sample)", "zh-CN": "%s（示例）"}

// Samples gives what of a pack's sample data is in a workspace; nil is nothing.
func (s *Service) Samples(ctx context.Context, ws, id string) (*Planted, error) {
	d, err := s.Store.In(ws, planted).Get(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var p Planted
	err = json.Unmarshal(d.Body, &p)
	p.ver = d.Ver
	return &p, err
}

// Plant writes an installed pack's sample data into a workspace as records of
// its own, as they stand today: customers of the actor with their invoices,
// payments, promises and disputes. It goes through the same rooms, with the
// actor's rights, as records of people do. What it cannot finish it takes away.
func (s *Service) Plant(ctx context.Context, a policies.Actor, id, lang string) (*Planted, error) {
	have, err := s.Get(ctx, a.Workspace, id)
	if err != nil {
		return nil, err
	}
	if have.Version == "" || have.State == Changing {
		return nil, fault.New(fault.Conflict, "pack.sampleFirst", nil)
	}
	found, err := s.Find(ctx, a.Workspace, id, have.File)
	if err != nil {
		return nil, err
	}
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	_, today := s.Spaces.Now(w)
	list, err := samplesOf(found.Pack, lang, today)
	if err != nil {
		return nil, err
	}
	if list == nil {
		return nil, fault.New(fault.NotFound, "pack.noSample", nil)
	}
	// Ids are new ones each time: an account keeps what was booked under an id for good.
	g := &gardener{s: s, a: a, pack: found.Pack, fields: have.Choices.Fields, list: list, today: today, key: "s" + uuid.NewString()[:8]}
	p := &Planted{Language: list.Language, At: value.Instant(s.Now()), By: a.ID}
	for _, one := range list.Accounts {
		p.Customers = append(p.Customers, PlantedCustomer{g.id(one.ID()), g.name(one)})
		p.Invoices += len(g.booked(one))
	}
	body, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	// What will be there is noted first, so that whatever happens it can be taken out.
	d, err := s.Store.In(a.Workspace, planted).Insert(ctx, id, body)
	if fault.Is(err, fault.Conflict) {
		return nil, fault.New(fault.Conflict, "pack.sampleThere", nil)
	}
	if err != nil {
		return nil, err
	}
	p.ver = d.Ver
	for _, one := range list.Accounts {
		if err := g.plant(ctx, one); err != nil {
			if undo := s.uproot(context.WithoutCancel(ctx), a, id, p); undo != nil {
				return nil, undo
			}
			return nil, err
		}
	}
	return p, nil
}

// gardener plants one pack's samples.
type gardener struct {
	s      *Service
	a      policies.Actor
	pack   *pack.Pack
	fields map[string]string // pack's path → workspace's, where they differ
	list   *pack.Samples
	today  value.Date
	key    string // in the ids of this planting
}

func (g *gardener) id(of string) string { return g.key + "-" + of }

// external is an id that stays the same: nobody brings a sample twice.
func (g *gardener) external(of string) string { return "sample-" + g.pack.ID + "-" + of }

func (g *gardener) name(one pack.Account) string {
	name, _ := one.Customer["name"].(string)
	return fmt.Sprintf(marked[g.list.Language], name)
}

// booked are the invoices of an account that are there today.
func (g *gardener) booked(one pack.Account) []pack.Invoice {
	var out []pack.Invoice
	for _, i := range one.Invoices {
		if i.Issue <= g.today {
			out = append(out, i)
		}
	}
	return out
}

// plant writes one customer and what has happened to it up to today.
func (g *gardener) plant(ctx context.Context, one pack.Account) error {
	customer := g.id(one.ID())
	data := g.mapped("customer", one.Customer)
	delete(data, "id")
	data["name"], data["owner"], data["externalId"] = g.name(one), g.a.ID, g.external(one.ID())
	if err := g.create(ctx, "customer", customer, data); err != nil {
		return err
	}
	there := map[string]bool{}
	for _, i := range g.booked(one) {
		data := g.mapped("invoice", i.Fields)
		maps.Copy(data, map[string]any{
			"number": i.ID, "externalId": g.external(i.ID), "customer": customer, "issueDate": i.Issue, "dueDate": i.Due, "amount": i.Amount, "currency": i.Currency,
		})
		if len(i.Parts) > 0 {
			data["instalments"] = i.Parts
		}
		if err := g.create(ctx, "invoice", g.id(i.ID), data); err != nil {
			return err
		}
		there[i.ID] = true
	}
	ids := func(of []string) []string {
		out := []string{}
		for _, i := range of {
			if there[i] {
				out = append(out, g.id(i))
			}
		}
		return out
	}
	for _, m := range one.Payments {
		if m.On > g.today {
			continue
		}
		key := one.ID() + "-" + m.On.String()
		data := map[string]any{"customer": customer, "externalId": g.external(key), "valueDate": m.On, "amount": m.Amount, "currency": m.Currency, "invoices": ids(m.Invoices)}
		if err := g.create(ctx, "payment", g.id(key), data); err != nil {
			return err
		}
	}
	return g.talk(ctx, one, customer, ids)
}

// talk writes what is agreed or disputed today; what was over before is not told.
func (g *gardener) talk(ctx context.Context, one pack.Account, customer string, ids func([]string) []string) error {
	var say []ledger.Command
	for _, m := range one.Promises {
		if m.On <= g.today && m.Date >= g.today {
			say = append(say, ledger.MakePromise{Promise: g.id(one.ID() + "-" + m.Date.String()), Amount: m.Amount, Currency: m.Currency, Date: m.Date, Items: ids(m.Invoices)})
		}
	}
	for _, x := range one.Disputes {
		if x.On <= g.today && (x.Closed == 0 || x.Closed > g.today) {
			say = append(say, ledger.OpenDispute{Invoice: g.id(x.Invoice), Dispute: g.id(one.ID() + "-" + x.On.String()), Reason: x.Reason, Amount: x.Amount})
		}
	}
	for _, c := range say {
		if _, _, err := g.s.Accounts.Execute(ctx, g.a.Workspace, customer, g.a.ID, c); err != nil {
			return err
		}
	}
	return nil
}

// mapped gives a record's fields by the names that the workspace has for them,
// without those that it does not want.
func (g *gardener) mapped(form string, data map[string]any) map[string]any {
	out := map[string]any{}
	for key, v := range data {
		as, said := g.fields[form+"."+key]
		if !said {
			as = form + "." + key
		}
		if of, name, ok := strings.Cut(as, "."); ok && of == form {
			out[name] = v
		}
	}
	return out
}

func (g *gardener) create(ctx context.Context, form, id string, data map[string]any) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return err
	}
	_, err = g.s.Records.Create(ctx, g.a, form, records.Input{ID: id, Data: raw})
	return err
}
