package prove

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"molserve/onnx"
	"molserve/onnx/rewrite"
)

// Check is one row: a law, how far the model is from it, and whether that is near enough.
type Check struct {
	Name     string
	Measured float64 // infinite: there was nothing finite to measure
	Bound    float64 // most that Measured may be
	OK       bool
	Detail   string // what was compared
	Worst    string // where Measured comes from; empty: nothing deviates
	Took     time.Duration
}

// checkJSON is a Check in JSON, which has no infinity: measured is null instead.
type checkJSON struct {
	Name     string   `json:"name"`
	Measured *float64 `json:"measured"`
	Bound    float64  `json:"bound"`
	OK       bool     `json:"ok"`
	Detail   string   `json:"detail"`
	Worst    string   `json:"worst,omitempty"`
	Took     float64  `json:"took_seconds"`
}

// MarshalJSON writes name, measured (null: nothing finite), bound, ok, detail, worst, took_seconds.
func (c Check) MarshalJSON() ([]byte, error) {
	out := checkJSON{Name: c.Name, Bound: c.Bound, OK: c.OK, Detail: c.Detail, Worst: c.Worst, Took: c.Took.Seconds()}
	if !math.IsInf(c.Measured, 0) && !math.IsNaN(c.Measured) {
		out.Measured = &c.Measured
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (c *Check) UnmarshalJSON(data []byte) error {
	var in checkJSON
	if err := decodeStrictly(data, &in); err != nil {
		return err
	}
	*c = Check{Name: in.Name, Measured: math.Inf(1), Bound: in.Bound, OK: in.OK, Detail: in.Detail, Worst: in.Worst,
		Took: time.Duration(math.Round(in.Took * float64(time.Second)))}
	if in.Measured != nil {
		c.Measured = *in.Measured
	}
	return nil
}

// Certificate says what was proved of a model, and where.
type Certificate struct {
	Model     string            `json:"model"`
	Version   string            `json:"version"`
	Level     string            `json:"level"` // golden, gate or full
	OK        bool              `json:"ok"`    // all checks hold
	Checks    []Check           `json:"checks"`
	NotProved []string          `json:"not_proved"`          // what this level or this model leaves open
	Files     map[string]string `json:"files"`               // SHA-256 of the files that were proved, by name
	Rewritten *onnx.Rewriting   `json:"rewritten,omitempty"` // how the network that runs differs from its file
	Left      []rewrite.Change  `json:"left,omitempty"`      // what rewriting saw and left as it is
	Computing string            `json:"computing"`           // execution providers, session options, rewriter
	Placement *onnx.Placement   `json:"placement,omitempty"` // which provider computes what; nil: all is the CPU's
	WarmUp    *WarmUp           `json:"warm_up,omitempty"`   // what the largest run took
	Library   string            `json:"library"`             // ONNX Runtime's version
	Libraries []Library         `json:"libraries,omitempty"` // that the process had mapped when it was done
	Machine   string            `json:"machine"`
	When      time.Time         `json:"when"`
	Took      float64           `json:"took_seconds"`

	Where    string  `json:"where"`              // the process that proved: Child or Here
	Source   string  `json:"source"`             // Fresh, or Kept of an earlier start
	Key      string  `json:"key,omitempty"`      // what it holds for: files, program, library, processor, hashed together
	Repeated []Check `json:"repeated,omitempty"` // by the process that serves, with the session that serves

	// Passing says why the certificate is not to be kept: what the figures hang on may be another already.
	Passing error `json:"-"`
}

// Library is a shared library whose code computed, or was there.
type Library struct {
	Path   string `json:"-"` // of the machine, no matter of who reads a certificate
	Name   string `json:"name"`
	SHA256 string `json:"sha256"` // of its file
}

// The words of Where and Source.
const (
	Child = "child process"
	Here  = "this process"
	Fresh = "fresh"
	Kept  = "kept"
)

// Failed returns the checks that do not hold.
func (c *Certificate) Failed() []Check {
	var failed []Check
	for _, row := range c.Checks {
		if !row.OK {
			failed = append(failed, row)
		}
	}
	return failed
}

func newCertificate(m *onnx.Manifest, level Level, when time.Time) *Certificate {
	c := &Certificate{Model: m.Name, Version: m.Version, Level: level.String(), When: when.UTC(), Files: map[string]string{},
		Library: "onnxruntime " + onnx.Version(), Machine: machine(), Where: Here, Source: Fresh}
	for name, f := range m.Files {
		c.Files[name] = f.SHA256
	}
	return c
}

// notProved lists what a reader of the certificate might take for granted.
func notProved(s *subject, level Level) []string {
	open := []string{}
	if s.manifest.Architecture == nil {
		open = append(open, "reference: the manifest names no architecture; the numbers rest on the golden vectors")
	}
	if s.manifest.Architecture == nil && hasForces(s) {
		open = append(open, "forces to more than two digits: without a reference, float32 energies are what their slope is taken of")
	}
	if len(s.probes) > probesAtGate && s.geometric && level < Full {
		open = append(open, fmt.Sprintf("reference: on %d of %d probes; the laws of space, batch mates and padding: on few structures", probesAtGate, len(s.probes)))
	}
	if !hasMates(s) && level >= Gate {
		open = append(open, "batch mates: an output is per batch, so that each molecule runs alone")
	}
	if in := s.manifest.Chained(); in != nil {
		open = append(open, "auxiliary: outputs of "+sources(in)+" are proved by their own certificate; here the numbers are those of golden.json")
	}
	if level == Gate {
		open = append(open, "repeatable: not part of the gate")
	}
	if level < Gate {
		open = append(open, "everything but the golden answers")
	}
	if !s.usable {
		open = append(open, "everything else: golden.json is not usable")
	}
	return open
}

// sources names the versions that an input takes numbers of.
func sources(in *onnx.Input) string {
	var names []string
	for _, f := range in.From {
		names = append(names, f.Model+"@"+f.Version)
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}

// machine describes the processor, whose kernels the figures hang on.
func machine() string {
	text := fmt.Sprintf("%s/%s, %d CPUs", runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	info, _ := os.ReadFile("/proc/cpuinfo")
	_, after, ok := strings.Cut(string(info), "model name")
	if !ok {
		return text
	}
	name, _, _ := strings.Cut(after, "\n")
	return text + ", " + strings.TrimSpace(strings.TrimLeft(name, "\t :"))
}
