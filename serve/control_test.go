package serve_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"molserve/serve"
)

// expect calls a route of m on the admin listener and wants a status, and a text in the answer.
func (w *world) expect(path string, status int, want string) {
	w.t.Helper()
	if a := w.call("/v1/models/m" + path); a.status != status || !strings.Contains(a.body, want) {
		w.t.Errorf("%s: %d %s; want %d and %s", path, a.status, a.body, status, want)
	}
}

func (w *world) mustServe(version string) {
	w.t.Helper()
	if got := w.serving(); got != version {
		w.t.Errorf("version %q serves, not %s", got, version)
	}
}

// versions starts a server whose m has versions 1…n in its folder, the highest serving.
func versions(t *testing.T, n int, cfg serve.Config) *world {
	t.Helper()
	cfg.Poll = 10 * time.Millisecond
	w := start(t, cfg)
	for v := 2; v <= n; v++ {
		w.publish("m", v, "{}")
	}
	eventually(t, "the highest version serves", func() bool { return w.serving() == fmt.Sprint(n) })
	return w
}

func TestActivatePinsAndRollbackGoesBackStepByStep(t *testing.T) {
	w := versions(t, 3, serve.Config{})
	w.expect("/versions/1/activate", 200, `"active_version":"1","pinned_version":"1"`)
	w.mustServe("1")
	w.publish("m", 4, "{}")
	time.Sleep(200 * time.Millisecond)
	w.mustServe("1") // a pinned model does not follow its folder
	w.expect("/rollback", 200, `"active_version":"3"`)
	w.mustServe("3")
	w.expect("/versions/4/activate", 200, `"active_version":"4"`)
	w.expect("/versions/2/activate", 200, `"active_version":"2"`)
	w.expect("/rollback", 200, `"active_version":"4"`)
	w.expect("/rollback", 200, `"active_version":"3"`)
	w.expect("/versions/latest/activate", 200, `"active_version":"4"`)
	if a := w.call("/v1/models/m/versions/latest/activate"); strings.Contains(a.body, "pinned_version") {
		t.Error(a.body)
	}
	w.publish("m", 5, "{}")
	eventually(t, "the folder is followed again", func() bool { return w.serving() == "5" })
}

func TestRollbackWithoutAPastIs409(t *testing.T) {
	w := start(t, serve.Config{})
	w.expect("/rollback", 409, "no_previous_version")
	w.mustServe("1")
}

func TestFailedActivationLeavesTheOldOneAndSaysWhy(t *testing.T) {
	w := versions(t, 2, serve.Config{})
	w.publish("m", 3, "bad")
	w.publish("m", 4, "panic")
	eventually(t, "both are refused", func() bool { return strings.Count(w.do("GET", "/v1/models/m", "").body, `"refused"`) == 2 })
	w.expect("/versions/3/activate", 409, "version 3 of m: open m/3/model.onnx: not what the manifest says")
	w.expect("/versions/4/activate", 409, "the loader failed in an unforeseen way")
	w.expect("/versions/9/activate", 404, "unknown_version")
	w.expect("/versions/02/activate", 404, "unknown_version")
	w.mustServe("2")
	if a := w.do("GET", "/v1/models/m", ""); strings.Contains(a.body, "pinned_version") {
		t.Errorf("a failed call has pinned: %s", a.body)
	}
	w.publish("m", 3, "{}")
	eventually(t, "the mended one serves", func() bool { return w.serving() == "3" })
}

func TestKeepLoadedBoundsWhatStaysInMemory(t *testing.T) {
	for keep, open := range map[int]int64{-1: 1, 0: 2, 1: 2, 3: 4} {
		w := versions(t, 1, serve.Config{KeepLoaded: keep})
		for v := 2; v <= 6; v++ {
			w.publish("m", v, "{}")
			eventually(t, "the new version serves", func() bool { return w.serving() == fmt.Sprint(v) })
		}
		eventually(t, fmt.Sprintf("keep %d: %d open", keep, open), func() bool { return w.open.Load() == open })
	}
}

func TestVersionsAreLoadedAndUnloadedBesideTheOneThatServes(t *testing.T) {
	w := versions(t, 4, serve.Config{KeepLoaded: -1})
	answers := func(v string) int {
		return w.do("POST", "/v1/models/m/versions/"+v+"/predict", `{"smiles":["C"]}`, "Content-Type", "application/json").status
	}
	if answers("1") != 404 {
		t.Error("version 1 answers before it is loaded")
	}
	w.expect("/versions/1/load", 200, `"active_version":"4"`)
	if answers("1") != 200 || answers("4") != 200 || answers("2") != 404 {
		t.Error("not version 1 beside 4")
	}
	w.publish("m", 5, "{}")
	eventually(t, "version 5 serves", func() bool { return w.serving() == "5" })
	if answers("1") != 200 {
		t.Error("a version that was loaded by call went with a swap")
	}
	w.expect("/versions/5/unload", 409, "version_active")
	w.expect("/versions/1/unload", 200, `{"version":"1","state":"`)
	w.expect("/versions/1/unload", 200, "")
	eventually(t, "version 1 is unloaded", func() bool {
		return strings.Contains(w.do("GET", "/v1/models/m", "").body, `{"version":"1","state":"unloaded","reason":"unloaded by call"}`)
	})
	w.expect("/versions/9/load", 404, "unknown_version")
	w.mustServe("5")
}

