package api

import (
	"context"
	"encoding/json"
	"sort"
	"strings"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/schemas/message"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/templates"
	"github.com/dueflow/dueflow/workflows/channel"
)

type variable struct {
	Path     string            `json:"path"`
	Group    string            `json:"group"` // message, customer, item
	Label    map[string]string `json:"label,omitempty"`
	Type     string            `json:"type"`
	Optional bool              `json:"optional,omitempty" doc:"not every record has it: give it a default"`
}

// messageTypes are the types of the variables that every message has.
var messageTypes = map[string]string{"today": "date", "table": "table", "total": "money", "count": "number", "maxDpd": "number", "items": "list"}

// itemFigures are what sending adds to an invoice's own fields.
var itemFigures = map[string]string{"open": "money", "collectable": "money", "disputed": "money", "dpd": "number", "status": "text"}

func (s *Server) listVariables(ctx context.Context, a policies.Actor, _ *nothing) (*reply[items[variable]], error) {
	out := items[variable]{Items: []variable{}}
	for _, v := range message.Variables() {
		t := messageTypes[v]
		if t == "" {
			t = "text"
		}
		out.Items = append(out.Items, variable{Path: v, Group: "message", Type: t})
	}
	for _, of := range []struct{ form, group, prefix string }{{"customer", "customer", "customer."}, {"invoice", "item", "item."}} {
		f, err := s.Forms.Get(ctx, a.Workspace, of.form)
		if err != nil {
			return nil, err
		}
		must := requiredFields(f.Schema)
		for _, fd := range f.Fields {
			if fd.Type == "rows" || fd.Type == "multiChoice" || fd.Type == "object" || fd.Type == "file" || fd.Type == "address" || fd.Key == "customer" {
				continue
			}
			if fd.Key == "name" && of.form == "customer" {
				out.Items = append(out.Items, variable{Path: "customer.contact", Group: of.group, Label: whomToGreet, Type: "text"})
			}
			out.Items = append(out.Items, variable{Path: of.prefix + fd.Key, Group: of.group, Label: fd.Label, Type: fd.Type, Optional: !must[fd.Key]})
		}
	}
	figures := make([]string, 0, len(itemFigures))
	for k := range itemFigures {
		figures = append(figures, k)
	}
	sort.Strings(figures)
	for _, k := range figures {
		out.Items = append(out.Items, variable{Path: "item." + k, Group: "item", Type: itemFigures[k]})
	}
	return &reply[items[variable]]{out}, nil
}

// whomToGreet names customer.contact, which is of no form: the primary contact's
// name, or the customer's.
var whomToGreet = map[string]string{"en": "Contact's name", "zh-CN": "联系人姓名"}

func requiredFields(schema json.RawMessage) map[string]bool {
	var doc struct {
		Required []string `json:"required"`
	}
	_ = json.Unmarshal(schema, &doc)
	m := map[string]bool{}
	for _, k := range doc.Required {
		m[k] = true
	}
	return m
}

type draftPreviewIn struct {
	Body struct {
		Key      string       `json:"key" maxLength:"60"`
		Document templateBody `json:"document"`
		Customer string       `json:"customer,omitempty" maxLength:"200" doc:"\"\" takes a sample"`
		Language string       `json:"language" maxLength:"20"`
	}
}

type draftPreviewOut struct {
	Message  *message.Rendered `json:"message,omitempty"`
	Customer ref               `json:"customer"`
	Items    int               `json:"items"`
	Sample   bool              `json:"sample" doc:"made of sample data"`
	SMS      *message.SMS      `json:"sms,omitempty"`
	Findings []draftFindingOut `json:"findings"`
}

type draftFindingOut struct {
	ProblemField
	Offset   int  `json:"offset" doc:"where in the text, in characters; -1 for nowhere"`
	Blocking bool `json:"blocking"`
}

func (s *Server) previewTemplate(ctx context.Context, a policies.Actor, in *draftPreviewIn) (*reply[draftPreviewOut], error) {
	out, err := s.preview(ctx, a, in)
	return &reply[draftPreviewOut]{out}, err
}

// preview renders what is being edited; what keeps it from rendering is a
// finding, not an error of the request.
func (s *Server) preview(ctx context.Context, a policies.Actor, in *draftPreviewIn) (draftPreviewOut, error) {
	out := draftPreviewOut{Findings: []draftFindingOut{}}
	vars, lang, err := s.previewVars(ctx, a, in, &out)
	if err != nil {
		return out, err
	}
	words, err := s.Templates.Wording(ctx, a.Workspace)
	if err != nil {
		return out, err
	}
	key := in.Body.Key
	if key == "" {
		key = "new"
	}
	c, found := message.Review(in.Body.Document.document(key), words.Words)
	for _, f := range found {
		out.find(ctx, f)
	}
	if c == nil {
		return out, nil
	}
	strange := s.Templates.Strange(ctx, a.Workspace, c)
	for _, f := range strange {
		out.find(ctx, message.Finding{Field: f, Blocking: true})
	}
	if len(strange) > 0 {
		return out, nil
	}
	m, err := c.Render(vars, lang)
	if err != nil {
		return out, out.blame(ctx, err)
	}
	page, _ := vars["page"].(string)
	m = c.WithPage(m, page)
	sms := message.CountSMS(m.Text)
	out.Message, out.SMS = &m, &sms
	return out, nil
}

