package main

import (
	"fmt"
	"strings"
	"testing"
)

// Limits are settings; what a manifest says holds where it is less.
func TestLargeRecordsAreRefusedByTheLimits(t *testing.T) {
	rows := strings.Repeat("C", 10) + " ten\n" + strings.Repeat("C", 500) + " most\n" + strings.Repeat("C", 501) + " more\n" + strings.Repeat("[CH2]", 300) + " long\n"
	for _, c := range []struct {
		args string
		want string // the verdicts of the rows
	}{
		{"", "ok ok too_large ok"},
		{"--max-atoms 5000", "ok ok too_large ok"}, // esol-gcn's own limit is 500
		{"--max-atoms 10", "ok too_large too_large too_large"},
		{"--max-atoms 9", "too_large too_large too_large too_large"},
		{"--max-smiles 501", "ok ok too_large too_long"},
		{"--max-smiles 10", "ok too_long too_long too_long"},
	} {
		r := predictShipped(t, rows, append(strings.Fields("--model esol-gcn --quiet --output-format csv - "), strings.Fields(c.args)...)...)
		var got []string
		for _, line := range strings.Split(strings.TrimSpace(r.stdout), "\n")[1:] {
			cells := strings.Split(line, ",")
			if verdict := cells[3]; verdict == "ok" {
				got = append(got, verdict)
			} else {
				got = append(got, cells[4])
			}
		}
		if r.code != 0 || strings.Join(got, " ") != c.want {
			t.Errorf("%q: exit %d, %v, want %s%s", c.args, r.code, got, c.want, r.stderr)
		}
	}
}

func TestLimitsThatAreNoneAreRefused(t *testing.T) {
	for _, args := range []string{"--max-atoms 0", "--max-atoms -1", "--max-smiles 0", "--max-atoms many", "--max-sdf 0", "--max-row 0", "--max-row 2000000000",
		"--work-budget 0", "--work-budget -1", "--work-budget 1", "--work-budget 1000000000001", "--work-budget much"} {
		for _, command := range []string{"predict --model esol-gcn -", "serve"} {
			r := runCommand(t, "", append(strings.Fields(command), strings.Fields(args)...)...)
			if r.code != exitUsage || !strings.Contains(r.stderr, strings.Fields(args)[0]) {
				t.Errorf("%s %s: exit %d, %s", command, args, r.code, r.stderr)
			}
		}
	}
}

func TestExpansionThatIsNoneIsRefused(t *testing.T) {
	for _, args := range []string{"--max-expansion 0", "--max-expansion -1", "--max-expansion 1000001", "--max-expanded -1"} {
		r := runCommand(t, "", append([]string{"serve"}, strings.Fields(args)...)...)
		if r.code != exitUsage || !strings.Contains(r.stderr, strings.Fields(args)[0]) {
			t.Errorf("%s: exit %d, %s", args, r.code, r.stderr)
		}
	}
	if r := runCommand(t, "", "inspect", "--work-budget", "1"); r.code != exitUsage || !strings.Contains(r.stderr, "--work-budget") {
		t.Errorf("inspect: exit %d, %s", r.code, r.stderr)
	}
}

func TestPredictReadsRowsAndRecordsUpToTheirSettings(t *testing.T) {
	long := strings.Repeat("C", 101) + "\n"
	record := "\n  x\n\n  1  0  0  0  0  0  0  0  0  0999 V2000\n    0.0000    0.0000    0.0000 C   0  0\nM  END\n> <a>\n" + strings.Repeat("v", 500) + "\n\n$$$$\n"
	for _, c := range []struct {
		format, input, args, want string
	}{
		{"smi", long, "", `"status":"ok"`},
		{"smi", long, "--max-row 101", `"status":"ok"`},
		{"smi", long, "--max-row 100", `"too_long"`}, // not the molecule that is left when the line is cut
		{"ndjson", `{"smiles":"C","id":"` + strings.Repeat("i", 100) + `"}` + "\n", "", `"status":"ok"`},
		{"ndjson", `{"smiles":"C","id":"` + strings.Repeat("i", 100) + `"}` + "\n", "--max-row 100", `"error"`},
		{"sdf", record, "--max-row 64", `"status":"ok"`}, // which is not of records
		{"sdf", record, "--max-sdf 500", `"too_long"`},
	} {
		args := append(strings.Fields("--model esol-gcn --quiet --output-format ndjson - --format "+c.format), strings.Fields(c.args)...)
		if r := predictShipped(t, c.input, args...); r.code != 0 || !strings.Contains(r.stdout, c.want) {
			t.Errorf("%s %s: exit %d, %s%s", c.format, c.args, r.code, r.stdout, r.stderr)
		}
	}
}

// The rings of a Möbius ladder take more steps than those of ordinary molecules.
func TestTheWorkBudgetIsASetting(t *testing.T) {
	const rungs = 250
	ladder := "C%(999)"
	for i := range 2 * rungs {
		ladder += fmt.Sprintf("%%(%d)C", 1+i%rungs)
	}
	ladder = strings.TrimSuffix(ladder, "C") + "%(999)\n"
	for budget, want := range map[string]string{"": `"status":"ok"`, "--work-budget 40000000": `"status":"ok"`,
		"--work-budget 100000": `"code":"unsupported","message":"the ring system takes more than 100000 steps to perceive; a larger work budget allows more (--work-budget)"`} {
		r := predictShipped(t, ladder, append(strings.Fields("--model esol-gcn --quiet --output-format ndjson -"), strings.Fields(budget)...)...)
		if r.code != 0 || !strings.Contains(r.stdout, want) {
			t.Errorf("%s: exit %d, %s%s", budget, r.code, r.stdout, r.stderr)
		}
	}
}
