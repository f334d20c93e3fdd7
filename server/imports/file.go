package imports

import (
	"context"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dueflow/dueflow/policies"
	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/schemas/value"
	"github.com/dueflow/dueflow/server/workspace"
)

// Job is the import of one file.
type Job struct {
	Form   string
	Map    *Map // nil guesses from the header
	DryRun bool
	// Progress, if set, is called after every batch.
	Progress func(Summary)
	// Failed, if set, is where the rows that failed are written, worded by Say.
	Failed io.Writer
	Say    func(*fault.Error) string
}

// Summary counts what became of a file's rows. Problems are the first of them.
type Summary struct {
	Rows      int            `json:"rows"`
	Created   int            `json:"created"`
	Updated   int            `json:"updated"`
	Unchanged int            `json:"unchanged"`
	Failed    int            `json:"failed"`
	DryRun    bool           `json:"dryRun,omitempty"`
	Encoding  string         `json:"encoding"`
	Delimiter string         `json:"delimiter"`
	Map       Map            `json:"map"`
	Unused    []string       `json:"-"` // columns of the file that no field took
	Problems  []*fault.Error `json:"-"`
}

const maxProblems = 100

// Preview is what a file looks like, and the map that is proposed for it.
type Preview struct {
	Encoding   string     `json:"encoding"`
	Delimiter  string     `json:"delimiter"`
	HeaderLine int        `json:"headerLine"`
	Header     []string   `json:"header"`
	Map        Map        `json:"map"`
	Sample     [][]string `json:"sample"` // the first rows as they are
}

// sampleRows are the rows that a guess looks at.
const sampleRows = 50

// Preview reads the beginning of a file.
func (s *Service) Preview(ctx context.Context, ws, formKey string, r io.Reader) (Preview, error) {
	f, err := s.forms.Get(ctx, ws, formKey)
	if err != nil {
		return Preview{}, err
	}
	in, sample, err := start(f.Compiled, Map{}, r)
	if err != nil {
		return Preview{}, err
	}
	out := Preview{
		Encoding: in.Encoding(), Delimiter: string(in.Delimiter()), HeaderLine: in.HeaderLine(), Header: in.Header(),
		Map: Guess(f.Compiled, in.Header(), sample), Sample: [][]string{},
	}
	for _, l := range sample[:min(len(sample), 10)] {
		out.Sample = append(out.Sample, l.Cells)
	}
	return out, nil
}

// start opens a file and reads its first rows.
func start(f *form.Compiled, m Map, r io.Reader) (*Reader, []Line, error) {
	in, err := NewReader(r, m.options(f))
	if err != nil {
		return nil, nil, err
	}
	var sample []Line
	for len(sample) < sampleRows {
		l, err := in.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, nil, err
		}
		sample = append(sample, l)
	}
	return in, sample, nil
}

// Target is where rows go: the service of this process, or a server elsewhere.
// Upsert takes at most MaxBatch rows and gives a result for each; its error is
// one of the whole import. Currency and Location are for rows that say none.
type Target struct {
	Form     *form.Compiled
	Currency value.Currency
	Location *time.Location
	Upsert   func(ctx context.Context, rows []Row, dryRun bool) ([]Result, error)
}

// run is a file's import under way.
type run struct {
	to     Target
	job    Job
	conv   *Converter
	failed *FailedWriter
	sum    Summary
	lines  []Line
	rows   []Row
}

// File imports a file into this process's records, and notes that the
// workspace's data is of today.
func (s *Service) File(ctx context.Context, a policies.Actor, job Job, r io.Reader) (Summary, error) {
	f, err := s.forms.Get(ctx, a.Workspace, job.Form)
	if err != nil {
		return Summary{}, err
	}
	w, err := s.spaces.Get(ctx, a.Workspace)
	if err != nil {
		return Summary{}, err
	}
	to := Target{
		Form: f.Compiled, Currency: w.Currency, Location: w.Location(),
		Upsert: func(ctx context.Context, rows []Row, dryRun bool) ([]Result, error) {
			return s.Upsert(ctx, a, job.Form, rows, dryRun), nil
		},
	}
	sum, err := Import(ctx, to, job, r)
	if err == nil && !job.DryRun && sum.Failed < sum.Rows {
		err = s.Fresh(ctx, a.Workspace, job.Form)
	}
	return sum, err
}

