package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
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
	threads   scheduling
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
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return runServe(cmd, &o, config) },
	}
	f := c.Flags()
	f.StringVar(&o.addr, "addr", "127.0.0.1:8080", "address to listen on")
	f.StringVar(&o.adminAddr, adminFlag, "127.0.0.1:8081", "address of the routes that change the server or look inside it, on loopback without --tokens, or off")
	f.StringVar(&o.grpcAddr, "grpc-addr", "off", "address of the Open Inference Protocol over gRPC, such as 127.0.0.1:8001, or off")
	f.Int64Var(&config.MaxBody, "max-body", 8<<20, "bytes of one request's body, if it is no stream")
	f.IntVar(&config.MaxMolecules, "max-molecules", 1024, "molecules of one request, if it is no stream")
	rowFlag(c, &config.MaxRow, "bytes of one row of a stream: a line, a row of CSV, a record of an SD file; never more than --max-body")
	f.IntVar(&config.MaxExpansion, "max-expansion", 100, "how many times its size a compressed body may expand to, beyond 64 KiB")
	f.Int64Var(&config.MaxExpanded, "max-expanded", 0, "bytes that a compressed stream may expand to; 0: any number")
	f.IntVar(&config.Queue, "queue", 256, "requests of one model that may be in, waiting and computing; more, or more than can be done in half of --timeout, are answered with 429")
	f.DurationVar(&config.BatchWait, "batch-wait", 0, "how long a molecule waits for others to share its run, when none is under way;\n0: not at all, as is best on a CPU")
	f.Int64Var(&config.MaxWaiting, "max-waiting", 1<<30, "bytes of all molecules that are built and wait for their run; more are answered with 429")
	f.DurationVar(&config.Timeout, "timeout", 30*time.Second, "deadline of a request, of a stream between two signs of progress")
	f.DurationVar(&config.StopDelay, "stop-delay", 0, "after SIGTERM, serve on so long with /health/ready at 503")
	f.DurationVar(&config.Grace, "grace", 25*time.Second, "time to finish requests while stopping")
	f.DurationVar(&config.Poll, "poll", 2*time.Second, "time between scans of the folder of models")
	limitFlags(c, &o.proof.Limits)
	accessFlags(c, &o.access)
	proofFlags(c, &o.proof)
	computingFlags(c, &o.how)
	schedulingFlag(c, &o.threads)
	f.StringSliceVar(&o.pins, "pin", nil, "NAME@VERSION: the only version of a model that may serve, until a call changes it;\nmay stand again for other models (default: of each the latest that proves itself)")
	f.IntVar(&config.KeepLoaded, "keep-loaded", 1, "versions that served last and stay in memory, to roll back to at once")
	f.StringVar(&o.logFormat, logFormatFlag, "text", "text or json")
	traceFlags(c, &o.traces)
	choiceFlag(f, &o.logLevel, "log-level", slog.LevelInfo, "debug|info|warn|error", "what the log begins at")
	return c
}

func runServe(cmd *cobra.Command, o *serveOptions, config serve.Config) error {
	stderr := cmd.ErrOrStderr()
	if err := o.settle(cmd, &config); err != nil {
		return err
	}
	l, err := o.listen(&config)
	if err != nil {
		return err
	}
	if config.GRPC != nil {
		fmt.Fprintf(stderr, "molserve: gRPC on %s\n", config.GRPC.Addr())
	}
	if config.Admin != nil {
		fmt.Fprintf(stderr, "molserve: administration on %s://%s\n", o.access.scheme(), config.Admin.Addr())
	}
	fmt.Fprintf(stderr, "molserve: listening on %s://%s, proving the models of %s\n", o.access.scheme(), l.Addr(), config.Models)
	config.OnReady = func(serving []*onnx.Manifest) {
		greet(stderr, o.access.curl(l.Addr()), serving)
		missModels(stderr, config.Models)
		missPins(stderr, config.Pins, serving)
	}
	ctx, stop := untilSignal()
	defer stop()
	floor := make([]byte, heapFloor)
	defer runtime.KeepAlive(floor)
	runtime.GOMAXPROCS(processorsPerCore * onnx.Cores())
	o.threads.apply(config.Log)
	return serve.New(config).Run(ctx, l)
}

// processorsPerCore is how many of Go's processors there are while serving. Runs hold one for each core, so that with no
// more nobody would read requests while all cores run networks; docs/benchmarks.md compares 1 to 4.
const processorsPerCore = 3

// heapFloor is memory that nobody touches, and so takes no page. To the collector it is in use: what lives is a few MiB,
// and it would collect after each few MiB of requests, dozens of times a second.
const heapFloor = 32 << 20

// logFormatFlag is of commands that keep a log, where their warnings go.
const logFormatFlag = "log-format"

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

// missModels says of a folder without models what one is.
func missModels(w io.Writer, root string) {
	if folders, err := onnx.Discover(root); err == nil && len(folders) == 0 {
		fmt.Fprintf(w, "molserve: %s\n", noModels(root))
	}
}

// missPins names the models that do not answer, since the version that they are pinned to does not serve.
func missPins(w io.Writer, pins map[string]int, serving []*onnx.Manifest) {
	for _, name := range slices.Sorted(maps.Keys(pins)) {
		ref := fmt.Sprintf("%s@%d", name, pins[name])
		if !slices.ContainsFunc(serving, func(m *onnx.Manifest) bool { return m.Name+"@"+m.Version == ref }) {
			fmt.Fprintf(w, "molserve: --pin %s: this version is not there or did not prove itself; %s does not answer until it is and does, or another is activated\n", ref, name)
		}
	}
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
