package molecule

import "fmt"

// Budget bounds the work on one molecule in steps that are counted, never in time: what is refused on one machine is
// refused on all. It is the number of steps of ring perception; the other searches that may take longer than their molecule
// is large have shares in proportion, so that one number moves all. Drug-like molecules take some thousand steps, and
// memory grows with the steps too. The zero value is DefaultBudget.
//
// What RDKit gives up itself, and what bounds memory alone, is no part of it.
type Budget int64

// DefaultBudget is about half a second of a slow core and 200 MB at the most. LeastBudget lets ordinary molecules through;
// MostBudget is beyond what a machine can do.
const (
	DefaultBudget Budget = 40_000_000
	LeastBudget   Budget = 100_000
	MostBudget    Budget = 1_000_000_000_000
)

// The shares of DefaultBudget.
const (
	ringSteps        = int(DefaultBudget)
	walkedAtoms      = 5_000_000   // of all rings of a dense graph: n atoms and nb bonds have n·nb
	fusedSets        = 400_000     // combinations of fused rings
	ringPairs        = 5_000_000   // pairs of rings with a bond in common: n rings through one bond make n²
	dummyAtoms       = 200_000     // walked over while subsets of dummies are left out
	rankedElements   = 30_000_000  // compared or moved by one canonical ranking: a chain of n atoms costs n², 3,000 are within it
	profileNumbers   = 1 << 25     // of all ring profiles
	foldedNeighbours = 300_000_000 // looked at to find hydrogens: n hydrogens before n other neighbours of one atom make n²
)

// Of is the bound of a search that has n with DefaultBudget.
func (b Budget) Of(n int) int {
	if b == 0 {
		return n
	}
	return int(float64(n) * (float64(b) / float64(DefaultBudget)))
}

// RefuseWork is Refuse of a molecule whose work budget is spent.
func RefuseWork(code Code, format string, args ...any) *Error {
	return Refuse(code, -1, "%s; %s", fmt.Sprintf(format, args...), moreWork)
}

// moreWork is the cure.
const moreWork = "a larger work budget allows more (--work-budget)"
