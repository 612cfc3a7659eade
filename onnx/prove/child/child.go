package child

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"molserve/onnx"
	"molserve/onnx/library"
	"molserve/onnx/prove"
	"molserve/onnx/prove/mapped"
)

// Dispatch makes this process the child, and does not return, when the command line says so. It must
// be the first call of a program that proves in child processes.
func Dispatch() {
	if len(os.Args) == 2 && os.Args[1] == Command {
		os.Exit(run(serveJob))
	}
	dispatched.Store(true)
}

// run is the life of a child around its work: it reads the job, confines itself, works, answers. The
// result is the exit status.
func run(work func(job, io.Reader) reply) int {
	out := os.NewFile(replyFD, "reply")
	j, err := receiveJob(os.Stdin)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s is for molserve's own use\n", Command)
		return 2
	}
	if err := confine(j.Nice, !j.Preparation.OnCPU()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := json.NewEncoder(out).Encode(work(j, os.Stdin)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// serveJob loads ONNX Runtime, takes the model and proves it.
func serveJob(j job, in io.Reader) reply {
	path, err := library.Find("")
	if err == nil {
		err = onnx.Start(path)
	}
	for _, l := range j.Libraries {
		if err == nil {
			err = onnx.RegisterProviders(l)
		}
	}
	if err == nil { // idle, with all that it needs: this is what the limit is counted from
		debug.SetMemoryLimit(j.Memory / 4 * 3)
		if j.Preparation.OnCPU() { // drivers take addresses for all of a device's memory
			err = limitMemory(j.Memory)
		}
	}
	if err != nil {
		return refusal(err)
	}
	b, err := receiveBundle(in)
	if err != nil {
		return refusal(err)
	}
	m, err := j.Preparation.OpenBundle(b)
	if err != nil {
		return refusal(err)
	}
	defer m.Close()
	tell := func(check string) { fmt.Fprintln(os.Stderr, begins+check) }
	c, err := prove.Plan{Level: prove.Level(j.Level), Budget: j.Budget, Begin: tell}.Prove(context.Background(), m)
	if err != nil {
		return refusal(err)
	}
	data, err := json.Marshal(c)
	if err != nil {
		return refusal(err)
	}
	report, err := mapped.Self() // the session still has what it opened
	if err != nil {
		return refusal(err)
	}
	return reply{Certificate: data, Mapped: report}
}

// refusal is an error as a reply that readReply takes.
func refusal(err error) reply {
	text := plain(err.Error())
	return reply{Refused: strings.ToValidUTF8(text[:min(len(text), maxRefused)], "")}
}
