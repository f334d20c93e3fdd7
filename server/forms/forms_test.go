package forms_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/server/forms"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/store/sqlitestore"
	"github.com/dueflow/dueflow/server/vault"
	"github.com/dueflow/dueflow/server/workspace"
)

// slow is a store whose reads of forms may be held up after they were done, as
// on a busy machine.
type slow struct {
	*sqlitestore.Driver
	read, goOn chan struct{} // nil: nothing is held up
}

func (d *slow) Get(ctx context.Context, ws, collection string, ids []string) ([]store.Doc, error) {
	docs, err := d.Driver.Get(ctx, ws, collection, ids)
	if read := d.read; read != nil && ctx.Value(held{}) != nil {
		close(read)
		<-d.goOn
	}
	return docs, err
}

type held struct{}

// TestAPublishedFieldIsThereAtOnce: who publishes finds what they published,
// also where somebody else read the form just before and is done just after.
func TestAPublishedFieldIsThereAtOnce(t *testing.T) {
	d, err := sqlitestore.Open(t.TempDir(), sqlitestore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	driver := &slow{Driver: d}
	st := store.New(driver)
	t.Cleanup(func() { _ = st.Close() })
	ctx := t.Context()
	spaces := workspace.New(st, time.Now, forms.Specs, vault.Temporary())
	if err := spaces.Open(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := spaces.Create(ctx, workspace.Workspace{Key: "w", Name: "W"}); err != nil {
		t.Fatal(err)
	}
	s := forms.New(st)
	publish := func(longest int, version int64) forms.Entry {
		t.Helper()
		e, err := s.SaveDraft(ctx, "w", note(longest), version)
		if err != nil {
			t.Fatal(err)
		}
		if e, err = s.Publish(ctx, "w", "note", forms.Stamp{By: "me", At: time.Unix(0, 0)}, e.Version); err != nil {
			t.Fatal(err)
		}
		return e
	}
	first := publish(10, 0)

	driver.read, driver.goOn = make(chan struct{}), make(chan struct{})
	done := make(chan forms.Published)
	go func() {
		p, _ := s.Get(context.WithValue(ctx, held{}, true), "w", "note")
		done <- p
	}()
	<-driver.read
	driver.read = nil
	second := publish(20, first.Version)
	close(driver.goOn)
	if late := <-done; late.Revision != first.Revision {
		t.Fatalf("the late reader has revision %d", late.Revision)
	}
	if now, err := s.Get(ctx, "w", "note"); err != nil || now.Revision != second.Revision {
		t.Errorf("revision %d %v, want %d", now.Revision, err, second.Revision)
	}
}

func note(longest int) form.Form {
	return form.Form{
		Key: "note", Title: "name", Name: map[string]string{"en": "Note", "zh-CN": "记录"},
		Schema: []byte(`{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","additionalProperties":false,"properties":{"name":{"type":"string","maxLength":` + strconv.Itoa(longest) + `}}}`),
	}
}
