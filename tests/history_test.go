package tests

import (
	"fmt"
	"slices"
	"sort"
	"testing"
	"time"
)

// turned is a swap as its caller saw it: somewhere between begin and end the version began to serve.
type turned struct {
	version    int
	begin, end time.Time
}

// answered is a request as its client saw it, and the version that computed it.
type answered struct {
	version    int
	begin, end time.Time
}

// checkHistory tells the answers that no order of events explains: the active version is a register that
// the swaps write, one after the other, and the answers read at one moment each. The first swap
// stands for the version that served at the beginning.
//
// An answer may be that of swap i when it began before swap i+1 was over and ended after swap i had begun.
// Of those with its version it is given the first that is not before one that an earlier answer, over
// before this one began, was given: a server must not go back to what it was seen to have left.
func checkHistory(swaps []turned, answers []answered) (unexplained []error) {
	byBegin := slices.SortedFunc(slices.Values(answers), func(a, b answered) int { return a.begin.Compare(b.begin) })
	given := make([]int, len(byBegin))
	byEnd := make([]int, len(byBegin)) // indices of byBegin
	for i := range byEnd {
		byEnd[i] = i
	}
	slices.SortFunc(byEnd, func(a, b int) int { return byBegin[a].end.Compare(byBegin[b].end) })
	over, floor := 0, 0
	for i, a := range byBegin {
		for ; over < len(byEnd) && byBegin[byEnd[over]].end.Before(a.begin); over++ {
			floor = max(floor, given[byEnd[over]])
		}
		k := max(floor, firstUnder(swaps, a))
		for k < len(swaps) && !swaps[k].begin.After(a.end) && swaps[k].version != a.version {
			k++
		}
		if k == len(swaps) || swaps[k].begin.After(a.end) {
			unexplained = append(unexplained, fmt.Errorf("an answer of version %d, %v after the first swap, that did not serve then", a.version, a.begin.Sub(swaps[0].begin)))
			k = 0 // says nothing of the others
		}
		given[i] = k
	}
	return unexplained
}

// firstUnder is the first swap whose version may still have served when a began.
func firstUnder(swaps []turned, a answered) int {
	return max(0, sort.Search(len(swaps), func(i int) bool { return !swaps[i].end.Before(a.begin) })-1)
}

func TestHistoryCheckerFindsWhatCannotBe(t *testing.T) {
	at := func(ms int) time.Time { return time.UnixMilli(int64(ms)) }
	swaps := []turned{{1, at(0), at(0)}, {2, at(100), at(110)}, {1, at(200), at(210)}, {3, at(300), at(310)}}
	ask := func(version, begin, end int) answered { return answered{version, at(begin), at(end)} }
	for _, c := range []struct {
		name    string
		answers []answered
		wrong   int
	}{
		{"each in its time", []answered{ask(1, 10, 20), ask(2, 120, 130), ask(1, 220, 230), ask(3, 400, 401)}, 0},
		{"either during a swap", []answered{ask(1, 101, 102), ask(2, 101, 109)}, 0},
		{"a long request may have any of its time", []answered{ask(1, 90, 400), ask(2, 90, 400), ask(3, 90, 400)}, 0},
		{"the new one before its swap began", []answered{ask(2, 80, 99)}, 1},
		{"the old one after its swap was over", []answered{ask(1, 111, 120)}, 1},
		{"one that never served", []answered{ask(4, 50, 500)}, 1},
		{"back to the old one during a swap", []answered{ask(2, 101, 103), ask(1, 104, 106)}, 1},
		{"forth during a swap", []answered{ask(1, 101, 103), ask(2, 104, 106)}, 0},
		{"the same version again, later", []answered{ask(2, 105, 150), ask(1, 205, 206), ask(2, 207, 208)}, 1},
		{"an answer that hangs over several swaps", []answered{ask(2, 120, 350), ask(1, 205, 206)}, 0},
	} {
		if got := checkHistory(swaps, c.answers); len(got) != c.wrong {
			t.Errorf("%s: %v, want %d", c.name, got, c.wrong)
		}
	}
}
