package main

import (
	"bufio"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// policies counts the threads of a process by how they are scheduled.
func policies(t *testing.T, pid int) map[uint32]int {
	t.Helper()
	tasks, err := os.ReadDir("/proc/" + strconv.Itoa(pid) + "/task")
	if err != nil {
		t.Fatal(err)
	}
	threads := map[uint32]int{}
	for _, task := range tasks {
		thread, err := strconv.Atoi(task.Name())
		if err != nil {
			t.Fatal(err)
		}
		if a, err := unix.SchedGetAttr(thread, 0); err == nil {
			threads[a.Policy]++
		}
	}
	return threads
}

func TestWhatAnAdministratorChoseForAThreadStays(t *testing.T) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread ends with its goroutine
		for _, a := range []unix.SchedAttr{{Policy: unix.SCHED_NORMAL, Nice: 3}, {Policy: unix.SCHED_IDLE, Nice: 3}} {
			if err := unix.SchedSetAttr(0, &a, 0); err != nil {
				t.Error(err)
				return
			}
			changed, err := batchThread(unix.Gettid())
			is, _ := unix.SchedGetAttr(0, 0)
			want := a.Policy
			if want == unix.SCHED_NORMAL {
				want = unix.SCHED_BATCH
			}
			if err != nil || changed != (want != a.Policy) || is.Policy != want || is.Nice != 3 {
				t.Errorf("%+v became %+v, changed %v, %v", a, is, changed, err)
			}
		}
	}()
	<-done
}

func TestAThreadThatHasEndedIsPassedOver(t *testing.T) {
	if _, err := batchThread(1<<22 + 1); err != unix.ESRCH { // above what a thread's number can be
		t.Error(err)
	}
}

func TestServeSchedulesItsThreads(t *testing.T) {
	for _, c := range []struct {
		args []string
		want uint32
	}{{nil, unix.SCHED_BATCH}, {[]string{"--scheduling", "as-is"}, unix.SCHED_NORMAL}} {
		cmd := exec.Command("/proc/self/exe", append([]string{"serve", "--addr", "127.0.0.1:0", "--admin-addr", "off", "--models", t.TempDir()}, c.args...)...)
		cmd.Env = append(os.Environ(), runAsMain+"=1")
		log, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for lines := bufio.NewScanner(log); lines.Scan() && !strings.Contains(lines.Text(), "no model serves yet"); {
		}
		threads := policies(t, cmd.Process.Pid)
		if len(threads) != 1 || threads[c.want] == 0 {
			t.Errorf("%v: threads by their scheduling: %v, want all of %d", c.args, threads, c.want)
		}
		cmd.Process.Kill()
		cmd.Wait()
	}
}
