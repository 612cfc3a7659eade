package auth

import (
	"context"
	"crypto/sha256"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Role is a right, or several. None implies another.
type Role uint8

const (
	Infer Role = 1 << iota // to have something computed
	Read                   // to ask what there is and how it fares
	Admin                  // to change what is in memory and what serves, and to look inside
)

// roleNames are the words of the file, in the order of their bits.
var roleNames = []string{"infer", "read", "admin"}

// String returns the words, with commas.
func (r Role) String() string {
	var words []string
	for k, word := range roleNames {
		if r&(1<<k) != 0 {
			words = append(words, word)
		}
	}
	return strings.Join(words, ",")
}

// Client is who asks. A nil Client, of a server that asks nobody, may do everything at any rate.
type Client struct {
	Name    string
	Roles   Role
	Models  []string  // that it may use; nil: all
	Expires time.Time // zero: never

	Certificate string  // name in its certificate, or * for any; empty: it has a token
	Molecules   *Bucket // a second; nil: unbounded
	Atoms       *Bucket // a second; nil: unbounded
	Usage       *Usage

	hash [sha256.Size]byte // of its token
	line int               // of the file
}

// Usage counts what a client had since the server began to know it.
type Usage struct {
	Requests  atomic.Int64 // with its credentials, whatever became of them
	Molecules atomic.Int64 // paid for
	Atoms     atomic.Int64 // paid for
	Limited   atomic.Int64 // requests that came too early
}

// May tells whether the client has a role.
func (c *Client) May(r Role) bool { return c == nil || c.Roles&r == r }

// MayUse tells whether a model exists for the client.
func (c *Client) MayUse(model string) bool {
	return c == nil || c.Models == nil || slices.Contains(c.Models, model)
}

// Take pays for molecules, or returns how long the client must wait until its debts are paid: it may
// overdraw, and the next request waits. Taking 0 only asks.
func (c *Client) Take(molecules int) (wait time.Duration) {
	if c == nil {
		return 0
	}
	now := time.Now()
	if wait = c.Atoms.wait(now); wait == 0 {
		wait = c.Molecules.take(now, float64(molecules))
	} else {
		wait = max(wait, c.Molecules.wait(now))
	}
	return wait
}

// GiveBack takes back a Take of molecules for which nothing was done.
func (c *Client) GiveBack(molecules int) {
	if c != nil {
		c.Molecules.spend(time.Now(), -float64(molecules))
	}
}

// Spend pays for the atoms of molecules after the fact, and counts both.
func (c *Client) Spend(molecules, atoms int) {
	if c != nil {
		c.Atoms.spend(time.Now(), float64(atoms))
		c.Usage.Molecules.Add(int64(molecules))
		c.Usage.Atoms.Add(int64(atoms))
	}
}

// adopt goes on with the debts and counts of the client of the same name.
func (c *Client) adopt(old *Client) {
	c.Usage = old.Usage
	c.Molecules = old.Molecules.become(c.Molecules)
	c.Atoms = old.Atoms.become(c.Atoms)
}

type contextKey struct{}

// With returns a context that carries who asks.
func With(ctx context.Context, c *Client) context.Context {
	return context.WithValue(ctx, contextKey{}, c)
}

// From returns who asks, nil where nobody was asked.
func From(ctx context.Context) *Client {
	c, _ := ctx.Value(contextKey{}).(*Client)
	return c
}
