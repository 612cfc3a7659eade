package serve

import (
	"cmp"
	"log/slog"
	"net"
	"time"

	"molserve/onnx"
	"molserve/preprocess/stream"
	"molserve/serve/auth"
	"molserve/serve/traces"
)

// Config is how a Server works. The zero value serves exported_models.
type Config struct {
	Models string // folder of models, <name>/<version>/manifest.json; default exported_models
	Load   Loader // opens and proves a version; default Prove

	Pins       map[string]int // model to the only version of it that may serve, until a call changes it; default: the latest that proves itself
	KeepLoaded int            // versions that served last and stay in memory, to roll back to at once; default 1, negative for none

	Clients *auth.Keeper // asks on every listener who asks; Run keeps it up to date; default none: nobody is asked
	Keys    *auth.Keys   // of TLS on every listener; Run keeps them up to date; default none

	GRPC  net.Listener // takes the Open Inference Protocol over gRPC; Run closes it; default none
	Admin net.Listener // takes the routes that change the server or look inside it; Run closes it; default none

	MaxBody      int64 // bytes of one request's body that is read whole; default 8 MiB
	MaxMolecules int   // molecules of such a request; default 1024
	MaxBuffered  int64 // bytes of all bodies held at once, of which streams take half at most; default 32 × MaxBody

	MaxRow       int   // bytes of a row of a stream, of which none is longer than MaxBody either; default 1 MiB
	MaxExpansion int   // how many times a compressed body may expand, as soon as it has 64 KiB; default 100
	MaxExpanded  int64 // bytes that a compressed body may expand to, streams too; default any number, but of a body that is read whole MaxBody

	Runs       int           // runs of one model at once; default onnx.Cores()
	BatchWait  time.Duration // how long a molecule waits for others to share its run, when there is none under way; default not at all
	Queue      int           // requests of one model that may be in, waiting and computing; default 256. Their molecules: 16 × MaxMolecules, and no more than can be done in half of Timeout
	MaxWaiting int64         // bytes of all molecules that are built and wait for their run; default 1 GiB

	Timeout   time.Duration // from a request's first byte to its answer, of a stream between two signs of progress; default 30 s
	StopDelay time.Duration // after the stop signal, how long to serve on while /health/ready says 503; default none
	Grace     time.Duration // how long requests may take to finish while stopping; default 25 s
	Poll      time.Duration // how often the folder of models is scanned without a hint; default 2 s

	OnReady func(serving []*onnx.Manifest) // called once, after the first scan, with the models that serve, by name; default none

	Log    *slog.Logger   // default slog.Default()
	Traces *traces.Traces // take the spans of requests and loads; Run stops them; default none
}

// readTimeout bounds the reading of one request, headers and body.
const readTimeout = 30 * time.Second

// waitingPerRequest is how many full requests' worth of molecules may be in, whatever their number.
const waitingPerRequest = 16

func (c Config) withDefaults() Config {
	c.Models = cmp.Or(c.Models, "exported_models")
	if c.Load == nil {
		c.Load = Prove
	}
	c.KeepLoaded = cmp.Or(c.KeepLoaded, 1)
	c.MaxBody = cmp.Or(c.MaxBody, 8<<20)
	c.MaxMolecules = cmp.Or(c.MaxMolecules, 1024)
	c.MaxBuffered = cmp.Or(c.MaxBuffered, 32*c.MaxBody)
	c.MaxRow = cmp.Or(c.MaxRow, stream.DefaultMaxBytes)
	c.MaxExpansion = cmp.Or(c.MaxExpansion, 100)
	c.Runs = cmp.Or(c.Runs, onnx.Cores())
	c.Queue = cmp.Or(c.Queue, 256)
	c.MaxWaiting = cmp.Or(c.MaxWaiting, 1<<30)
	c.Timeout = cmp.Or(c.Timeout, 30*time.Second)
	c.Grace = cmp.Or(c.Grace, 25*time.Second)
	c.Poll = cmp.Or(c.Poll, 2*time.Second)
	c.Log = cmp.Or(c.Log, slog.Default())
	return c
}
