package outreach

import (
	"context"
	"strings"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/server/messages"
	"github.com/dueflow/dueflow/workflows/channel"
)

// MaxLetters is how many letters one PDF or call may hold.
const MaxLetters = 200

// Letters are messages of a channel that is printed, as one PDF, and the
// characters that the font lacks, by message.
func (s *Service) Letters(ctx context.Context, ws string, ids []string, scope filter.Expr) (pdf []byte, missing map[string]string, err error) {
	list, err := s.letters(ctx, ws, ids, scope)
	if err != nil {
		return nil, nil, err
	}
	return s.Print(ctx, ws, list)
}

// Print makes one PDF of letters.
func (s *Service) Print(ctx context.Context, ws string, list []messages.Entry) (pdf []byte, missing map[string]string, err error) {
	w, err := s.Spaces.Get(ctx, ws)
	if err != nil {
		return nil, nil, err
	}
	p, ok := s.Channels["letter"].(channel.Printer)
	if !ok {
		return nil, nil, fault.New(fault.NotFound, "letter.none", nil)
	}
	out := make([]channel.Message, len(list))
	for k, m := range list {
		out[k] = channel.Message{Key: m.Key, To: m.To, Name: m.CustomerName, Language: m.Language, Subject: m.Subject, Text: m.Text, Vars: map[string]string{"today": m.At[:min(10, len(m.At))]}}
	}
	pdf, lacks, err := p.Print(w.Channels["letter"], out)
	if err != nil {
		return nil, nil, err
	}
	missing = map[string]string{}
	for k, runes := range lacks {
		if len(runes) > 0 {
			missing[list[k].ID] = string(runes)
		}
	}
	return pdf, missing, nil
}

func (s *Service) letters(ctx context.Context, ws string, ids []string, scope filter.Expr) ([]messages.Entry, error) {
	switch {
	case len(ids) == 0:
		return nil, fault.At("/ids", "required", nil)
	case len(ids) > MaxLetters:
		return nil, fault.At("/ids", "maxItems", MaxLetters)
	}
	list, err := s.Messages.ByID(ctx, ws, ids, scope)
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		if m.Channel != "letter" {
			return nil, fault.New(fault.NotFound, "letter.none", nil)
		}
	}
	if len(list) != len(ids) {
		return nil, fault.New(fault.NotFound, "letter.none", nil)
	}
	return list, nil
}

// Posted notes that letters were posted, or (why given) that they will not be.
// It gives those that changed; a repeat changes nothing.
func (s *Service) Posted(ctx context.Context, ws string, ids []string, why string, scope filter.Expr) ([]string, error) {
	list, err := s.letters(ctx, ws, ids, scope)
	if err != nil {
		return nil, err
	}
	changed := []string{}
	for _, m := range list {
		if m.Status != ledger.IntentWaiting {
			continue
		}
		status, reason := ledger.IntentSent, "posted"
		if why = strings.TrimSpace(why); why != "" {
			status, reason = ledger.IntentFailed, "byHand"
		}
		if err := s.end(ctx, ws, m, status, reason, why); err != nil {
			return changed, err
		}
		changed = append(changed, m.ID)
	}
	return changed, nil
}
