package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"molserve/onnx"
)

// process is a server of its own: molserve, or the bare route.
type process struct {
	cmd   *exec.Cmd
	addr  string // host:port of the public listener
	admin string
	read  sync.WaitGroup // of its log
	lines func(string)   // is told each line of its log; may be nil
}

// serving starts molserve and waits until its models serve. What has proved itself in state need not again.
func serving(o *options, lines func(string), flags ...string) (*process, error) {
	args := append([]string{"serve", "--models", o.models, "--addr", "127.0.0.1:0", "--admin-addr", "127.0.0.1:0",
		"--state", o.state, "--poll", "1h"}, flags...)
	return start(exec.Command(o.server, args...), "ready; models", lines)
}

// start runs a command and reads its log until a line holds ready.
func start(cmd *exec.Cmd, ready string, lines func(string)) (*process, error) {
	p := &process{cmd: cmd, lines: lines}
	log, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	scanner := bufio.NewScanner(log)
	var tail []string
	for scanner.Scan() {
		line := scanner.Text()
		if _, after, ok := strings.Cut(line, "administration on http://"); ok {
			p.admin = after
		}
		if _, after, ok := strings.Cut(line, "listening on http://"); ok {
			p.addr, _, _ = strings.Cut(after, ",")
		}
		if strings.Contains(line, ready) {
			p.read.Go(func() { p.follow(scanner, log) })
			return p, nil
		}
		tail = append(tail, line)
	}
	p.kill()
	return nil, fmt.Errorf("%s ended before it was ready:\n%s", cmd.Path, strings.Join(tail, "\n"))
}

// follow reads the log to its end: a process whose log nobody reads would stop.
func (p *process) follow(scanner *bufio.Scanner, rest io.Reader) {
	for scanner.Scan() {
		if p.lines != nil {
			p.lines(scanner.Text())
		}
	}
	io.Copy(io.Discard, rest)
}

func (p *process) kill() {
	p.cmd.Process.Kill()
	p.read.Wait()
	p.cmd.Wait()
}

// terminate sends SIGTERM.
func (p *process) terminate() error { return p.cmd.Process.Signal(syscall.SIGTERM) }

// exit waits for the end and returns the exit status, -1 if it had to be killed.
func (p *process) exit() int {
	timer := time.AfterFunc(patience, func() { p.cmd.Process.Kill() })
	defer timer.Stop()
	p.read.Wait()
	p.cmd.Wait()
	return p.cmd.ProcessState.ExitCode()
}

// batch asks how the server packs runs of a model.
func (p *process) batch(model string) (limits onnx.BatchLimits, err error) {
	res, err := http.Get("http://" + p.addr + "/v1/models/" + model)
	if err != nil {
		return limits, err
	}
	defer res.Body.Close()
	view := struct{ Batch *onnx.BatchLimits }{&limits}
	if err := json.NewDecoder(res.Body).Decode(&view); err != nil {
		return limits, err
	}
	if limits.Graphs == 0 {
		return limits, fmt.Errorf("%s is not in memory", model)
	}
	return limits, nil
}

// runs asks how many runs of networks there were, and their molecules.
func (p *process) runs() (runs, molecules float64, err error) {
	res, err := http.Get("http://" + p.admin + "/metrics")
	if err != nil {
		return 0, 0, err
	}
	defer res.Body.Close()
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		fmt.Sscanf(lines.Text(), "molserve_batch_molecules_count %g", &runs)
		fmt.Sscanf(lines.Text(), "molserve_batch_molecules_sum %g", &molecules)
	}
	if runs == 0 {
		return 0, 0, errors.New("the server's metrics tell of no run")
	}
	return runs, molecules, nil
}

// cpu is the processor time that a process has used, 0 for this one.
func cpu(pid int) time.Duration {
	clock := int32(unix.CLOCK_PROCESS_CPUTIME_ID)
	if pid != 0 {
		clock = int32(^pid<<3 | 2) // as clock_getcpuclockid(3) makes it
	}
	var t unix.Timespec
	if err := unix.ClockGettime(clock, &t); err != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

// cpu is the processor time that the server has used.
func (p *process) cpu() time.Duration { return cpu(p.cmd.Process.Pid) }

// resident is the memory of the server that is in use, bytes.
func (p *process) resident() (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.cmd.Process.Pid))
	var size, pages int64
	if err == nil {
		_, err = fmt.Sscan(string(text), &size, &pages)
	}
	return pages * int64(os.Getpagesize()), err
}

// descriptors is how many files and sockets the server has open.
func (p *process) descriptors() (int, error) {
	names, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", p.cmd.Process.Pid))
	return len(names), err
}

// goroutines asks the admin listener, over a connection of its own.
func (p *process) goroutines() (n int, err error) {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	res, err := client.Get("http://" + p.admin + "/debug/pprof/goroutine?debug=1")
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, err = fmt.Fscanf(res.Body, "goroutine profile: total %d", &n)
	return n, err
}
