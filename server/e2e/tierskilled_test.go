package e2e

import (
	"cmp"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/app"
	"github.com/dueflow/dueflow/server/client"
	"github.com/dueflow/dueflow/server/config"
	"github.com/dueflow/dueflow/server/desk"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/tiers"
)

// scored are the customers whose scores the drill follows.
const scored = 240

// drill is a server on one data directory that is killed and started again.
type drill struct {
	*space
	t     *testing.T
	given map[string]string
	p     *os.Process
}

// up starts the server in a process of its own.
func (d *drill) up() {
	d.t.Helper()
	var url string
	url, d.p = serveApart(d.t, d.given)
	d.c = &client.Client{URL: url, Token: d.c.Token, Language: "en"}
}

// kill ends it as a power cut would.
func (d *drill) kill() {
	d.t.Helper()
	must(d.t, d.p.Kill())
	_, _ = d.p.Wait() // its directory must be free
}

// inProcess opens the same directory here, for what only the inside can tell.
func (d *drill) inProcess(do func(*app.Server)) {
	d.t.Helper()
	cfg, err := config.Load(d.given)
	must(d.t, err)
	srv, err := app.Start(d.t.Context(), cfg, "test", slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})))
	must(d.t, err)
	do(srv)
	srv.Close()
}

// rows imports records, 400 at a time.
func (d *drill) rows(form string, list []map[string]any) {
	d.t.Helper()
	for from := 0; from < len(list); from += 400 {
		var rows []map[string]any
		for k, data := range list[from:min(from+400, len(list))] {
			rows = append(rows, map[string]any{"line": k + 1, "externalId": cmp.Or(data["number"], data["reference"]), "data": data})
		}
		var out struct {
			Items []struct {
				Status  string
				Problem json.RawMessage
			}
		}
		must(d.t, d.c.Do(d.t.Context(), "POST", "/imports/"+form, map[string]any{"rows": rows}, &out))
		for _, r := range out.Items {
			if r.Status == "failed" {
				d.t.Fatalf("%s: %s", form, r.Problem)
			}
		}
	}
}

// tiersNow counts customers by tier.
func (d *drill) tiersNow() map[string]int {
	d.t.Helper()
	var o tiers.Outlook
	must(d.t, d.c.Do(d.t.Context(), "POST", "/tiers/preview", map[string]any{"scoring": ledger.DefaultScoring}, &o))
	return o.Before
}

func (d *drill) lastRun() tiers.Round {
	d.t.Helper()
	var out struct{ Last tiers.Round }
	must(d.t, d.c.Do(d.t.Context(), "GET", "/tiers/settings", nil, &out))
	return out.Last
}

// until waits for something that takes long on two cores.
func (d *drill) until(what string, ok func() bool) {
	d.t.Helper()
	for begin := time.Now(); time.Since(begin) < 3*time.Minute; time.Sleep(30 * time.Millisecond) {
		if ok() {
			return
		}
	}
	d.t.Fatalf("waited in vain: %s; tiers %v, run %+v", what, d.tiersNow(), d.lastRun())
}

