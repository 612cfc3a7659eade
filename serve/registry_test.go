package serve_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"molserve/serve"
)

// serving returns the version that answers for m.
func (w *world) serving() string { return w.predict(`{"smiles":["C"]}`).header.Get("Molserve-Version") }

func TestNewVersionIsSwappedInAndTheOldClosed(t *testing.T) {
	w := start(t, serve.Config{Poll: time.Hour}) // file events alone
	for v := 2; v <= 4; v++ {
		w.publish("m", v, "{}")
		eventually(t, "the new version serves", func() bool { return w.serving() == fmt.Sprint(v) })
		eventually(t, "one old version is kept, the others are closed", func() bool { return w.open.Load() == 2 })
	}
	eventually(t, "the old ones are unloaded", func() bool {
		return strings.Contains(w.do("GET", "/v1/models/m", "").body, `"versions":[{"version":"4","state":"ready"},{"version":"3","state":"ready"},`+
			`{"version":"2","state":"unloaded"},{"version":"1","state":"unloaded"}]`)
	})
	w.publish("another", 7, "{}")
	eventually(t, "a new model serves", func() bool {
		return w.do("POST", "/v1/models/another/predict", `{"smiles":["C"]}`, "Content-Type", "application/json").status == 200
	})
}

func TestRefusedVersionLeavesTheOldOneAndIsTriedAgainWhenItChanges(t *testing.T) {
	w := start(t, serve.Config{Poll: 20 * time.Millisecond})
	w.publish("m", 2, "bad")
	w.publish("m", 3, "panic")
	refused := func(v string) bool {
		a := w.do("GET", "/v1/models/m/versions/"+v, "")
		return strings.Contains(a.body, `"state":"refused"`) && strings.Contains(a.body, `"reason":"`)
	}
	eventually(t, "both are refused", func() bool { return refused("2") && refused("3") })
	if a := w.do("GET", "/v1/models/m/versions/2", ""); !strings.Contains(a.body, `"reason":"open m/2/model.onnx: not what the manifest says","manifest":null,"certificate":{"model":"m"`) {
		t.Error(a.body)
	}
	if w.serving() != "1" {
		t.Error("version 1 does not serve any more")
	}
	refusals := strings.Count(w.log.String(), "version refused")
	time.Sleep(200 * time.Millisecond)
	if n := strings.Count(w.log.String(), "version refused"); n != refusals {
		t.Errorf("%d refusals, then %d, of folders that did not change", refusals, n)
	}
	w.publish("m", 2, "{}")
	eventually(t, "the mended version serves", func() bool { return w.serving() == "2" })
	// A file beside the manifest that arrives late counts as a change too.
	os.WriteFile(filepath.Join(w.models, "m", "3", "model.onnx"), []byte("x"), 0o644)
	eventually(t, "it is tried again", func() bool { return strings.Count(w.log.String(), "version refused") > refusals })
}

func TestRemovedVersionFallsBack(t *testing.T) {
	w := start(t, serve.Config{Poll: 20 * time.Millisecond})
	w.publish("m", 2, "{}")
	eventually(t, "version 2 serves", func() bool { return w.serving() == "2" })
	os.RemoveAll(filepath.Join(w.models, "m", "2"))
	eventually(t, "version 1 serves again", func() bool { return w.serving() == "1" })
	eventually(t, "version 2 is out of memory", func() bool { return w.open.Load() == 1 })
	os.RemoveAll(filepath.Join(w.models, "m"))
	eventually(t, "it says that its folder is gone", func() bool {
		return strings.Contains(w.do("GET", "/v1/models/m", "").body, `{"version":"1","state":"ready","reason":"its folder is gone`)
	})
	os.RemoveAll(w.models)
	time.Sleep(100 * time.Millisecond)
	if w.serving() != "1" {
		t.Error("the last version does not serve from memory")
	}
	os.MkdirAll(w.models, 0o755)
	w.publish("m", 2, "{}")
	eventually(t, "version 2 serves", func() bool { return w.serving() == "2" })
}

func TestChangedFolderOfTheServingVersionIsNotReloaded(t *testing.T) {
	w := start(t, serve.Config{Poll: 20 * time.Millisecond})
	w.publish("m", 1, "{ }")
	eventually(t, "it says so", func() bool {
		return strings.Contains(w.do("GET", "/v1/models/m", "").body, "has changed since it was loaded")
	})
	if w.serving() != "1" || w.open.Load() != 1 {
		t.Error("reloaded")
	}
}

