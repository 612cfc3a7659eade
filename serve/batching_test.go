package serve_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"molserve/serve"
)

// Molecules of different requests share runs; one that the network fails on, or crashes on, fails alone.
func TestPoisonInARunOfManyRequestsFailsAlone(t *testing.T) {
	for _, poison := range []string{"poison", "crash"} {
		w := start(t, serve.Config{Runs: 1})
		answers := make(chan answer, 3)
		ask := func(smiles string) {
			a, err := w.try("POST", "/v1/models/m/predict", `{"smiles":["`+smiles+`"]}`, "Content-Type", "application/json")
			if err != nil {
				t.Error(err)
			}
			answers <- a
		}
		go ask("wait") // keeps the only run busy while the others gather
		eventually(t, "one runs", func() bool { return w.scrape()[`molserve_running_batches{model="m"}`] == "1" })
		go ask(poison)
		go ask("CC")
		eventually(t, "two wait", func() bool { return w.scrape()[`molserve_queue_molecules{model="m"}`] == "2" })
		close(w.hold)
		good, bad := 0, 0
		for range 3 {
			a := <-answers
			if a.status == 200 && strings.Contains(a.body, `"status":"ok"`) {
				good++
			}
			if a.status == 200 && strings.Contains(a.body, `"code":"internal","message":"the network failed on this molecule"`) {
				bad++
			}
			if strings.Contains(a.body, "secret") || strings.Contains(a.body, "told to") {
				t.Errorf("the cause is answered: %s", a.body)
			}
		}
		if good != 2 || bad != 1 || !strings.Contains(w.log.String(), map[string]string{"poison": "secret at /var/lib/model", "crash": "the fake was told to"}[poison]) {
			t.Errorf("%s: %d good, %d bad\n%s", poison, good, bad, w.log.String())
		}
		w.wantSamples(map[string]string{"molserve_batch_failures_total": "1", "molserve_batch_molecules_sum": "3", "molserve_batch_molecules_count": "2"})
	}
}

// A request of many molecules is built and run in parts, and comes back in order.
func TestManyMoleculesComeBackInOrder(t *testing.T) {
	w := start(t, serve.Config{})
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			var smiles []string
			for i := range 300 {
				smiles = append(smiles, `"`+strings.Repeat("C", 1+i%50)+`"`)
				if i%100 == 99 {
					smiles[i] = `"C1CC"`
				}
			}
			a, err := w.try("POST", "/v1/models/m/predict", `{"smiles":[`+strings.Join(smiles, ",")+`]}`, "Content-Type", "application/json", "Accept", "text/csv")
			if err != nil {
				t.Error(err)
				return
			}
			for i, line := range strings.Split(strings.TrimSpace(a.body), "\n")[1:] {
				want := fmt.Sprintf("%d,", i)
				if i%100 == 99 {
					if !strings.HasPrefix(line, want) || !strings.Contains(line, "unclosed_ring") {
						t.Errorf("line %q", line)
					}
				} else if !strings.HasPrefix(line, want) || !strings.Contains(line, fmt.Sprintf(",%d,", 1001+i%50)) {
					t.Errorf("line %d is %q", i, line)
				}
			}
		})
	}
	clients.Wait()
}

func TestMemoryOfMoleculesThatWaitIsBounded(t *testing.T) {
	w := start(t, serve.Config{Runs: 1, MaxWaiting: 10})
	slow := make(chan answer, 1)
	go func() {
		a, _ := w.try("POST", "/v1/models/m/predict", `{"smiles":["wait"]}`, "Content-Type", "application/json") // 4 bytes of atomic numbers
		slow <- a
	}()
	eventually(t, "one runs", func() bool { return w.scrape()[`molserve_running_batches{model="m"}`] == "1" })
	if a := w.predict(`{"smiles":["CCCCCCC"]}`); a.status != 429 || !strings.Contains(a.body, "fill the memory") {
		t.Errorf("%d %s", a.status, a.body)
	}
	close(w.hold)
	<-slow
	// What is larger than all the room there is has all of it.
	if a := w.predict(`{"smiles":["CCCCCCCCCCCCCCCCC"]}`); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
}
