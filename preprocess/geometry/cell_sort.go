package geometry

import (
	"math/bits"
	"slices"
)

const (
	maxDigit = 11 // bits: 2048 counters stay in the first-level cache
	buckets  = 1 << maxDigit
)

// radix sorts keys with their values by digits, the least first (LSD radix sort): stable, and linear
// in the keys. Keys below 2²² take two rounds, 63 bits take six.
type radix struct {
	counts [buckets]int32
	keys   []uint64
	values []int32
}

// sort sorts keys ascending and moves values with them. It may swap both slices for its own.
func (r *radix) sort(keys *[]uint64, values *[]int32) {
	if len(*keys) == 0 {
		return
	}
	r.keys, r.values = sized(r.keys, len(*keys)), sized(r.values, len(*values))
	width := bits.Len64(slices.Max(*keys))
	rounds := (width + maxDigit - 1) / maxDigit
	for n := range rounds {
		digit := (width + rounds - 1) / rounds
		r.round(*keys, *values, n*digit, digit)
		r.keys, *keys = *keys, r.keys
		r.values, *values = *values, r.values
	}
}

// round moves keys and values to r in the order of one digit, keys of one digit staying in order.
func (r *radix) round(keys []uint64, values []int32, shift, digit int) {
	counts := r.counts[:1<<digit]
	mask := uint64(len(counts) - 1)
	clear(counts)
	for _, key := range keys {
		counts[key>>shift&mask]++
	}
	start := int32(0)
	for d, count := range counts {
		counts[d] = start
		start += count
	}
	for k, key := range keys {
		d := key >> shift & mask
		to := counts[d]
		counts[d]++
		r.keys[to], r.values[to] = key, values[k]
	}
}
