package channel

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
)

// Inbound is what a provider sends us, as it came in.
type Inbound struct {
	// URL is the address that was given to the provider, "" when unknown.
	URL    string
	Header http.Header
	Query  url.Values
	Body   []byte
	Now    time.Time
}

// What a provider may tell.
const (
	Delivered = "delivered" // it reached the customer
	Bounced   = "bounced"   // it did not, though it had been accepted
	Replied   = "replied"   // the customer wrote
)

// News is one thing that a provider tells.
type News struct {
	Kind string
	// Key is a message's id as we gave it (ID of its key), Ref the provider's;
	// one is enough.
	Key, Ref string
	From, To string // of a reply
	Text     string // of a reply, without quoted parts
	Reason   string // of a bounce: a text key
	Detail   string // of a bounce: the provider's words
	// Lasting: the address itself is dead.
	Lasting bool
	ID      string // the provider's id of the news, to drop repeats
}

// Reply is what a provider wants to hear.
type Reply struct {
	Type string // content type
	Body []byte
}

// Receiver is a channel whose provider tells what became of messages, or what
// customers write. An error of kind Unauthenticated refuses the call.
type Receiver interface {
	Receive(settings json.RawMessage, in Inbound) ([]News, Reply, error)
}

// Asker is a channel whose provider can be asked what became of a message that
// waits for a person. Done is false while it still waits; a nil err with Done
// says that it went out.
type Asker interface {
	Ask(ctx context.Context, settings json.RawMessage, m Message, ref string) (done bool, err error)
}

// Capped is a channel that may reach a customer only so often a month; 0 is
// no limit.
type Capped interface {
	MonthlyCap(settings json.RawMessage) int
}

// ReadNews reads news in our own form, for providers and relays that can be
// told what to send:
//
//	{"events":[{"type":"delivered|bounced|replied","key":"…","ref":"…","from":"…","text":"…","reason":"…","id":"…"}]}
func ReadNews(body []byte) ([]News, Reply, error) {
	var in struct {
		Events []struct {
			Type, Key, Ref, From, To, Text, Reason, ID string
			Lasting                                    *bool
		} `json:"events"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, Reply{}, fault.At("", "json", nil)
	}
	if len(in.Events) > MaxNews {
		return nil, Reply{}, fault.At("/events", "maxItems", MaxNews)
	}
	out := make([]News, 0, len(in.Events))
	for k, e := range in.Events {
		if e.Type != Delivered && e.Type != Bounced && e.Type != Replied {
			return nil, Reply{}, fault.At("/events/"+strconv.Itoa(k)+"/type", "enum", []string{Delivered, Bounced, Replied})
		}
		n := News{Kind: e.Type, Key: e.Key, Ref: e.Ref, From: e.From, To: e.To, Text: e.Text, ID: e.ID}
		if e.Type == Bounced {
			n.Reason, n.Detail, n.Lasting = "channel.bounced", e.Reason, e.Lasting == nil || *e.Lasting
		}
		out = append(out, n)
	}
	return out, Reply{"application/json", []byte(`{"ok":true}`)}, nil
}

// MaxNews is how much one call may tell.
const MaxNews = 1000

// ByPerson is a channel whose messages a person brings out: it says what to
// ask them for.
type ByPerson interface {
	TaskFor(settings json.RawMessage, m Message) PersonTask
}

// PersonTask is what a person is asked to do. Results are what may come of it;
// Link opens what they need, such as a dialler.
type PersonTask struct {
	Title   flow.Text
	Text    string
	Link    string
	Results []Outcome
}

// Outcome is a result that a person may name. Failed says that the customer
// was not reached by it.
type Outcome struct {
	Key    string
	Label  flow.Text
	Failed bool
}

// Canceller is a channel that can take back a message that waits for a person.
type Canceller interface {
	Cancel(ctx context.Context, settings json.RawMessage, ref string) error
}

// Printer is a channel whose messages are printed: one PDF for all of them,
// with the characters of each that the font lacks.
type Printer interface {
	Print(settings json.RawMessage, list []Message) (pdf []byte, missing [][]rune, err error)
}
