package api

import (
	"context"
	"encoding/json"
	"hash/crc32"
	"net/http"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/tiers"
	"github.com/dueflow/dueflow/server/workspace"
)

func (s *Server) tierRoutes() {
	route(s, http.MethodGet, "/customers/{id}/tier", "getTier", need{"customer", "read"}, "A customer's score and tier, with reasons", s.getTier)
	route(s, http.MethodPost, "/customers/{id}/tier", "setTier", need{"customer", "update"}, "Set a customer's tier by hand, or compute it anew", s.setTier)
	route(s, http.MethodGet, "/tiers/settings", "getTierSettings", need{"workspace", "read"}, "What makes a tier, and the last computation of all", s.getTierSettings)
	route(s, http.MethodPut, "/tiers/settings", "saveTierSettings", need{"workspace", "update"}, "Change ranges and weights, and compute all tiers anew", s.saveTierSettings)
	look(s, "/tiers/preview", "previewTiers", need{"workspace", "update"}, "How many customers would have another tier by other weights", s.previewTiers)
	route(s, http.MethodPost, "/tiers/run", "runTiers", need{"workspace", "update"}, "Compute all tiers anew", s.runTiers)
}

type customerPath struct {
	ID string `path:"id" maxLength:"200"`
}

// tierCard is a card with who set the tier by hand.
type tierCard struct {
	tiers.Card
	ByName string `json:"byName,omitempty"`
}

func (s *Server) tierCard(ctx context.Context, ws string, c tiers.Card) *reply[tierCard] {
	out := tierCard{Card: c}
	if c.By != "" {
		out.ByName = s.userNames(ctx, ws)[c.By]
	}
	return &reply[tierCard]{out}
}

// seesTier refuses those who may not see a customer, or not its tier.
func (s *Server) seesTier(ctx context.Context, a policies.Actor, customer string) error {
	r, err := s.Records.Get(ctx, a, "customer", customer)
	if err != nil {
		return err
	}
	for _, m := range r.Masked {
		if m == "tier" {
			return fault.New(fault.Denied, "policy.denied", nil)
		}
	}
	return nil
}

func (s *Server) getTier(ctx context.Context, a policies.Actor, in *customerPath) (*reply[tierCard], error) {
	if err := s.seesTier(ctx, a, in.ID); err != nil {
		return nil, err
	}
	c, err := s.Tiers.Get(ctx, a.Workspace, in.ID)
	if err != nil {
		return nil, err
	}
	return s.tierCard(ctx, a.Workspace, c), nil
}

type setTierIn struct {
	ID   string `path:"id" maxLength:"200"`
	Body struct {
		Tier   string `json:"tier,omitempty" doc:"A, B or C; empty computes it anew"`
		Until  string `json:"until,omitempty" doc:"last day of a tier set by hand"`
		Reason string `json:"reason,omitempty" maxLength:"500"`
		Score  bool   `json:"score,omitempty" doc:"ends a tier set by hand: the score decides again"`
	}
}

func (s *Server) setTier(ctx context.Context, a policies.Actor, in *setTierIn) (*reply[tierCard], error) {
	if err := s.seesTier(ctx, a, in.ID); err != nil {
		return nil, err
	}
	c, err := s.changeTier(ctx, a, in)
	if err != nil {
		return nil, err
	}
	return s.tierCard(ctx, a.Workspace, c), nil
}

func (s *Server) changeTier(ctx context.Context, a policies.Actor, in *setTierIn) (tiers.Card, error) {
	if in.Body.Score {
		c, err := s.Tiers.EndOverride(ctx, a.Workspace, in.ID)
		if err == nil {
			s.audit(ctx, a, "setTier", "customer", in.ID, c)
		}
		return c, err
	}
	if in.Body.Tier == "" {
		return s.Tiers.Compute(ctx, a.Workspace, in.ID)
	}
	var until value.Date
	if in.Body.Until != "" {
		var err error
		if until, err = value.ParseDate(in.Body.Until); err != nil {
			return tiers.Card{}, fault.At("/until", "date", nil)
		}
	}
	c, err := s.Tiers.Override(ctx, a, in.ID, in.Body.Tier, until, in.Body.Reason)
	if err == nil {
		s.audit(ctx, a, "setTier", "customer", in.ID, c)
	}
	return c, err
}

