package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/server/accounts"
	"github.com/dueflow/dueflow/server/desk"
	"github.com/dueflow/dueflow/server/messages"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/tasks"
)

// known is all that requests may name of one account.
type known struct {
	word, customer, invoice, payment, contact, binned, message, task, note, file, run, promise, dispute string
}

// names of known by what they stand for.
func (k known) names() map[string]string {
	return map[string]string{
		"customer": k.customer, "invoice": k.invoice, "payment": k.payment, "contact": k.contact, "binned": k.binned, "message": k.message, "task": k.task, "note": k.note,
		"word": k.word, "file": k.file, "run": k.run, "promise": k.promise, "dispute": k.dispute,
	}
}

// absent is what looks like the ids of an account and is not there.
func (k known) absent() known {
	other := func(id string) string {
		flow, rest, is := strings.Cut(id, "/")
		if !is {
			flow, rest = "", id
		} else {
			flow += "/"
		}
		mirror := strings.NewReplacer("a", "f", "b", "e", "c", "d", "d", "c", "e", "b", "f", "a")
		return flow + mirror.Replace(rest)
	}
	return known{
		"zqabsent", other(k.customer), other(k.invoice), other(k.payment), other(k.contact), other(k.binned), other(k.message), other(k.task), other(k.note), other(k.file), other(k.run),
		other(k.promise), other(k.dispute),
	}
}

// account makes an account with one of everything.
func (s *space) knownAccount(word, tier string) known {
	s.t.Helper()
	ctx := s.t.Context()
	k := known{word: word}
	k.customer = s.create("customer", map[string]any{"name": "Firm " + word, "email": word + "@x.example", "tier": tier}).ID
	k.invoice = s.invoice(k.customer, word+"-1", 100_000, s.today()-10)
	k.contact = s.create("contact", map[string]any{"customer": k.customer, "name": "Person " + word, "email": "p@" + word + ".example"}).ID
	k.payment = s.create("payment", map[string]any{"customer": k.customer, "amount": 100, "currency": "CNY", "reference": word}).ID
	k.binned = s.binnedContact(k.customer, word)
	var f storedFile
	must(s.t, s.c.Do(ctx, "POST", "/customers/"+k.customer+"/files", map[string]any{"name": word + ".txt", "data": []byte(word)}, &f))
	k.file = f.ID
	var n struct{ ID string }
	must(s.t, s.c.Do(ctx, "POST", "/customers/"+k.customer+"/notes", map[string]any{"text": "note " + word, "files": []string{f.ID}}, &n))
	k.note = n.ID
	must(s.t, s.give(k.customer, map[string]any{"title": map[string]string{"en": "call " + word}}))
	k.task = s.oneTask(k.customer).ID
	k.run = "two/" + k.invoice
	for _, c := range []map[string]any{
		{"type": "promise.make", "amount": 1000, "currency": "CNY", "date": (s.today() + 5).String(), "items": []string{k.invoice}},
		{"type": "dispute.open", "invoice": k.invoice, "amount": 500, "reason": "wrong " + word},
	} {
		must(s.t, s.c.Do(ctx, "POST", "/customers/"+k.customer+"/commands", c, nil))
	}
	var page struct {
		Account struct {
			Promises []struct{ ID string }
			Items    []struct{ Disputes []struct{ ID string } }
		}
	}
	must(s.t, s.c.Do(ctx, "GET", "/customers/"+k.customer, nil, &page))
	k.promise, k.dispute = page.Account.Promises[0].ID, page.Account.Items[0].Disputes[0].ID
	return k
}

// spyRole lets the role "spy" do everything, but with accounts only those of
// tier A.
func (s *space) spyRole() {
	s.t.Helper()
	p, v, err := s.srv.Access.Rules(s.t.Context(), s.key)
	must(s.t, err)
	p.Roles = append(slices.Clone(p.Roles), policies.Role{Key: "spy"})
	p.Rules = append(slices.Clone(p.Rules), policies.Rule{Role: "spy", Object: "*", Action: "*", Scope: policies.All, Effect: policies.Allow})
	hidden := policies.Scope(filter.String(filter.Ne("tier", "A")))
	for _, object := range []string{"customer", "contact", "invoice", "payment", "reminder", "record", "account", "journal", "run", "message", "task", "batch", "insight"} {
		p.Rules = append(p.Rules, policies.Rule{Role: "spy", Object: object, Action: "*", Scope: hidden, Effect: policies.Deny})
	}
	_, err = s.srv.Access.SetRules(s.t.Context(), sysActor(s.key), p, v)
	must(s.t, err)
}

