package cli

import (
	"fmt"
	"net/url"
	"time"

	"github.com/dueflow/dueflow/server/client"
)

type flowCmd struct {
	Publish flowPublishCmd `cmd:"" help:"Publish a flow from a file, or the draft of a key."`
	Start   flowStartCmd   `cmd:"" help:"Start runs for chosen subjects."`
	Stop    flowStopCmd    `cmd:"" help:"Take a flow off the air and stop its runs."`
	Status  flowStatusCmd  `cmd:"" help:"Counts of a flow's runs."`
}

type batchState struct {
	Status string `json:"status"`
	Done   int64  `json:"done"`
	Total  int64  `json:"total"`
}

// await follows a batch to its end.
func await(e *env, c *client.Client, id, what string) (batchState, error) {
	var b batchState
	p := newProgress(e.errs, what, 0)
	defer p.done()
	for {
		if err := c.Do(e.ctx, "GET", "/batches/"+id, nil, &b); err != nil {
			return b, err
		}
		p.total = b.Total
		p.set(b.Done)
		if b.Status != "running" {
			return b, nil
		}
		select {
		case <-e.ctx.Done():
			return b, e.ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

type flowStartCmd struct {
	serverFlags
	Flow     string   `arg:""`
	Subjects []string `arg:"" help:"Ids of the subjects."`
	JSON     bool     `name:"json" help:"Print JSON."`
}

// Run starts runs.
func (f *flowStartCmd) Run(e *env) error {
	c, err := f.client()
	if err != nil {
		return err
	}
	var out struct {
		Started int `json:"started"`
	}
	if err := c.Do(e.ctx, "POST", "/flows/"+url.PathEscape(f.Flow)+"/start", map[string]any{"subjects": f.Subjects}, &out); err != nil {
		return err
	}
	if f.JSON {
		return printJSON(e.out, map[string]any{"key": f.Flow, "started": out.Started})
	}
	_, err = fmt.Fprintf(e.out, "%s started\n", count(out.Started, "run"))
	return err
}

type flowStopCmd struct {
	serverFlags
	Flow string `arg:""`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Run stops the flow.
func (f *flowStopCmd) Run(e *env) error {
	c, err := f.client()
	if err != nil {
		return err
	}
	var out struct {
		Batch string `json:"batch"`
	}
	if err := c.Do(e.ctx, "POST", "/flows/"+url.PathEscape(f.Flow)+"/stop", nil, &out); err != nil {
		return err
	}
	b, err := await(e, c, out.Batch, "stopping")
	if err != nil {
		return err
	}
	if f.JSON {
		return printJSON(e.out, map[string]any{"key": f.Flow, "batch": out.Batch, "told": b.Done})
	}
	_, err = fmt.Fprintf(e.out, "%s is off the air; %s told\n", f.Flow, count(int(b.Done), "run"))
	return err
}

type flowStatusCmd struct {
	serverFlags
	Flow string `arg:"" optional:"" help:"Key; all flows by default."`
	JSON bool   `name:"json" help:"Print JSON."`
}

type flowLine struct {
	Key     string `json:"key"`
	Status  string `json:"status"`
	Version int    `json:"version"`
	Counts  struct {
		Active int64 `json:"active"`
		Paused int64 `json:"paused"`
		Parked int64 `json:"parked"`
		Done   int64 `json:"done"`
	} `json:"counts"`
}

// Run prints the counts.
func (f *flowStatusCmd) Run(e *env) error {
	c, err := f.client()
	if err != nil {
		return err
	}
	var all struct {
		Items []flowLine `json:"items"`
	}
	if err := c.Do(e.ctx, "GET", "/flows", nil, &all); err != nil {
		return err
	}
	out := []flowLine{}
	for _, l := range all.Items {
		if f.Flow == "" || l.Key == f.Flow {
			out = append(out, l)
		}
	}
	if f.JSON {
		return printJSON(e.out, out)
	}
	for _, l := range out {
		_, _ = fmt.Fprintf(e.out, "%-30s %-8s v%-3d active %d  paused %d  parked %d  done %d\n", l.Key, l.Status, l.Version, l.Counts.Active, l.Counts.Paused, l.Counts.Parked, l.Counts.Done)
	}
	return nil
}
