package geometry

import (
	"math"

	"molserve/preprocess/molecule"
)

// checkCutoff refuses what is no distance.
func checkCutoff(cutoff float64) error {
	if !(cutoff > 0) || math.IsInf(cutoff, 1) {
		return refuseFormat("cutoff %v Å; it must be finite and above 0", cutoff)
	}
	return nil
}

// checkPositions refuses coordinates that are not finite or too far out to resolve.
func checkPositions(positions [][3]float64) error {
	for i, p := range positions {
		if !(math.Abs(p[0]) <= maxLength && math.Abs(p[1]) <= maxLength && math.Abs(p[2]) <= maxLength) {
			return refuseFormat("atom %d is at %v; coordinates must be finite and within %g Å", i, p, maxLength)
		}
	}
	return nil
}

// tooManyEdges is the refusal of a list before, or while, it is built.
func tooManyEdges(how string, edges float64, limit int) error {
	return molecule.Refuse(molecule.CodeTooLarge, -1, "%s %.10g edges; at most %d are allowed", how, edges, limit)
}

// ballVolume is the volume of the unit ball in p = 1, 2, 3 dimensions.
var ballVolume = [4]float64{1, 2, math.Pi, 4 * math.Pi / 3}

// leastPeriodic is a lower bound of the edges that a number of atoms must have because they repeat.
//
// Of the lattice of the p shortest periods every point stands for a volume V, and no place is
// farther than ρ = ½ (Σ |b|²)^½ from a point; so a ball of radius r − ρ is covered by the points
// within r of its centre, wherever that is:
//
//	points ≥ ballVolume(p) · (r − ρ)^p / V
//
// In three dimensions each atom has so many neighbours among the images of each atom, in fewer among
// those in line or plane with it, which are its own; itself is one of the points.
func (l *lattice) leastPeriodic(atoms int, r float64) float64 {
	least, sum := 0.0, 0.0
	for p := 1; p <= l.periods; p++ {
		sum += dot(l.basis[p-1], l.basis[p-1])
		inner := r - math.Sqrt(sum)/2
		if inner <= 0 {
			break
		}
		points := ballVolume[p] * math.Pow(inner, float64(p)) / volume(l.basis[:p])
		if p == 3 {
			points *= float64(atoms)
		}
		least = max(least, points-1)
	}
	return math.Floor(float64(atoms) * least)
}

// maxImages bounds the working memory. A ball in a reduced cell needs two to three times as many
// images as it has points; every atom of a large cell needs itself and, at an edge, up to 26 more.
func maxImages(atoms, maxEdges int) float64 { return 4*float64(maxEdges) + 64*float64(atoms) }

// checkImages refuses a number of images that only a list above its limit can need.
func checkImages(images float64, atoms, maxEdges int) error {
	if limit := maxImages(atoms, maxEdges); images > limit {
		return molecule.Refuse(molecule.CodeTooLarge, -1,
			"the cutoff reaches %.3g images of %d atoms; at most %.0f are allowed for %d edges", images, atoms, limit, maxEdges)
	}
	return nil
}
