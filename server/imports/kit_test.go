package imports_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/server/accounts"
	"github.com/dueflow/dueflow/server/accounts/accountstest"
	"github.com/dueflow/dueflow/server/forms"
	"github.com/dueflow/dueflow/server/imports"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/store/sqlitetest"
	"github.com/dueflow/dueflow/server/vault"
	"github.com/dueflow/dueflow/server/workspace"
)

const ws = "acme"

type allowAll struct{}

func (allowAll) View(context.Context, policies.Actor, string, string) (policies.View, error) {
	return policies.View{}, nil
}

// kit is the product's rooms on a real store, without engine and API.
type kit struct {
	testing.TB
	imports  *imports.Service
	records  *records.Service
	accounts *accounts.Service
	store    *store.Store
}

var (
	actor = policies.Actor{ID: "u1", Workspace: ws, Roles: []string{"finance"}}
	today = time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
)

func open(t testing.TB, p records.Policy) *kit {
	t.Helper()
	st := sqlitetest.Open(t, "")
	specs := slices.Concat(accounts.Specs, forms.Specs, records.Specs)
	for _, f := range form.Builtin() {
		specs = append(specs, records.Spec(f))
	}
	spaces := workspace.New(st, func() time.Time { return today }, specs, vault.Temporary())
	fs := forms.New(st)
	acc, relay := accountstest.New(st, spaces)
	rec := records.New(st, spaces, fs, acc, p)
	acc.UseArchivist(rec)
	relay.Add(rec.Project)
	accountstest.Start(t, relay, spaces, ws)
	return &kit{TB: t, imports: imports.New(spaces, fs, acc, rec, p), records: rec, accounts: acc, store: st}
}

func say(f *fault.Error) string {
	var out []string
	for _, x := range f.Fields {
		out = append(out, x.Pointer+" "+x.Rule)
	}
	return strings.Join(out, ", ")
}

// file imports a file and gives the summary and the failed rows.
func (k *kit) file(formKey, mapping, text string, dry bool) (imports.Summary, string) {
	k.Helper()
	sum, failed, err := k.try(formKey, mapping, strings.NewReader(text), dry)
	if err != nil {
		k.Fatalf("import of %s: %v", formKey, err)
	}
	return sum, failed
}

func (k *kit) try(formKey, mapping string, r io.Reader, dry bool) (imports.Summary, string, error) {
	k.Helper()
	job := imports.Job{Form: formKey, DryRun: dry, Say: say}
	if mapping != "" {
		m, err := imports.ParseMap([]byte(mapping), form.Builtin()[formKey])
		if err != nil {
			return imports.Summary{}, "", err
		}
		job.Map = &m
	}
	var failed bytes.Buffer
	job.Failed = &failed
	sum, err := k.imports.File(context.Background(), actor, job, r)
	return sum, failed.String(), err
}

func (k *kit) counts(sum imports.Summary, created, updated, unchanged, failed int) {
	k.Helper()
	got := fmt.Sprint(sum.Created, sum.Updated, sum.Unchanged, sum.Failed)
	if want := fmt.Sprint(created, updated, unchanged, failed); got != want {
		k.Errorf("created, updated, unchanged, failed = %s, want %s\n%v", got, want, sum.Problems)
	}
}

// ids gives records by external id.
func (k *kit) byExternal(formKey string) map[string]records.Record {
	k.Helper()
	out := map[string]records.Record{}
	err := k.records.Each(context.Background(), actor, formKey, records.ListQuery{}, func(r records.Record) error {
		if _, twice := out[r.Text("externalId")]; twice {
			k.Errorf("%s %s is there twice", formKey, r.Text("externalId"))
		}
		out[r.Text("externalId")] = r
		return nil
	})
	if err != nil {
		k.Fatal(err)
	}
	return out
}

// ledgerSize is how many events all accounts have.
func (k *kit) ledgerSize() int64 {
	k.Helper()
	var n int64
	err := k.accounts.Each(context.Background(), ws, func(_ string, _ []ledger.Event, st *ledger.State) error {
		n += st.Seq
		return nil
	})
	if err != nil {
		k.Fatal(err)
	}
	return n
}

func (k *kit) account(customer string) *ledger.State {
	k.Helper()
	st, err := k.accounts.Load(context.Background(), ws, customer)
	if err != nil {
		k.Fatal(err)
	}
	return st
}

// settle waits until the relay has delivered everything.
func (k *kit) settle() {
	k.Helper()
	for range 400 {
		left := 0
		err := k.store.In(ws, accounts.Collection).Each(context.Background(), store.Query{}, func(d store.Doc) error {
			var doc struct {
				N int `json:"npend"`
			}
			err := json.Unmarshal(d.Body, &doc)
			left += doc.N
			return err
		})
		if err != nil {
			k.Fatal(err)
		}
		if left == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	k.Fatal("events stay pending")
}
