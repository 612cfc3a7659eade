package child

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"molserve/onnx"
	"molserve/onnx/onnxtest"
	"molserve/onnx/prove"
	"molserve/onnx/prove/mapped"
)

// The death signal is the first thread's; report, which asks for it, must stay there.
func init() {
	if len(os.Args) == 3 && os.Args[1] == Command {
		runtime.LockOSThread()
	}
}

// TestMain is three programs: the child, a child that does what its mode says, and the tests.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == Command {
		os.Exit(run(misdeeds[os.Args[2]]))
	}
	Dispatch()
	onnxtest.MustStart()
	if len(os.Args) == 2 && os.Args[1] == "server-that-is-killed" {
		proveForEver()
	}
	goleak.VerifyTestMain(m)
}

const shipped = "../../../exported_models"

// read reads a shipped model.
func read(t testing.TB, name string) *onnx.Bundle {
	t.Helper()
	b, err := onnx.ReadBundle(filepath.Join(shipped, name, "1"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// misdeeds are what a child does in place of its work, by mode.
var misdeeds = map[string]func(job, io.Reader) reply{
	"SIGFPE":  sendSelf(syscall.SIGFPE),
	"SIGSEGV": func(job, io.Reader) reply { var nowhere *reply; return *nowhere },
	"SIGABRT": sendSelf(syscall.SIGABRT),
	"SIGBUS":  sendSelf(syscall.SIGBUS),
	"SIGKILL": sendSelf(syscall.SIGKILL),
	"hang":    func(_ job, in io.Reader) reply { io.Copy(io.Discard, in); return sleep() },
	"deaf":    func(job, io.Reader) reply { return sleep() },
	"grow":    func(job, io.Reader) reply { return grow(8 << 20) },
	"grow at once": func(j job, _ io.Reader) reply {
		if err := limitMemory(j.Memory); err != nil {
			return refusal(err)
		}
		return grow(8 << 30)
	},
	"silent":  func(job, io.Reader) reply { os.Exit(0); return reply{} },
	"exit":    func(job, io.Reader) reply { os.Exit(7); return reply{} },
	"garbage": func(job, io.Reader) reply { return write([]byte("\x00\xff golden outputs ok")) },
	"flood": func(job, io.Reader) reply { // 1 GB
		for range 1 << 10 {
			os.NewFile(replyFD, "reply").Write(bytes.Repeat([]byte(" "), 1<<20))
		}
		os.Exit(0)
		return reply{}
	},
	"babble": func(job, io.Reader) reply { // on standard output and error, before it is silent
		for range 1 << 10 {
			os.Stdout.Write(bytes.Repeat([]byte("a certificate! "), 1<<12))
			os.Stderr.Write(bytes.Repeat([]byte("SIGKILL: a lie "), 1<<12))
		}
		os.Exit(0)
		return reply{}
	},
	"late": func(j job, in io.Reader) reply { // dies where a network does
		if r := serveJob(j, in); r.Certificate == nil {
			return r
		}
		fmt.Fprintln(os.Stderr, begins+"\x1b[2J")
		return sendSelf(syscall.SIGFPE)(j, in)
	},
	"other check": forge(`"permutation"`, `"permutatiom"`),
	"no check":    dropChecks,
	"other bound": forge(`"bound":0.00001`, `"bound":0.1`),
	"nan":         forge(`"measured":0`, `"measured":NaN`),
	"other place": forge(`"computing":"cpu`, `"computing":"cuda > cpu`),
	"long text":   forge(`"machine":"`, `"machine":"`+strings.Repeat("x", 1<<16)),
	"libraries":   forge(`"machine":`, `"libraries":[{"name":"x.so","sha256":"0"}],"machine":`),
	"one more":    forge(`"there":[`, `"there":["lib/x.so",`),
	"twice":       forge(`"there":[`, `"gone":["/x.so","/x.so"],"there":[`),
	"unknown":     forge(`"there":[`, `"then":["/x.so"],"there":[`),
	"bodiless":    maps(func(r *mapped.Report) { *r = mapped.Report{} }),
	"no library":  maps(func(r *mapped.Report) { r.There = append(r.There, "/etc/passwd") }),
	"a device":    maps(func(r *mapped.Report) { r.There = append(r.There, "/dev/zero") }),
	"nowhere":     maps(func(r *mapped.Report) { r.There = append(r.There, "/nowhere/x.so") }),
	"replaced":    maps(func(r *mapped.Report) { r.Gone = append(r.Gone, "/tmp/x.so") }),
	"both":        forge(`"certificate":`, `"refused":"no","certificate":`),
	"grandchild":  leaveBehind(false),
	"escaped":     leaveBehind(true),
	"report":      report,
}

func sendSelf(s syscall.Signal) func(job, io.Reader) reply {
	return func(job, io.Reader) reply { syscall.Kill(os.Getpid(), s); return sleep() }
}

func sleep() reply { time.Sleep(time.Hour); return reply{} }

// grow takes memory in pieces and touches every page.
func grow(piece int) reply {
	var held [][]byte
	for {
		data := make([]byte, piece)
		for i := 0; i < len(data); i += 4096 {
			data[i] = 1
		}
		held = append(held, data)
		time.Sleep(time.Millisecond)
		runtime.KeepAlive(held)
	}
}

func write(data []byte) reply {
	os.NewFile(replyFD, "reply").Write(data)
	os.Exit(0)
	return reply{}
}

// forge does the work and changes what is said of it.
func forge(old, new string) func(job, io.Reader) reply {
	return func(j job, in io.Reader) reply {
		whole, err := json.Marshal(serveJob(j, in))
		if err != nil {
			return refusal(err)
		}
		text := string(whole)
		if !strings.Contains(text, old) {
			return reply{Refused: "nothing to forge in " + text[:min(len(text), 8000)]}
		}
		return write([]byte(strings.Replace(text, old, new, 1)))
	}
}

// maps does the work and changes what is said of the libraries.
func maps(change func(*mapped.Report)) func(job, io.Reader) reply {
	return func(j job, in io.Reader) reply {
		r := serveJob(j, in)
		change(&r.Mapped)
		return r
	}
}

// dropChecks does the work and says that all holds without one check.
func dropChecks(j job, in io.Reader) reply {
	var c prove.Certificate
	r := serveJob(j, in)
	if err := json.Unmarshal(r.Certificate, &c); err != nil {
		return refusal(err)
	}
	c.Checks = nil
	data, err := json.Marshal(&c)
	if err != nil {
		return refusal(err)
	}
	r.Certificate = data
	return r
}

// leaveBehind starts a process that outlives it, in its process group or in a session of its own, and says
// its number.
func leaveBehind(escaped bool) func(job, io.Reader) reply {
	return func(job, io.Reader) reply {
		cmd := exec.Command("/bin/sleep", "1000")
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: escaped}
		if err := cmd.Start(); err != nil {
			return refusal(err)
		}
		return reply{Refused: fmt.Sprint("pid ", cmd.Process.Pid)}
	}
}

// report tells what the child has of its parent.
func report(job, io.Reader) reply {
	var fds []string
	entries, _ := os.ReadDir("/proc/self/fd")
	for _, e := range entries {
		fd, _ := strconv.Atoi(e.Name())
		to, err := os.Readlink("/proc/self/fd/" + e.Name())
		if own := strings.HasPrefix(to, "anon_inode:") || strings.HasPrefix(to, "/sys/fs/cgroup") || strings.HasPrefix(to, "/proc/"); err == nil && !(fd > replyFD && own) {
			kind, _, _ := strings.Cut(to, ":")
			fds = append(fds, e.Name()+"="+kind)
		}
	}
	var core, size unix.Rlimit
	unix.Getrlimit(unix.RLIMIT_CORE, &core)
	unix.Getrlimit(unix.RLIMIT_FSIZE, &size)
	nice, _ := unix.Getpriority(unix.PRIO_PROCESS, 0) // 20 − nice, as the kernel says it
	var signal int
	unix.Prctl(unix.PR_GET_PDEATHSIG, uintptr(unsafe.Pointer(&signal)), 0, 0, 0)
	dir, _ := os.Getwd()
	var names []string
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		names = append(names, name)
	}
	slices.Sort(names)
	return reply{Refused: fmt.Sprintf("env %v fds %v core %d size %d nice %d signal %d group %t dir %s",
		names, fds, core.Max, size.Max, 20-nice, signal, unix.Getpgrp() == os.Getpid(), dir)}
}
