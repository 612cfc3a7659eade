package molecule

import (
	"fmt"
	"slices"
)

var hydrogensNames = []string{"implicit", "keep", "explicit"}

// ParseHydrogens reads a policy's name: implicit, keep or explicit.
func ParseHydrogens(name string) (Hydrogens, error) {
	i := slices.Index(hydrogensNames, name)
	if i < 0 {
		return 0, fmt.Errorf("hydrogens %q is none of %v", name, hydrogensNames)
	}
	return Hydrogens(i), nil
}

// String returns the policy's name.
func (h Hydrogens) String() string { return hydrogensNames[h] }