// pathOf fills a path's parameters; one that the table does not know fails the
// test, so that a new route is thought about.
func pathOf(t *testing.T, o operation, k known) []string {
	t.Helper()
	section := strings.Split(o.path, "/")[1]
	var forms []string
	fill := func(form string) string {
		return regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllStringFunc(o.path, func(p string) string {
			switch name := strings.Trim(p, "{}"); {
			case name == "form":
				return form
			case name == "id" && section == "customers", name == "customer":
				return k.customer
			case name == "id" && section == "records":
				return k.names()[form]
			case name == "id" && section == "bin":
				return k.binned
			case name == "id" && section == "messages":
				return k.message
			case name == "id" && section == "tasks":
				return k.task
			case name == "file" && section != "packs":
				return k.file
			case name == "workspace":
				return "none"
			case slices.Contains([]string{"token", "channel", "fingerprint"}, name), slices.Contains(elsewhere, section):
				return "nothing-there"
			default:
				t.Errorf("%s: say in the table what %s of %s is", o.id, p, o.path)
				return "x"
			}
		})
	}
	if strings.Contains(o.path, "{form}") && section == "records" {
		forms = []string{"customer", "invoice", "payment", "contact"}
	} else if section == "bin" {
		forms = []string{"contact"}
	} else {
		forms = []string{"invoice"}
	}
	var out []string
	for _, f := range forms {
		out = append(out, fill(f))
	}
	return out
}

// try is one request. Must tells that it works with an account that may be
// seen: without that its refusal proved nothing.
type try struct {
	op, method, path string
	body             any
	must             bool
}

