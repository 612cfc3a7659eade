package tests

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// soak is how long a soak is. Each block has calls, half of them activate and half rollback, then folders
// new versions, found and proved by the server itself.
type soak struct {
	blocks, pairs, folders int
	pause                  time.Duration // between swaps by call
	saturate               time.Duration // of measuring the saturation load
}

// make soak runs the long one: 900 swaps by call, 100 through the folder.
func soakSize() soak {
	switch {
	case os.Getenv("MOLSERVE_SOAK") != "":
		return soak{blocks: 50, pairs: 9, folders: 2, pause: 50 * time.Millisecond, saturate: 10 * time.Second}
	case testing.Short():
		return soak{blocks: 1, pairs: 3, folders: 1, pause: 5 * time.Millisecond, saturate: time.Second}
	}
	return soak{blocks: 5, pairs: 5, folders: 1, pause: 5 * time.Millisecond, saturate: time.Second}
}

// maxGrowth bounds resident memory after the last swap by that after the tenth. A short run is not held
// to it: its tenth swap comes before the pools of the server are full.
const maxGrowth = 1.1

// swapper swaps the versions of a serving process and remembers when.
type swapper struct {
	*process
	root      string
	history   []turned
	rollbacks []time.Duration
	tenth     int // resident KiB after the tenth swap
	newest    int
}

// Swaps by call and through the folder, at half of the saturation load: no request fails, every answer has the
// numbers of one version, and one that served at some moment of the request.
func TestSwapsAtHalfTheSaturationLoad(t *testing.T) {
	size := soakSize()
	s := &swapper{root: t.TempDir(), newest: 2}
	for v := 1; v <= 2; v++ {
		copyModel(t, v).seal().publish(t, s.root, v)
	}
	s.process = startServing(t, s.root, "--poll", "200ms", "--queue", "1000", "--log-level", "error")
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1000}}
	defer client.CloseIdleConnections()
	s.call("/versions/1/load")
	first := s.firstAnswer(client)
	rate := s.saturation(client, size.saturate) / 2
	s.history = []turned{{2, time.Now(), time.Now()}}

	l := startLoad(s.base, client, rate, first)
	began := time.Now()
	older := 1
	for range size.blocks {
		older = s.block(size, older)
	}
	took := time.Since(began)
	answers, failures := l.stop()
	s.settled()
	last := s.resident()

	for i, err := range failures {
		if i < 5 {
			t.Error(err)
		}
	}
	wrong := checkHistory(s.history, answers)
	for i, err := range wrong {
		if i < 5 {
			t.Error(err)
		}
	}
	slices.Sort(s.rollbacks)
	n := len(s.rollbacks)
	t.Logf("%d swaps in %v, %d of them through the folder; %d requests, %.0f a second of %.0f (half of saturation): %d failed, %d of a version that did not serve",
		len(s.history)-1, took.Round(time.Millisecond), size.blocks*size.folders, len(answers)+len(failures),
		float64(len(answers)+len(failures))/took.Seconds(), rate, len(failures), len(wrong))
	t.Logf("rollback: median %v, 99 %% %v, longest %v; resident memory after the tenth swap %d KiB, after the last %d KiB",
		s.rollbacks[n/2], s.rollbacks[n*99/100], s.rollbacks[n-1], s.tenth, last)
	if os.Getenv("MOLSERVE_SOAK") != "" && float64(last) > maxGrowth*float64(s.tenth) {
		t.Errorf("resident memory grew by more than %.0f %%", 100*(maxGrowth-1))
	}
	if len(answers) == 0 {
		t.Error("nothing was asked")
	}
}

// block swaps to and fro between the newest version and an older one, then brings new ones in by the
// folder. It returns the version that served before the newest.
func (s *swapper) block(size soak, older int) int {
	for range size.pairs {
		s.swap(older, func() { s.call("/versions/" + strconv.Itoa(older) + "/activate") })
		time.Sleep(size.pause)
		s.swap(s.newest, func() {
			start := time.Now()
			s.call("/rollback")
			s.rollbacks = append(s.rollbacks, time.Since(start))
		})
		time.Sleep(size.pause)
	}
	s.call("/versions/latest/activate") // which serves already: from here the folder decides
	for range size.folders {
		next := copyModel(s.t, s.newest+1).seal()
		s.swap(s.newest+1, func() {
			next.publish(s.t, s.root, s.newest+1)
			s.await(s.newest + 1)
		})
		os.RemoveAll(filepath.Join(s.root, swapModel, strconv.Itoa(older)))
		older, s.newest = s.newest, s.newest+1
	}
	return older
}

