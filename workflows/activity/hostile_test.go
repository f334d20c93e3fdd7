package activity_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/message"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/workflows/activity"
	"github.com/dueflow/dueflow/workflows/builtin"
	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/channel/httpcall"
	"github.com/dueflow/dueflow/workflows/channel/voice"
	"github.com/dueflow/dueflow/workflows/run"
)

// accounts keeps real ledgers, one a customer.
type accounts struct {
	mu   sync.Mutex
	now  func() time.Time
	all  map[string]*ledger.State
	logs map[string][]ledger.Event
}

// bound is one of the accounts.
type bound struct {
	*accounts
	customer string
}

func (b bound) Load(context.Context) (*ledger.State, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.copy(b.customer), nil
}

func (b bound) Execute(_ context.Context, by string, c ledger.Command) ([]ledger.Event, *ledger.State, error) {
	return b.execute(b.customer, by, c)
}

func (a *accounts) copy(customer string) *ledger.State {
	raw, err := json.Marshal(a.all[customer])
	if err != nil {
		panic(err)
	}
	s := ledger.NewState(customer)
	if err := json.Unmarshal(raw, s); err != nil {
		panic(err)
	}
	return s
}

func (a *accounts) execute(customer, by string, c ledger.Command) ([]ledger.Event, *ledger.State, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	cal, err := value.CalendarByID("everyday")
	if err != nil {
		return nil, nil, err
	}
	events, err := ledger.Execute(a.all[customer], c, ledger.Now{At: a.now(), Today: value.DateOf(a.now()), By: by, Calendar: cal})
	a.logs[customer] = append(a.logs[customer], events...)
	return events, a.copy(customer), err
}

// office is a product in memory with one flow; fail makes some of its writes
// fail, as a store that goes away does.
type office struct {
	activity.World
	mu       sync.Mutex
	def      *run.Definition
	text     *message.Compiled
	settings map[string]json.RawMessage
	messages map[string]activity.Outgoing
	tasks    map[string]activity.Task
	fail     func() bool
	now      func() time.Time
}

var errAway = errors.New("the store is away")

func (o *office) Space(context.Context, string) (*activity.Space, error) {
	cal, err := value.CalendarByID("everyday")
	return &activity.Space{
		Name: "Co", Language: "en", Loc: time.UTC, Calendar: cal, Now: o.now, Real: func(t time.Time) time.Time { return t }, Channels: o.settings,
		Rules: ledger.Rules{Window: value.Window{From: 0, To: 1440, Days: "every"}, Calendar: cal, Location: time.UTC},
	}, err
}

func (o *office) Subjects(_ context.Context, _, customer string, _ []string) (map[string]any, map[string]map[string]any, error) {
	return map[string]any{"name": customer, "phone": "13800138000"}, nil, nil
}

func (o *office) Definition(context.Context, string, string) (*run.Definition, error) {
	return o.def, nil
}

func (o *office) Template(context.Context, string, string) (*message.Compiled, error) {
	return o.text, nil
}

func (o *office) WaitFor(context.Context, string, string) (time.Duration, error) { return 0, nil }

func (o *office) Reached(context.Context, string, string, []string) ([]*run.Run, error) {
	return nil, nil
}
func (o *office) OpenRuns(context.Context, string, string) ([]*run.Run, error) { return nil, nil }

func (o *office) SaveStep(ctx context.Context, ws, _ string, _ []*run.Run, _ []run.Fact, sent *activity.Outgoing) error {
	if o.fail() {
		return errAway
	}
	if sent == nil {
		return nil
	}
	return o.SaveMessage(ctx, ws, *sent)
}

func (o *office) SaveMessage(_ context.Context, _ string, m activity.Outgoing) error {
	if o.fail() {
		return errAway
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.messages[m.Key] = m
	return nil
}

func (o *office) CreateTask(_ context.Context, _ string, t activity.Task) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tasks[t.Key] = t
	return nil
}

func (o *office) LeaveTasks(context.Context, string, string, []activity.Left) error { return nil }

func (o *office) SentSince(context.Context, string, string, string, time.Time) (int, error) {
	return 0, nil
}
func (o *office) Dead(context.Context, string, string, string, string) error { return nil }

// nasty is a provider that fails three in ten, hangs, answers garbage, and dies
// after it has accepted; it counts what it really took, by message.
type nasty struct {
	mu    sync.Mutex
	taken map[string]int
	hang  chan struct{}
}

func (n *nasty) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct{ ID string }
	_ = json.NewDecoder(r.Body).Decode(&in)
	take := func() {
		n.mu.Lock()
		n.taken[in.ID]++
		n.mu.Unlock()
	}
	switch p := rand.IntN(100); {
	case p < 20: // says no, for now
		w.WriteHeader(http.StatusServiceUnavailable)
	case p < 25:
		w.WriteHeader(http.StatusTooManyRequests)
	case p < 30:
		_, _ = io.WriteString(w, `{"error":"badNumber"}`)
	case p < 33: // takes it and hangs
		take()
		select {
		case <-n.hang:
		case <-r.Context().Done():
		}
	case p < 40: // takes it and answers garbage
		take()
		_, _ = io.WriteString(w, "<html>")
	case p < 50: // takes it and dies
		take()
		if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
			_ = conn.Close()
		}
	case p < 55: // breaks without having taken it
		w.WriteHeader(http.StatusInternalServerError)
	default:
		take()
		_, _ = fmt.Fprintf(w, `{"id":"r-%s"}`, in.ID)
	}
}

