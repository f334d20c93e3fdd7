// Package app wires the product together: the only package that knows
// everybody. Core is what every command needs (store and services); Server
// adds the engine and the API.
package app

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/dueflow/dueflow/schemas/form"
	"github.com/dueflow/dueflow/server/access"
	"github.com/dueflow/dueflow/server/accounts"
	"github.com/dueflow/dueflow/server/api"
	"github.com/dueflow/dueflow/server/audit"
	"github.com/dueflow/dueflow/server/browsers"
	"github.com/dueflow/dueflow/server/clock"
	"github.com/dueflow/dueflow/server/config"
	"github.com/dueflow/dueflow/server/desk"
	"github.com/dueflow/dueflow/server/flows"
	"github.com/dueflow/dueflow/server/forms"
	"github.com/dueflow/dueflow/server/house"
	"github.com/dueflow/dueflow/server/identity"
	"github.com/dueflow/dueflow/server/letters"
	"github.com/dueflow/dueflow/server/live"
	"github.com/dueflow/dueflow/server/messages"
	"github.com/dueflow/dueflow/server/move"
	"github.com/dueflow/dueflow/server/outreach"
	"github.com/dueflow/dueflow/server/pace"
	"github.com/dueflow/dueflow/server/packs"
	"github.com/dueflow/dueflow/server/personal"
	"github.com/dueflow/dueflow/server/portal"
	"github.com/dueflow/dueflow/server/records"
	"github.com/dueflow/dueflow/server/sso"
	"github.com/dueflow/dueflow/server/store"
	"github.com/dueflow/dueflow/server/store/mongostore"
	"github.com/dueflow/dueflow/server/store/sqlitestore"
	"github.com/dueflow/dueflow/server/tasks"
	"github.com/dueflow/dueflow/server/templates"
	"github.com/dueflow/dueflow/server/tiers"
	"github.com/dueflow/dueflow/server/vault"
	"github.com/dueflow/dueflow/server/workspace"
	"github.com/dueflow/dueflow/server/world"
	"github.com/dueflow/dueflow/workflows/builtin"
	"github.com/dueflow/dueflow/workflows/channel"
	"github.com/dueflow/dueflow/workflows/channel/httpcall"
	"github.com/dueflow/dueflow/workflows/node"
)

// Core is the store and the services on it, without engine and API.
type Core struct {
	Config    config.Config
	Log       *slog.Logger
	Now       clock.Source
	Store     *store.Store
	Spaces    *workspace.Service
	Forms     *forms.Service
	Relay     *accounts.Relay
	Accounts  *accounts.Service
	Records   *records.Service
	Flows     *flows.Service
	Templates *templates.Service
	Messages  *messages.Service
	Tasks     *tasks.Service
	Identity  *identity.Service
	Tiers     *tiers.Service
	Desk      *desk.Service
	Packs     *packs.Service
	Letters   *letters.Service
	Browsers  *browsers.Service
	SSO       *sso.Service
	House     *house.Service
	Access    *access.Service
	Audit     *audit.Service
	Live      *live.Hub
	Presence  *live.Presence
	World     *world.World
	Channels  channel.Registry
	Pace      *pace.Pace
	Outreach  *outreach.Service
	Portal    *portal.Service
	Personal  *personal.Service
	Crew      *pace.Crew
}

// OpenCore opens the store and makes sure that it is set up.
func OpenCore(ctx context.Context, cfg config.Config, log *slog.Logger) (*Core, error) {
	c := &Core{Config: cfg, Log: log, Now: clock.System(cfg.ClockOffset)}
	driver, err := openDriver(ctx, cfg)
	if err != nil {
		return nil, err
	}
	c.Store = store.New(driver, store.OnSlow(2*time.Second, func(_ context.Context, op store.SlowOp) {
		log.Warn("slow query", "workspace", op.Workspace, "collection", op.Collection, "op", op.Op, "took", op.Took)
	}))
	if err = move.Whole(ctx, c.Store); err == nil {
		err = c.assemble(ctx)
	}
	if err != nil {
		_ = c.Store.Close()
		return nil, err
	}
	return c, nil
}

