package cli

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"

	"github.com/dueflow/dueflow/schemas/fault"
	"github.com/dueflow/dueflow/schemas/filter"
	"github.com/dueflow/dueflow/server/client"
	"github.com/dueflow/dueflow/server/personal"
)

type personalCmd struct {
	Export personalExportCmd `cmd:"" help:"Write all that is kept of a customer into a ZIP: JSON lists, files and an index."`
	Erase  personalEraseCmd  `cmd:"" help:"Erase a customer's personal data everywhere but in the books; --dry only counts."`
}

type personalExportCmd struct {
	serverFlags
	Customer string `required:"" help:"Id, or external id, of the customer."`
	Out      string `short:"o" required:"" help:"File; it must not be there yet." placeholder:"FILE"`
	JSON     bool   `name:"json" help:"Print what was written as JSON."`
}

// Run writes the file; one that did not get whole is taken away again.
func (x *personalExportCmd) Run(e *env) error {
	c, err := x.client()
	if err != nil {
		return err
	}
	id, err := customerID(e, c, x.Customer)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(x.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	q := url.Values{"language": {language()}}
	err = c.Fetch(e.ctx, "/customers/"+url.PathEscape(id)+"/personal?"+q.Encode(), f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	var list []personal.Listed
	if err == nil {
		list, err = listed(x.Out)
	}
	if err != nil {
		_ = os.Remove(x.Out)
		return err
	}
	if x.JSON {
		return printJSON(e.out, map[string]any{"customer": id, "file": x.Out, "parts": list})
	}
	for _, p := range list {
		if _, err := fmt.Fprintf(e.out, "%8d  %s\n", p.Rows, p.File); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintln(e.out, x.Out)
	return err
}

// listed reads the index of what was written, which only a whole ZIP has.
func listed(file string) ([]personal.Listed, error) {
	cut := fault.New(fault.Unavailable, "personal.notWhole", nil)
	z, err := zip.OpenReader(file)
	if err != nil {
		return nil, cut
	}
	defer z.Close() //nolint:errcheck // only read
	f, err := z.Open("index.json")
	if err != nil {
		return nil, cut
	}
	defer f.Close() //nolint:errcheck // only read
	var x struct {
		Parts []personal.Listed `json:"parts"`
	}
	return x.Parts, json.NewDecoder(f).Decode(&x)
}

// customerID finds a customer by id or external id.
func customerID(e *env, c *client.Client, name string) (string, error) {
	var r struct {
		ID string `json:"id"`
	}
	if c.Do(e.ctx, "GET", "/records/customer/"+url.PathEscape(name), nil, &r) == nil {
		return r.ID, nil
	}
	where, bad := json.Marshal(filter.Eq("externalId", name))
	if bad != nil {
		return "", bad
	}
	var page struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	q := url.Values{"filter": {string(where)}, "limit": {"1"}}
	if err := c.Do(e.ctx, "GET", "/records/customer?"+q.Encode(), nil, &page); err != nil {
		return "", err
	}
	if len(page.Items) == 0 { // perhaps the record was removed and other things were not
		return name, nil
	}
	return page.Items[0].ID, nil
}

type personalEraseCmd struct {
	serverFlags
	Customer string `required:"" help:"Id, or external id, of the customer."`
	Reason   string `help:"Kept in the log of changes; without anything personal."`
	Confirm  string `help:"The customer's number or name; its id where the record is gone."`
	Dry      bool   `help:"Only count."`
	JSON     bool   `name:"json" help:"Print JSON."`
}

// Run erases, asking again while there is more than one request does.
func (x *personalEraseCmd) Run(e *env) error {
	c, err := x.client()
	if err != nil {
		return err
	}
	id, err := customerID(e, c, x.Customer)
	if err != nil {
		return err
	}
	var all struct {
		personal.Erased
		Hinder *struct {
			Key  string `json:"key"`
			Text string `json:"text"`
		} `json:"hinder,omitempty"`
	}
	body := map[string]any{"reason": x.Reason, "confirm": x.Confirm, "dryRun": x.Dry}
	counts := map[string]int{}
	for !all.Done {
		if err := c.Do(e.ctx, "POST", "/customers/"+url.PathEscape(id)+"/erase", body, &all); err != nil {
			return err
		}
		for _, g := range all.Counts {
			counts[g.Part] += g.N
		}
	}
	if x.JSON {
		return printJSON(e.out, map[string]any{"customer": id, "dryRun": x.Dry, "mark": all.Mark, "counts": counts, "texts": all.Texts, "oldLog": all.OldLog, "hinder": all.Hinder})
	}
	for _, part := range slices.Sorted(maps.Keys(counts)) {
		if _, err := fmt.Fprintf(e.out, "%8d  %s\n", counts[part], part); err != nil {
			return err
		}
	}
	for _, t := range all.Texts {
		if _, err := fmt.Fprintf(e.out, "stays in the journal: #%d %s\n", t.Seq, t.Type); err != nil {
			return err
		}
	}
	if all.Hinder != nil {
		_, err = fmt.Fprintln(e.out, all.Hinder.Text)
	}
	return err
}
