package auth

import (
	"math"
	"testing"
	"testing/synctest"
	"time"
)

// rounding is what the float64 of a level may add to a wait.
const rounding = 10 * time.Nanosecond

func TestDebtsArePaidAtTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &Client{Molecules: newBucket(10, 2*time.Second), Usage: &Usage{}}
		for _, step := range []struct {
			after time.Duration
			take  int
			wait  time.Duration
		}{
			{0, 20, 0},                        // the burst
			{0, 30, 0},                        // level 0: not in debt, overdrawn to -30
			{0, 1, 3 * time.Second},           // refused, and not charged
			{time.Second, 1, 2 * time.Second}, // half-way
			{2*time.Second - time.Millisecond, 0, time.Millisecond}, // a millisecond is missing
			{time.Millisecond + rounding, 0, 0},                     // paid
			{time.Hour, 20, 0},                                      // no more than the burst was saved
			{0, 1, 0},                                               //
			{0, 1, 100 * time.Millisecond},                          //
			{100*time.Millisecond + rounding, 0, 0},                 //
			{0, 1000, 0}, {0, 0, 100 * time.Second}, {0, 0, 100 * time.Second},
		} {
			time.Sleep(step.after)
			if wait := c.Take(step.take); (wait - step.wait).Abs() > 2*rounding {
				t.Fatalf("%+v: wait %s", step, wait)
			}
		}
	})
}

func TestAtomsAreChargedAfterTheFact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &Client{Molecules: newBucket(1, time.Second), Atoms: newBucket(100, time.Second), Usage: &Usage{}}
		if c.Take(1) != 0 {
			t.Fatal("the first pays nothing in advance")
		}
		c.Spend(1, 1100)
		if wait := c.Take(1); wait != 10*time.Second {
			t.Errorf("%s", wait)
		}
		if wait := c.Take(0); wait != 10*time.Second {
			t.Errorf("asking: %s", wait)
		}
		time.Sleep(10 * time.Second)
		if wait := c.Take(1); wait != 0 {
			t.Errorf("%s", wait)
		}
		c.Take(3)
		c.GiveBack(3)
		if wait := c.Take(0); wait != 0 {
			t.Errorf("what was given back is owed: %s", wait)
		}
		c.GiveBack(1000)
		c.Take(1)
		if c.Take(5); c.Take(0) == 0 {
			t.Error("more was given back than the bucket holds")
		}
		if c.Usage.Atoms.Load() != 1100 || c.Usage.Molecules.Load() != 1 {
			t.Error("usage is not what was spent")
		}
	})
}

func TestNobodyIsUnbounded(t *testing.T) {
	var c *Client
	c.Spend(1, 1)
	c.GiveBack(1)
	if c.Take(math.MaxInt) != 0 || !c.May(Admin) || !c.MayUse("m") {
		t.Error("a server that asks nobody refuses")
	}
	free := &Client{Usage: &Usage{}}
	free.Spend(math.MaxInt32, math.MaxInt32)
	if free.Take(math.MaxInt) != 0 {
		t.Error("a client without rates is refused")
	}
}

func TestHugeDebtsDoNotOverflow(t *testing.T) {
	c := &Client{Atoms: newBucket(leastRate, 0), Usage: &Usage{}}
	c.Spend(1, math.MaxInt)
	if wait := c.Take(1); wait <= 0 {
		t.Errorf("%s", wait)
	}
}
