package e2e

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/schemas/filter"
)

type storedFile struct{ ID, Name, Type string }

// TestNoteFiles: a file comes with a note, is a download for those who see the
// account, and for nobody else; what a browser would run, is too large or of
// somebody else is refused.
func TestNoteFiles(t *testing.T) {
	s := newSpace(t, nil)
	seen := s.create("customer", map[string]any{"name": "Seen", "tier": "A"}).ID
	hidden := s.create("customer", map[string]any{"name": "Hidden", "tier": "B"}).ID
	upload := func(customer string, data []byte) (storedFile, error) {
		var f storedFile
		return f, s.c.Do(t.Context(), "POST", "/customers/"+customer+"/files", map[string]any{"name": "../合同.pdf", "data": data}, &f)
	}
	pdf := []byte("%PDF-1.4 agreed terms")
	var f, g storedFile
	must(t, s.c.Do(t.Context(), "POST", "/customers/"+seen+"/files", map[string]any{"name": "../合同.pdf", "data": pdf}, &f))
	must(t, s.c.Do(t.Context(), "POST", "/customers/"+hidden+"/files", map[string]any{"name": "b.pdf", "data": pdf}, &g))
	if f.Name != "合同.pdf" || f.Type != "application/pdf" {
		t.Errorf("stored as %+v", f)
	}
	for what, data := range map[string][]byte{"a page": []byte("<html><script>alert(1)</script>"), "nothing": {}, "too much": make([]byte, 6<<20)} {
		if _, err := upload(seen, data); err == nil {
			t.Errorf("%s was taken", what)
		}
	}
	note := func(customer string, files ...string) error {
		return s.c.Do(t.Context(), "POST", "/customers/"+customer+"/notes", map[string]any{"text": "", "files": files}, nil)
	}
	must(t, note(seen, f.ID))
	must(t, note(hidden, g.ID))
	if err := note(seen, f.ID); pointers(err) != "/files/0 reference" {
		t.Errorf("a file twice: %v", err)
	}
	if err := note(seen); pointers(err) != "/text required" {
		t.Errorf("an empty note: %v", err)
	}
	get := func(token, customer, file string) (int, string, http.Header) {
		req, _ := http.NewRequestWithContext(t.Context(), "GET", s.srv.URL+"/api/v1/customers/"+customer+"/files/"+file, nil)
		req.Header.Set("Authorization", "Bearer "+token)
		res, err := http.DefaultClient.Do(req)
		must(t, err)
		defer res.Body.Close() //nolint:errcheck // read to the end
		raw, _ := io.ReadAll(res.Body)
		return res.StatusCode, string(raw), res.Header
	}
	status, body, head := get(s.c.Token, seen, f.ID)
	if status != 200 || body != string(pdf) || !strings.HasPrefix(head.Get("Content-Disposition"), "attachment") || !strings.Contains(head.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%d %q %v", status, body, head)
	}
	s.testerRole(filter.Eq("tier", "A"), nil)
	low := s.as("tester")
	if status, _, _ := get(low.Token, seen, f.ID); status != 200 {
		t.Errorf("who sees the account: %d", status)
	}
	for what, at := range map[string][2]string{"of a hidden account": {hidden, g.ID}, "over another account": {seen, g.ID}, "unknown": {seen, "none"}} {
		if status, body, _ := get(low.Token, at[0], at[1]); status != 404 || strings.Contains(body, "agreed") {
			t.Errorf("%s: %d %s", what, status, body)
		}
	}
	if _, err := func() (storedFile, error) {
		var x storedFile
		return x, low.Do(t.Context(), "POST", "/customers/"+hidden+"/files", map[string]any{"name": "x", "data": pdf}, &x)
	}(); err == nil {
		t.Error("a file for a hidden account was taken")
	}
	var line struct {
		Items []struct {
			Kind string
			Data struct{ Files []storedFile }
		}
	}
	must(t, low.Do(t.Context(), "GET", "/customers/"+seen+"/timeline", nil, &line))
	if len(line.Items) == 0 || line.Items[0].Kind != "note" || len(line.Items[0].Data.Files) != 1 {
		t.Errorf("the timeline says %+v", line.Items)
	}
}

// TestCardsByID: cards are read again by id, within the view only, and sorted as
// somebody asks.
func TestCardsByID(t *testing.T) {
	s := newSpace(t, nil)
	a := s.create("customer", map[string]any{"name": "B first", "tier": "A"}).ID
	b := s.create("customer", map[string]any{"name": "A second", "tier": "A"}).ID
	c := s.create("customer", map[string]any{"name": "C hidden", "tier": "B"}).ID
	for k, id := range []string{a, b, c} {
		s.invoice(id, "CB-"+id[:4]+string(rune('0'+k)), int64(1000*(k+1)), s.today()-5)
		s.settled(id)
	}
	s.testerRole(filter.Eq("tier", "A"), nil)
	low := s.as("tester")
	var out struct{ Items []boardCard }
	must(t, low.Do(t.Context(), "GET", "/cards?ids="+strings.Join([]string{a, c, b, a, "none"}, ","), nil, &out))
	if len(out.Items) != 2 || out.Items[0].ID != a || out.Items[1].ID != b || out.Items[0].Column != "followUp" {
		t.Errorf("%+v", out.Items)
	}
	for sort, first := range map[string]string{"name": "A second", "-open": "A second"} {
		s.eventually("sorted by "+sort, func() bool {
			col := s.board(low, "?sort="+sort)["followUp"]
			return len(col.Items) == 2 && col.Items[0].Name == first
		})
	}
	if err := low.Do(t.Context(), "GET", "/boards/collection/cards?sort=secret", nil, nil); err == nil {
		t.Error("an unknown sort was taken")
	}
}