func TestPinBySettingHoldsUntilACallChangesIt(t *testing.T) {
	cfg := serve.Config{Pins: map[string]int{"m": 1}, Poll: 10 * time.Millisecond}
	w := start(t, cfg)
	w.publish("m", 2, "{}")
	time.Sleep(200 * time.Millisecond)
	w.mustServe("1")
	w.expect("/versions/latest/activate", 200, `"active_version":"2"`)
	w.mustServe("2")
}

func TestPinnedVersionThatIsNotThereLeavesTheModelUnready(t *testing.T) {
	w := start(t, serve.Config{Pins: map[string]int{"m": 7}, Poll: 10 * time.Millisecond})
	if a := w.predict(`{"smiles":["C"]}`); a.status != 503 || !strings.Contains(a.body, "pinned to version 7") {
		t.Errorf("%d %s", a.status, a.body)
	}
	w.publish("m", 7, "{}")
	eventually(t, "it serves", func() bool { return w.serving() == "7" })
}

func TestLastVersionServesOnWhenItsFolderGoes(t *testing.T) {
	w := versions(t, 2, serve.Config{})
	w.expect("/versions/2/activate", 200, `"pinned_version":"2"`)
	os.RemoveAll(filepath.Join(w.models, "m", "2"))
	eventually(t, "it says so", func() bool { return strings.Contains(w.do("GET", "/v1/models/m", "").body, "its folder is gone") })
	w.mustServe("2")
}

// A load that takes long holds up neither a rollback to what is in memory, nor requests.
func TestRollbackDoesNotWaitForALoad(t *testing.T) {
	w := versions(t, 2, serve.Config{})
	w.publish("m", 3, "slow")
	eventually(t, "version 3 is loading", func() bool { return strings.Contains(w.do("GET", "/v1/models/m", "").body, `"loading"`) })
	w.expect("/rollback", 200, `"active_version":"1"`)
	w.mustServe("1")
	close(w.hold)
	eventually(t, "version 3, which the rollback has overtaken, is out of memory", func() bool {
		return strings.Contains(w.do("GET", "/v1/models/m", "").body, `{"version":"3","state":"unloaded"}`)
	})
	w.mustServe("1")
}

// Who unloads what another call is loading has the last word.
func TestUnloadOvertakesALoad(t *testing.T) {
	for _, c := range []struct{ load, unload, state string }{
		{"/v1/models/m/versions/2/activate", "/v2/repository/models/m/unload", `"active_version":null`},
		{"/v1/models/m/versions/2/load", "/v2/repository/models/m/unload", `"active_version":null`},
		{"/v1/models/m/versions/2/load", "/v1/models/m/versions/2/unload", `"active_version":"1"`},
	} {
		w := start(t, serve.Config{Poll: 10 * time.Millisecond, Pins: map[string]int{"m": 1}})
		w.publish("m", 2, "slow")
		eventually(t, "version 2 is there", func() bool { return strings.Contains(w.do("GET", "/v1/models/m", "").body, `"version":"2"`) })
		got := make(chan answer, 1)
		go func() {
			a, _ := ask("POST", w.admin+c.load, "")
			got <- a
		}()
		eventually(t, "version 2 is loading", func() bool { return strings.Contains(w.do("GET", "/v1/models/m", "").body, `"loading"`) })
		if a, err := ask("POST", w.admin+c.unload, ""); err != nil || a.status != 200 {
			t.Errorf("%s: %d %s, %v", c.unload, a.status, a.body, err)
		}
		close(w.hold)
		if a := <-got; a.status != 503 || !strings.Contains(a.body, `"unloaded"`) {
			t.Errorf("%s: %d %s", c.load, a.status, a.body)
		}
		eventually(t, "version 2 is out of memory", func() bool {
			return strings.Contains(w.do("GET", "/v1/models/m", "").body, `{"version":"2","state":"unloaded"`)
		})
		if a := w.do("GET", "/v1/models/m", ""); !strings.Contains(a.body, c.state) {
			t.Errorf("%s, %s: %s", c.load, c.unload, a.body)
		}
	}
}

func TestCallsThatWaitEndWithTheServer(t *testing.T) {
	w := versions(t, 2, serve.Config{})
	w.publish("m", 3, "slow")
	eventually(t, "version 3 is loading", func() bool { return strings.Contains(w.do("GET", "/v1/models/m", "").body, `"loading"`) })
	got := make(chan answer, 1)
	go func() {
		a, _ := ask("POST", w.admin+"/v1/models/m/versions/latest/activate", "")
		got <- a
	}()
	time.Sleep(50 * time.Millisecond)
	w.stop()
	if a := <-got; a.status != 503 || !strings.Contains(a.body, "stopping") {
		t.Errorf("%d %s", a.status, a.body)
	}
}