func (s *swapper) swap(version int, do func()) {
	begin := time.Now()
	do()
	s.history = append(s.history, turned{version, begin, time.Now()})
	if len(s.history) == 11 {
		s.settled()
		s.tenth = s.resident()
	}
}

// call posts to a route of the model on the admin listener.
func (s *swapper) call(route string) {
	s.t.Helper()
	res, err := http.Post(s.admin+"/v1/models/"+swapModel+route, "", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	if body, _ := io.ReadAll(res.Body); res.StatusCode != 200 {
		s.t.Fatalf("%s: %d %s", route, res.StatusCode, body)
	}
}

// modelState is what the server says of the model.
type modelState struct {
	Active   string `json:"active_version"`
	Versions []struct{ Version, State, Reason string }
}

func (s *swapper) look() (m modelState) {
	s.t.Helper()
	res, err := http.Get(s.base + "/v1/models/" + swapModel)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&m); err != nil {
		s.t.Fatal(err)
	}
	return m
}

func (s *swapper) until(what string, done func(modelState) bool) {
	s.t.Helper()
	for range 3000 {
		if done(s.look()) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.t.Fatalf("never %s: %+v", what, s.look())
}

func (s *swapper) await(version int) {
	s.t.Helper()
	s.until(fmt.Sprintf("version %d", version), func(m modelState) bool { return m.Active == strconv.Itoa(version) })
}

// settled waits until the active version and one other are in memory, and no third.
func (s *swapper) settled() {
	s.t.Helper()
	s.until("two versions in memory", func(m modelState) bool {
		ready := 0
		for _, v := range m.Versions {
			if v.State == "draining" || v.State == "loading" {
				return false
			}
			if v.State == "ready" {
				ready++
			}
		}
		return ready == 2
	})
}

// resident returns the KiB of the server that are in memory.
func (s *swapper) resident() int {
	s.t.Helper()
	kib, err := strconv.Atoi(strings.Fields(residentOf(strconv.Itoa(s.cmd.Process.Pid)))[0])
	if err != nil {
		s.t.Fatal(err)
	}
	return kib
}

// firstAnswer is what version 1 answers.
func (s *swapper) firstAnswer(client *http.Client) swapAnswer {
	s.t.Helper()
	a, err := askModel(client, s.base+"/v1/models/"+swapModel+"/versions/1/predict")
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

// saturation is how many requests a second eight clients get answered that ask without a pause.
func (s *swapper) saturation(client *http.Client, span time.Duration) float64 {
	var clients sync.WaitGroup
	counts := make([]int, 8)
	begin := time.Now()
	for i := range counts {
		clients.Go(func() {
			for time.Since(begin) < span {
				if _, err := askModel(client, s.base+"/v1/models/"+swapModel+"/predict"); err == nil {
					counts[i]++
				}
			}
		})
	}
	clients.Wait()
	sum := 0
	for _, n := range counts {
		sum += n
	}
	return float64(sum) / time.Since(begin).Seconds()
}

// openLoad asks at a rate, whether answers come or not.
type openLoad struct {
	ended    chan struct{} // closed to stop
	sender   sync.WaitGroup
	mu       sync.Mutex
	answers  []answered
	failures []error
}

// startLoad asks base's model rate times a second. An answer whose numbers are not its version's is a failure.
// A tick that comes late asks what is due: a busy machine does not lower the rate.
func startLoad(base string, client *http.Client, rate float64, first swapAnswer) *openLoad {
	l := &openLoad{ended: make(chan struct{})}
	l.sender.Go(func() {
		ticks := time.NewTicker(time.Millisecond)
		defer ticks.Stop()
		sent, begin := 0, time.Now()
		for {
			select {
			case <-l.ended:
				return
			case <-ticks.C:
				for due := int(rate * time.Since(begin).Seconds()); sent < due; sent++ {
					l.sender.Go(func() { l.ask(base, client, first) })
				}
			}
		}
	})
	return l
}

func (l *openLoad) ask(base string, client *http.Client, first swapAnswer) {
	begin := time.Now()
	a, err := askModel(client, base+"/v1/models/"+swapModel+"/predict")
	if err == nil {
		err = a.consistent(first)
	}
	end := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.failures = append(l.failures, err)
		return
	}
	version, _ := strconv.Atoi(a.Version)
	l.answers = append(l.answers, answered{version, begin, end})
}

func (l *openLoad) stop() ([]answered, []error) {
	close(l.ended)
	l.sender.Wait()
	return l.answers, l.failures
}
