package fingerprint

import (
	"encoding/binary"
	"math/bits"
)

// Bits is a set of bits in words of 64, the lowest first.
type Bits []uint64

// Count is how many bits are set.
func (b Bits) Count() int {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// Tanimoto is the number of bits that both have over the number that either has, as RDKit's TanimotoSimilarity:
// 0 where neither has any. Both must be of one size.
func Tanimoto(a, b Bits) float64 {
	both, either := 0, 0
	for i, w := range a {
		both += bits.OnesCount64(w & b[i])
		either += bits.OnesCount64(w | b[i])
	}
	if either == 0 {
		return 0
	}
	return float64(both) / float64(either)
}

// bondSet is a set of bonds.
type bondSet []uint64

// bondSets makes n empty sets of so many words.
func bondSets(n, width int) []bondSet {
	words := make([]uint64, n*width)
	sets := make([]bondSet, n)
	for i := range sets {
		sets[i] = words[i*width : (i+1)*width]
	}
	return sets
}

func (s bondSet) add(k int32) { s[k/64] |= 1 << (k % 64) }

func (s bondSet) join(t bondSet) {
	for i, w := range t {
		s[i] |= w
	}
}

// key is the set as a key of a map.
func (s bondSet) key() string {
	b := make([]byte, 0, 8*len(s))
	for _, w := range s {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return string(b)
}
