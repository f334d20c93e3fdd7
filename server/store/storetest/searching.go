package storetest

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/store"
)

var searchBodies = map[string]string{
	"zh":    `{"name":"小王芳菲","city":"华东地区 上海"}`,
	"zh2":   `{"name":"王 芳","city":"东华"}`,
	"mixed": `{"name":"杭州ABC科技 Ltd.","no":"INV-1001"}`,
	"latin": `{"name":"José Müller GmbH","no":"inv-1002","tags":["Key account","priority"]}`,
	"num":   `{"no":100200,"name":"ＦＵＬＬ　ｗｉｄｔｈ"}`,
	"ja":    `{"name":"カタカナ ひらがな 한국어"}`,
	"phr":   `{"name":"alpha beta","city":"gamma"}`,
	"none":  `{"other":"王芳 INV-1001"}`,
}

var searches = map[string][]string{
	"王芳": {"zh", "zh2"}, "华东": {"zh"}, "东华": {"zh2"}, "芳": {"zh", "zh2"}, "王 芳": {"zh", "zh2"}, "芳王": {},
	"小王芳菲": {"zh"}, "小芳": {}, "华东地区": {"zh"}, "上海 王芳": {"zh"}, "上海 芳王": {},
	"abc": {"mixed"}, "ABC科技": {"mixed"}, "州abc": {"mixed"}, "AB": {"mixed"}, "bc": {}, "ltd": {"mixed"},
	"INV-10": {"latin", "mixed"}, "inv-1001": {"mixed"}, "inv 1001": {"mixed"}, "1001": {"mixed"}, "-1001-": {"mixed"},
	"jose muller": {"latin"}, "JOSÉ": {"latin"}, "mül": {"latin"}, "key acc": {"latin"}, "key-account": {"latin"}, "account-priority": {},
	"100200": {"num"}, "1002": {"latin", "num"}, "full": {"num"}, "ｆｕｌｌ": {"num"}, "カタ": {"ja"}, "한국": {"ja"}, "らが": {"ja"},
	"alpha-beta": {"phr"}, "beta-alpha": {}, "beta alpha": {"phr"}, "beta-gamma": {}, "alp gam": {"phr"}, "alp-beta": {},
	"*": {}, `"`: {}, "，": {}, "NOT": {}, "alpha OR zzz": {}, "alpha NEAR beta": {}, "t:alpha": {}, "😀": {}, "(": {},
}

func testSearch(t *testing.T, s *store.Store) {
	ctx := context.Background()
	spec := store.Spec{Name: "x", Search: []string{"name", "city", "no", "tags"}}
	c := s.In(workspace(t, s, "search", spec, store.Spec{Name: "y"}), "x")
	for id, body := range searchBodies {
		insert(t, c, id, body)
	}
	checkSearches(t, c)

	p, err := c.Find(ctx, store.Query{Search: "1002", Filter: filter.Missing("tags")})
	must(t, err)
	if got := ids(p.Docs); !slices.Equal(got, []string{"num"}) {
		t.Errorf("search and filter: got %v", got)
	}
	rows, err := c.Group(ctx, store.GroupQuery{Search: "1002"})
	must(t, err)
	if rows[0].Count != 2 {
		t.Errorf("search and group: got %v", rows)
	}
	p, err = c.Find(ctx, store.Query{Search: "   "})
	must(t, err)
	if len(p.Docs) != len(searchBodies) {
		t.Errorf("white space finds %d", len(p.Docs))
	}
	_, err = c.Replace(ctx, store.Doc{ID: "zh", Body: json.RawMessage(`{"name":"李雷"}`)}, 1)
	must(t, err)
	must(t, c.Delete(ctx, "mixed", 1))
	for search, want := range map[string][]string{"王芳": {"zh2"}, "李雷": {"zh"}, "abc": {}} {
		found(t, c, search, want)
	}
	insert(t, s.In("search", "y"), "a", `{"name":"李雷"}`)
	found(t, s.In("search", "y"), "李雷", []string{})
	_, err = c.Find(ctx, store.Query{Search: string(make([]byte, 300))})
	wantFault(t, err, fault.Invalid, "")
}

func checkSearches(t *testing.T, c store.Collection) {
	t.Helper()
	for search, want := range searches {
		found(t, c, search, want)
	}
}

func found(t *testing.T, c store.Collection, search string, want []string) {
	t.Helper()
	p, err := c.Find(context.Background(), store.Query{Search: search})
	if err != nil {
		t.Errorf("search %q: %v", search, err)
	}
	if got := ids(p.Docs); !slices.Equal(got, want) {
		t.Errorf("search %q: got %v, want %v", search, got, want)
	}
}

// testSearchLater makes fields searchable when there are documents already.
func testSearchLater(t *testing.T, s *store.Store) {
	ctx := context.Background()
	ws := workspace(t, s, "later", store.Spec{Name: "x"})
	c := s.In(ws, "x")
	for id, body := range searchBodies {
		insert(t, c, id, body)
	}
	found(t, c, "王芳", []string{})
	must(t, s.Ensure(ctx, ws, store.Spec{Name: "x", Search: []string{"name", "city", "no", "tags"}}))
	checkSearches(t, c)
	d, err := c.Get(ctx, "zh")
	must(t, err)
	if d.Ver != 1 {
		t.Errorf("indexing for search changed a version to %d", d.Ver)
	}
	must(t, s.Ensure(ctx, ws, store.Spec{Name: "x", Search: []string{"other"}}))
	found(t, c, "王芳", []string{"none"})
	must(t, s.Ensure(ctx, ws, store.Spec{Name: "x"}))
	found(t, c, "王芳", []string{})
}
