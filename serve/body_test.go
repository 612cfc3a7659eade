package serve_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unsafe"

	"molserve/serve"
)

// counting is a text of n bytes, each unlike its neighbours.
func counting(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + i>>8)
	}
	return b
}

// Bodies of any size come whole and aligned, whether their size is told or not, and what they took is given back or
// idle.
func TestBodiesComeWhole(t *testing.T) {
	const most = 1 << 20
	b := serve.NewBudget(64 << 20)
	for _, n := range []int{0, 1, 100, 4087, 4088, 4095, 4096, 4097, 8192, 100_000, 1<<20 - 1, 1 << 20} {
		for _, at := range []int{0, 1, 3, 8, 77} {
			for _, size := range []int64{int64(n), -1} {
				want := counting(n)
				got, free, _, err := serve.ReadBody(b, iotest.HalfReader(bytes.NewReader(want)), size, most, at)
				if err != nil || !bytes.Equal(got, want) {
					t.Fatalf("%d bytes, size %d: %d bytes, %v", n, size, len(got), err)
				}
				if n > at && uintptr(unsafe.Pointer(&got[at]))%8 != 0 {
					t.Errorf("byte %d of %d is not aligned", at, n)
				}
				free()
				free() // again does nothing
			}
		}
	}
	if b.Used() != b.Idle() || b.Idle() == 0 || b.Idle() > 8<<20 {
		t.Errorf("%d bytes are used, %d idle", b.Used(), b.Idle())
	}
	if _, free, _, err := serve.ReadBody(b, bytes.NewReader(counting(most+1)), -1, most, 0); err == nil {
		t.Error("a body too large is read")
	} else {
		free()
	}
}

// A promise is no memory: what was taken follows what has come, unless a buffer lies idle.
func TestAPromiseTakesNoMemory(t *testing.T) {
	b := serve.NewBudget(64 << 20)
	read := func(came int, size int64) (free func()) {
		_, free, _, err := serve.ReadBody(b, strings.NewReader(strings.Repeat("x", came)), size, 8<<20, 0)
		if err != nil {
			t.Fatal(err)
		}
		return free
	}
	for _, came := range []int{1, 5000, 100_000} {
		before := b.Used() - b.Idle()
		free := read(came, 8<<20)
		if took := b.Used() - b.Idle() - before; took > max(4096, 2*int64(came)) {
			t.Errorf("%d bytes took %d", came, took)
		}
		defer free()
	}
	read(4<<20, -1)() // which leaves one of 8 MiB idle
	before := b.Used()
	defer read(1, 4<<20)()
	if b.Used() != before {
		t.Errorf("an idle buffer costs %d", b.Used()-before)
	}
}

// Idle buffers go before anybody is refused, and those that may be read still never come back.
func TestBuffersAreUsedAgain(t *testing.T) {
	b := serve.NewBudget(1 << 20)
	read := func() (text []byte, free, abandon func()) {
		text, free, abandon, err := serve.ReadBody(b, bytes.NewReader(counting(60_000)), 60_000, 1<<20, 0)
		if err != nil {
			t.Fatal(err)
		}
		return text, free, abandon
	}
	first, free, _ := read()
	free()
	second, _, abandon := read()
	if &first[0] != &second[0] {
		t.Error("an idle buffer is not used")
	}
	abandon()
	third, free, _ := read()
	defer free()
	if &third[0] == &second[0] {
		t.Error("a buffer that may be read is used again")
	}
	_, other, _ := read()
	other()
	if b.Idle() == 0 || !b.Take(1<<20-1<<16) || b.Idle() != 0 || b.Take(1) {
		t.Errorf("%d used, %d idle", b.Used(), b.Idle())
	}
	if _, _, _, err := serve.ReadBody(b, io.LimitReader(neverEnding{}, 10), 10, 1<<20, 0); err == nil {
		t.Error("there is room beyond the budget")
	}
}

type neverEnding struct{}

func (neverEnding) Read(p []byte) (int, error) { return len(p), nil }
