package main

import (
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
	for _, args := range []string{"--max-atoms 0", "--max-atoms -1", "--max-smiles 0", "--max-atoms many"} {
		for _, command := range []string{"predict --model esol-gcn -", "serve"} {
			r := runCommand(t, "", append(strings.Fields(command), strings.Fields(args)...)...)
			if r.code != exitUsage || !strings.Contains(r.stderr, strings.Fields(args)[0]) {
				t.Errorf("%s %s: exit %d, %s", command, args, r.code, r.stderr)
			}
		}
	}
}
