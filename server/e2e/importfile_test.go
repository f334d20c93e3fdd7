package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/dueflow/dueflow/server/imports"
)

type importEnd struct {
	imports.Summary
	Problems []struct {
		Errors []struct{ Pointer, Rule string }
	}
	FailedRows string
}

// read sends a file the way the browser does, and reads the stream to its end.
func (s *space) read(form string, body map[string]any) (end importEnd, problem map[string]any, status int) {
	s.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.srv.URL+"/api/v1/imports/"+form+"/stream", bytes.NewReader(raw))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.c.Token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // read to its end
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		var l struct {
			Summary *importEnd
			Problem map[string]any
		}
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			s.t.Fatalf("%s: %v", lines.Text(), err)
		}
		if l.Summary != nil {
			end = *l.Summary
		}
		problem = l.Problem
	}
	return end, problem, res.StatusCode
}

// TestImportAFile: a file as a person has it is looked at, judged without a
// trace, and read in; what failed comes back with reasons and can be mended.
func TestImportAFile(t *testing.T) {
	s := newSpace(t, nil)
	file := []byte("\xef\xbb\xbf客户清单;;;\r\n编号;客户名称;邮箱;等级\r\nC-1;杭州甲;a@example.com;A\r\nC-2;苏州乙;nobody;B\r\nC-3;𠮷丙;c@example.com;B\r\n")
	var p struct {
		imports.Preview
		Fields []struct {
			Key      string
			Required bool
		}
	}
	if err := s.c.Do(t.Context(), "POST", "/imports/customer/preview", map[string]any{"data": file}, &p); err != nil {
		t.Fatal(err)
	}
	if p.HeaderLine != 2 || p.Delimiter != ";" || p.Map.Columns["name"] != "客户名称" || p.Map.Columns["email"] != "邮箱" || len(p.Sample) != 3 || len(p.Fields) < 10 {
		t.Fatalf("the file looks like %+v", p)
	}
	dry, _, _ := s.read("customer", map[string]any{"data": file, "map": p.Map, "dryRun": true})
	if dry.Rows != 3 || dry.Created != 2 || dry.Failed != 1 || len(dry.Problems) != 1 || dry.Problems[0].Errors[0].Pointer != "row/4/email" {
		t.Errorf("judged: %+v", dry)
	}
	var list struct{ Items []record }
	must(t, s.c.Do(t.Context(), "GET", "/records/customer?limit=10", nil, &list))
	if len(list.Items) != 0 {
		t.Errorf("a dry run left %d customers", len(list.Items))
	}
	real, _, _ := s.read("customer", map[string]any{"data": file, "map": p.Map})
	if real.Created != 2 || real.Failed != 1 || !strings.Contains(real.FailedRows, "苏州乙") {
		t.Errorf("imported: %+v", real)
	}
	mended := strings.Replace(real.FailedRows, "nobody", "b@example.com", 1)
	again, _, _ := s.read("customer", map[string]any{"data": []byte(mended)})
	if again.Created != 1 || again.Failed != 0 {
		t.Errorf("the mended rows: %+v of %q", again, mended)
	}
	same, _, _ := s.read("customer", map[string]any{"data": []byte(strings.Replace(string(file), "nobody", "b@example.com", 1)), "map": p.Map})
	if same.Unchanged != 3 || same.Created+same.Updated+same.Failed != 0 {
		t.Errorf("the same file again: %+v", same)
	}

	for name, x := range map[string]struct {
		form string
		body map[string]any
		key  string
	}{
		"empty":            {"customer", map[string]any{"data": []byte{}}, "import.empty"},
		"not text":         {"customer", map[string]any{"data": bytes.Repeat([]byte{0, 1, 2, 255}, 50)}, ""},
		"no such form":     {"nothing", map[string]any{"data": file}, "form.none"},
		"an unknown field": {"customer", map[string]any{"data": file, "map": map[string]any{"columns": map[string]string{"shoe": "编号"}}}, "invalid.fields"},
		"too large":        {"customer", map[string]any{"data": make([]byte, 5<<20+1)}, "import.tooLarge"},
	} {
		end, problem, status := s.read(x.form, x.body)
		if problem == nil && status < 400 && end.Created+end.Updated > 0 || problem != nil && x.key != "" && problem["key"] != x.key {
			t.Errorf("%s: %+v %v %d", name, end, problem, status)
		}
	}
	reader := *s
	reader.c = s.as("auditor")
	if end, problem, status := reader.read("customer", map[string]any{"data": bytes.ReplaceAll(file, []byte("甲"), []byte("新"))}); status < 400 && problem == nil && end.Updated > 0 {
		t.Errorf("somebody who may only read imported: %+v", end)
	}
}