// find adds a finding; where it stands is a parameter of its own or the end of
// its pointer.
func (o *draftPreviewOut) find(ctx context.Context, f message.Finding) {
	offset := -1
	if n, ok := f.Params["offset"].(int); ok {
		offset = n
	}
	if at, n, ok := strings.Cut(f.Pointer, "@"); ok {
		f.Pointer = at
		if json.Unmarshal([]byte(n), &offset) != nil {
			offset = -1
		}
	}
	o.Findings = append(o.Findings, draftFindingOut{problemField(ctx, f.Field), offset, f.Blocking})
}

// blame turns what kept a template from rendering into findings; other errors
// stay errors.
func (o *draftPreviewOut) blame(ctx context.Context, err error) error {
	fe, ok := err.(*fault.Error)
	if !ok || len(fe.Fields) == 0 {
		return err
	}
	for _, f := range fe.Fields {
		o.find(ctx, message.Finding{Field: f, Blocking: true})
	}
	return nil
}

// previewVars are the variables of a message to a customer about what is open
// now, as the actor sees it: what is masked shows as dots.
func (s *Server) previewVars(ctx context.Context, a policies.Actor, in *draftPreviewIn, out *draftPreviewOut) (message.Vars, string, error) {
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, "", err
	}
	_, today := s.Spaces.Now(w)
	lang := in.Body.Language
	if in.Body.Customer == "" {
		out.Sample, out.Customer, out.Items = true, ref{"", templates.SampleName(lang)}, 2
		vars := templates.SampleVars(lang, today, w.Name, string(w.Currency))
		vars["page"] = s.Portal.Sample(w)
		return vars, lang, nil
	}
	r, err := s.Records.Get(ctx, a, "customer", in.Body.Customer)
	if err != nil {
		return nil, "", err
	}
	out.Customer = ref{r.ID, r.Text("name")}
	list, err := s.Records.List(ctx, a, "invoice", records.ListQuery{
		Filter: filter.And(filter.Eq("customer", r.ID), filter.Gt("open", 0)), Sort: []store.SortKey{{Field: "dpd", Desc: true}}, Limit: 50,
	})
	if fault.Is(err, fault.Invalid) { // amounts are masked: nothing can be asked about them
		list, err = records.List{}, nil
	}
	if err != nil {
		return nil, "", err
	}
	if len(list.Items) == 0 {
		out.Sample = true
	}
	customer := docOf(r)
	vars := templates.Vars(customer, invoiceDocs(list.Items), today, w.Name)
	if len(list.Items) == 0 {
		sample := templates.SampleVars(lang, today, w.Name, string(w.Currency))
		sample["customer"] = customer
		vars = sample
	}
	vars["page"] = s.Portal.Sample(w)
	out.Items = len(vars["items"].([]any))
	return vars, lang, nil
}

func docOf(r records.Record) map[string]any {
	m := map[string]any{"id": r.ID}
	for _, part := range []map[string]json.RawMessage{r.System, r.Data} {
		for k, raw := range part {
			if v, err := form.Decode(raw); err == nil {
				m[k] = v
			}
		}
	}
	for _, k := range r.Masked {
		m[k] = "•••"
	}
	return m
}

// invoiceDocs are the invoices of one message: one currency, that of the first.
func invoiceDocs(list []records.Record) []map[string]any {
	var out []map[string]any
	for _, r := range list {
		if r.Text("currency") == list[0].Text("currency") {
			out = append(out, docOf(r))
		}
	}
	return out
}

func (s *Server) testTemplate(ctx context.Context, a policies.Actor, in *draftPreviewIn) (*reply[templates.Test], error) {
	p, err := s.preview(ctx, a, in)
	if err != nil {
		return nil, err
	}
	if p.Message == nil {
		return nil, fault.New(fault.Invalid, "template.notRendered", nil)
	}
	u, err := s.Identity.GetUser(ctx, a.Workspace, a.ID)
	if err != nil {
		return nil, fault.New(fault.Invalid, "template.testNobody", nil)
	}
	w, err := s.Spaces.Get(ctx, a.Workspace)
	if err != nil {
		return nil, err
	}
	t := templates.NewTest(s.Spaces.RealNow(), templates.Test{By: a.ID, Template: in.Body.Key, Channel: "sandbox", To: u.Email, Status: "sent", Message: *p.Message})
	ch := s.Channels["email"]
	settings := w.Channels["email"]
	if w.Demo == nil && ch != nil && len(settings) > 0 && ch.Check(settings) == nil {
		t.Channel = "email"
		_, err = ch.Send(ctx, settings, channel.Message{
			Key: "test-" + t.ID, Workspace: a.Workspace, To: u.Email, Name: u.Name, Language: p.Message.Language,
			Subject: "[Test] " + p.Message.Subject, Text: p.Message.Text, HTML: p.Message.HTML,
		})
		if err != nil {
			class, reason := channel.ClassOf(err)
			t.Status, t.Reason = "failed", reason
			if class == channel.Unknown {
				t.Status = "unknown"
			}
		}
	}
	if err := s.Templates.KeepTest(context.WithoutCancel(ctx), a.Workspace, t); err != nil {
		return nil, err
	}
	s.audit(ctx, a, "test", "template", in.Body.Key, map[string]string{"channel": t.Channel, "status": t.Status})
	return &reply[templates.Test]{t}, nil
}

func (s *Server) listTests(ctx context.Context, a policies.Actor, _ *nothing) (*reply[items[templates.Test]], error) {
	list, err := s.Templates.Tests(ctx, a.Workspace, a.ID)
	return &reply[items[templates.Test]]{items[templates.Test]{Items: list}}, err
}
