package child

import (
	"errors"
	"os/exec"
	"strings"
	"testing"

	"molserve/onnx"
	"molserve/onnx/prove/child/cgroup"
)

// needFence skips a test where no control group with a bound of memory can be made.
func needFence(t *testing.T) {
	t.Helper()
	g, err := cgroup.Make(LeastMemory)
	if err != nil {
		t.Skip(err)
	}
	if err := g.Remove(); err != nil {
		t.Fatal(err)
	}
}

func TestNothingOfTheChildsControlGroupIsLeft(t *testing.T) {
	needFence(t)
	leavesNothing(t)
	awaitEnd(t, leftBy(t, "escaped"))
}

func TestTheKernelHoldsTheChildsMemory(t *testing.T) {
	needFence(t)
	leavesNothing(t)
	least := func(int64) (*cgroup.Group, error) { return cgroup.Make(LeastMemory) }
	grow := func() *exec.Cmd { return command(onnx.Library(), "grow", false) }
	_, err := fenced(t.Context(), least, grow, job{Memory: 1 << 40}, read(t, "esol-gcn")) // its size alone would let it grow on
	if !errors.Is(err, ErrMemory) || !strings.Contains(err.Error(), "killed at 25") {
		t.Errorf("%v, want that it was killed at 256 MiB", err)
	}
}

func TestAChildThatCannotStartInAControlGroupStartsOutside(t *testing.T) {
	leavesNothing(t)
	library := onnx.Library()
	none := func(int64) (*cgroup.Group, error) { return &cgroup.Group{}, nil } // has no descriptor to enter by
	j := job{Memory: LeastMemory}
	b := read(t, "esol-gcn")
	if _, err := converse(t.Context(), command(library, "report", false), &cgroup.Group{}, j, b); !errors.Is(err, errFence) {
		t.Errorf("%v, want %v", err, errFence)
	}
	data, err := fenced(t.Context(), none, func() *exec.Cmd { return command(library, "report", false) }, j, b)
	if err != nil || !strings.Contains(string(data), "group true") {
		t.Errorf("%s, %v", data, err)
	}
}
