// Package engine gives the durable workflow engine: a Temporal server inside
// this process, durable on a SQLite file, or a cluster by address; and the
// client and worker on it. It is the only door to the server library.
package engine

import (
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/membership/static"
	sqliteplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/schema/sqlite"
	"go.temporal.io/server/temporal"
)

// Namespace is where our workflows live.
const Namespace = "dueflow"

const (
	host        = "127.0.0.1"
	clusterName = "active"
)

// Embedded is a Temporal server in this process.
type Embedded struct {
	// Address of its front end, on the loopback interface only.
	Address string
	server  temporal.Server
}

// StartEmbedded starts the server on a SQLite file in dir, made if missing.
func StartEmbedded(dir string, log *slog.Logger) (*Embedded, error) {
	store, err := database(filepath.Join(dir, "engine.db"))
	if err != nil {
		return nil, err
	}
	return startOn(store, log, freePorts)
}

// portTries bounds how often other ports are looked for: between the moment one
// is found free and the moment the server listens on it, anybody may take it.
const portTries = 5

func startOn(store *config.SQL, log *slog.Logger, find func(int) ([]int, error)) (*Embedded, error) {
	for n := 1; ; n++ {
		ports, err := find(6)
		if err != nil {
			return nil, err
		}
		e, err := startAt(ports, store, log)
		if err == nil || n == portTries || !strings.Contains(err.Error(), "address already in use") {
			return e, err
		}
		log.Warn("a port of the embedded engine was taken meanwhile; others are tried", "error", err)
	}
}

// startAt starts the server on ports. The library ends the program where it
// cannot go on; here that is an error like any other.
func startAt(ports []int, store *config.SQL, log *slog.Logger) (e *Embedded, err error) {
	defer func() {
		switch died := recover().(type) {
		case nil:
		case fatal:
			e, err = nil, fmt.Errorf("embedded engine: %w", died)
		default:
			panic(died)
		}
	}()
	services := []primitives.ServiceName{primitives.FrontendService, primitives.HistoryService, primitives.MatchingService, primitives.WorkerService}
	cfg := serverConfig(ports, store)
	hosts := map[primitives.ServiceName]static.Hosts{}
	for i, s := range services {
		hosts[s] = static.SingleLocalHost(fmt.Sprintf("%s:%d", host, ports[i]))
	}
	srv, err := temporal.NewServer(
		temporal.WithConfig(cfg),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(hosts),
		temporal.WithLogger(logger{log}),
		temporal.WithAuthorizer(authorization.NewNoopAuthorizer()),
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return authorization.NewNoopClaimMapper() }),
		temporal.WithCustomVisibilityStoreFactory(noVisibility{}),
		temporal.WithDynamicConfigClient(tuning),
	)
	if err != nil {
		return nil, fmt.Errorf("embedded engine: %w", err)
	}
	if err := srv.Start(); err != nil {
		return nil, fmt.Errorf("embedded engine: %w", err)
	}
	return &Embedded{Address: fmt.Sprintf("%s:%d", host, ports[0]), server: srv}, nil
}

// Stop ends the server; what it holds is durable at any moment.
func (e *Embedded) Stop() { _ = e.server.Stop() }

// tuning: one partition is enough for one worker process; scanners and batch
// services have nothing to do on one file; limits fit bursts of one machine.
var tuning = dynamicconfig.StaticClient{
	dynamicconfig.MatchingNumTaskqueueReadPartitions.Key():  1,
	dynamicconfig.MatchingNumTaskqueueWritePartitions.Key(): 1,
	dynamicconfig.EnableEagerWorkflowStart.Key():            true,
	dynamicconfig.HistoryCacheHostLevelMaxSize.Key():        4096,
	dynamicconfig.FrontendRPS.Key():                         20_000,
	dynamicconfig.FrontendMaxNamespaceRPSPerInstance.Key():  20_000,
	dynamicconfig.HistoryRPS.Key():                          60_000,
	dynamicconfig.MatchingRPS.Key():                         60_000,
	dynamicconfig.HistoryPersistenceMaxQPS.Key():            60_000,
	dynamicconfig.MatchingPersistenceMaxQPS.Key():           60_000,
	dynamicconfig.FrontendPersistenceMaxQPS.Key():           60_000,
	dynamicconfig.TaskQueueScannerEnabled.Key():             false,
	dynamicconfig.HistoryScannerEnabled.Key():               false,
	dynamicconfig.ExecutionsScannerEnabled.Key():            false,
	// Tasks that are done stay in a queue's memory until its checkpoint, and each
	// new one walks past them: in a burst that is a seventh of all work at the
	// 30 s the library ships with.
	dynamicconfig.TransferProcessorUpdateAckInterval.Key():   checkpointEvery,
	dynamicconfig.VisibilityProcessorUpdateAckInterval.Key(): checkpointEvery,
	dynamicconfig.TimerProcessorUpdateAckInterval.Key():      checkpointEvery,
}

