package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"text/tabwriter"
)

// bar is one thing that must hold.
type bar struct {
	Name     string    `json:"name"`
	Measured string    `json:"measured"`
	Bar      string    `json:"bar"`
	Pass     bool      `json:"pass"`
	By       string    `json:"by,omitempty"` // how it was measured
	Clock    *estimate `json:"clock,omitempty"`
	Work     *estimate `json:"processor,omitempty"`
}

// report is what a run found.
type report struct {
	Machine string         `json:"machine"`
	Load    []string       `json:"load_average"` // at the begin, between and at the end
	Bars    []bar          `json:"bars"`
	Raw     map[string]any `json:"raw"`
	note    func(string)   // of progress
}

func newReport(progress io.Writer) *report {
	r := &report{Machine: machine(), Raw: map[string]any{}, note: func(s string) { fmt.Fprintln(progress, s) }}
	r.breathe()
	return r
}

// breathe notes the load average of the moment.
func (r *report) breathe() { r.Load = append(r.Load, loadAverage()) }

func (r *report) add(b bar) {
	r.Bars = append(r.Bars, b)
	r.note(fmt.Sprintf("%s %s: %s (%s)", verdict(b.Pass), b.Name, b.Measured, b.Bar))
}

// hold adds a bar on a number, a is the measured text.
func (r *report) hold(name string, pass bool, limit, format string, a ...any) {
	r.add(bar{Name: name, Measured: fmt.Sprintf(format, a...), Bar: limit, Pass: pass})
}

func (r *report) passed() bool {
	for _, b := range r.Bars {
		if !b.Pass {
			return false
		}
	}
	return len(r.Bars) > 0
}

func verdict(pass bool) string {
	if pass {
		return "ok  "
	}
	return "FAIL"
}

// print writes the table, or with raw all numbers as JSON.
func (r *report) print(w io.Writer, raw bool) error {
	r.breathe()
	if raw {
		e := json.NewEncoder(w)
		e.SetIndent("", " ")
		return e.Encode(r)
	}
	fmt.Fprintf(w, "\n%s\nload average %s\n", r.Machine, strings.Join(r.Load, ", "))
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "bar\tmeasured\tbound\t")
	for _, b := range r.Bars {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", b.Name, b.Measured, b.Bar, verdict(b.Pass))
	}
	return t.Flush()
}

// machine names the processor.
func machine() string {
	name := "unknown processor"
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
				name = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%d × %s, %s, %s/%s", runtime.NumCPU(), name, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
