package records

import (
	"context"
	"encoding/json"
	"reflect"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/server/forms"
)

// PublishForm publishes a draft and brings the records over to it, where the
// revision asks for that.
func (s *Service) PublishForm(ctx context.Context, a policies.Actor, key string, ifVersion int64) (forms.Entry, string, error) {
	e, err := s.forms.Entry(ctx, a.Workspace, key)
	if err != nil {
		return e, "", err
	}
	if ifVersion != 0 && ifVersion != e.Version {
		return e, "", fault.New(fault.Conflict, "store.version", nil)
	}
	old, next, err := s.forms.Next(e)
	if err != nil {
		return e, "", err
	}
	id := ""
	if old != nil && (len(next.Steps) > 0 || !reflect.DeepEqual(formulas(old), formulas(next))) {
		// The work is noted first: a process that dies in between leaves a
		// note that waits for its revision, not a revision without the work.
		if id, err = s.noteMigration(ctx, a, key, e.Revision+1); err != nil {
			return e, "", err
		}
	}
	e, err = s.forms.Publish(ctx, a.Workspace, key, forms.Stamp{By: a.ID, At: s.spaces.RealNow()}, ifVersion)
	if err != nil {
		s.dropNote(ctx, a.Workspace, id)
		return e, "", err
	}
	if id == "" {
		return e, "", nil
	}
	s.startMigration(context.WithoutCancel(ctx), a.Workspace, id)
	return e, id, nil
}

func formulas(c *form.Compiled) any {
	var doc struct {
		Properties map[string]struct {
			Formula string `json:"x-df-formula"`
			Items   struct {
				Properties map[string]struct {
					Formula string `json:"x-df-formula"`
				} `json:"properties"`
			} `json:"items"`
		} `json:"properties"`
	}
	_ = json.Unmarshal(c.Schema, &doc)
	out := map[string]string{}
	for k, p := range doc.Properties {
		if p.Formula != "" {
			out[k] = p.Formula
		}
		for col, q := range p.Items.Properties {
			if q.Formula != "" {
				out[k+"."+col] = q.Formula
			}
		}
	}
	return out
}
