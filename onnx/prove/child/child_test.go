package child

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"molserve/onnx"
	"molserve/onnx/prove"
)

var gate = prove.Plan{Level: prove.Gate}

// leavesNothing holds the descriptors and children of this process against those at its call.
func leavesNothing(t *testing.T) {
	t.Helper()
	before := descriptors(t)
	t.Cleanup(func() {
		if after := descriptors(t); !slices.Equal(after, before) {
			t.Errorf("descriptors %q before, %q after", before, after)
		}
		if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); err != syscall.ECHILD {
			t.Errorf("a child is left: %d, %v", pid, err)
		}
	})
}

// descriptors are those of this process, each with what it is.
func descriptors(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		if to, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil { // else it was that of the directory
			all = append(all, e.Name()+" "+to)
		}
	}
	return all
}

func TestTheChildFindsWhatThisProcessFinds(t *testing.T) {
	leavesNothing(t)
	names := []string{"esol-gcn", "esol-dmpnn"}
	if testing.Short() {
		names = names[:1]
	}
	for _, name := range names {
		b := read(t, name)
		got, err := (&Prover{}).Prove(t.Context(), b, gate)
		if err != nil {
			t.Fatal(err)
		}
		m, err := b.Open()
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		want, err := gate.Prove(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		if !got.OK || got.Where != prove.Child || got.Source != prove.Fresh || len(got.Checks) != len(want.Checks) {
			t.Errorf("%+v", got)
		}
		for i, k := range want.Checks {
			if got.Checks[i].Name != k.Name || got.Checks[i].Measured != k.Measured {
				t.Errorf("%s: %g in the child, %g here", k.Name, got.Checks[i].Measured, k.Measured)
			}
		}
	}
}

func TestAModelThatDoesNotHoldHasACertificate(t *testing.T) {
	leavesNothing(t)
	b := spoilt(t, "golden.json", []byte("{}"))
	c, err := (&Prover{}).Prove(t.Context(), b, gate)
	if err != nil || c.OK || len(c.Failed()) != 1 || c.Failed()[0].Name != "golden file" {
		t.Errorf("%v, %+v", err, c)
	}
}

func TestAModelThatDoesNotOpenIsRefusedInTheChildsWords(t *testing.T) {
	leavesNothing(t)
	c, err := (&Prover{}).Prove(t.Context(), spoilt(t, "model.onnx", []byte("no network")), gate)
	if c != nil || err == nil || !strings.Contains(err.Error(), "esol-gcn@1: model.onnx is refused") {
		t.Errorf("%v, %+v", err, c)
	}
}

// spoilt is a shipped model with another file, listed with its true hash.
func spoilt(t *testing.T, name string, data []byte) *onnx.Bundle {
	t.Helper()
	return spoiltModel(t, "esol-gcn", name, data)
}

func spoiltModel(t *testing.T, model, name string, data []byte) *onnx.Bundle {
	t.Helper()
	whole := read(t, model)
	files := map[string][]byte{}
	for _, n := range whole.Names() {
		files[n] = whole.File(n)
	}
	old := whole.Manifest().Files[name]
	files[name] = data
	text := strings.Replace(string(whole.ManifestText()), old.SHA256, sha(data), 1)
	text = strings.Replace(text, fmt.Sprintf(`"bytes": %d`, old.Bytes), fmt.Sprintf(`"bytes": %d`, len(data)), 1)
	b, err := onnx.NewBundle([]byte(text), files)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAChildThatMisbehavesIsARefusalThatSaysHow(t *testing.T) {
	for _, c := range []struct {
		mode string
		is   error
		says string
	}{
		{"SIGFPE", nil, "ended by SIGFPE (floating point exception)"},
		{"SIGSEGV", nil, "ended by SIGSEGV (segmentation fault)"},
		{"SIGABRT", nil, "ended by SIGABRT (aborted)"},
		{"SIGBUS", nil, "ended by SIGBUS (bus error)"},
		{"SIGKILL", nil, "ended by SIGKILL (killed)"},
		{"late", nil, `ended by SIGFPE (floating point exception) during the check "warm-up"`},
		{"exit", nil, "exited with status 7"},
		{"hang", ErrDeadline, "killed at its deadline of 1s"},
		{"deaf", ErrDeadline, "killed at its deadline of 1s"},
		{"grow", ErrMemory, "MiB, 256 are allowed"},
		{"grow at once", ErrMemory, "out of memory"},
		{"silent", ErrReply, "it said nothing"},
		{"babble", ErrReply, "it said nothing"},
		{"garbage", ErrReply, "invalid character"},
		{"flood", ErrReply, "more than"},
		{"other check", ErrReply, `"permutatiom" is not known here`},
		{"no check", ErrReply, "with 0 checks of"},
		{"other bound", ErrReply, "bound 0.1"},
		{"nan", ErrReply, "invalid character 'N'"},
		{"long text", ErrReply, "is too long"},
		{"other place", ErrReply, "it computed with \"cuda > cpu"},
		{"libraries", ErrReply, "its certificate has libraries"},
		{"one more", ErrReply, `"lib/x.so" is no path of a library`},
		{"twice", ErrReply, "a library stands twice"},
		{"unknown", ErrReply, `unknown field "then"`},
		{"bodiless", ErrReply, "it has not loaded libonnxruntime"},
		{"both", ErrReply, "neither a certificate nor a reason"},
	} {
		t.Run(c.mode, func(t *testing.T) {
			leavesNothing(t)
			p := &Prover{mode: c.mode, Memory: LeastMemory}
			if c.is == ErrDeadline {
				p.Timeout = time.Second
			}
			got, err := p.Prove(t.Context(), read(t, "esol-gcn"), gate)
			var crash *CrashError
			if errors.As(err, &crash) && strings.Contains(crash.Said, "for -race mode") {
				t.Skip("the race detector runs out of addresses in a way of its own")
			}
			if got != nil || err == nil || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("%v, %+v; want %q", err, got, c.says)
			}
			if c.is != nil && !errors.Is(err, c.is) || c.is == nil && !errors.As(err, &crash) {
				t.Errorf("%v is no %v", err, c.is)
			}
		})
	}
	// And afterwards the next model is proved.
	if c, err := (&Prover{}).Prove(t.Context(), read(t, "esol-gcn"), gate); err != nil || !c.OK {
		t.Errorf("%v, %+v", err, c)
	}
}

func TestTheChildHasNothingOfTheServers(t *testing.T) {
	leavesNothing(t)
	t.Setenv("MOLSERVE_TOKEN", "secret")
	t.Setenv("LD_LIBRARY_PATH", "")
	// A descriptor without close-on-exec, as a C library may have.
	fd, err := unix.Open("/dev/null", unix.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	_, err = (&Prover{mode: "report"}).Prove(t.Context(), read(t, "esol-gcn"), gate)
	want := "env [GOTRACEBACK ONNXRUNTIME_SHARED_LIBRARY_PATH] fds [0=pipe 1=pipe 2=pipe 3=pipe] core 0 size 0 nice 10 signal 9 group true dir /"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}

// withAzure computes with a provider that ONNX Runtime's stock library has beside the CPU's.
func withAzure(t *testing.T) onnx.Preparation {
	t.Helper()
	how := onnx.Preparation{Providers: []onnx.Provider{{Name: "azure"}}}
	if err := how.Check(); err != nil {
		t.Skip(err)
	}
	return how
}

func TestTheChildComputesAsTheServerDoes(t *testing.T) {
	leavesNothing(t)
	for _, how := range []onnx.Preparation{withAzure(t), {KeepNetwork: true}} {
		c, err := (&Prover{Preparation: how}).Prove(t.Context(), read(t, "esol-gcn"), prove.Plan{Level: prove.Golden})
		if err != nil || !c.OK || c.Computing != how.Computing() {
			t.Fatalf("%v, %+v", err, c)
		}
		if (c.Placement == nil) != how.OnCPU() || c.Placement != nil && len(c.Placement.FellBack) == 0 {
			t.Errorf("%+v", c.Placement)
		}
	}
}

func TestAChildBesideADeviceSeesItsVariablesAndMayWrite(t *testing.T) {
	leavesNothing(t)
	t.Setenv("CUDA_VISIBLE_DEVICES", "1")
	t.Setenv("LD_LIBRARY_PATH", "")
	_, err := (&Prover{mode: "report", Preparation: withAzure(t)}).Prove(t.Context(), read(t, "esol-gcn"), gate)
	want := "env [CUDA_VISIBLE_DEVICES GOTRACEBACK ONNXRUNTIME_SHARED_LIBRARY_PATH] fds [0=pipe 1=pipe 2=pipe 3=pipe] core 0 size 18446744073709551615 "
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestNothingOfTheChildsGroupIsLeft(t *testing.T) {
	leavesNothing(t)
	awaitEnd(t, leftBy(t, "grandchild"))
}

// leftBy is the number of the process that a child with this mode leaves behind.
func leftBy(t *testing.T, mode string) int {
	t.Helper()
	_, err := (&Prover{mode: mode}).Prove(t.Context(), read(t, "esol-gcn"), gate)
	if err == nil || !strings.Contains(err.Error(), "pid ") {
		t.Fatal(err)
	}
	_, number, _ := strings.Cut(err.Error(), "pid ")
	pid, err := strconv.Atoi(number)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// awaitEnd waits until a process that is no child of this one is gone, or waits for its parent.
func awaitEnd(t *testing.T, pid int) {
	t.Helper()
	for range 1000 {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if _, after, ok := strings.Cut(string(stat), ") "); err != nil || ok && after[0] == 'Z' {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("process %d lives on", pid)
}

func TestTheEndOfTheContextEndsTheChild(t *testing.T) {
	leavesNothing(t)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(200*time.Millisecond, cancel)
	if c, err := (&Prover{mode: "hang"}).Prove(ctx, read(t, "esol-gcn"), gate); c != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %+v", err, c)
	}
}

func TestOneChildAtATime(t *testing.T) {
	leavesNothing(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	b := read(t, "esol-gcn")
	go func() {
		_, err := (&Prover{mode: "hang"}).Prove(ctx, b, gate)
		ended <- err
	}()
	for len(turn) == 0 {
		time.Sleep(time.Millisecond)
	}
	short, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	if _, err := (&Prover{}).Prove(short, b, gate); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a second child ran: %v", err)
	}
	cancel()
	<-ended
}

// proveForEver is a server whose child never ends.
func proveForEver() {
	b, err := onnx.ReadBundle(filepath.Join(shipped, "esol-gcn", "1"))
	if err == nil {
		_, err = (&Prover{mode: "hang"}).Prove(context.Background(), b, gate)
	}
	fmt.Println(err)
	os.Exit(1)
}

func TestTheChildDiesWithTheServer(t *testing.T) {
	leavesNothing(t)
	server := exec.Command("/proc/self/exe", "server-that-is-killed")
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	pid := childOf(t, server.Process.Pid)
	server.Process.Kill()
	server.Wait()
	awaitEnd(t, pid)
}

// childOf waits for the first child of a process.
func childOf(t *testing.T, parent int) int {
	t.Helper()
	for range 2000 {
		files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", parent))
		for _, f := range files {
			text, _ := os.ReadFile(f)
			if fields := strings.Fields(string(text)); len(fields) > 0 {
				pid, _ := strconv.Atoi(fields[0])
				return pid
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("no child")
	return 0
}
