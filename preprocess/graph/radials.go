package graph

import (
	"sync/atomic"

	"molserve/preprocess/geometry"
)

// radials are the bases that models have asked for, ready to evaluate: working out their constants
// anew for every batch would allocate.
var radials atomic.Pointer[[]knownRadial]

// maxRadials bounds what is kept.
const maxRadials = 64

// knownRadial is a basis as it is asked for, and with its defaults put in.
type knownRadial struct {
	asked geometry.Basis
	ready *geometry.Radial
}

// radialOf is the basis, ready to evaluate.
func radialOf(asked geometry.Basis) (*geometry.Radial, error) {
	var known []knownRadial
	if list := radials.Load(); list != nil {
		known = *list
	}
	for _, r := range known {
		if r.asked == asked {
			return r.ready, nil
		}
	}
	ready, err := geometry.NewRadial(asked)
	if err != nil {
		return nil, err
	}
	if len(known) < maxRadials {
		more := append(known[:len(known):len(known)], knownRadial{asked, ready})
		radials.Store(&more)
	}
	return ready, nil
}
