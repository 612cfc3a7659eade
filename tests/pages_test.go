package tests

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"molserve/onnx/onnxtest"
)

// Some pages run as they are printed: every block, in order, in an empty directory, in one shell. Only the
// port is a free one. Python is recorded (testdata/bring/python), unless DOCS_PYTHON names one with
// torch: then the network is trained, and any number may be another.
func TestTheBringYourOwnModelPageRunsAsPrinted(t *testing.T) {
	pageRuns(t, "bring-your-own-model.md", 13)
}
func TestThePredictPageRunsAsPrinted(t *testing.T) { pageRuns(t, "predict.md", 6) }

func pageRuns(t *testing.T, name string, commands int) {
	for _, tool := range []string{"bash", "curl", "gzip", "awk"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	page, err := os.ReadFile("../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	script, wants := pageScript(strings.ReplaceAll(string(page), "localhost:8080", "localhost:"+port))
	if len(wants) != commands {
		t.Fatalf("the page shows %d commands with their answers, not %d", len(wants), commands)
	}
	out := runPage(t, script, port)
	parts := strings.Split(out, marker)
	if len(parts) != len(wants)+2 || parts[len(wants)+1] != "\n" {
		t.Fatalf("the page came to %d of %d commands with answers, then to\n%s", len(parts)-2, len(wants), parts[len(parts)-1])
	}
	trained := os.Getenv("DOCS_PYTHON") != ""
	for i, want := range wants {
		if got := parts[i+1]; !samePrint(want.answer, got, trained) {
			t.Errorf("$ %s\nprints\n%s\nthe page says\n%s", want.command, got, want.answer)
		}
	}
}

// marker stands in the output before that of each command, and at the end.
const marker = "\x01"

type printed struct{ command, answer string }

// pageScript is a shell script of all fenced blocks: a python block is written to the file that its first
// line names, an sh block must succeed, a console block is commands with their answers.
func pageScript(page string) (script string, wants []printed) {
	var b strings.Builder
	for _, m := range regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$").FindAllStringSubmatch(page, -1) {
		lang, body := m[1], m[2]
		switch lang {
		case "python":
			name, _, _ := strings.Cut(strings.TrimPrefix(body, "# "), "\n")
			fmt.Fprintf(&b, "cat > %s <<'END OF BLOCK'\n%sEND OF BLOCK\n", name, body)
		case "console":
			for _, part := range strings.Split("\n"+body, "\n$ ")[1:] {
				command, answer, _ := strings.Cut(part, "\n")
				wants = append(wants, printed{command, answer})
				fmt.Fprintf(&b, "printf '\\001'\n%s\n", command)
			}
		case "sh":
			fmt.Fprintf(&b, "set -e\n%sset +e\n", body)
		default:
			fmt.Fprintf(&b, "echo 'a block of %s is none that is run'; exit 1\n", lang)
		}
	}
	return b.String() + "printf '\\001\\n'\n", wants
}

// runPage runs the script in an empty directory, where molserve and python are on the path, and ends what
// it leaves behind.
func runPage(t *testing.T, script, port string) string {
	t.Helper()
	tools, dir := t.TempDir(), t.TempDir()
	if out, err := exec.Command("go", "build", "-o", filepath.Join(tools, "molserve"), "molserve/cmd/molserve").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	stand, err := filepath.Abs("testdata/bring")
	if err != nil {
		t.Fatal(err)
	}
	models, err := filepath.Abs("../exported_models")
	if err != nil {
		t.Fatal(err)
	}
	lib := onnxtest.Library(t)
	cmd := exec.Command("bash")
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(script)
	cmd.Env = append(os.Environ(), "PATH="+tools+":"+stand+":"+os.Getenv("PATH"), "MOLSERVE_ADDR=127.0.0.1:"+port, "MOLSERVE_STATE="+filepath.Join(tools, "state"),
		"MOLSERVE_MODELS="+models, "ONNXRUNTIME_SHARED_LIBRARY_PATH="+lib, "OMP_NUM_THREADS=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	if err := cmd.Wait(); err != nil {
		log, _ := os.ReadFile(filepath.Join(dir, "server.log"))
		t.Errorf("%v; the server's log:\n%s", err, log)
	}
	return out.String()
}

var (
	printedNumber = regexp.MustCompile(`-?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?`)
	seconds       = regexp.MustCompile(`[0-9.]+ s\)`)
)

// samePrint compares texts but for white space and seconds; … in want stands for anything. Numbers may
// differ by 1e-4, or by anything.
func samePrint(want, got string, anyNumber bool) bool {
	plain := func(s string) string {
		return seconds.ReplaceAllString(strings.Join(strings.Fields(s), " "), "s)")
	}
	want, got = plain(want), plain(got)
	var form strings.Builder
	rest := 0
	words := func(s string) { form.WriteString(strings.ReplaceAll(regexp.QuoteMeta(s), "…", ".*")) }
	for _, at := range printedNumber.FindAllStringIndex(want, -1) {
		words(want[rest:at[0]])
		form.WriteString("(" + printedNumber.String() + ")")
		rest = at[1]
	}
	words(want[rest:])
	numbers := regexp.MustCompile("^" + form.String() + "$").FindStringSubmatch(got)
	if numbers == nil {
		return false
	}
	for i, w := range printedNumber.FindAllString(want, -1) {
		a, _ := strconv.ParseFloat(w, 64)
		b, _ := strconv.ParseFloat(numbers[1+3*i], 64) // each number has two groups inside
		if !anyNumber && !(math.Abs(a-b) <= 1e-4) {
			return false
		}
	}
	return true
}

func TestSamePrintSeesOtherWordsAndNumbers(t *testing.T) {
	for _, c := range []struct {
		want, got      string
		close, trained bool
	}{
		{"a 1.00000 (3 s)\n", "a  1.00001 (0.25 s)", true, true},
		{"a 1.0", "a 1.1", false, true},
		{"ok 1", "FAIL 1", false, false},
		{"a 1", "a 1 1", false, false},
		{"a 3.1e-07 x", "a 0 x", true, true},
		{"a … c 2", "a b b 1 c 2", true, true},
		{"a … c 2", "a c 3", false, false},
		{"a 1 … 2", "a 1.5 b 2", false, true},
	} {
		if got := samePrint(c.want, c.got, false); got != c.close {
			t.Errorf("%q, %q: %v", c.want, c.got, got)
		}
		if got := samePrint(c.want, c.got, true); got != c.trained {
			t.Errorf("%q, %q with any number: %v", c.want, c.got, got)
		}
	}
}
