// Command molserve serves trained molecular graph networks: SMILES in, properties out.
package main

import (
	"errors"
	"fmt"
	"os"

	"molserve/onnx/prove/child"
)

// Exit statuses of every command.
const (
	exitFailed = 1 // the work failed
	exitUsage  = 2 // the command line is wrong
)

func main() {
	child.Dispatch()
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	root := rootCommand()
	root.SetArgs(args)
	err := root.Execute()
	if err == nil {
		return 0
	}
	if text := err.Error(); text != "" {
		fmt.Fprintln(os.Stderr, "molserve:", text)
	}
	return exitCode(err)
}

// exitCode asks the error; an error that does not know is a failure of the work.
func exitCode(err error) int {
	var coded interface{ ExitCode() int }
	if errors.As(err, &coded) {
		return coded.ExitCode()
	}
	return exitFailed
}
