package tests

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestFiftySwapsUnderLoadLoseNoRequestAndMixNoVersions(t *testing.T) {
	s := startSwapServer(t)
	first := s.mustPredict()
	var asked, swaps atomic.Int64
	stop := make(chan struct{})
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				a, err := s.predict()
				if err == nil {
					err = a.consistent(first)
				}
				if err != nil {
					t.Error(err)
					return
				}
				asked.Add(1)
				time.Sleep(2 * time.Millisecond) // the gate needs a core too
			}
		})
	}
	start, before := time.Now(), resident()
	last := 51
	if testing.Short() {
		last = 11
	}
	for v := 2; v <= last; v++ {
		copyModel(t, v).seal().publish(t, s.root, v)
		s.eventually(v, "ready")
		os.RemoveAll(filepath.Join(s.root, swapModel, strconv.Itoa(v-1)))
		swaps.Add(1)
	}
	took := time.Since(start)
	close(stop)
	clients.Wait()
	for range 200 {
		if s.open.Load() == 1 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if n := s.open.Load(); n != 1 {
		t.Errorf("%d sessions are open", n)
	}
	t.Logf("%d swaps in %v, %d requests, none failed; resident memory %s at the first swap, %s at the last", swaps.Load(),
		took.Round(time.Millisecond), asked.Load(), before, resident())
}

// resident returns the memory of this process as the kernel counts it, with its unit.
func resident() string { return residentOf("self") }

func residentOf(process string) string {
	text, _ := os.ReadFile("/proc/" + process + "/status")
	_, after, _ := strings.Cut(string(text), "VmRSS:")
	line, _, _ := strings.Cut(after, "\n")
	return strings.TrimSpace(line)
}
