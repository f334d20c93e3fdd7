package api

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"sort"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/workspace"
)

func (s *Server) customerRoutes() {
	route(s, http.MethodGet, "/customers/{id}", "getCustomer", need{"customer", "read"}, "A customer's page: record, account, next contact, runs", s.getCustomer)
	route(s, http.MethodGet, "/customers/{id}/timeline", "getTimeline", need{"customer", "read"}, "What happened on an account, newest first", s.getTimeline)
	route(s, http.MethodGet, "/customers/{id}/why", "getWhy", need{"customer", "read"}, "Why a customer did or did not get a message on a day", s.getWhy)
	route(s, http.MethodPost, "/customers/{id}/commands", "runCommand", signedIn, "Run a ledger command on an account", s.runCommand)
}

// CustomerPath names a customer.
type CustomerPath struct {
	ID string `path:"id" maxLength:"200"`
}

type ref struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type accountItem struct {
	Invoice     string           `json:"invoice"`
	Number      string           `json:"number"`
	DueDate     value.Date       `json:"dueDate"`
	Currency    value.Currency   `json:"currency"`
	Amount      int64            `json:"amount"`
	Open        int64            `json:"open"`
	Collectable int64            `json:"collectable"`
	Disputed    int64            `json:"disputed"`
	Promised    int64            `json:"promised"`
	Held        bool             `json:"held"`
	Status      string           `json:"status"`
	DPD         int              `json:"dpd"`
	Disputes    []accountDispute `json:"disputes"`
}

type accountDispute struct {
	ID       string `json:"id"`
	Amount   int64  `json:"amount"`
	Reason   string `json:"reason"`
	OpenedAt string `json:"openedAt"`
	Owner    string `json:"owner,omitempty"`
	Deadline string `json:"deadline,omitempty"`
	Late     bool   `json:"late,omitempty"` // past its deadline
}

type accountPromise struct {
	ID       string         `json:"id"`
	Amount   int64          `json:"amount"`
	Currency value.Currency `json:"currency"`
	Date     value.Date     `json:"date"`
	Status   string         `json:"status"`
	Items    []string       `json:"items"`
}

type accountHold struct {
	Until  string `json:"until,omitempty"`
	Reason string `json:"reason"`
	By     string `json:"by,omitempty"`
}

type accountStop struct {
	At        string `json:"at"`
	Reason    string `json:"reason"`
	Confirmed bool   `json:"confirmed" doc:"a person has upheld it"`
}

type accountContacts struct {
	Last        string         `json:"last,omitempty"`
	Budget      *ledger.Budget `json:"budget,omitempty"`
	NextAllowed string         `json:"nextAllowed,omitempty"`
	NextCall    string         `json:"nextCall,omitempty" doc:"the first day on which the rules allow a call again"`
}

type account struct {
	Version  int64            `json:"version"`
	Items    []accountItem    `json:"items"`
	Balances []ledger.Balance `json:"balances"`
	Promises []accountPromise `json:"promises"`
	Hold     *accountHold     `json:"hold"`
	StopWish *accountStop     `json:"stopWish"`
	Contacts accountContacts  `json:"contacts"`
}

// houseRules are the workspace's rules in the customer's own time zone, in
// which a message would go out.
func houseRules(w *workspace.Workspace, customer map[string]json.RawMessage) ledger.Rules {
	rules := w.Rules()
	var tz string
	if json.Unmarshal(customer["timezone"], &tz) == nil && tz != "" {
		if l, err := value.Location(tz); err == nil {
			rules.Location, rules.Home = l, l
		}
	}
	return rules
}

// showAccount is the ledger's state as people read it. Open items only: closed
// ones are in the invoice list.
func showAccount(st *ledger.State, w *workspace.Workspace, today value.Date, rules ledger.Rules) account {
	a := account{Version: st.Seq, Items: []accountItem{}, Balances: st.Balances(today), Promises: []accountPromise{}}
	promised := st.Promised(today)
	for _, id := range st.OpenItems() {
		i := st.Items[id]
		item := accountItem{
			Invoice: id, Number: i.Number, DueDate: i.NextDue(), Currency: i.Currency, Amount: i.Amount, Open: i.Open(),
			Collectable: st.Collectable(id, today), Disputed: i.Disputed(), Promised: promised[id], Held: i.Hold.Active(today),
			Status: i.Status(), DPD: i.DPD(today), Disputes: []accountDispute{},
		}
		for _, d := range i.Disputes {
			item.Disputes = append(item.Disputes, accountDispute{d.ID, d.Amount, d.Reason, value.Instant(d.At), d.Owner, d.Deadline.String(), d.Stage > 0})
		}
		a.Items = append(a.Items, item)
	}
	for id, p := range st.Promises {
		a.Promises = append(a.Promises, accountPromise{id, p.Amount, p.Currency, p.Date, p.Status, p.Items})
	}
	sort.Slice(a.Promises, func(x, y int) bool { return a.Promises[x].Date > a.Promises[y].Date })
	if h := st.Hold; h != nil {
		a.Hold = &accountHold{Until: h.Until.String(), Reason: h.Reason, By: h.By}
	}
	if sw := st.StopWish; sw != nil {
		a.StopWish = &accountStop{value.Instant(sw.At), sw.Reason, sw.Confirmed}
	}
	if n := len(st.Contacts); n > 0 {
		a.Contacts.Last = value.Instant(st.Contacts[n-1].At)
	}
	if k := slices.IndexFunc(w.Budgets, func(b ledger.Budget) bool { return b.Class == "" }); k >= 0 {
		a.Contacts.Budget = &w.Budgets[k]
	}
	if day := st.NextContactDay(rules, "", ""); day > today {
		a.Contacts.NextAllowed = value.Instant(rules.Window.Next(day.At(rules.Window.From, rules.Location), rules.Calendar))
	}
	if day := max(st.NextContactDay(rules, "", "call"), st.NextCallDay(rules)); day > today {
		a.Contacts.NextCall = day.String()
	}
	return a
}

