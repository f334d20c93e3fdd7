package packs

import (
	"context"
	"encoding/json"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/schemas/message"
	"github.com/dueflow/dueflow/schemas/pack"
	"github.com/dueflow/dueflow/server/desk"
	"github.com/dueflow/dueflow/server/forms"
)

type flowHandler struct{ s *Service }

func (h flowHandler) read(ctx context.Context, a policies.Actor, o pack.Object) (json.RawMessage, int64, error) {
	f, err := h.s.Flows.Get(ctx, a.Workspace, o.Key)
	if fault.Is(err, fault.NotFound) {
		return nil, 0, nil
	}
	return f.Draft, f.DocVersion, err
}

func (h flowHandler) write(ctx context.Context, a policies.Actor, o pack.Object, raw json.RawMessage, ver int64) error {
	if raw == nil {
		return h.s.Flows.Delete(ctx, a.Workspace, o.Key)
	}
	_, err := h.s.Flows.Save(ctx, a.Workspace, a.ID, raw, ver)
	return err
}

type messageHandler struct{ s *Service }

func (h messageHandler) read(ctx context.Context, a policies.Actor, o pack.Object) (json.RawMessage, int64, error) {
	t, err := h.s.Templates.Get(ctx, a.Workspace, o.Key)
	if fault.Is(err, fault.NotFound) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	raw, err := json.Marshal(t.Document)
	return raw, t.Version, err
}

func (h messageHandler) write(ctx context.Context, a policies.Actor, o pack.Object, raw json.RawMessage, ver int64) error {
	if raw == nil {
		if err := h.s.Templates.Delete(ctx, a.Workspace, o.Key, ver); err != nil {
			return err
		}
		h.s.noted(ctx, a, "delete", "template", o.Key, nil)
		return nil
	}
	var d message.Document
	if err := json.Unmarshal(raw, &d); err != nil {
		return err
	}
	if _, err := h.s.Templates.Save(ctx, a.Workspace, d, ver); err != nil {
		return err
	}
	h.s.noted(ctx, a, "update", "template", o.Key, d)
	return nil
}

func (s *Service) noted(ctx context.Context, by policies.Actor, action, object, id string, after any) {
	if s.Audit != nil {
		s.Audit(ctx, by, action, object, id, after)
	}
}

type boardHandler struct{ s *Service }

func (h boardHandler) read(ctx context.Context, a policies.Actor, o pack.Object) (json.RawMessage, int64, error) {
	v, err := h.s.Desk.GetView(ctx, a, o.Key)
	if fault.Is(err, fault.NotFound) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	ver := v.Version
	v.Version, v.Owner, v.Builtin = 0, "", false
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, 0, err
	}
	raw, err = pack.Without(raw, "version")
	return raw, ver, err
}

func (h boardHandler) write(ctx context.Context, a policies.Actor, o pack.Object, raw json.RawMessage, ver int64) error {
	if raw == nil {
		return h.s.Desk.DeleteView(ctx, a, o.Key, true)
	}
	var v desk.View
	if err := json.Unmarshal(raw, &v); err != nil {
		return err
	}
	v.Shared = true
	_, err := h.s.Desk.SaveView(ctx, a, v, ver, true)
	return err
}

// formHandler sees of a form the fields that a pack adds. They are optional
// and reach records only when somebody fills them in, so where nobody is
// editing the form they are published at once; otherwise they join the draft.
type formHandler struct{ s *Service }

func (h formHandler) entry(ctx context.Context, ws string, o pack.Object) (pack.Extension, forms.Entry, form.Form, error) {
	var x pack.Extension
	if err := json.Unmarshal(o.Raw, &x); err != nil {
		return x, forms.Entry{}, form.Form{}, err
	}
	e, err := h.s.Forms.Entry(ctx, ws, x.Form)
	if err != nil {
		return x, e, form.Form{}, err
	}
	if e.Draft != nil {
		return x, e, *e.Draft, nil
	}
	return x, e, *e.Published, nil
}

func (h formHandler) read(ctx context.Context, a policies.Actor, o pack.Object) (json.RawMessage, int64, error) {
	x, e, f, err := h.entry(ctx, a.Workspace, o)
	if err != nil {
		return nil, 0, err
	}
	have := pack.Extension{Form: x.Form, Group: x.Group, Fields: map[string]json.RawMessage{}}
	var doc struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(f.Schema, &doc); err != nil {
		return nil, 0, err
	}
	for key := range x.Fields {
		if p := doc.Properties[key]; p != nil {
			have.Fields[key] = p
		}
	}
	if len(have.Fields) == 0 {
		return nil, e.Version, nil
	}
	raw, err := json.Marshal(have)
	if err == nil {
		raw, err = pack.Canonical(raw)
	}
	return raw, e.Version, err
}

// write adds fields. It takes none away: records may hold values of them.
func (h formHandler) write(ctx context.Context, a policies.Actor, o pack.Object, raw json.RawMessage, ver int64) error {
	if raw == nil {
		return nil
	}
	_, e, f, err := h.entry(ctx, a.Workspace, o)
	if err != nil {
		return err
	}
	var x pack.Extension
	if err := json.Unmarshal(raw, &x); err != nil {
		return err
	}
	next, err := pack.Extend(f, x)
	if err != nil || string(next.Schema) == string(f.Schema) {
		return err
	}
	quiet := e.Draft == nil
	if e, err = h.s.Forms.SaveDraft(ctx, a.Workspace, next, ver); err != nil || !quiet {
		return err
	}
	_, err = h.s.Forms.Publish(ctx, a.Workspace, x.Form, forms.Stamp{By: a.ID, At: h.s.Now()}, e.Version)
	return err
}
