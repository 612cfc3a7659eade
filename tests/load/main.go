// Command load measures a running molserve against its bars: how near it comes to ONNX Runtime alone and to the
// sum of its stages (speed), and what it does with more than it can compute, with clients that leave, with clients that
// dawdle, and with SIGTERM (overload, leavers, dawdlers, sigterm; load for all four). It starts the server itself, as a
// process of its own, and shares the cores with it.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// options are the flags.
type options struct {
	server, models, smiles string
	state                  string // certificates, so that only the first start proves the models
	names                  []string
	slice                  time.Duration
	rounds                 int
	overload               time.Duration
	saturate               time.Duration
	leavers                int
	dawdlers               int
	terms                  int
	model                  string
	raw                    bool
}

// runs are the bars by the words of the command line.
var runs = map[string]func(*options, *report) error{
	"speed":    speed,
	"overload": overload,
	"leavers":  leavers,
	"dawdlers": dawdlers,
	"sigterm":  sigterm,
}

// all is what load runs.
var all = []string{"overload", "leavers", "dawdlers", "sigterm"}

func main() {
	if len(os.Args) == 2 && os.Args[1] == bareCommand {
		fmt.Fprintln(os.Stderr, bare())
		os.Exit(1)
	}
	pass, err := run(os.Args[1:], os.Stdout, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
	}
	if err != nil || !pass {
		os.Exit(1)
	}
}

// run measures what args ask for and tells whether every bar holds.
func run(args []string, out, progress io.Writer) (pass bool, err error) {
	o, words, err := parse(args, progress)
	if err != nil {
		return false, err
	}
	if o.state, err = os.MkdirTemp("", "molserve-load-"); err != nil {
		return false, err
	}
	defer os.RemoveAll(o.state)
	r := newReport(progress)
	for _, word := range words {
		if err := runs[word](o, r); err != nil {
			return false, fmt.Errorf("%s: %w", word, err)
		}
		r.breathe()
	}
	return r.passed(), r.print(out, o.raw)
}

// parse reads flags and words.
func parse(args []string, usage io.Writer) (*options, []string, error) {
	var o options
	f := flag.NewFlagSet("load", flag.ContinueOnError)
	f.SetOutput(usage)
	f.StringVar(&o.server, "server", "bin/molserve", "the `binary` that serves")
	f.StringVar(&o.models, "models", "exported_models", "`folder` of models")
	f.StringVar(&o.smiles, "smiles", "tests/testdata/druglike.smi", "`file` of molecules, a SMILES a line")
	names := f.String("names", "esol-dmpnn,esol-gcn", "models of speed, with commas")
	f.StringVar(&o.model, "model", "esol-dmpnn", "model of overload, leavers and dawdlers")
	f.DurationVar(&o.slice, "slice", 500*time.Millisecond, "of each thing in a round of speed")
	f.IntVar(&o.rounds, "rounds", 20, "of speed")
	minutes := f.Float64("minutes", 5, "of overload")
	f.DurationVar(&o.saturate, "saturate", 10*time.Second, "of measuring saturation, before overload and after it")
	f.IntVar(&o.leavers, "leavers", 10_000, "clients that leave")
	f.IntVar(&o.dawdlers, "dawdlers", 500, "clients that send a byte a second")
	f.IntVar(&o.terms, "terms", 200, "servers that get SIGTERM")
	f.BoolVar(&o.raw, "json", false, "print all numbers as JSON")
	f.Usage = func() {
		fmt.Fprintf(usage, "usage: load [flags] speed | load | %s …\n", strings.Join(all, " | "))
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		return nil, nil, err
	}
	o.names, o.overload = strings.Split(*names, ","), time.Duration(*minutes*float64(time.Minute))
	words, err := wordsOf(f.Args())
	return &o, words, err
}

func wordsOf(args []string) (words []string, err error) {
	for _, word := range args {
		switch {
		case word == "load":
			words = append(words, all...)
		case runs[word] == nil:
			return nil, fmt.Errorf("%q is neither speed, load nor one of %v", word, all)
		default:
			words = append(words, word)
		}
	}
	if len(words) == 0 {
		return nil, fmt.Errorf("say what to measure: speed, load or some of %v", all)
	}
	return words, nil
}