func openDriver(ctx context.Context, cfg config.Config) (store.Driver, error) {
	if cfg.MongoURI != "" {
		return mongostore.Open(ctx, mongostore.Options{URI: cfg.MongoURI, Prefix: cfg.MongoPrefix})
	}
	dir := filepath.Join(cfg.Data, "store")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return sqlitestore.Open(dir, sqlitestore.Options{})
}

// Specs are the collections of every workspace.
func Specs() []store.Spec {
	out := slices.Concat(accounts.Specs, forms.Specs, records.Specs, flows.Specs, templates.Specs, messages.Specs, tasks.Specs, access.Specs, audit.Specs, tiers.Specs, live.Specs, desk.Specs, packs.Specs, outreach.Specs, house.Specs)
	for _, f := range form.Builtin() {
		out = append(out, records.Spec(f))
	}
	return out
}

func (c *Core) assemble(ctx context.Context) error {
	keys, err := vault.Open(c.Config.Data, c.Config.SecretKey)
	if err != nil {
		return err
	}
	if c.Config.MongoURI != "" && c.Config.SecretKey == "" {
		c.Log.Info("stored secrets are opened with the key in the data directory; several processes need the same one", "file", vault.KeyFile)
	}
	c.Spaces = workspace.New(c.Store, c.Now, Specs(), keys)
	c.Forms = forms.New(c.Store)
	c.Relay = accounts.NewRelay(c.Store, c.Log)
	c.Accounts = accounts.New(c.Store, c.Spaces, c.Relay)
	c.Audit = audit.New(c.Store, c.Now)
	c.Identity = identity.New(c.Store, c.Spaces, c.Audit, identity.Options{Now: c.Now, AllowDemo: c.Config.Demo, Vault: keys})
	c.Access = access.New(c.Store, c.Identity, c.Audit)
	c.Identity.Guard = c.Access
	c.Records = records.New(c.Store, c.Spaces, c.Forms, c.Accounts, c.Access)
	c.Accounts.UseArchivist(c.Records)
	c.Channels = builtin.Channels(c.Config.AllowPrivate, c.Now)
	c.Letters = letters.New(c.Spaces, c.Channels, c.base)
	pusher, _ := c.Channels["push"].(browsers.Pusher)
	c.Browsers = &browsers.Service{Store: c.Store, Vault: keys, Pusher: pusher, People: c.Identity, Base: c.base}
	c.SSO = sso.New(c.Store, keys, c.Access, c.Audit, httpcall.New(c.Config.AllowPrivate, c.Now).Client(), c.Now)
	c.Flows = flows.New(c.Store, c.Spaces, c.Forms, builtin.Nodes(), c.Channels)
	c.Flows.Vault = keys
	c.Templates = templates.New(c.Store)
	c.Messages = messages.New(c.Store, c.Accounts)
	c.Tasks = tasks.New(c.Store, func(ctx context.Context, ws string) (time.Time, error) {
		w, err := c.Spaces.Get(ctx, ws)
		if err != nil {
			return time.Time{}, err
		}
		now, _ := c.Spaces.Now(w)
		return now, nil
	})
	c.Live = live.New()
	if c.Config.MongoURI != "" { // several processes may share the store
		c.Live.Share(live.NewLog(c.Store), c.Log)
	}
	c.Presence = live.NewPresence(time.Now)
	if c.Config.MongoURI != "" {
		c.Presence.Share(c.Store, func(ws, doc string) { c.Live.Publish(ws, live.Event{Type: live.TypeMet, ID: doc}) }, c.Log)
	}
	c.Pace = pace.New()
	if c.Config.MongoURI != "" { // several processes may send
		c.Crew = pace.NewCrew(c.Store, workspace.System, c.Config.Has("worker"), c.Log, time.Now)
		c.Pace.Share = c.Crew.Share
	}
	c.Desk = desk.New(c.Store, c.Spaces, c.Records)
	c.Tiers = tiers.New(c.Store, c.Spaces, c.Accounts, c.Records, c.Log)
	c.Packs = &packs.Service{
		Store: c.Store, Spaces: c.Spaces, Forms: c.Forms, Flows: c.Flows, Templates: c.Templates, Desk: c.Desk, Channels: c.Channels, Version: "dev", Now: c.Now, Policy: c.Access, Records: c.Records, Accounts: c.Accounts,
		Addresses: c.addresses, Trusted: c.Config.PackKeys, Catalogs: c.catalogs(httpcall.New(c.Config.AllowPrivate, c.Now)), Audit: c.noteFor,
	}
	c.World = &world.World{Store: c.Store, Spaces: c.Spaces, Accounts: c.Accounts, Policy: c.Access, Records: c.Records, Flows: c.Flows, Templates: c.Templates, Messages: c.Messages, Tasks: c.Tasks, Tiers: c.Tiers, Desk: c.Desk}
	c.World.Assign = c.assign
	c.House = &house.Service{
		Store: c.Store, Spaces: c.Spaces, Tasks: c.Tasks, Desk: c.Desk, Records: c.Records, Identity: c.Identity, Access: c.Access,
		Letters: c.Letters, Browsers: c.Browsers, Tiers: c.Tiers, Log: c.Log, Audit: c.noteFor,
	}
	c.Outreach = outreach.New(outreach.Deps{
		Log: c.Log, Store: c.Store, Spaces: c.Spaces, Accounts: c.Accounts, Messages: c.Messages, Tasks: c.Tasks, Records: c.Records, Channels: c.Channels, Vault: keys,
		Give: c.World.CreateTask, Told: func(context.Context, string, string, node.Event) error { return nil }, PublicURL: c.Config.PublicURL,
	})
	c.Portal = portal.New(portal.Deps{
		Spaces: c.Spaces, Accounts: c.Accounts, Records: c.Records, Channels: c.Channels, Vault: keys, Give: c.World.CreateTask,
		Stop: c.Outreach.WishStop, Push: c.Outreach.PushLink, Base: c.Config.PublicURL, Local: "http://" + c.Config.Listen,
	})
	c.Personal = &personal.Service{
		Store: c.Store, Forms: c.Forms, Records: c.Records, Accounts: c.Accounts, Flows: c.Flows, Access: c.Access, Log: c.Audit, Now: c.Now,
		Forget: func(ctx context.Context, words []string) error { return api.Forget(ctx, c.Store, words) },
	}
	c.World.Page = c.Portal.Link
	c.connect()
	if err := c.Spaces.Open(ctx); err != nil {
		return err
	}
	if err := c.Store.Ensure(ctx, workspace.System, slices.Concat(api.IdemSpecs, sso.Specs, pace.Specs, packs.CatalogSpecs, browsers.Specs, engineSpecs)...); err != nil {
		return err
	}
	if err := c.Audit.Open(ctx); err != nil {
		return err
	}
	if err := c.Identity.Open(ctx); err != nil {
		return err
	}
	spaces, err := c.Spaces.Keys(ctx)
	if err != nil {
		return err
	}
	for _, ws := range spaces {
		if err := c.Records.Ensure(ctx, ws); err != nil {
			return err
		}
	}
	return nil
}

// base is the address under which people reach this server. It is never taken
// from a request: what an anonymous one says of itself must not get into
// letters.
func (c *Core) base() string {
	if c.Config.PublicURL != "" {
		return c.Config.PublicURL
	}
	return "http://" + c.Config.Listen
}

// Close closes the store.
func (c *Core) Close() error { return c.Store.Close() }