func TestIncompleteFoldersAreNoVersions(t *testing.T) {
	w := start(t, serve.Config{Poll: 20 * time.Millisecond})
	os.MkdirAll(filepath.Join(w.models, "m", "2"), 0o755)
	os.WriteFile(filepath.Join(w.models, "m", "2", "model.onnx"), nil, 0o644)
	os.MkdirAll(filepath.Join(w.models, "m", "latest"), 0o755)
	os.WriteFile(filepath.Join(w.models, "README.md"), nil, 0o644)
	time.Sleep(150 * time.Millisecond)
	if a := w.do("GET", "/v1/models/m", ""); !strings.Contains(a.body, `"versions":[{"version":"1","state":"ready"}]`) {
		t.Error(a.body)
	}
}

func TestSwapsUnderLoadLoseNothingAndMixNothing(t *testing.T) {
	w := start(t, serve.Config{Poll: 10 * time.Millisecond, Queue: 1000})
	stop := make(chan struct{})
	var clients sync.WaitGroup
	var mu sync.Mutex
	seen := map[string]int{}
	for range 8 {
		clients.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				a, err := w.try("POST", "/v1/models/m/predict", `{"smiles":["C","CC"]}`, "Content-Type", "application/json")
				v := a.header.Get("Molserve-Version")
				want := fmt.Sprintf(`"version":"%s"`, v)
				first, second := fmt.Sprintf(`"logS":%s001,`, v), fmt.Sprintf(`"logS":%s002,`, v)
				if err != nil || a.status != 200 || !strings.Contains(a.body, want) || !strings.Contains(a.body, first) || !strings.Contains(a.body, second) {
					t.Errorf("%d %s %v", a.status, a.body, err)
					return
				}
				mu.Lock()
				seen[v]++
				mu.Unlock()
			}
		})
	}
	for v := 2; v <= 50; v++ {
		w.publish("m", v, "{}")
		eventually(t, "the new version serves", func() bool { return w.serving() == fmt.Sprint(v) })
	}
	close(stop)
	clients.Wait()
	eventually(t, "the last two are open", func() bool { return w.open.Load() == 2 })
	t.Logf("answers of %d versions", len(seen))
}

func TestFoldersThatLookLikeModelsAreNamedInTheLogOnce(t *testing.T) {
	w := start(t, serve.Config{Poll: 20 * time.Millisecond})
	dir := filepath.Join(w.models, "mine", "v1")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	line := `msg="not a model" reason="` + dir + `: a version is a folder named with a positive integer, such as ` + filepath.Join(w.models, "mine", "1")
	eventually(t, "the folder is named", func() bool { return strings.Contains(w.log.String(), line) })
	w.publish("m", 2, "{}") // there are scans after it
	eventually(t, "the new version serves", func() bool { return w.serving() == "2" })
	if n := strings.Count(w.log.String(), "not a model"); n != 1 {
		t.Errorf("it is named %d times", n)
	}
}

// Nothing in the folder is written when it may be read at last, neither is its time another.
func TestAVersionThatCannotBeReadIsTriedAgainWhenItCan(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read every file")
	}
	w := start(t, serve.Config{Poll: 20 * time.Millisecond})
	network := filepath.Join(w.models, "m", "2", "model.onnx")
	if err := os.MkdirAll(filepath.Dir(network), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(network, nil, 0); err != nil {
		t.Fatal(err)
	}
	w.publish("m", 2, "{}")
	eventually(t, "it is refused", func() bool {
		return strings.Contains(w.do("GET", "/v1/models/m/versions/2", "").body, "permission denied")
	})
	if err := os.Chmod(network, 0o644); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it serves", func() bool { return w.serving() == "2" })
}

func TestALinkInPlaceOfAManifestIsRefusedWithItsReason(t *testing.T) {
	w := start(t, serve.Config{Poll: 20 * time.Millisecond})
	dir := filepath.Join(w.models, "linked", "1")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../../m/1/manifest.json", filepath.Join(dir, "manifest.json")); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the link is refused", func() bool {
		a := w.do("GET", "/v1/models/linked/versions/1", "")
		return strings.Contains(a.body, `"state":"refused","reason":"open linked/1: `) && strings.Contains(a.body, "manifest.json")
	})
}
