package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/dueflow/dueflow/server/store"
)

// maxGroup is how many jobs share a commit; waiting ones go into the next.
const maxGroup = 128

// patience is how long patient jobs wait for others to share their commit: at
// some hundred a second each would have one of its own, which costs about as
// much as the job itself.
const patience = 5 * time.Millisecond

// writer owns the one connection that writes. Its goroutine collects the jobs
// that came while the last commit was on its way to the disk, does them in one
// transaction, commits, and only then answers.
type writer struct {
	db    *sql.DB
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	jobs  chan *job
	ended chan struct{}
}

// job is either some writes or one function that makes its own transaction.
type job struct {
	ctx    context.Context
	writes []store.Write
	whole  bool // all writes or none
	tables []*table
	fn     func(*writer) error
	// patient jobs may wait for others; see store.Patient.
	patient bool

	vers []int64
	errs []error
	err  error
	done chan struct{}
}

func openWriter(dsn string) (*writer, error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err == nil {
		_, err = conn.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS _spec(name TEXT PRIMARY KEY, spec TEXT NOT NULL)")
	}
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	w := &writer{db: db, conn: conn, stmts: map[string]*sql.Stmt{}, jobs: make(chan *job, maxGroup), ended: make(chan struct{})}
	go w.loop()
	return w, nil
}

// close ends the goroutine after the jobs that wait; none may be sent later.
func (w *writer) close() error {
	close(w.jobs)
	<-w.ended
	return errors.Join(w.conn.Close(), w.db.Close())
}

// do sends a job and waits for its end or the context's. After the latter the
// job may still happen, and its results must not be looked at.
func (w *writer) do(j *job) error {
	j.done = make(chan struct{})
	select {
	case w.jobs <- j:
	case <-j.ctx.Done():
		return j.ctx.Err()
	}
	select {
	case <-j.done:
		return j.err
	case <-j.ctx.Done():
		return j.ctx.Err()
	}
}

func (w *writer) loop() {
	defer close(w.ended)
	group := make([]*job, 0, maxGroup)
	for j := range w.jobs {
		w.run(w.gather(append(group[:0], j)))
	}
}

// gather adds the jobs that wait already, and waits a moment for more while all
// of them are patient.
func (w *writer) gather(group []*job) []*job {
	var late <-chan time.Time
	for patient := group[0].patient; len(group) < maxGroup; {
		var j *job
		more := true
		select {
		case j, more = <-w.jobs:
		default:
			if !patient {
				return group
			}
			if late == nil {
				timer := time.NewTimer(patience)
				defer timer.Stop()
				late = timer.C
			}
			select {
			case j, more = <-w.jobs:
			case <-late:
				return group
			}
		}
		if !more {
			break
		}
		group, patient = append(group, j), patient && j.patient
	}
	return group
}

// run does a group. Functions run alone, between the writes around them.
func (w *writer) run(group []*job) {
	start := 0
	for i, j := range group {
		if j.fn == nil {
			continue
		}
		w.commit(group[start:i])
		if j.err = j.ctx.Err(); j.err == nil {
			j.err = j.fn(w)
		}
		close(j.done)
		start = i + 1
	}
	w.commit(group[start:])
}

// commit does jobs in one transaction. When that breaks for a reason that is
// not a document's own, or a job has to be undone, each job gets a transaction
// of its own, so that one job's trouble is not its neighbours'. (A savepoint for
// each would make SQLite copy every page before it is changed.)
func (w *writer) commit(jobs []*job) {
	if len(jobs) == 0 {
		return
	}
	err := w.try(jobs)
	for i := 0; err != nil && i < len(jobs); i++ {
		if len(jobs) > 1 {
			jobs[i].err = w.try(jobs[i : i+1])
		} else {
			jobs[i].err = err
		}
		if errors.Is(jobs[i].err, errUndo) {
			jobs[i].err = nil // it is undone, and says itself why
		}
	}
	for _, j := range jobs {
		close(j.done)
	}
}

func (w *writer) try(jobs []*job) error {
	return w.transaction(func() error {
		for _, j := range jobs {
			if j.err = j.ctx.Err(); j.err != nil {
				continue
			}
			if err := w.job(j); err != nil {
				return err
			}
		}
		return nil
	})
}

// errUndo says that a transaction did a part of what is all or nothing.
var errUndo = errors.New("sqlitestore: undo")

// job does the writes of one job inside a transaction. An error is one of the
// transaction, not of a document.
func (w *writer) job(j *job) error {
	clear(j.errs) // it may have been tried with others before
	for i := range j.writes {
		ver, err := w.one(j.tables[i], j.writes[i])
		if err != nil && !isFault(err) {
			return err
		}
		j.vers[i], j.errs[i] = ver, err
		if err != nil && j.whole {
			if i == 0 {
				return nil // a write that fails has changed nothing
			}
			return errUndo
		}
	}
	return nil
}

func (w *writer) transaction(f func() error) error {
	if err := w.exec("BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	err := f()
	if err == nil {
		if err = w.exec("COMMIT"); err == nil {
			return nil
		}
		err = fmt.Errorf("commit: %w", err)
	}
	// SQLite may have rolled back by itself; then this fails, rightly.
	_, _ = w.conn.ExecContext(context.Background(), "ROLLBACK")
	return err
}

// stmt gives a prepared statement of the writer's connection. There are about
// eight per collection, so the cache needs no bound.
func (w *writer) stmt(query string) (*sql.Stmt, error) {
	if st := w.stmts[query]; st != nil {
		return st, nil
	}
	st, err := w.conn.PrepareContext(context.Background(), query)
	if err == nil {
		w.stmts[query] = st
	}
	return st, err
}

func (w *writer) exec(query string, args ...any) error {
	_, err := w.result(query, args...)
	return err
}

func (w *writer) result(query string, args ...any) (sql.Result, error) {
	st, err := w.stmt(query)
	if err != nil {
		return nil, err
	}
	return st.Exec(args...)
}

func (w *writer) row(query string, args ...any) (*sql.Row, error) {
	st, err := w.stmt(query)
	if err != nil {
		return nil, err
	}
	return st.QueryRow(args...), nil
}
