package v2

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"
	"unsafe"
)

// Elements are the same wherever in memory they stand, and are only copied where they must be.
func TestViewsOfAnyAlignment(t *testing.T) {
	want := []float64{1, -2.5, math.Pi, math.Inf(-1), math.Float64frombits(0x7ff8000000000123)}
	var raw []byte
	for _, v := range want {
		raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(v))
	}
	room := make([]byte, len(raw)+8)
	for shift := range 8 {
		at := room[shift : shift+len(raw)]
		copy(at, raw)
		got := view[float64](at)
		for i := range want {
			if math.Float64bits(got[i]) != math.Float64bits(want[i]) {
				t.Errorf("shift %d: element %d is %v, want %v", shift, i, got[i], want[i])
			}
		}
		if same := unsafe.Pointer(&got[0]) == unsafe.Pointer(&at[0]); same != (isLittle && shift == 0) {
			t.Errorf("shift %d: a view %t", shift, same)
		}
		if back := appendElements([]byte("x"), got); !bytes.Equal(back[1:], raw) {
			t.Errorf("shift %d: written as %x", shift, back[1:])
		}
	}
	if v := view[int64](nil); v == nil || len(v) != 0 || appendElements(nil, v) != nil {
		t.Errorf("nothing is %v", v)
	}
}

// Machines of the other order turn each element.
func TestElementsAreTurned(t *testing.T) {
	for width, want := range map[int]string{1: "abcdefgh", 4: "dcbahgfe", 8: "hgfedcba"} {
		b := []byte("abcdefgh")
		if turn(b, width); string(b) != want {
			t.Errorf("%d: %s", width, b)
		}
	}
}

func TestWhatIsNoBool(t *testing.T) {
	for n := range 20 {
		raw := make([]byte, n)
		for i := range raw {
			raw[i] = byte(i % 2)
		}
		if at := notBool(raw); at != -1 {
			t.Errorf("%v: %d", raw, at)
		}
		for i := range raw {
			for _, bad := range []byte{2, 0x80, 0xff} {
				was := raw[i]
				raw[i] = bad
				if at := notBool(raw); at != i {
					t.Errorf("%v: %d", raw, at)
				}
				raw[i] = was
			}
		}
	}
}