// maskAmounts empties the amounts of an account for those who may not see them.
func maskAmounts(a *account, v policies.View) {
	if !v.Masked["amounts"] {
		return
	}
	a.Balances = []ledger.Balance{}
	for i := range a.Items {
		it := &a.Items[i]
		it.Amount, it.Open, it.Collectable, it.Disputed, it.Promised = 0, 0, 0, 0, 0
		it.Disputes = []accountDispute{}
	}
	for i := range a.Promises {
		a.Promises[i].Amount = 0
	}
}

type customerOut struct {
	Record  records.Record `json:"record"`
	Account account        `json:"account"`
	Next    *nextContact   `json:"next"`
	Runs    []runOut       `json:"runs"`
}

func (s *Server) getCustomer(ctx context.Context, a policies.Actor, in *CustomerPath) (*tagged[customerOut], error) {
	r, err := s.Records.Get(ctx, a, "customer", in.ID)
	if err != nil {
		return nil, err
	}
	v, err := s.Access.View(ctx, a, "account", "read")
	if err != nil {
		return nil, err
	}
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	_, today := s.Spaces.Now(w)
	st, err := s.Accounts.Load(ctx, a.Workspace, in.ID)
	if err != nil {
		return nil, err
	}
	out := customerOut{Record: r, Account: showAccount(st, w, today, houseRules(w, r.Data)), Runs: []runOut{}}
	maskAmounts(&out.Account, v)
	runs, _, err := s.Flows.ListRuns(ctx, a.Workspace, flows.RunQuery{Customer: in.ID, Status: "open", Limit: 200})
	if err != nil {
		return nil, err
	}
	names := s.flowNames(ctx, a.Workspace)
	for _, x := range runs {
		out.Runs = append(out.Runs, s.showRun(ctx, a.Workspace, x, names))
	}
	sort.SliceStable(out.Runs, func(x, y int) bool { return wakeOrder(out.Runs[x]) < wakeOrder(out.Runs[y]) })
	if out.Next, err = s.nextOf(ctx, st, w, out.Runs); err != nil {
		return nil, err
	}
	return &tagged[customerOut]{etag(r.Version), out}, nil
}

// withBalances adds the balances to customers of a list, in one query.
func (s *Server) withBalances(ctx context.Context, a policies.Actor, list []records.Record) error {
	v, err := s.Access.View(ctx, a, "account", "read")
	if err != nil || v.Masked["amounts"] {
		return nil //nolint:nilerr // who may not see accounts sees customers without balances
	}
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return err
	}
	_, today := s.Spaces.Now(w)
	ids := make([]string, len(list))
	for i, r := range list {
		ids[i] = r.ID
	}
	accounts, err := s.Accounts.LoadMany(ctx, a.Workspace, ids)
	if err != nil {
		return err
	}
	next, err := s.Flows.NextWakes(ctx, a.Workspace, ids)
	if err != nil {
		return err
	}
	for _, r := range list {
		raw, err := json.Marshal(accounts[r.ID].Balances(today))
		if err != nil {
			return err
		}
		r.System["balances"] = raw
		if c := accounts[r.ID].Contacts; len(c) > 0 {
			r.System["lastContactAt"], _ = json.Marshal(value.Instant(c[len(c)-1].At))
		}
		if n := next[r.ID]; n != "" {
			r.System["nextContactAt"], _ = json.Marshal(n)
		}
	}
	return nil
}

// dayBounds is a date in the workspace's zone as instants.
func dayBounds(w *workspace.Workspace, d value.Date) (time.Time, time.Time) {
	return d.At(0, w.Location()), (d + 1).At(0, w.Location())
}
