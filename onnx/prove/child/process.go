package child

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"

	"molserve/onnx"
	"molserve/onnx/library"
	"molserve/onnx/prove/child/cgroup"
)

// replyFD is the descriptor that a child answers on. Its standard output goes the way of its standard
// error, so that what a library prints is no answer.
const replyFD = 3

// DeviceVariables choose among the devices of execution providers, or how they compute. A child has them where
// another provider than the CPU's computes.
var DeviceVariables = []string{"CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "NVIDIA_TF32_OVERRIDE", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES",
	"VK_DRIVER_FILES", "VK_ICD_FILENAMES"}

// command is the child's command line and environment. mode is of tests.
func command(libraryPath, mode string, beyondCPU bool) *exec.Cmd {
	cmd := exec.Command(executable(), Command)
	cmd.Args[0] = "molserve"
	if mode != "" {
		cmd.Args = append(cmd.Args, mode)
	}
	// A crash says its signal and not the state of every goroutine.
	cmd.Env = []string{library.Variable + "=" + libraryPath, "GOTRACEBACK=none"}
	passed := []string{"LD_LIBRARY_PATH"}
	if beyondCPU {
		passed = append(passed, DeviceVariables...)
	}
	for _, name := range passed {
		if value := os.Getenv(name); value != "" {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	cmd.Dir = "/"
	cmd.SysProcAttr = attributes()
	cmd.WaitDelay = lateness
	return cmd
}

// lateness bounds the wait for pipes that something outside the group still holds.
const lateness = 2 * time.Second

// lookEvery is the time between two looks at a child's resident size.
const lookEvery = 20 * time.Millisecond

// process is a child from its start until nothing of it is left.
type process struct {
	cmd   *exec.Cmd
	fence *cgroup.Group // that it is in; nil: none
	said  head
	reply *os.File // to read
	data  []byte   // that was read

	silent chan struct{} // closed when no more is read

	mu   sync.Mutex
	over bool  // the child is about to be reaped: its number may become another's
	why  error // it was killed
}

// converse runs a child: sends a job and a model, and returns what it answers, at most maxReply bytes.
// An error names the check that it came in. When it returns there is no process, goroutine or descriptor left.
func converse(ctx context.Context, cmd *exec.Cmd, fence *cgroup.Group, j job, b *onnx.Bundle) ([]byte, error) {
	// The death signal is sent when the thread that started the child ends, not the process.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	p := &process{cmd: cmd, fence: fence, silent: make(chan struct{})}
	in, err := p.start()
	if err != nil {
		return nil, err
	}
	defer p.reply.Close()
	var group sync.WaitGroup
	done := make(chan struct{})
	group.Go(func() { send(in, j, b); in.Close() }) // a child that does not listen is judged by its answer
	group.Go(p.listen)
	group.Go(func() { p.guard(ctx, j.Memory, done) })
	awaitExit(cmd.Process.Pid, p.silent)
	close(done)
	p.bury()
	cmd.Wait()                                        // its error is in the state
	p.reply.SetReadDeadline(time.Now().Add(lateness)) // the write end may have got out of the group
	group.Wait()
	if err := p.verdict(j.Memory); err != nil {
		return nil, during(err, p.said.String(), b.Manifest())
	}
	return p.data, nil
}

// verdict is why a process that is over gave no answer. memory is what it was allowed.
func (p *process) verdict(memory int64) error {
	switch {
	case p.why != nil:
		return p.why
	case len(p.data) > maxReply:
		return errTooLong
	}
	if p.fence != nil {
		if peak, killed := p.fence.Outgrown(); killed {
			return fmt.Errorf("%w: killed at %d MiB, %d MiB are allowed", ErrMemory, cmp.Or(peak, memory)>>20, memory>>20)
		}
	}
	return postMortem(p.cmd.ProcessState, p.said.String())
}

// start starts the child and returns its standard input.
func (p *process) start() (in io.WriteCloser, err error) {
	if in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	r, w, err := os.Pipe()
	if err != nil {
		in.Close()
		return nil, err
	}
	defer w.Close()
	p.cmd.ExtraFiles = []*os.File{w} // replyFD
	if p.fence != nil {
		p.fence.Enter(p.cmd)
	}
	p.cmd.Stdout, p.cmd.Stderr = &p.said, &p.said
	if err := p.cmd.Start(); err != nil {
		r.Close()
		in.Close()
		if p.fence != nil {
			err = fmt.Errorf("%w: %w", errFence, err)
		}
		return nil, err
	}
	p.reply = r
	return in, nil
}

// errFence is of a child that could not be started in its control group.
var errFence = errors.New("start in a control group")

var errTooLong = fmt.Errorf("%w: more than %d bytes", ErrReply, maxReply)

// listen reads the answer. A child that says more than an answer can be is killed.
func (p *process) listen() {
	defer close(p.silent)
	p.data, _ = io.ReadAll(io.LimitReader(p.reply, maxReply+1))
	if len(p.data) > maxReply {
		p.kill(errTooLong)
	}
}

// guard kills the child when ctx ends or when it has grown too large, until done.
func (p *process) guard(ctx context.Context, memory int64, done <-chan struct{}) {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		select {
		case <-done:
			return
		case <-ctx.Done():
			p.kill(context.Cause(ctx))
			return
		case <-look.C:
			if n := resident(p.cmd.Process.Pid); n > memory {
				p.kill(fmt.Errorf("%w: grew to %d MiB, %d are allowed", ErrMemory, n>>20, memory>>20))
				return
			}
		}
	}
}

// kill ends the child's group, for the first reason that is given.
func (p *process) kill(why error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over || p.why != nil {
		return
	}
	p.why = why
	syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
}

// bury ends what the dead child has left of its group. Until the child is reaped, which comes after, the
// number is the group's.
func (p *process) bury() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = true
	syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	if p.fence != nil {
		p.fence.Kill() // also who left the process group; an older kernel cannot
	}
}

// head keeps the beginning of what is written to it.
type head struct{ kept []byte }

const headSize = 4 << 10

// Write never fails: a child must not wait for a reader of what nobody reads.
func (h *head) Write(data []byte) (int, error) {
	h.kept = append(h.kept, data[:min(len(data), headSize-len(h.kept))]...)
	return len(data), nil
}

func (h *head) String() string { return string(h.kept) }