type tierSettings struct {
	Version  int64          `json:"version" doc:"for If-Match"`
	Scoring  ledger.Scoring `json:"scoring"`
	Defaults ledger.Scoring `json:"defaults"`
	OldSteps []int          `json:"oldSteps" doc:"what oldDays may be"`
	Last     *tiers.Round   `json:"last,omitempty" doc:"the newest computation of all"`
}

func (s *Server) getTierSettings(ctx context.Context, a policies.Actor, _ *nothing) (*tagged[tierSettings], error) {
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	out, err := s.showTierSettings(ctx, w)
	return &tagged[tierSettings]{etag(out.Version), out}, err
}

// scoringVersion tells weights apart. They are part of the workspace's settings,
// whose own version moves with every other setting.
func scoringVersion(c ledger.Scoring) int64 {
	raw, err := json.Marshal(c)
	if err != nil {
		panic("api: " + err.Error()) // numbers
	}
	return int64(crc32.ChecksumIEEE(raw)) + 1
}

func (s *Server) showTierSettings(ctx context.Context, w *workspace.Workspace) (tierSettings, error) {
	out := tierSettings{Version: scoringVersion(w.Scores()), Scoring: w.Scores(), Defaults: ledger.DefaultScoring, OldSteps: ledger.OldSteps[:]}
	last, err := s.Tiers.LastRun(ctx, w.Key)
	if last.ID != "" {
		last.Cursor = ""
		out.Last = &last
	}
	return out, err
}

type scoringIn struct {
	IfMatch string `header:"If-Match"`
	Body    struct {
		Scoring ledger.Scoring `json:"scoring"`
	}
}

func (s *Server) saveTierSettings(ctx context.Context, a policies.Actor, in *scoringIn) (*tagged[tierSettings], error) {
	v, err := needVersion(in.IfMatch)
	if err != nil {
		return nil, err
	}
	var before ledger.Scoring
	w, err := s.Spaces.Update(ctx, a.Workspace, 0, func(w *workspace.Workspace) error {
		before = w.Scores()
		if v != 0 && v != scoringVersion(before) {
			return fault.New(fault.Conflict, "store.version", nil)
		}
		w.Scoring = &in.Body.Scoring
		if in.Body.Scoring == ledger.DefaultScoring {
			w.Scoring = nil // later defaults are taken over
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.auditChange(ctx, a, "tierSettings", a.Workspace, before, in.Body.Scoring)
	if _, err := s.House.ScoreAll(ctx, a.Workspace, tiers.CauseSettings, a.ID); err != nil {
		return nil, err
	}
	out, err := s.showTierSettings(ctx, w)
	return &tagged[tierSettings]{etag(out.Version), out}, err
}

type previewTiersIn struct {
	Body struct {
		Scoring ledger.Scoring `json:"scoring"`
	}
}

func (s *Server) previewTiers(ctx context.Context, a policies.Actor, in *previewTiersIn) (*reply[tiers.Outlook], error) {
	p, err := s.Tiers.Preview(ctx, a, in.Body.Scoring)
	return &reply[tiers.Outlook]{p}, at("/scoring", err)
}

func (s *Server) runTiers(ctx context.Context, a policies.Actor, _ *nothing) (*reply[tiers.Round], error) {
	r, err := s.House.ScoreAll(ctx, a.Workspace, tiers.CauseAsked, a.ID)
	if err == nil {
		s.audit(ctx, a, "run", "tiers", a.Workspace, nil)
	}
	return &reply[tiers.Round]{r}, err
}