// told is an answer without what differs by itself: the request's id, and the
// ids that were asked with.
func (b *browser) told(t *testing.T, r try, ids map[string]string, match string) (status int, text, raw string) {
	t.Helper()
	var in io.Reader = http.NoBody
	if r.body != nil {
		body, err := json.Marshal(r.body)
		must(t, err)
		in = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(t.Context(), r.method, b.url+r.path, in)
	must(t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-CSRF-Token", b.csrf)
	req.Header.Set("Accept-Language", "en")
	if match != "" {
		req.Header.Set("If-Match", match)
	}
	res, err := b.http.Do(req)
	must(t, err)
	defer res.Body.Close() //nolint:errcheck // read to the end
	out, err := io.ReadAll(res.Body)
	must(t, err)
	if res.StatusCode >= 500 {
		t.Errorf("%s %s: %d %s", r.method, r.path, res.StatusCode, out)
	}
	text = string(out)
	if id, ok := ids["run"]; ok { // it holds the invoice's
		text = strings.ReplaceAll(text, id, "<run>")
	}
	for name, id := range ids {
		text = strings.ReplaceAll(text, id, "<"+name+">")
	}
	text = regexp.MustCompile(`"requestId":"[^"]*"`).ReplaceAllString(text, "")
	return res.StatusCode, text, string(out) + fmt.Sprint(res.Header)
}

// stored is all that is stored of an account: nothing may move it.
func (s *space) stored(k known) []string {
	s.t.Helper()
	var out []string
	specs := slices.Concat(accounts.Specs, records.Specs, messages.Specs, tasks.Specs, desk.Specs)
	for _, f := range form.Builtin() {
		specs = append(specs, records.Spec(f))
	}
	for _, spec := range specs {
		err := s.srv.Store.In(s.key, spec.Name).Each(s.t.Context(), store.Query{Limit: 500}, func(d store.Doc) error {
			if bytes.Contains(d.Body, []byte(k.customer)) || bytes.Contains(d.Body, []byte(k.word)) || d.ID == k.customer {
				out = append(out, fmt.Sprintln(spec.Name, d.ID, d.Ver, string(d.Body)))
			}
			return nil
		})
		must(s.t, err)
	}
	slices.Sort(out)
	return out
}

// alike asks with hidden ids and with absent ones.
func (s *space) alike(b *browser, r, n try, hidden, absent known) {
	s.t.Helper()
	match := ""
	if r.method == "PUT" || r.method == "DELETE" || r.method == "PATCH" {
		match = `"1"`
	}
	status, text, raw := b.told(s.t, r, hidden.names(), match)
	other, text2, _ := b.told(s.t, n, absent.names(), match)
	what := r.op + ": " + r.method + " " + r.path
	if status != other || text != text2 && !slices.Contains(byChance, r.op) {
		s.t.Errorf("%s: hidden %d %s\n   absent %d %s\n   asked %s", what, status, text, other, text2, clipped(r.body))
	}
	if strings.Contains(raw, hidden.word) && !strings.Contains(clipped(r.body), hidden.word) {
		s.t.Errorf("%s tells of the hidden account: %d %s", what, status, text)
	}
}

func clipped(v any) string {
	raw, _ := json.Marshal(v)
	return string(raw[:min(len(raw), 400)])
}

// matchOf is the If-Match of a record's own route.
func (s *space) matchOf(path string) string {
	s.t.Helper()
	if !strings.HasPrefix(path, "/records/") || strings.Count(path, "/") != 3 {
		return ""
	}
	var r record
	must(s.t, s.c.Do(s.t.Context(), "GET", path, nil, &r))
	return fmt.Sprintf(`"%d"`, r.Version)
}

// tries are requests with k's ids where people would put them: as the account,
// and as something of it among the things of an account that may be seen.
func (s *space) tries(k, seen known) []try {
	day := s.today()
	command := func(of, kind string, more map[string]any) try {
		body := map[string]any{"type": kind}
		for f, v := range more {
			body[f] = v
		}
		return try{op: "runCommand", method: "POST", path: "/customers/" + of + "/commands", body: body}
	}
	works := func(r try) try { r.must = true; return r }
	post := func(op, path string, body any) try { return try{op: op, method: "POST", path: path, body: body} }
	move := func(more map[string]any) try {
		one := map[string]any{"customer": k.customer, "from": "disputed"}
		for f, v := range more {
			one[f] = v
		}
		return post("moveCards", "/boards/moves", map[string]any{"moves": []any{one}})
	}
	data := func(form string, d map[string]any) try {
		return post("createRecord", "/records/"+form, map[string]any{"data": d})
	}
	rows := func(form string, dry bool, d map[string]any) try {
		return post("importRows", "/imports/"+form, map[string]any{"dryRun": dry, "rows": []any{map[string]any{"line": 1, "externalId": "row-1", "data": d}}})
	}
	out := []try{
		works(command(k.customer, "hold.set", map[string]any{"reason": "x"})), works(command(k.customer, "hold.lift", nil)),
		works(command(k.customer, "call.log", map[string]any{"result": "reached"})),
		command(k.customer, "stop.wish", nil), command(k.customer, "promise.cancel", map[string]any{"promise": k.promise}),
		command(k.customer, "dispute.close", map[string]any{"invoice": k.invoice, "dispute": k.dispute, "outcome": "upheld"}),
		command(k.customer, "write.off", map[string]any{"invoice": k.invoice, "amount": 1}),
		command(k.customer, "payment.reverse", map[string]any{"payment": k.payment}),
		post("completeTask", "/tasks/"+k.task+"/complete", map[string]any{"note": "x"}),
		{op: "changeTask", method: "PATCH", path: "/tasks/" + k.task, body: map[string]any{"assignee": ""}},
		post("resolveMessage", "/messages/"+k.message+"/resolve", map[string]any{"as": "sent"}),
		works(post("controlRuns", "/runs/actions", map[string]any{"ids": []string{k.run}, "action": "pause"})),
		works(post("controlRuns", "/runs/actions", map[string]any{"ids": []string{k.run, k.run}, "action": "resume"})),
		works(post("createTask", "/tasks", map[string]any{"customer": k.customer, "title": map[string]string{"en": "x"}, "role": "finance"})),
		works(post("addNote", "/customers/"+k.customer+"/notes", map[string]any{"text": "x"})),
		works(post("addNoteFile", "/customers/"+k.customer+"/files", map[string]any{"name": "x.txt", "data": []byte("x")})),
		works(try{op: "beginWork", method: "PUT", path: "/customers/" + k.customer + "/working"}),
		works(try{op: "endWork", method: "DELETE", path: "/customers/" + k.customer + "/working"}),
		works(post("setTier", "/customers/"+k.customer+"/tier", map[string]any{"tier": "A", "reason": "x", "until": (day + 9).String()})),
		works(post("getPageLink", "/customers/"+k.customer+"/page-link", map[string]any{})),
		post("forgetDead", "/customers/"+k.customer+"/reachable", map[string]any{"channel": "email"}),
		move(map[string]any{"to": "onHold", "reason": "x"}), move(map[string]any{"to": "escalated", "reason": "x", "role": "finance"}),
		move(map[string]any{"to": "followUp"}), move(map[string]any{"from": "promised", "to": "promised"}),
		works(post("previewContact", "/contact-rules/preview", map[string]any{"customer": k.customer})),
		works(post("previewFilter", "/filters/preview", map[string]any{"form": "invoice", "filter": map[string]any{"field": "customer.name", "op": "contains", "value": k.word}})),
		works(post("previewFilter", "/filters/preview", map[string]any{"form": "customer", "filter": map[string]any{"field": "customer.name", "op": "contains", "value": k.word}})),
		works(post("rehearse", "/rehearsals", map[string]any{"flow": "two", "from": day.String(), "to": (day + 20).String(), "customer": k.customer})),
		post("startFlow", "/flows/two/start", map[string]any{"subjects": []string{k.invoice}}),
		post("postLetters", "/letters/posted", map[string]any{"ids": []string{k.message}}),
		works(data("invoice", map[string]any{"number": "N-1", "customer": k.customer, "issueDate": day.String(), "dueDate": day.String(), "amount": 1, "currency": "CNY"})),
		works(data("payment", map[string]any{"customer": k.customer, "amount": 1, "currency": "CNY"})),
		works(data("contact", map[string]any{"customer": k.customer, "name": "X"})),
		works(rows("invoice", true, map[string]any{"number": "N-2", "customer": k.customer, "issueDate": day.String(), "dueDate": day.String(), "amount": 1, "currency": "CNY"})),
		rows("payment", false, map[string]any{"customer": k.customer, "amount": 1, "currency": "CNY", "invoice": k.invoice}),
		rows("contact", false, map[string]any{"customer": k.customer, "name": "X"}),
		works(try{op: "restoreRecord", method: "POST", path: "/bin/contact/" + k.binned + "/restore"}),
	}
	for _, form := range []string{"customer", "invoice", "payment", "contact"} {
		at := "/records/" + form + "/" + k.names()[form]
		out = append(out,
			try{op: "updateRecord", method: "PUT", path: at, body: map[string]any{"data": map[string]any{"name": "X"}}},
			try{op: "deleteRecord", method: "DELETE", path: at})
	}
	if k.customer == seen.customer {
		return out
	}
	// Things of k among those of an account that may be seen.
	return append(out,
		command(seen.customer, "dispute.open", map[string]any{"invoice": k.invoice, "amount": 1, "reason": "x"}),
		command(seen.customer, "dispute.close", map[string]any{"invoice": k.invoice, "dispute": k.dispute, "outcome": "upheld"}),
		command(seen.customer, "promise.make", map[string]any{"amount": 1, "currency": "CNY", "date": (day + 3).String(), "items": []string{k.invoice}}),
		command(seen.customer, "promise.cancel", map[string]any{"promise": k.promise}),
		command(seen.customer, "payment.reverse", map[string]any{"payment": k.payment}),
		command(seen.customer, "payment.allocate", map[string]any{"payment": k.payment, "invoice": k.invoice, "amount": 1}),
		post("addNote", "/customers/"+seen.customer+"/notes", map[string]any{"text": "x", "files": []string{k.file}}),
		data("payment", map[string]any{"customer": seen.customer, "amount": 1, "currency": "CNY", "invoice": k.invoice}),
		data("payment", map[string]any{"customer": seen.customer, "amount": 1, "currency": "CNY", "allocations": []any{map[string]any{"invoice": k.invoice, "amount": 1}}}),
		post("controlRuns", "/runs/actions", map[string]any{"ids": []string{"two/" + k.invoice}, "action": "runNow"}),
	)
}
