package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fasthttp/websocket"
)

const (
	liveCards   = 5000
	liveUsers   = 50
	liveMoves   = 200
	liveSockets = 1000
)

// live: a board of 5,000 cards with 50 people on it; how long until a move is
// told to each of them, how long the board takes, and what sockets weigh.
func (b *bench) live(ctx context.Context) error {
	p, err := b.fresh(ctx, "live")
	if err != nil {
		return err
	}
	defer p.stop()
	if err := p.load(ctx, liveCards, 1, "2026-03-01"); err != nil {
		return err
	}
	settle(p.cmd.Process.Pid)
	if err := b.boards(ctx, p); err != nil {
		return err
	}
	if err := b.browser(ctx, p); err != nil {
		return err
	}
	before := rss(p.cmd.Process.Pid)
	crowd := newEars()
	if err := crowd.dial(p, liveSockets); err != nil {
		return err
	}
	settle(p.cmd.Process.Pid)
	b.note(fmt.Sprintf("memory of %d open sockets", liveSockets), fmt.Sprintf("%d MB", rss(p.cmd.Process.Pid)-before), "≤ 150 MB")
	crowd.close()
	ears := newEars()
	defer ears.close()
	if err := ears.dial(p, liveUsers); err != nil {
		return err
	}
	customers, err := p.someCustomers(ctx, liveMoves)
	if err != nil {
		return err
	}
	var seen []time.Duration
	for _, id := range customers {
		ears.listen(id)
		start := time.Now()
		body := map[string]any{"moves": []any{map[string]any{"customer": id, "from": "followUp", "to": "onHold", "reason": "bench"}}}
		var out struct{ Items []struct{ OK bool } }
		if err := p.client.Do(ctx, "POST", "/boards/moves", body, &out); err != nil {
			return err
		}
		if len(out.Items) != 1 || !out.Items[0].OK {
			return fmt.Errorf("a move of %s was refused", id)
		}
		if err := ears.all(id, 5*time.Second); err != nil {
			return err
		}
		seen = append(seen, time.Since(start))
		time.Sleep(120 * time.Millisecond) // a lively morning, not a flood
	}
	slices.Sort(seen)
	b.note(fmt.Sprintf("a move until the last of %d people is told, %d cards: median, p99", liveUsers, liveCards),
		fmt.Sprintf("%s, %s", seen[len(seen)/2].Round(time.Millisecond), seen[len(seen)*99/100].Round(time.Millisecond)), "≤ 200 ms, ≤ 500 ms")
	return nil
}

// boards times the opening of the board.
func (b *bench) boards(ctx context.Context, p *process) error {
	var took []time.Duration
	cpu0 := p.cpu()
	const n = 20
	for range n {
		start := time.Now()
		var out struct{ Columns []struct{ Count int64 } }
		if err := p.client.Do(ctx, "GET", "/boards/collection/cards", nil, &out); err != nil {
			return err
		}
		took = append(took, time.Since(start))
		var sum int64
		for _, c := range out.Columns {
			sum += c.Count
		}
		if sum != liveCards {
			return fmt.Errorf("the board has %d of %d cards", sum, liveCards)
		}
	}
	slices.Sort(took)
	b.note(fmt.Sprintf("board with %d cards: median of the request, CPU", liveCards),
		fmt.Sprintf("%s, %.1f ms", took[n/2].Round(time.Millisecond), ms(p.cpu()-cpu0)/n), "open ≤ 1 s")
	return nil
}

func (p *process) someCustomers(ctx context.Context, n int) ([]string, error) {
	var page struct{ Items []struct{ ID string } }
	if err := p.client.Do(ctx, "GET", fmt.Sprintf("/records/customer?limit=%d&sort=name", n), nil, &page); err != nil {
		return nil, err
	}
	var out []string
	for _, i := range page.Items {
		out = append(out, i.ID)
	}
	return out, nil
}

// ears are sockets that wait for word of one account.
type ears struct {
	mu    sync.Mutex
	conns []*websocket.Conn
	want  string
	heard map[int]bool
	told  chan struct{}
	users int
}

func newEars() *ears { return &ears{heard: map[int]bool{}, told: make(chan struct{}, 1)} }

func (e *ears) dial(p *process, n int) error {
	e.mu.Lock()
	from := len(e.conns)
	if from == 0 {
		e.users = n
	}
	e.mu.Unlock()
	for k := range n {
		c, res, err := websocket.DefaultDialer.Dial(strings.Replace(p.url, "http", "ws", 1)+"/api/v1/live", http.Header{"Authorization": {"Bearer " + p.token}})
		if err != nil {
			return err
		}
		_ = res.Body.Close()
		e.mu.Lock()
		e.conns = append(e.conns, c)
		e.mu.Unlock()
		go e.hear(from+k, c)
	}
	return nil
}

func (e *ears) hear(k int, c *websocket.Conn) {
	for {
		_, raw, err := c.ReadMessage()
		if err != nil {
			return
		}
		var m struct {
			Events []struct{ Type, Customer string }
		}
		if json.Unmarshal(raw, &m) != nil {
			continue
		}
		e.mu.Lock()
		for _, x := range m.Events {
			if x.Customer == e.want && k < e.users {
				e.heard[k] = true
			}
		}
		full := len(e.heard) == e.users
		e.mu.Unlock()
		if full {
			select {
			case e.told <- struct{}{}:
			default:
			}
		}
	}
}

func (e *ears) listen(customer string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.want, e.heard = customer, map[int]bool{}
	select {
	case <-e.told:
	default:
	}
}

func (e *ears) all(customer string, within time.Duration) error {
	select {
	case <-e.told:
		return nil
	case <-time.After(within):
		e.mu.Lock()
		defer e.mu.Unlock()
		return fmt.Errorf("%d of %d people were told of %s", len(e.heard), e.users, customer)
	}
}

func (e *ears) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, c := range e.conns {
		_ = c.Close()
	}
}
