package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"molserve/onnx"
	"molserve/preprocess"
	"molserve/serve"
)

// serveOptions are the flags of serve that are not fields of serve.Config.
type serveOptions struct {
	addr      string
	adminAddr string
	grpcAddr  string
	pins      []string
	logFormat string
	logLevel  slog.Level
	proof     proofOptions
	how       computing
	access    accessOptions
	traces    traceOptions
}

func serveCommand() *cobra.Command {
	var o serveOptions
	var config serve.Config
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve every model of a folder over HTTP",
		Long: `serve answers HTTP requests with the predictions of every model folder under --models. A version
goes live when it has proved itself on this machine, in a process of its own that may crash without
harm; a new version folder is found, proved and swapped in while requests go on. What was proved is not
proved again at the next start. SIGTERM finishes the requests under way; a second one does not wait.
docs/http.md describes the routes, docs/checks.md the proof, docs/operations.md the admin listener,
docs/security.md tokens and TLS, without which addresses other than loopback are refused.`,
		Example: `  molserve serve
  curl -s localhost:8080/v1/models/esol-dmpnn/predict -H 'Content-Type: application/json' -d '{"smiles": ["CCO"]}'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runServe(cmd, &o, config) },
	}
	f := c.Flags()
	f.StringVar(&o.addr, "addr", "127.0.0.1:8080", "address to listen on")
	f.StringVar(&o.adminAddr, adminFlag, "127.0.0.1:8081", "address of the routes that change the server or look inside it, on loopback without --tokens, or off")
	f.StringVar(&o.grpcAddr, "grpc-addr", "off", "address of the Open Inference Protocol over gRPC, such as 127.0.0.1:8001, or off")
	f.Int64Var(&config.MaxBody, "max-body", 8<<20, "bytes of one request's body, if it is no stream")
	f.IntVar(&config.MaxMolecules, "max-molecules", 1024, "molecules of one request, if it is no stream")
	f.IntVar(&config.Queue, "queue", 256, "requests of one model that may be in, waiting and computing; more, or more than can be done in half of --timeout, are answered with 429")
	f.DurationVar(&config.BatchWait, "batch-wait", 0, "how long a molecule waits for others to share its run, when none is under way;\n0: not at all, as is best on a CPU")
	f.Int64Var(&config.MaxWaiting, "max-waiting", 1<<30, "bytes of all molecules that are built and wait for their run; more are answered with 429")
	f.DurationVar(&config.Timeout, "timeout", 30*time.Second, "deadline of a request, of a stream between two signs of progress")
	f.DurationVar(&config.StopDelay, "stop-delay", 0, "after SIGTERM, serve on so long with /health/ready at 503")
	f.DurationVar(&config.Grace, "grace", 25*time.Second, "time to finish requests while stopping")
	f.DurationVar(&config.Poll, "poll", 2*time.Second, "time between scans of the folder of models")
	accessFlags(c, &o.access)
	proofFlags(c, &o.proof)
	computingFlags(c, &o.how)
	f.StringSliceVar(&o.pins, "pin", nil, "NAME@VERSION: the only version of a model that may serve, until a call changes it;\nmay stand again for other models (default: of each the latest that proves itself)")
	f.IntVar(&config.KeepLoaded, "keep-loaded", 1, "versions that served last and stay in memory, to roll back to at once")
	f.StringVar(&o.logFormat, "log-format", "text", "text or json")
	traceFlags(c, &o.traces)
	f.TextVar(&o.logLevel, "log-level", slog.LevelInfo, "debug, info, warn or error")
	return c
}

func runServe(cmd *cobra.Command, o *serveOptions, config serve.Config) (err error) {
	stderr := cmd.ErrOrStderr()
	if err := checkServe(config); err != nil {
		return err
	}
	if config.KeepLoaded == 0 {
		config.KeepLoaded = -1 // serve.Config says none so
	}
	if config.Pins, err = parsePins(o.pins); err != nil {
		return err
	}
	if err := o.checkAccess(); err != nil {
		return err
	}
	if err := o.traces.check(); err != nil {
		return err
	}
	if config.Log, err = newLog(stderr, *o); err != nil {
		return err
	}
	if config.Models, err = cmd.Flags().GetString("models"); err != nil {
		return err
	}
	if _, err := os.ReadDir(config.Models); err != nil {
		return fmt.Errorf("%w; name the folder of models with --models", err)
	}
	if err := o.access.settle(&config, o.addr, o.adminAddr, o.grpcAddr); err != nil {
		return err
	}
	if err := o.proof.settle(config.Models, config.Log); err != nil {
		return err
	}
	if err := o.how.start(cmd); err != nil {
		return err
	}
	o.proof.Child.Preparation = o.how.Preparation
	config.Load = o.proof.Load
	if config.Traces, err = o.traces.start(cmd, config.Log); err != nil {
		return err
	}
	l, err := listen("addr", o.addr)
	if err != nil {
		return err
	}
	if config.Admin, err = listenAdmin(o.adminAddr); err != nil {
		l.Close()
		return err
	}
	if config.GRPC, err = listenGRPC(o.grpcAddr); err != nil {
		l.Close()
		if config.Admin != nil {
			config.Admin.Close()
		}
		return err
	}
	if config.GRPC != nil {
		fmt.Fprintf(stderr, "molserve: gRPC on %s\n", config.GRPC.Addr())
	}
	if config.Admin != nil {
		fmt.Fprintf(stderr, "molserve: administration on %s://%s\n", o.access.scheme(), config.Admin.Addr())
	}
	fmt.Fprintf(stderr, "molserve: listening on %s://%s, proving the models of %s\n", o.access.scheme(), l.Addr(), config.Models)
	config.OnReady = func(serving []*onnx.Manifest) { greet(stderr, o.access.curl(l.Addr()), serving) }
	ctx, stop := untilSignal()
	defer stop()
	floor := make([]byte, heapFloor)
	defer runtime.KeepAlive(floor)
	runtime.GOMAXPROCS(2 * onnx.Cores()) // runs hold as many as there are cores, and requests are read meanwhile
	return serve.New(config).Run(ctx, l)
}

// heapFloor is memory that nobody touches, and so takes no page. To the collector it is in use: what lives is a few MiB,
// and it would collect after each few MiB of requests, dozens of times a second.
const heapFloor = 32 << 20

// checkServe refuses what the zero values of serve.Config would silently turn into defaults.
func checkServe(c serve.Config) error {
	for name, v := range map[string]int64{"max-body": c.MaxBody, "max-molecules": int64(c.MaxMolecules), "queue": int64(c.Queue), "max-waiting": c.MaxWaiting,
		"timeout": int64(c.Timeout), "grace": int64(c.Grace), "poll": int64(c.Poll)} {
		if v <= 0 {
			return usagef("--%s must be more than 0", name)
		}
	}
	if c.BatchWait < 0 || c.BatchWait > time.Second {
		return usagef("--batch-wait %v is not between 0 and 1s", c.BatchWait)
	}
	if c.KeepLoaded < 0 {
		return usagef("--keep-loaded must be 0 or more")
	}
	return nil
}

// parsePins reads NAME@VERSION, each name once.
func parsePins(refs []string) (map[string]int, error) {
	pins := map[string]int{}
	for _, ref := range refs {
		name, version, err := onnx.ParseRef(ref)
		if err == nil && version == 0 {
			err = fmt.Errorf("%q names no version", ref)
		}
		if err == nil && pins[name] != 0 {
			err = fmt.Errorf("%s is pinned twice", name)
		}
		if err != nil {
			return nil, usagef("--pin NAME@VERSION: %w", err)
		}
		pins[name] = version
	}
	return pins, nil
}

func newLog(w io.Writer, o serveOptions) (*slog.Logger, error) {
	options := &slog.HandlerOptions{Level: o.logLevel}
	switch o.logFormat {
	case "text":
		return slog.New(slog.NewTextHandler(w, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, options)), nil
	}
	return nil, usagef("--log-format %q: text or json", o.logFormat)
}

// greet shows a newcomer the first request, of a model that takes SMILES if one serves.
func greet(w io.Writer, curl string, serving []*onnx.Manifest) {
	if len(serving) == 0 {
		fmt.Fprintf(w, "molserve: no model serves yet; %s/v1/models says why\n", curl)
		return
	}
	names := make([]string, len(serving))
	for i, m := range serving {
		names[i] = m.Name
	}
	first, body := serving[0], firstBody(serving[0])
	if i := slices.IndexFunc(serving, takesSMILES); i >= 0 {
		first, body = serving[i], `{"smiles": ["CCO", "c1ccccc1O"]}`
	}
	fmt.Fprintf(w, `molserve: ready; models: %v. Try:
  %s/v1/models/%s/predict -H 'Content-Type: application/json' -d '%s'
`, names, curl, first.Name, body)
}

func takesSMILES(m *onnx.Manifest) bool { return slices.Contains(m.Accepts, string(preprocess.SMILES)) }

// firstBody is a request of a model that takes no SMILES: two atoms of its elements, or an edge.
func firstBody(m *onnx.Manifest) string {
	if !slices.Contains(m.Accepts, string(preprocess.Atoms)) {
		return `{"molecules": […]}`
	}
	symbol := "C"
	if known := m.Chemistry.Elements; len(known) > 0 && !slices.Contains(known, symbol) {
		symbol = known[0]
	}
	return fmt.Sprintf(`{"molecules": [{"atoms": {"symbols": [%q, %q], "positions": [[0, 0, 0], [0, 0, 1.5]]}}]}`, symbol, symbol)
}

// untilSignal returns a context that the first SIGINT or SIGTERM ends; the second ends the process. A
// reader of the log that goes away must not end it: SIGPIPE is ignored.
func untilSignal() (ctx context.Context, stop func()) {
	signal.Ignore(syscall.SIGPIPE)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for range 2 {
			select {
			case <-signals:
				cancel()
			case <-over:
				return
			}
		}
		os.Exit(exitFailed)
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(over)
		<-ended
		cancel()
	}
}
