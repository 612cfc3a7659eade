package onnx

import "testing"

func TestARunBeginsOnACoreWithoutAnother(t *testing.T) {
	var s seats
	all := func(core int) bool { return core < 4 }
	for i, c := range []struct {
		name    string
		here    int
		allowed func(int) bool
		want    int
	}{
		{"nobody is there", 2, all, 2},
		{"another one is", 2, all, 0},
		{"two are on other cores", 1, all, 1},
		{"only one core is left", 0, all, 3},
		{"all have one", 3, all, 3},
		{"what is empty is forbidden", 3, func(core int) bool { return core < 3 }, 3},
	} {
		if got := s.choose(c.here, c.allowed); got != c.want {
			t.Errorf("%d, %s: core %d, want %d", i, c.name, got, c.want)
		}
	}
	s.leave(0)
	if got := s.choose(1, all); got != 0 {
		t.Errorf("core %d when that of 0 has left", got)
	}
	s.leave(noSeat)
}
