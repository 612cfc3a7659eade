package auth

import (
	"math"
	"sync"
	"time"
)

// Bucket holds what may be spent at once and fills at a rate. Unlike golang.org/x/time/rate it may be
// overdrawn by any amount, for what things cost is known after they are done; nothing is given while it is.
// A nil Bucket has no bottom.
type Bucket struct {
	mu    sync.Mutex
	rate  float64 // a second
	most  float64 // that it holds
	level float64 // at the time at; negative: a debt
	at    time.Time
}

// newBucket returns a full one that fills within burst.
func newBucket(rate float64, burst time.Duration) *Bucket {
	most := rate * burst.Seconds()
	return &Bucket{rate: rate, most: most, level: most, at: time.Now()}
}

// take takes n, or returns how long it is until the debt is paid.
func (b *Bucket) take(now time.Time, n float64) time.Duration {
	if b == nil {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if wait := b.fill(now); wait > 0 {
		return wait
	}
	b.level -= n
	return 0
}

func (b *Bucket) wait(now time.Time) time.Duration { return b.take(now, 0) }

// spend takes n whatever the level; a negative n comes back, as far as it fits.
func (b *Bucket) spend(now time.Time, n float64) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fill(now)
	b.level = min(b.level-n, b.most)
}

// fill brings the level up to date and returns how long it is until it is not negative.
func (b *Bucket) fill(now time.Time) time.Duration {
	if d := now.Sub(b.at); d > 0 {
		b.level, b.at = min(b.level+b.rate*d.Seconds(), b.most), now
	}
	if b.level >= 0 {
		return 0
	}
	ns := math.Ceil(-b.level / b.rate * 1e9)
	return time.Duration(min(ns, math.MaxInt64/2))
}

// become returns b with the rate and the burst of a new one. Requests under way spend from it still.
func (b *Bucket) become(fresh *Bucket) *Bucket {
	if b == nil || fresh == nil {
		return fresh
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fill(fresh.at)
	b.rate, b.most, b.level = fresh.rate, fresh.most, min(b.level, fresh.most)
	return b
}

// Limits returns the rate a second and what may be spent at once; 0, 0 of a nil Bucket.
func (b *Bucket) Limits() (rate, burst float64) {
	if b == nil {
		return 0, 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rate, b.most
}
