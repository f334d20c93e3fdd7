package e2e

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/server/accounts"
	"github.com/dueflow/dueflow/server/api"
	"github.com/dueflow/dueflow/server/app"
	"github.com/dueflow/dueflow/server/personal"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/workspace"
)

type erased struct {
	DryRun, Done bool
	Mark         string
	Counts       []personal.Gone
	Texts        []personal.Text
	Hinder       *struct{ Key, Text string }
}

func (e erased) of(part string) int {
	for _, c := range e.Counts {
		if c.Part == part {
			return c.N
		}
	}
	return 0
}

func (s *space) erase(customer string, body map[string]any) (erased, error) {
	var out erased
	err := s.c.Do(s.t.Context(), "POST", "/customers/"+customer+"/erase", body, &out)
	return out, err
}

// pay settles an invoice and waits until the runs have ended.
func (s *space) pay(customer, invoice string, amount int64) {
	s.t.Helper()
	s.create("payment", map[string]any{"customer": customer, "amount": amount, "currency": "CNY", "invoices": []string{invoice}})
	s.settled(customer)
	s.eventually("runs ended", func() bool {
		var page struct{ Items []runLine }
		must(s.t, s.c.Do(s.t.Context(), "GET", "/runs?limit=500&customer="+customer, nil, &page))
		return !slices.ContainsFunc(page.Items, func(r runLine) bool { return r.Status != "done" })
	})
}

// holding are the collections of the workspace in which a word stands.
func (s *space) holding(words ...string) (out []string) {
	s.t.Helper()
	for _, spec := range app.Specs() {
		must(s.t, s.srv.Store.In(s.key, spec.Name).Each(s.t.Context(), store.Query{}, func(d store.Doc) error {
			for _, w := range words {
				if strings.Contains(string(d.Body), w) {
					out = append(out, spec.Name+" "+d.ID+" has "+w+": "+string(d.Body))
				}
			}
			return nil
		}))
	}
	return out
}

// strewn puts the customer's words where only time, or a provider, would.
func (s *space) strewn(customer, word string) {
	s.t.Helper()
	put := func(collection, id string, body map[string]any) {
		s.t.Helper()
		raw, err := json.Marshal(body)
		must(s.t, err)
		_, err = s.srv.Store.In(s.key, collection).Insert(s.t.Context(), id, raw)
		must(s.t, err)
	}
	at := "2026-01-02T03:04:05Z"
	put("heard", "h"+word, map[string]any{"customer": customer, "at": at, "kind": "replied", "channel": "email", "address": "mail@" + word + ".example", "text": "Wrote of " + word, "stop": true})
	put("held", customer+"~h", map[string]any{"customer": customer, "customerName": "Name " + word, "label": "Name " + word, "run": "h", "flow": "two", "node": "first", "at": at, "what": "deferred", "reason": "window"})
	put("notice", "n"+word, map[string]any{"id": "n" + word, "user": "u", "kind": "mention", "customer": customer, "text": "Wrote of " + word, "at": at})
	put("working", customer, map[string]any{"customer": customer, "by": "u", "name": "Contact " + word, "since": at, "until": at})
	put("templatetest", "t"+word, map[string]any{"id": "t" + word, "at": at, "by": "u", "message": map[string]any{"text": "Dear Name " + word}})
	put("file", "f"+word, map[string]any{"id": "f" + word, "name": "Note " + word + ".txt", "form": records.NoteForm, "record": customer, "at": at, "data": []byte("x")})
	must(s.t, s.srv.Records.AddMark(s.t.Context(), s.key, customer, "unreachable", "email:mail@"+word+".example"))
	must(s.t, s.c.Do(s.t.Context(), "POST", "/records/contact", map[string]any{"data": map[string]any{"customer": customer, "name": "Contact " + word}}, nil, "Idempotency-Key", "k"+word))
}

// remembers tells whether an answer that is kept to be repeated holds a word.
func (s *space) remembers(word string) bool {
	s.t.Helper()
	found := false
	must(s.t, s.srv.Store.In(workspace.System, api.Idem).Each(s.t.Context(), store.Query{}, func(d store.Doc) error {
		found = found || strings.Contains(string(d.Body), word)
		return nil
	}))
	return found
}

