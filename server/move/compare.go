package move

import (
	"context"
	"reflect"

	"github.com/dueflow/dueflow/schemas/fault"
)

// compareAll reads both sides once more and gives what has been moved.
func (j Job) compareAll(ctx context.Context, all []string, total int64) ([]Space, error) {
	tell := j.told(Compared, total)
	out := make([]Space, 0, len(all))
	for _, ws := range all {
		sums, different, err := j.compare(ctx, ws, tell)
		if err != nil {
			return nil, err
		}
		if different != "" {
			return nil, fault.New(fault.Conflict, "move.differs", fault.Params{"workspace": ws, "collection": different})
		}
		space := Space{Workspace: ws, Collections: sums}
		for _, s := range sums {
			space.Documents += s.Documents
		}
		out = append(out, space)
	}
	return out, nil
}

// differs names a collection that is not the same on both sides, "" if none.
func (j Job) differs(ctx context.Context, ws string) (string, error) {
	_, different, err := j.compare(ctx, ws, func() {})
	return different, err
}

// compare sums up the collections of a workspace on both sides, up to the first that
// is different.
func (j Job) compare(ctx context.Context, ws string, tell func()) (sums []Sum, different string, err error) {
	from, err := j.From.Specs(ctx, ws)
	if err != nil {
		return nil, "", err
	}
	to, err := j.To.Specs(ctx, ws)
	if err != nil {
		return nil, "", err
	}
	for i, spec := range from {
		if i >= len(to) || !reflect.DeepEqual(spec, to[i]) {
			return nil, spec.Name, nil
		}
		if j.Leave(spec.Name) {
			continue
		}
		a, err := sum(ctx, j.From.Store, ws, spec, tell)
		if err != nil {
			return nil, "", err
		}
		b, err := sum(ctx, j.To.Store, ws, spec, func() {})
		if err != nil {
			return nil, "", err
		}
		if a != b {
			return nil, spec.Name, nil
		}
		sums = append(sums, a)
	}
	if len(to) > len(from) {
		return nil, to[len(from)].Name, nil
	}
	return sums, "", nil
}
