package templates

import (
	"context"
	_ "embed" // the shipped lists
	"encoding/json"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/message"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/store"
)

const (
	answers  = "answer"
	wordings = "wording"
	tests    = "templatetest"
)

//go:embed shipped/answers.json
var shippedAnswers []byte

//go:embed shipped/wording.json
var shippedWording []byte

// Answer is a prepared answer to something customers often say.
type Answer struct {
	Key      string            `json:"key"`
	Topic    string            `json:"topic"` // document, process, money, dispute, contact, other
	Tone     int               `json:"tone"`
	Question map[string]string `json:"question"`
	Answer   map[string]string `json:"answer"`
	Version  int64             `json:"version"` // 0: as shipped
	Shipped  bool              `json:"shipped,omitempty"`
	Deleted  bool              `json:"deleted,omitempty"` // a shipped one that the workspace does not want
}

// Topics of answers.
var Topics = []string{"document", "process", "money", "dispute", "contact", "other"}

const maxAnswers = 500

func builtinAnswers() []Answer {
	var out []Answer
	if err := json.Unmarshal(shippedAnswers, &out); err != nil {
		panic("answers.json: " + err.Error())
	}
	for i := range out {
		out[i].Shipped = true
	}
	return out
}

// Answers lists the workspace's answers by key.
func (s *Service) Answers(ctx context.Context, ws string) ([]Answer, error) {
	by := map[string]Answer{}
	for _, a := range builtinAnswers() {
		by[a.Key] = a
	}
	err := s.store.In(ws, answers).Each(ctx, store.Query{Limit: 500}, func(d store.Doc) error {
		var a Answer
		if err := json.Unmarshal(d.Body, &a); err != nil {
			return err
		}
		a.Version, a.Shipped = d.Ver, by[d.ID].Shipped
		by[d.ID] = a
		return nil
	})
	out := make([]Answer, 0, len(by))
	for _, a := range by {
		out = append(out, a)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Key < out[j].Key })
	return out, err
}

// SaveAnswer stores an answer. ifVersion 0: new, or as shipped.
func (s *Service) SaveAnswer(ctx context.Context, ws string, a Answer, ifVersion int64) (Answer, error) {
	var bad []fault.Field
	if a.Key == "" || len(a.Key) > 60 || strings.Trim(a.Key, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		bad = append(bad, fault.Field{Pointer: "/key", Rule: "pattern"})
	}
	if !slices.Contains(Topics, a.Topic) {
		bad = append(bad, fault.Field{Pointer: "/topic", Rule: "enum"})
	}
	for name, m := range map[string]map[string]string{"question": a.Question, "answer": a.Answer} {
		said := false
		for lang, t := range m {
			if len([]rune(t)) > 5000 {
				bad = append(bad, fault.Field{Pointer: "/" + name + "/" + lang, Rule: "maxLength", Limit: 5000})
			}
			said = said || strings.TrimSpace(t) != ""
		}
		if !said {
			bad = append(bad, fault.Field{Pointer: "/" + name, Rule: "required"})
		}
	}
	if err := fault.InvalidFields(bad); err != nil {
		return Answer{}, err
	}
	col := s.store.In(ws, answers)
	if ifVersion == 0 {
		n, err := col.Count(ctx, nil, maxAnswers+1)
		if err != nil {
			return Answer{}, err
		}
		if n >= maxAnswers {
			return Answer{}, fault.At("/key", "maxItems", maxAnswers)
		}
	}
	a.Version, a.Shipped = 0, false
	body, err := json.Marshal(a)
	if err != nil {
		return Answer{}, err
	}
	a.Version, err = put(ctx, col, a.Key, body, ifVersion)
	for _, b := range builtinAnswers() {
		a.Shipped = a.Shipped || b.Key == a.Key
	}
	return a, err
}

// RestoreAnswer forgets a change; an answer of the workspace's own is gone then.
func (s *Service) RestoreAnswer(ctx context.Context, ws, key string, ifVersion int64) error {
	err := s.store.In(ws, answers).Delete(ctx, key, ifVersion)
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, "answer.none", nil)
	}
	return err
}

// Wordings is the workspace's list of what messages must not say.
type Wordings struct {
	Words   message.Wording `json:"words"`
	Version int64           `json:"version"` // 0: as shipped
}

// ShippedWording is the list that ships.
func ShippedWording() message.Wording {
	var w message.Wording
	if err := json.Unmarshal(shippedWording, &w); err != nil {
		panic("wording.json: " + err.Error())
	}
	return w
}

// Wording gives the list.
func (s *Service) Wording(ctx context.Context, ws string) (Wordings, error) {
	d, err := s.store.In(ws, wordings).Get(ctx, "list")
	if fault.Is(err, fault.NotFound) {
		return Wordings{Words: ShippedWording()}, nil
	}
	w := Wordings{Version: d.Ver}
	if err != nil {
		return w, err
	}
	return w, json.Unmarshal(d.Body, &w.Words)
}

// SaveWording replaces the list.
func (s *Service) SaveWording(ctx context.Context, ws string, words message.Wording, ifVersion int64) (Wordings, error) {
	var bad []fault.Field
	for lang, list := range words {
		if len(list) > message.MaxWording {
			bad = append(bad, fault.Field{Pointer: "/words/" + lang, Rule: "maxItems", Limit: message.MaxWording})
		}
		for i, w := range list {
			words[lang][i] = strings.TrimSpace(w)
			if n := len([]rune(w)); n == 0 || n > 100 {
				bad = append(bad, fault.Field{Pointer: "/words/" + lang, Rule: "maxLength", Limit: 100})
			}
		}
	}
	if err := fault.InvalidFields(bad); err != nil {
		return Wordings{}, err
	}
	body, err := json.Marshal(words)
	if err != nil {
		return Wordings{}, err
	}
	v, err := put(ctx, s.store.In(ws, wordings), "list", body, ifVersion)
	return Wordings{words, v}, err
}

// Test is a message sent to oneself to see it arrive. It is kept apart from
// the messages of customers: the ledger knows nothing of it.
type Test struct {
	ID       string           `json:"id"`
	At       string           `json:"at"`
	By       string           `json:"by"`
	Template string           `json:"template"`
	Channel  string           `json:"channel"`
	To       string           `json:"to"`
	Status   string           `json:"status"` // sent, failed, unknown
	Reason   string           `json:"reason,omitempty"`
	Message  message.Rendered `json:"message"`
}

// NewTest starts a test: its id and time.
func NewTest(now time.Time, t Test) Test {
	t.ID, t.At = strings.ReplaceAll(uuid.Must(uuid.NewV7()).String(), "-", ""), value.Instant(now)
	return t
}

// KeepTest records a test.
func (s *Service) KeepTest(ctx context.Context, ws string, t Test) error {
	body, err := json.Marshal(t)
	if err != nil {
		return err
	}
	_, err = s.store.In(ws, tests).Insert(ctx, t.ID, body)
	return err
}

// Tests gives a person's own last tests, newest first.
func (s *Service) Tests(ctx context.Context, ws, by string) ([]Test, error) {
	out := []Test{}
	page, err := s.store.In(ws, tests).Find(ctx, store.Query{Filter: filter.Eq("by", by), Sort: []store.SortKey{{Field: "at", Desc: true}}, Limit: 20})
	if err != nil {
		return out, err
	}
	for _, d := range page.Docs {
		var t Test
		if err := json.Unmarshal(d.Body, &t); err != nil {
			return out, err
		}
		out = append(out, t)
	}
	return out, nil
}