const sending = `{"format":"dueflow.flow/1","key":"f","name":{"en":"F"},"subject":{"form":"customer"},
 "nodes":{"start":{"type":"trigger.manual","v":1},
  "send":{"type":"send","v":1,"onError":{"retries":4,"then":"park"},"cfg":{"channel":"voice","template":"t"}},"end":{"type":"end","v":1}},
 "edges":[{"from":"start","to":"send"},{"from":"send","to":"end"}]}`

// TestHostileProvider: through the real step, ledger and sockets, with a store
// that fails now and then: each message ends as sent, as failed with a reason,
// or as unknown for a person to look at; none twice, and what is said to have
// failed was not taken.
func TestHostileProvider(t *testing.T) {
	const n = 400
	provider := &nasty{taken: map[string]int{}, hang: make(chan struct{})}
	srv := httptest.NewServer(provider)
	defer srv.Close()
	defer close(provider.hang)
	door := httpcall.New(true, nil)
	door.SetTimeout(300 * time.Millisecond)
	start := time.Now()
	var skipped time.Duration
	var mu sync.Mutex
	now := func() time.Time { mu.Lock(); defer mu.Unlock(); return start.Add(skipped) }
	f, err := flow.Parse([]byte(sending))
	if err != nil {
		t.Fatal(err)
	}
	def, err := run.Compile(f, builtin.Nodes(), 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := message.Compile(message.Document{Key: "t", Name: map[string]string{"en": "T"}, Tone: 1, Variant: map[string]message.Body{"en": {Subject: "S", Text: "Dear {{ customer.name }}, {{ table }}"}}})
	if err != nil {
		t.Fatal(err)
	}
	books := &accounts{now: now, all: map[string]*ledger.State{}, logs: map[string][]ledger.Event{}}
	o := &office{
		def: def, text: text, settings: map[string]json.RawMessage{"voice": json.RawMessage(`{"url":"` + srv.URL + `"}`)},
		messages: map[string]activity.Outgoing{}, tasks: map[string]activity.Task{}, fail: func() bool { return rand.IntN(10) == 0 }, now: now,
	}
	a := &activity.Activities{Ledger: func(_, customer string) activity.Account { return bound{books, customer} }, World: o, Channels: channel.NewRegistry(voice.New(door))}
	runs := map[string]map[string]*run.Run{}
	for k := range n {
		c := fmt.Sprintf("c%03d", k)
		books.all[c], runs[c] = ledger.NewState(c), map[string]*run.Run{}
		today := value.DateOf(now())
		if _, _, err := books.execute(c, "test", ledger.BookInvoice{Invoice: "i" + c, Number: c, Currency: "CNY", Amount: 1000, Issue: today - 40, Due: today - 5}); err != nil {
			t.Fatal(err)
		}
	}
	for round := range 12 {
		var wg sync.WaitGroup
		room := make(chan struct{}, 40)
		for c, r := range runs {
			wg.Add(1)
			go func() {
				defer wg.Done()
				room <- struct{}{}
				defer func() { <-room }()
				in := run.StepIn{Workspace: "ws", Customer: c, Runs: r}
				if round == 0 {
					in.Notes = []run.Note{{Kind: run.NoteStart, Hash: "h", Ids: []string{c}}}
				}
				for { // as the engine does, until a step succeeds
					out, err := a.Step(context.Background(), in)
					if err != nil {
						continue
					}
					for _, x := range out.Changed {
						r[x.ID] = x
					}
					for _, id := range out.Ended {
						delete(r, id)
					}
					return
				}
			}()
		}
		wg.Wait()
		mu.Lock()
		skipped += time.Hour // past every pause before a retry
		mu.Unlock()
	}
	counts := map[string]int{}
	for c := range runs {
		key := ""
		for k := range books.all[c].Intents {
			key = k
		}
		i, m := books.all[c].Intents[key], o.messages[key]
		taken := provider.taken[channel.ID(key)]
		switch {
		case i == nil || m.Key == "":
			t.Errorf("%s: no message", c)
		case i.Status != m.Status:
			t.Errorf("%s: the ledger says %s, the message %s", c, i.Status, m.Status)
		case taken > 1:
			t.Errorf("%s: taken %d times", c, taken)
		case i.Status == ledger.IntentSent && taken != 1, i.Status == ledger.IntentFailed && (taken != 0 || m.Reason == ""):
			t.Errorf("%s: %s (%s), and the provider took %d", c, i.Status, m.Reason, taken)
		case i.Status == ledger.IntentOpen:
			t.Errorf("%s: has no end", c)
		}
		if i != nil {
			counts[i.Status]++
		}
		if f := ledger.Verify(c, books.logs[c], books.all[c]); len(f.Violations) > 0 {
			t.Errorf("%s: %+v", c, f.Violations)
		}
	}
	t.Logf("%d messages: %v", n, counts)
	if counts[ledger.IntentSent] < n/3 || counts[ledger.IntentUnknown] < n/10 || counts[ledger.IntentSent]+counts[ledger.IntentUnknown]+counts[ledger.IntentFailed] != n {
		t.Errorf("%v", counts)
	}
}