// TestErase: while money is open nothing is erased; then all that names the
// person is gone from every collection but the ledger, the log verifies, and a
// repeat changes nothing. Another customer keeps all.
func TestErase(t *testing.T) {
	s := newSpace(t, nil)
	s.publish(twoSteps)
	c, inv := s.fullAccount("zqgone")
	other, _ := s.fullAccount("zqstays")
	s.strewn(c, "zqgone")
	s.strewn(other, "zqstays")
	before := s.stored(known{customer: other, word: "zqstays"})
	ok := map[string]any{"reason": "asked on the phone", "confirm": "K-zqgone"}
	if _, err := s.erase(c, ok); keyOf(err) != "personal.openMoney" {
		t.Fatalf("with open money: %v", err)
	}
	dry, err := s.erase(c, map[string]any{"dryRun": true})
	must(t, err)
	if !dry.DryRun || dry.Hinder == nil || dry.Hinder.Key != "personal.openMoney" || dry.of("messages") == 0 || len(dry.Texts) == 0 {
		t.Errorf("dry run: %+v", dry)
	}
	s.pay(c, inv, 500)
	for body, want := range map[string]string{`{"reason":"x","confirm":"nobody"}`: "/confirm confirm", `{"confirm":"K-zqgone"}`: "/reason required"} {
		var in map[string]any
		must(t, json.Unmarshal([]byte(body), &in))
		if _, err := s.erase(c, in); pointers(err) != want {
			t.Errorf("%s: %v", body, err)
		}
	}
	dry, err = s.erase(c, map[string]any{"dryRun": true})
	must(t, err)
	if dry.Hinder != nil || len(s.holding("Name zqgone")) == 0 {
		t.Errorf("the dry run changed something, or is hindered: %+v", dry)
	}
	did, err := s.erase(c, ok)
	must(t, err)
	for _, part := range []string{"customer", "records-contact", "messages", "tasks", "notes", "runs", "tier", "bin", "audit", "heard", "held", "notices", "working", "tests", "files"} {
		if did.of(part) == 0 || did.of(part) != dry.of(part) {
			t.Errorf("%s: %d, dry %d", part, did.of(part), dry.of(part))
		}
	}
	s.settled(c)
	for _, left := range s.holding("Name zqgone", "zqgone.example", "555 0199", "Street zqgone", "Note zqgone", "Contact zqgone", "Former zqgone", "Wrote of zqgone", "Task zqgone", "Tier zqgone", "K-zqgone") {
		if strings.HasPrefix(left, accounts.Journal+" ") || strings.HasPrefix(left, accounts.Collection+" ") {
			continue
		}
		if strings.Contains(left, "555 0199") && strings.Contains(left, "zqstays") || strings.Contains(left, "K-zqgone") && strings.HasPrefix(left, "r_customer ") {
			continue // another's; and the number, by which the books find the account
		}
		t.Errorf("left: %s", left)
	}
	if now := s.get("customer", c); !strings.Contains(string(now.Data["name"]), did.Mark) || now.Data["email"] != nil || string(now.System["stopWish"]) != "true" {
		t.Errorf("the record is %v %v", now.Data, now.System)
	}
	if s.remembers("Contact zqgone") || !s.remembers("Contact zqstays") {
		t.Error("a remembered answer has the name, or another's was emptied")
	}
	var found struct{ Items []record }
	must(t, s.c.Do(t.Context(), "GET", "/records/contact?search=zqgone", nil, &found))
	if len(found.Items) != 0 {
		t.Errorf("the search still knows %+v", found.Items)
	}
	if d, err := s.srv.Store.In(s.key, records.Prefix+"customer").Get(t.Context(), c); err != nil || !strings.Contains(string(d.Body), `"page":{"rev":1}`) {
		t.Errorf("the address of the customer's page still opens: %v %s", err, d.Body)
	}
	s.verify()
	rep, err := s.srv.Audit.Verify(t.Context(), s.key)
	if err != nil || !rep.OK || rep.Taken == 0 {
		t.Errorf("the log: %+v, %v", rep, err)
	}
	again, err := s.erase(c, ok)
	must(t, err)
	for _, g := range again.Counts {
		if g.N != 0 {
			t.Errorf("again: %s %d", g.Part, g.N)
		}
	}
	if d := cmp.Diff(before, s.stored(known{customer: other, word: "zqstays"})); d != "" {
		t.Errorf("another customer changed:\n%s", d)
	}
}

