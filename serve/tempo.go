package serve

import "time"

// tempo measures how long a house takes for a molecule, whatever it is that takes the time: how long anybody was in,
// by how many molecules left done. The last second or two weigh most. The zero value knows nothing.
type tempo struct {
	busy  time.Duration
	left  float64   // molecules
	since time.Time // of the stretch that is not in busy yet; zero: nobody is in
}

// window is how much of busy is remembered.
const window = 2 * time.Second

// start is called when the first comes in.
func (t *tempo) start() { t.since = time.Now() }

// done is called when somebody leaves with so many molecules; the last one ends the stretch.
func (t *tempo) done(molecules int, last bool) {
	now := time.Now()
	t.busy, t.left, t.since = t.busy+now.Sub(t.since), t.left+float64(molecules), now
	if t.busy > window {
		t.busy, t.left = t.busy/2, t.left/2
	}
	if last {
		t.since = time.Time{}
	}
}

// each is the time of a molecule, and grows while nobody leaves; 0: not known.
func (t *tempo) each() time.Duration {
	if t.left == 0 {
		return 0
	}
	busy := t.busy
	if !t.since.IsZero() {
		busy += time.Since(t.since)
	}
	return time.Duration(float64(busy) / t.left)
}
