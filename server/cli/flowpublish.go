package cli

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/flow"
	"github.com/dueflow/dueflow/server/client"
	"github.com/dueflow/dueflow/server/text"
)

type flowPublishCmd struct {
	serverFlags
	Flow    string `arg:"" help:"File of a flow, or key of a flow with a draft."`
	Running string `default:"finish" enum:"finish,move,stop" help:"What runs of older versions do."`
	NoWait  bool   `help:"Do not wait for the enrolment of what exists."`
	JSON    bool   `name:"json" help:"Print JSON."`
}

// Run saves the file as draft, publishes, and waits for the enrolment.
func (f *flowPublishCmd) Run(e *env) error {
	c, err := f.client()
	if err != nil {
		return err
	}
	key, err := saveFile(e, c, f.Flow)
	if err != nil {
		return err
	}
	var out struct {
		Version int    `json:"version"`
		Hash    string `json:"hash"`
		Batch   string `json:"batch"`
	}
	if err := c.Do(e.ctx, "POST", "/flows/"+key+"/publish", map[string]string{"running": f.Running}, &out); err != nil {
		return err
	}
	warnings, err := warningsOf(e, c, key)
	if err != nil {
		return err
	}
	var b batchState
	parked := []parkedRuns{}
	if out.Batch != "" && !f.NoWait {
		if b, err = await(e, c, out.Batch, "enrolling"); err != nil {
			return err
		}
		if parked, err = parkedAtOnce(e, c, key, out.Version); err != nil {
			return err
		}
	}
	if f.JSON {
		return printJSON(e.out, map[string]any{"key": key, "version": out.Version, "hash": out.Hash, "batch": out.Batch, "enrolled": b.Done, "warnings": warnings, "parked": parked})
	}
	_, _ = fmt.Fprintf(e.out, "%s version %d is live; %s enrolled\n", key, out.Version, count(int(b.Done), "subject"))
	for _, w := range warnings {
		_, _ = fmt.Fprintf(e.out, "  ! %s\n", strings.TrimSpace(w.Pointer+" "+w.Message))
	}
	for _, p := range parked {
		_, _ = fmt.Fprintf(e.out, "  ! %s\n", text.Say(c.Language, "cli.parked", fault.Params{"n": p.Runs, "step": p.Node, "reason": p.Reason.In(c.Language)}))
	}
	return nil
}

type flowWarning struct {
	Severity string `json:"severity"`
	Pointer  string `json:"pointer"`
	Message  string `json:"message"`
}

// warningsOf are what the lint says of a draft that may be published.
func warningsOf(e *env, c *client.Client, key string) ([]flowWarning, error) {
	var draft struct {
		Document json.RawMessage `json:"document"`
	}
	if err := c.Do(e.ctx, "GET", "/flows/"+url.PathEscape(key), nil, &draft); err != nil {
		return nil, err
	}
	var found struct {
		Issues []flowWarning `json:"issues"`
	}
	err := c.Do(e.ctx, "POST", "/flows/lint", draft, &found)
	return append([]flowWarning{}, found.Issues...), err
}

// parkedRuns are runs that stopped at a step for one reason.
type parkedRuns struct {
	Node   string    `json:"node"`
	Reason flow.Text `json:"reason"`
	Runs   int       `json:"runs"`
}

// takeUp is how long a run that has begun is waited for at most, to see whether
// it parks at its first step.
const takeUp = 10 * time.Second

// parkedAtOnce counts the runs of a version that parked as soon as they began.
func parkedAtOnce(e *env, c *client.Client, key string, version int) ([]parkedRuns, error) {
	for until := time.Now().Add(takeUp); time.Now().Before(until); {
		waiting, err := runsBy(e, c, key, "starting", version)
		if err != nil || len(waiting) == 0 {
			break
		}
		select {
		case <-e.ctx.Done():
			return nil, e.ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
	return runsBy(e, c, key, "parked", version)
}

// runsBy counts a version's runs of a status by step and reason.
func runsBy(e *env, c *client.Client, key, status string, version int) ([]parkedRuns, error) {
	out, at := []parkedRuns{}, map[[2]string]int{}
	for cursor := ""; ; {
		q := url.Values{"flow": {key}, "status": {status}, "limit": {"500"}, "cursor": {cursor}}
		var page struct {
			Items []struct {
				Version int    `json:"version"`
				Node    string `json:"node"`
				Reason  *struct {
					Key  string    `json:"key"`
					Text flow.Text `json:"text"`
				} `json:"reason"`
			} `json:"items"`
			Next string `json:"next"`
		}
		if err := c.Do(e.ctx, "GET", "/runs?"+q.Encode(), nil, &page); err != nil {
			return nil, err
		}
		for _, r := range page.Items {
			if r.Version != version {
				continue
			}
			group, why := [2]string{r.Node}, flow.Text{}
			if r.Reason != nil {
				group[1], why = r.Reason.Key, r.Reason.Text
			}
			k, ok := at[group]
			if !ok {
				k = len(out)
				at[group], out = k, append(out, parkedRuns{Node: r.Node, Reason: why})
			}
			out[k].Runs++
		}
		if cursor = page.Next; cursor == "" {
			return out, nil
		}
	}
}

// saveFile stores a flow's file as draft and gives its key; what is no file is
// taken as a key.
func saveFile(e *env, c *client.Client, name string) (string, error) {
	raw, err := flowFile(name)
	if err != nil || raw == nil {
		return name, err
	}
	doc, err := flow.Parse(raw)
	if err != nil {
		return "", err
	}
	var old struct {
		DraftVersion int64 `json:"draftVersion"`
	}
	err = c.Do(e.ctx, "GET", "/flows/"+doc.Key, nil, &old)
	if p, ok := err.(*client.Problem); err != nil && (!ok || p.Status != 404) {
		return "", err
	}
	var header []string
	if old.DraftVersion > 0 {
		header = []string{"If-Match", fmt.Sprintf("%q", fmt.Sprint(old.DraftVersion))}
	}
	return doc.Key, c.Do(e.ctx, "PUT", "/flows/"+doc.Key, map[string]any{"document": json.RawMessage(raw)}, nil, header...)
}