// Import reads a file in batches and in its order. A row that fails is counted
// and the rest goes on; the error is one of the file as a whole, after which
// the rows before it stay imported. Importing the file again is safe.
func Import(ctx context.Context, to Target, job Job, r io.Reader) (Summary, error) {
	var m Map
	if job.Map != nil {
		m = *job.Map
		if err := m.Check(to.Form); err != nil {
			return Summary{}, err
		}
	}
	in, sample, err := start(to.Form, m, r)
	if err != nil {
		return Summary{}, err
	}
	if job.Map == nil {
		if m = Guess(to.Form, in.Header(), sample); len(m.Columns) == 0 {
			return Summary{}, fault.New(fault.Invalid, "import.noColumns", fault.Params{"columns": strings.Join(in.Header(), ", ")})
		}
		if m.key() == "" {
			known := strings.Join(slices.Sorted(maps.Values(m.Columns)), ", ")
			return Summary{}, fault.New(fault.Invalid, "import.noKey", fault.Params{"columns": strings.Join(in.Header(), ", "), "known": known})
		}
	}
	x := &run{to: to, job: job, sum: Summary{DryRun: job.DryRun, Encoding: in.Encoding(), Delimiter: string(in.Delimiter()), Map: m, Unused: unused(m, in.Header())}}
	if x.conv, err = NewConverter(to.Form, m, in.Header(), to.Currency, to.Location); err != nil {
		return x.sum, err
	}
	if job.Failed != nil {
		x.failed = NewFailedWriter(job.Failed, in.Header(), job.Say)
	}
	err = x.all(ctx, in, sample)
	x.sum.Encoding = in.Encoding()
	if x.failed != nil {
		if e := x.failed.Close(); err == nil {
			err = e
		}
	}
	return x.sum, err
}

// unused are the columns that a map does not name.
func unused(m Map, header []string) []string {
	return absent(slices.Collect(maps.Values(m.Columns)), header)
}

func (x *run) all(ctx context.Context, in *Reader, sample []Line) error {
	for {
		var l Line
		var err error
		if len(sample) > 0 {
			l, sample = sample[0], sample[1:]
		} else if l, err = in.Next(); err != nil {
			if e := x.flush(ctx); e != nil || err == io.EOF {
				return e
			}
			return err
		}
		x.take(l)
		if len(x.rows) < MaxBatch && x.sum.Rows%MaxBatch != 0 {
			continue
		}
		if err := x.flush(ctx); err != nil {
			return err
		}
	}
}

// take converts a line; one that cannot be read fails at once.
func (x *run) take(l Line) {
	x.sum.Rows++
	row, bad := x.conv.Row(l)
	if bad != nil {
		x.fail(l, bad)
		return
	}
	x.lines, x.rows = append(x.lines, l), append(x.rows, row)
}

func (x *run) fail(l Line, why *fault.Error) {
	x.sum.Failed++
	if len(x.sum.Problems) < maxProblems {
		x.sum.Problems = append(x.sum.Problems, why)
	}
	if x.failed != nil {
		x.failed.Add(l, why)
	}
}

func (x *run) flush(ctx context.Context) error {
	if len(x.rows) > 0 {
		results, err := x.to.Upsert(ctx, x.rows, x.job.DryRun)
		if err == nil && len(results) != len(x.rows) {
			err = fault.New(fault.Internal, "import.results", nil)
		}
		if err != nil {
			return err
		}
		x.count(results)
		x.lines, x.rows = x.lines[:0], x.rows[:0]
	}
	if x.job.Progress != nil {
		x.job.Progress(x.sum)
	}
	if err := ctx.Err(); err != nil {
		return fault.Wrap(fault.Unavailable, "store.timeout", err)
	}
	return nil
}

func (x *run) count(results []Result) {
	for k, r := range results {
		switch r.Status {
		case Created:
			x.sum.Created++
		case Updated:
			x.sum.Updated++
		case Unchanged:
			x.sum.Unchanged++
		default:
			if r.Problem == nil {
				r.Problem = problem(r.Line, "", "unknown", nil)
			}
			x.fail(x.lines[k], r.Problem)
		}
	}
}

// Fresh notes that a workspace has new data of money: reminders may wait for
// data that is young enough. Endpoints that take rows call it once an import.
func (s *Service) Fresh(ctx context.Context, ws, formKey string) error {
	if formKey != "invoice" && formKey != "payment" {
		return nil
	}
	_, err := s.spaces.Update(ctx, ws, 0, func(w *workspace.Workspace) error {
		w.DataAt, _ = s.spaces.Now(w)
		return nil
	})
	return err
}