// TestEraseTorn: a process that died half-way leaves what says that there is
// more to do; whoever asks again ends it.
func TestEraseTorn(t *testing.T) {
	s := newSpace(t, nil)
	s.publish(twoSteps)
	c, inv := s.fullAccount("zqtorn")
	s.pay(c, inv, 500)
	torn := 0
	for n := range 12 {
		ctx, cancel := context.WithCancel(t.Context())
		left := 3 * n
		svc := *s.srv.Personal
		svc.Step = func() {
			if left--; left < 0 {
				cancel()
			}
		}
		_, err := svc.Erase(ctx, sysActor(s.key), personal.Erasure{Customer: c, Reason: "asked", Confirm: "K-zqtorn", Mark: "Erased", Stop: "erased"})
		cancel()
		if err == nil {
			break
		}
		if !fault.Is(err, fault.Unavailable) {
			t.Fatalf("after %d steps: %v", 3*n, err)
		}
		torn++
	}
	if torn < 3 {
		t.Errorf("ended early %d times only", torn)
	}
	_, err := s.srv.Personal.Erase(t.Context(), sysActor(s.key), personal.Erasure{Customer: c, Reason: "asked", Confirm: "K-zqtorn", Mark: "Erased", Stop: "erased"})
	must(t, err)
	for _, left := range s.holding("Name zqtorn", "zqtorn.example", "Street zqtorn", "Contact zqtorn", "Wrote of zqtorn") {
		t.Errorf("left: %s", left)
	}
	s.verify()
}

// TestEraseByWhom: it takes the right to delete customers, this one in scope, and
// nothing hidden; while a run waits, nothing is erased.
func TestEraseByWhom(t *testing.T) {
	s := newSpace(t, nil)
	c := s.create("customer", map[string]any{"name": "Zqwhom", "tier": "B"}).ID
	body := map[string]any{"reason": "asked", "confirm": "Zqwhom"}
	for role, want := range map[string]string{"finance": "policy.denied", "collector": "policy.denied", "auditor": "policy.denied"} {
		if err := s.as(role).Do(t.Context(), "POST", "/customers/"+c+"/erase", body, nil); keyOf(err) != want {
			t.Errorf("%s: %v", role, err)
		}
	}
	if _, err := s.srv.Store.In(s.key, "run").Insert(t.Context(), c+"~x", json.RawMessage(`{"run":"x","customer":"`+c+`","flow":"two","status":"paused","started":"`+time.Now().UTC().Format(time.RFC3339)+`"}`)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.erase(c, body); keyOf(err) != "personal.openRuns" {
		t.Errorf("a run waits: %v", err)
	}
	must(t, s.srv.Store.In(s.key, "run").Delete(t.Context(), c+"~x", 0))
	if _, err := s.erase(c, body); err != nil {
		t.Errorf("then: %v", err)
	}
	if _, err := s.erase("nobody", body); keyOf(err) != "record.none" {
		t.Errorf("nobody: %v", err)
	}
	d, err := s.srv.Store.In(s.key, records.Prefix+"customer").Get(t.Context(), c)
	must(t, err)
	if !strings.Contains(string(d.Body), records.ErasedField) {
		t.Errorf("not marked: %s", d.Body)
	}
}

// TestEraseAfterDeletion: a customer whose record was deleted is still named by
// messages: whoever sees all accounts finds and erases that, from the command
// line too.
func TestEraseAfterDeletion(t *testing.T) {
	s := newSpace(t, nil)
	s.publish(twoSteps)
	c, inv := s.fullAccount("zqlate")
	s.pay(c, inv, 500)
	s.remove("customer", c)
	got, err := ask(t, s.c, c)
	must(t, err)
	if got["customer.json"] != "[]\n" || !strings.Contains(got["messages.json"], "zqlate.example") || !strings.Contains(got["bin.json"], "Former zqlate") || !strings.Contains(got["bin.json"], "Name zqlate") || strings.Contains(got["index.txt"], "LEFT OUT") {
		t.Errorf("given out: %v", got)
	}
	s.spyRole()
	if _, err := ask(t, s.as("spy"), c); keyOf(err) != "record.none" {
		t.Errorf("somebody who sees some accounts only: %v", err)
	}
	x := s.terminal()
	if out := x.well("personal", "erase", "--customer", c, "--dry"); !strings.Contains(out, "messages") || !strings.Contains(out, "contact.logged") {
		t.Errorf("dry: %s", out)
	}
	if _, errs, code := x.types("personal", "erase", "--customer", c, "--reason", "asked", "--confirm", "K-zqlate"); code != 1 || !strings.Contains(errs, "confirm") {
		t.Errorf("without its id: %d %s", code, errs)
	}
	x.well("personal", "erase", "--customer", c, "--reason", "asked", "--confirm", c)
	for _, left := range s.holding("Name zqlate", "zqlate.example", "Street zqlate", "Contact zqlate", "Wrote of zqlate") {
		t.Errorf("left: %s", left)
	}
	s.verify()
	if _, err := s.erase("nobody", map[string]any{"reason": "x", "confirm": "nobody"}); keyOf(err) != "record.none" {
		t.Errorf("nobody: %v", err)
	}
}