// TestScoresSurviveKills: the server is killed (SIGKILL) while it scores what was
// just imported, and twice during the night's computation in which every customer
// falls. In the end all have their tier, and each fall was told once: no score is
// lost, no warning is given twice.
func TestScoresSurviveKills(t *testing.T) {
	d := &drill{t: t, given: map[string]string{"data": t.TempDir(), "listen": "127.0.0.1:0"}}
	var owner string
	d.inProcess(func(srv *app.Server) {
		d.space = newSpaceOn(t, srv, "score", nil)
		owner = d.member("owner", []string{"sales"}, nil).ID
	})
	d.up()
	var customers, invoices, payments []map[string]any
	shanghai := time.FixedZone("", 8*3600)
	day := value.DateOf(time.Now().In(shanghai))
	for k := range scored {
		c := fmt.Sprintf("S%03d", k)
		customers = append(customers, map[string]any{"number": c, "name": c, "owner": owner})
		for n := range 3 {
			number := fmt.Sprintf("%s-%d", c, n)
			invoices = append(invoices, map[string]any{"number": number, "customer": c, "issueDate": (day - 60).String(), "dueDate": (day - 30).String(), "amount": 100_00, "currency": "CNY"})
			payments = append(payments, map[string]any{"reference": "P" + number, "customer": c, "amount": 100_00, "currency": "CNY", "valueDate": (day - 30).String(), "invoices": []string{number}})
		}
		invoices = append(invoices, map[string]any{"number": c + "-late", "customer": c, "issueDate": day.String(), "dueDate": (day + 10).String(), "amount": 5000_00, "currency": "CNY"})
	}
	d.rows("customer", customers)
	d.rows("invoice", invoices)
	d.rows("payment", payments)
	d.until("some scores", func() bool { n := d.tiersNow()[ledger.TierA]; return n >= 20 })
	d.kill()

	d.up()
	if n := d.tiersNow()[ledger.TierA]; n == scored {
		t.Log("all were scored before the process was killed")
	}
	d.until("all scored after the import", func() bool { return d.tiersNow()[ledger.TierA] == scored })
	d.kill()

	// A hundred days later the late invoices are overdue, and the night finds out.
	now := time.Now().In(shanghai)
	noon := time.Date(now.Year(), now.Month(), now.Day(), 12, 0, 0, 0, now.Location())
	d.given["clock-offset"] = noon.AddDate(0, 0, 100).Sub(now).Round(time.Second).String()
	kills := 0
	for _, seen := range []int64{100, 200} {
		d.up()
		d.until("the night's computation", func() bool {
			r := d.lastRun()
			return r.Cause == tiers.CauseNight && r.Date > day+50 && (r.Seen >= seen || r.Finished != "")
		})
		time.Sleep(time.Duration(seen) * time.Millisecond)
		if r := d.lastRun(); r.Finished == "" {
			kills++
		}
		d.kill()
	}
	if kills == 0 {
		t.Fatal("the computation was over before the process was killed")
	}
	d.up()
	d.until("the end of it", func() bool {
		r := d.lastRun()
		return r.Finished != "" && r.Date > day+50 && d.tiersNow()[ledger.TierC] == scored
	})
	if r := d.lastRun(); r.Seen < scored || r.Failed != 0 {
		t.Errorf("run %+v", r)
	}
	d.kill()
	d.inProcess(func(srv *app.Server) { d.checkFalls(srv, owner) })
}

// checkFalls looks into the store: each customer fell once, and was told of once.
func (d *drill) checkFalls(srv *app.Server, owner string) {
	t := d.t
	each := func(collection string, see func(raw []byte)) {
		t.Helper()
		must(t, srv.Store.In(d.key, collection).Each(t.Context(), store.Query{Limit: 500}, func(doc store.Doc) error {
			see(doc.Body)
			return nil
		}))
	}
	cards := 0
	each("tier", func(raw []byte) {
		var c tiers.Card
		must(t, json.Unmarshal(raw, &c))
		cards++
		if c.Current != ledger.TierC || c.Falls != 1 || c.Owed || c.Setting != "" || c.Was != ledger.TierA {
			t.Errorf("card %+v", c)
		}
	})
	notices, tasks := map[string]int{}, map[string]int{}
	each("notice", func(raw []byte) {
		var n struct{ User, Kind, Customer string }
		must(t, json.Unmarshal(raw, &n))
		if n.User == owner && n.Kind == desk.KindRisk {
			notices[n.Customer]++
		}
	})
	each("task", func(raw []byte) {
		var k struct{ Customer, Status string }
		must(t, json.Unmarshal(raw, &k))
		tasks[k.Customer]++
	})
	if cards != scored || len(notices) != scored || len(tasks) != scored {
		t.Errorf("%d cards, %d customers warned of, %d with a task, want %d", cards, len(notices), len(tasks), scored)
	}
	for c, n := range notices {
		if n != 1 || tasks[c] != 1 {
			t.Errorf("%s: %d warnings, %d tasks", c, n, tasks[c])
		}
	}
}