// checkpointEvery is how often the engine's queues forget what is done. An idle
// checkpoint writes nothing.
const checkpointEvery = 3 * time.Second

func database(file string) (*config.SQL, error) {
	cfg := &config.SQL{
		PluginName:   sqliteplugin.PluginName,
		DatabaseName: file,
		ConnectAttributes: map[string]string{
			"mode": "rwc", "journal_mode": "WAL", "synchronous": "FULL", "busy_timeout": "10000",
			"cache_size": "-16384", "temp_store": "2", "journal_size_limit": "67108864",
		},
	}
	if _, err := os.Stat(file); os.IsNotExist(err) {
		// The schema is made beside the file and moved into place, so that a
		// crash in the middle does not leave half a schema behind. It is made
		// without WAL: the library keeps its connections open, and what is in
		// the log would stay behind under the old name.
		fresh := *cfg
		fresh.DatabaseName, fresh.ConnectAttributes = file+".new", map[string]string{"mode": "rwc"}
		_ = os.Remove(fresh.DatabaseName)
		if err := sqlite.SetupSchema(&fresh); err != nil {
			return nil, fmt.Errorf("engine schema: %w", err)
		}
		if err := os.Rename(fresh.DatabaseName, file); err != nil {
			return nil, fmt.Errorf("engine schema: %w", err)
		}
	}
	ns, err := sqlite.NewNamespaceConfig(clusterName, Namespace, false, nil)
	if err != nil {
		return nil, fmt.Errorf("engine namespace: %w", err)
	}
	if err := sqlite.CreateNamespaces(cfg, ns); err != nil {
		return nil, fmt.Errorf("engine namespace: %w", err)
	}
	return cfg, nil
}

func serverConfig(ports []int, store *config.SQL) *config.Config {
	address := fmt.Sprintf("%s:%d", host, ports[0])
	cfg := &config.Config{}
	cfg.Global.Membership.MaxJoinDuration = 30 * time.Second
	cfg.Global.Membership.BroadcastAddress = host
	cfg.Persistence = config.Persistence{
		DefaultStore: "sqlite", VisibilityStore: "none", NumHistoryShards: 1,
		DataStores: map[string]config.DataStore{
			"sqlite": {SQL: store},
			"none":   {CustomDataStoreConfig: &config.CustomDatastoreConfig{Name: "none", IndexName: "none"}},
		},
	}
	cfg.ClusterMetadata = &cluster.Config{
		FailoverVersionIncrement: 10, MasterClusterName: clusterName, CurrentClusterName: clusterName,
		ClusterInformation: map[string]cluster.ClusterInformation{
			clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: address, ClusterID: "dueflow-embedded"},
		},
	}
	cfg.DCRedirectionPolicy.Policy = "noop"
	cfg.Services = map[string]config.Service{}
	for i, name := range []string{"frontend", "history", "matching", "worker"} {
		var s config.Service
		s.RPC.GRPCPort, s.RPC.BindOnIP = ports[i], host
		cfg.Services[name] = s
	}
	cfg.Archival.History.State, cfg.Archival.Visibility.State = "disabled", "disabled"
	cfg.NamespaceDefaults.Archival.History.State, cfg.NamespaceDefaults.Archival.Visibility.State = "disabled", "disabled"
	cfg.PublicClient.HostPort = address
	return cfg
}

// freePorts asks the system for ports nobody listens on.
func freePorts(n int) ([]int, error) {
	ports := make([]int, 0, n)
	for range n {
		l, err := net.Listen("tcp", host+":0")
		if err != nil {
			return nil, fmt.Errorf("free port: %w", err)
		}
		defer l.Close() //nolint:errcheck // only held to keep it from being given out twice
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}
