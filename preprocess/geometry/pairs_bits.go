package geometry

import "math/bits"

// bitset sorts different whole numbers below a bound. Adding one is two stores, and reading out looks
// only where something is: n numbers are sorted in O(n + bound/4096).
//
// Invariant: all words are zero between sorts.
type bitset struct {
	words []uint64 // [bound/64] bit k of word w: the number 64w + k
	above []uint64 // [bound/4096] bit k of word w: words[64w + k] is not empty
}

// resize makes the bound the least for which sort may be called.
func (b *bitset) resize(bound int) {
	b.words = sized(b.words, (bound+63)/64)
	b.above = sized(b.above, (len(b.words)+63)/64)
}

// sort sorts numbers ascending. Each may occur once.
func (b *bitset) sort(numbers []int32) {
	words, above := b.words, b.above
	for _, n := range numbers {
		words[n>>6] |= 1 << (n & 63)
		above[n>>12] |= 1 << (n >> 6 & 63)
	}
	n := 0
	for a, group := range above {
		for ; group != 0; group &= group - 1 {
			w := a<<6 | bits.TrailingZeros64(group)
			for word := words[w]; word != 0; word &= word - 1 {
				numbers[n] = int32(w<<6 | bits.TrailingZeros64(word))
				n++
			}
			words[w] = 0
		}
		above[a] = 0
	}
}
