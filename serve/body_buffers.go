package serve

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

// budget bounds the bytes of all bodies in memory: those that are taken, and the idle buffers that wait for the
// next body. They go before anybody is refused.
type budget struct {
	max  int64
	used atomic.Int64
	idle shelf
}

func (b *budget) take(n int64) bool { return b.takeUpTo(n, b.max) }

// takeSpare takes of one half only, so that those who hold memory for long leave the other to the rest.
func (b *budget) takeSpare(n int64) bool { return b.takeUpTo(n, b.max/2) }

func (b *budget) takeUpTo(n, most int64) bool {
	for {
		if b.used.Add(n) <= most {
			return true
		}
		b.used.Add(-n)
		dropped := b.idle.drop()
		if dropped == 0 {
			return false
		}
		b.used.Add(-dropped)
	}
}

func (b *budget) give(n int64) { b.used.Add(-n) }

// idleShare is the part of a budget that idle buffers may keep: 1/idleShare.
const idleShare = 8

// lend returns an empty buffer of at least n bytes that is paid for, nil when there is no room for it. The whole body
// may be larger than n: an idle buffer that takes it costs nothing, and nothing is made on a promise.
func (b *budget) lend(n, whole int64) []byte {
	size := (n + alignment - 1) / alignment * alignment // of what is made to measure
	if n >= smallestBuffer {
		if buffer := b.idle.take(classOf(whole)); buffer != nil {
			return buffer
		}
		class := classOf(n)
		if buffer := b.idle.take(class); buffer != nil {
			return buffer
		}
		if class < classes {
			size = smallestBuffer << class
		}
	}
	if !b.take(size) {
		return nil
	}
	return make([]byte, 0, size)
}

// takeBack keeps a buffer that nobody reads any more for the next body.
func (b *budget) takeBack(buffer []byte) {
	if !b.idle.put(buffer, b.max/idleShare) {
		b.give(int64(cap(buffer)))
	}
}

// Buffers have 4 KiB, twice as much, and so on up to 16 MiB; smaller and larger ones are made to measure and not kept.
const (
	classes        = 13
	smallestBuffer = firstRead
)

// classOf is the least class whose buffers have n bytes, classes when there is none.
func classOf(n int64) int {
	return min(bits.Len64(uint64(max(n-1, 0))/smallestBuffer), classes)
}

// shelf keeps idle buffers by class. The zero value is empty.
type shelf struct {
	mu      sync.Mutex
	bytes   int64
	buffers [classes][][]byte
}

// take returns a buffer of a class, nil when there is none.
func (s *shelf) take(class int) []byte {
	if class >= classes {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pop(class)
}

// pop is called under mu.
func (s *shelf) pop(class int) []byte {
	last := len(s.buffers[class]) - 1
	if last < 0 {
		return nil
	}
	buffer := s.buffers[class][last]
	s.buffers[class][last] = nil
	s.buffers[class] = s.buffers[class][:last]
	s.bytes -= int64(cap(buffer))
	return buffer[:0]
}

// put keeps a buffer if that many bytes may be kept.
func (s *shelf) put(buffer []byte, most int64) bool {
	size := int64(cap(buffer))
	class := classOf(size)
	if class >= classes || size != smallestBuffer<<class {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bytes+size > most {
		return false
	}
	s.buffers[class] = append(s.buffers[class], buffer)
	s.bytes += size
	return true
}

// drop leaves the largest idle buffer to the collector and returns its size, 0 when there is none.
func (s *shelf) drop() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	for class := classes - 1; class >= 0; class-- {
		if buffer := s.pop(class); buffer != nil {
			return int64(cap(buffer))
		}
	}
	return 0
}
