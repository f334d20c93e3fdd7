package api

import (
	"context"

	"github.com/google/uuid"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/ledger"
	"github.com/dueflow/dueflow/schemas/value"
)

type commandIn struct {
	CustomerPath
	IfMatch string `header:"If-Match"`
	Body    struct {
		Type      string         `json:"type" maxLength:"40"`
		Invoice   string         `json:"invoice,omitempty" maxLength:"200"`
		Payment   string         `json:"payment,omitempty" maxLength:"200"`
		Promise   string         `json:"promise,omitempty" maxLength:"200"`
		Dispute   string         `json:"dispute,omitempty" maxLength:"200"`
		Replaces  string         `json:"replaces,omitempty" maxLength:"200"`
		Amount    int64          `json:"amount,omitempty"`
		Currency  value.Currency `json:"currency,omitempty" maxLength:"3"`
		Date      string         `json:"date,omitempty" maxLength:"10"`
		Until     string         `json:"until,omitempty" maxLength:"10"`
		Items     []string       `json:"items,omitempty" maxItems:"500"`
		Reason    string         `json:"reason,omitempty" maxLength:"500"`
		Owner     string         `json:"owner,omitempty" maxLength:"80" doc:"of a dispute; default: the account's"`
		Deadline  string         `json:"deadline,omitempty" maxLength:"10" doc:"of a dispute; default: ten working days"`
		Outcome   string         `json:"outcome,omitempty" maxLength:"20"`
		Result    string         `json:"result,omitempty" maxLength:"40"`
		Note      string         `json:"note,omitempty" maxLength:"500"`
		Reference string         `json:"reference,omitempty" maxLength:"200"`
		Key       string         `json:"key,omitempty" maxLength:"200" doc:"makes a repeat harmless; default: a new one"`
	}
}

type commandOut struct {
	Version int64          `json:"version"`
	Events  []ledger.Event `json:"events"`
}

// rights says which action on accounts a command needs.
var rights = map[string]string{
	"promise.make": "promise", "promise.cancel": "promise", "dispute.open": "dispute", "dispute.close": "dispute", "dispute.assign": "dispute", "hold.set": "hold", "hold.lift": "hold",
	"stop.wish": "hold", "stop.lift": "hold", "stop.confirm": "hold", "call.log": "contact", "credit.note": "credit", "write.off": "credit", "payment.reverse": "payment",
	"payment.allocate": "payment", "invoice.cancel": "credit",
}

func (s *Server) runCommand(ctx context.Context, a policies.Actor, in *commandIn) (*reply[commandOut], error) {
	right, ok := rights[in.Body.Type]
	if !ok {
		return nil, fault.At("/type", "enum", nil)
	}
	if err := s.Access.Must(ctx, a, "account", right); err != nil {
		return nil, err
	}
	v, err := s.Access.View(ctx, a, "account", right)
	if err != nil {
		return nil, err
	}
	if err := s.inScope(ctx, a, v, in.ID); err != nil {
		return nil, err
	}
	ifVersion, err := version(in.IfMatch)
	if err != nil {
		return nil, err
	}
	if ifVersion != 0 {
		st, err := s.Accounts.Load(ctx, a.Workspace, in.ID)
		if err != nil {
			return nil, err
		}
		if st.Seq != ifVersion {
			return nil, fault.New(fault.Conflict, "store.version", fault.Params{"version": st.Seq})
		}
	}
	cmd, err := command(in)
	if err != nil {
		return nil, err
	}
	if cmd, err = s.disputeDefaults(ctx, a, in.ID, cmd); err != nil {
		return nil, err
	}
	if cmd, err = s.callRules(ctx, a.Workspace, in.ID, cmd); err != nil {
		return nil, err
	}
	if cmd, err = s.houseRule(ctx, a.Workspace, cmd); err != nil {
		return nil, err
	}
	events, st, err := s.Accounts.Execute(ctx, a.Workspace, in.ID, a.ID, cmd)
	if err != nil {
		return nil, err
	}
	if events == nil {
		events = []ledger.Event{}
	}
	return &reply[commandOut]{commandOut{st.Seq, events}}, nil
}

// houseRule lets money that is applied later follow the workspace's rule of
// allocation, like money that is applied as it comes.
func (s *Server) houseRule(ctx context.Context, ws string, cmd ledger.Command) (ledger.Command, error) {
	c, ok := cmd.(ledger.AllocatePayment)
	if !ok {
		return cmd, nil
	}
	w, err := s.Spaces.Get(ctx, ws)
	if err != nil {
		return nil, err
	}
	c.Rule = w.AllocationRule
	return c, nil
}

// inScope checks that a customer exists in a view.
func (s *Server) inScope(ctx context.Context, a policies.Actor, v policies.View, customer string) error {
	return s.Records.Visible(ctx, a.Workspace, customer, v)
}

func command(in *commandIn) (ledger.Command, error) {
	b := in.Body
	date, err := optionalDate("/date", b.Date)
	if err != nil {
		return nil, err
	}
	until, err := optionalDate("/until", b.Until)
	if err != nil {
		return nil, err
	}
	deadline, err := optionalDate("/deadline", b.Deadline)
	if err != nil {
		return nil, err
	}
	key := b.Key
	if key == "" {
		key = uuid.NewString()
	}
	switch b.Type {
	case "promise.make":
		return ledger.MakePromise{Promise: key, Amount: b.Amount, Currency: b.Currency, Date: date, Items: b.Items, Replaces: b.Replaces}, nil
	case "promise.cancel":
		return ledger.CancelPromise{Promise: b.Promise}, nil
	case "dispute.open":
		return ledger.OpenDispute{Invoice: b.Invoice, Dispute: key, Amount: b.Amount, Reason: b.Reason, Owner: b.Owner, Deadline: deadline}, nil
	case "dispute.assign":
		return ledger.AssignDispute{Invoice: b.Invoice, Dispute: b.Dispute, Owner: b.Owner, Deadline: deadline}, nil
	case "dispute.close":
		return ledger.CloseDispute{Invoice: b.Invoice, Dispute: b.Dispute, Outcome: b.Outcome}, nil
	case "hold.set":
		return ledger.SetHold{Invoice: b.Invoice, Reason: b.Reason, Until: until}, nil
	case "hold.lift":
		return ledger.LiftHold{Invoice: b.Invoice}, nil
	case "stop.wish":
		return ledger.WishStop{Reason: b.Reason}, nil
	case "stop.lift":
		return ledger.LiftStop{Reason: b.Reason}, nil
	case "stop.confirm":
		return ledger.ConfirmStop{Reason: b.Reason}, nil
	case "call.log":
		return ledger.LogCall{Key: key, Result: b.Result, Note: b.Note, Reason: b.Reason}, nil
	case "credit.note", "write.off":
		return ledger.Credit{Invoice: b.Invoice, Amount: b.Amount, Date: date, Ref: b.Reference, Reason: b.Reason, WriteOff: b.Type == "write.off"}, nil
	case "payment.reverse":
		return ledger.ReversePayment{Payment: b.Payment, Reason: b.Reason}, nil
	case "payment.allocate":
		return ledger.AllocatePayment{Payment: b.Payment, Invoices: b.Items}, nil
	default:
		return ledger.CancelInvoice{Invoice: b.Invoice, Reason: b.Reason}, nil
	}
}

func optionalDate(pointer, s string) (value.Date, error) {
	if s == "" {
		return 0, nil
	}
	d, err := value.ParseDate(s)
	if err != nil {
		return 0, fault.At(pointer, "date", nil)
	}
	return d, nil
}
