package live

import (
	"sort"
	"sync"
	"time"
)

// Here is a person in one tab at a place of a document.
type Here struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Session string    `json:"session"` // tells tabs apart
	At      string    `json:"at"`      // a part of the document, such as a step
	Editing bool      `json:"editing"`
	Since   time.Time `json:"since"` // at this place; who edits longest holds its soft lock
}

// lifetime is how long a person counts as present after the last word.
const lifetime = 15 * time.Second

// maxPresent bounds the people shown at one document.
const maxPresent = 50

// Presence knows who looks at which document. It is a courtesy, kept in memory
// and, where there are several processes, shared by them (Share): nothing
// depends on it but what people see of each other.
type Presence struct {
	mu   sync.Mutex
	docs map[string]map[string]*seat // workspace and document → session
	now  func() time.Time
	// OnChange is told of documents whose people changed.
	OnChange func(ws, doc string)
	company  *company
}

type seat struct {
	Here
	seen time.Time
}

// NewPresence makes one.
func NewPresence(now func() time.Time) *Presence {
	return &Presence{docs: map[string]map[string]*seat{}, now: now}
}

// Say notes that somebody is at a document.
func (p *Presence) Say(ws, doc string, h Here) {
	p.mu.Lock()
	now := p.now()
	key := ws + "\x00" + doc
	seats := p.docs[key]
	if seats == nil {
		seats = map[string]*seat{}
		p.docs[key] = seats
	}
	was := seats[h.Session]
	changed := was == nil || was.At != h.At || was.Editing != h.Editing
	h.Since = now
	if !changed {
		h.Since = was.Since
	}
	if len(seats) < maxPresent || was != nil {
		seats[h.Session] = &seat{h, now}
	}
	p.mu.Unlock()
	if changed {
		p.tell(ws, doc)
	}
}

// Leave forgets a tab everywhere in a workspace.
func (p *Presence) Leave(ws, doc, session string) {
	p.mu.Lock()
	key := ws + "\x00" + doc
	_, was := p.docs[key][session]
	delete(p.docs[key], session)
	if len(p.docs[key]) == 0 {
		delete(p.docs, key)
	}
	p.mu.Unlock()
	if was {
		p.tell(ws, doc)
	}
}

// People lists who is at a document, those who came first first, and forgets
// those who have not been heard of.
func (p *Presence) People(ws, doc string) []Here {
	out := []Here{}
	if p.company != nil {
		out = append(out, p.company.at(ws, doc)...)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	key := ws + "\x00" + doc
	for id, s := range p.docs[key] {
		if p.now().Sub(s.seen) > lifetime {
			delete(p.docs[key], id)
			continue
		}
		out = append(out, s.Here)
	}
	sort.Slice(out, func(a, b int) bool {
		if !out[a].Since.Equal(out[b].Since) {
			return out[a].Since.Before(out[b].Since)
		}
		return out[a].Session < out[b].Session
	})
	return out
}

func (p *Presence) tell(ws, doc string) {
	if p.company != nil {
		p.company.changed(ws, doc)
	}
	if p.OnChange != nil {
		p.OnChange(ws, doc)
	}
}
