package prove

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"molserve/onnx"
	"molserve/preprocess/graph"
)

// proof is one check: a law and how far a model may be from it.
type proof struct {
	name    string
	level   Level
	applies func(*subject) bool
	bound   func(*subject) float64
	// measure returns how far off the model is. An error is a failing check.
	measure func(context.Context, *subject) (outcome, error)
}

// outcome is what a check found.
type outcome struct {
	measured float64
	detail   string // what was compared
	worst    string // where measured comes from; empty: nothing deviates
}

// proofs is every check, in the order of the certificate.
var proofs = []proof{
	{"golden file", Golden, always, none, goldenFile},
	{"tolerances", Golden, always, loosest, tolerances},
	{"records", Golden, always, none, records},
	{"first run", Golden, always, none, firstRun},
	{rewrittenCheck, Gate, wasRewritten, byRewriting, rewritten},
	{"golden tensors", Golden, always, none, goldenTensors},
	{"golden outputs", Golden, always, byGolden, goldenOutputs},
	{"golden values", Golden, always, byGolden, goldenValues},
	{"weights", Gate, hasArchitecture, none, sameWeights},
	{"reference", Gate, hasArchitecture, byReference, againstReference},
	{"reference on noise", Gate, canBeNoisy, byReference, referenceOnNoise},
	{"energy error", Gate, hasEnergies, byEnergy, energyError},
	{"force error", Gate, hasReferenceForces, byForce, forceError},
	{"permutation", Gate, always, bySymmetry, permutation},
	{"rotation", Gate, turns, bySymmetry, rotation},
	{"reflection", Gate, reflects, bySymmetry, reflection},
	{"translation", Gate, turns, bySymmetry, translation},
	{"forces are the slope", Gate, hasForces, bySlope, forcesAreSlopes},
	{"virial is the slope", Gate, hasVirial, bySlope, virialIsSlope},
	{"forces sum to zero", Gate, hasForces, bySymmetry, forcesSumToZero},
	{"no net torque", Gate, both(hasForces, turns), bySymmetry, noNetTorque},
	{"smooth at the cutoff", Gate, isSmooth, bySymmetry, smoothAtCutoff},
	{"far fragments", Gate, both(hasExtensive, isGeometric), bySymmetry, farFragments},
	{"wrapped atoms", Gate, hasCutoff, bySymmetry, wrapping},
	{"supercell", Gate, both(hasCutoff, doubles), bySymmetry, supercell},
	{"batch mates", Gate, hasMates, bySymmetry, batchMates},
	{"padding", Gate, hasRoom, bySymmetry, padding},
	{"padding of NaN", Gate, hasRoom, none, paddingOfNaN},
	{"one atom", Gate, always, byTruth, oneAtom},
	{"isolated atoms", Gate, always, byTruth, isolatedAtoms},
	{"unknown element refused", Gate, hasElements, none, unknownElement},
	{"warm-up", Gate, always, none, warmUp},
	{"repeatable", Full, always, none, repeatable},
}

func always(*subject) bool            { return true }
func hasArchitecture(s *subject) bool { return s.manifest.Architecture != nil }

// canBeNoisy tells models whose inputs may be any numbers: float features, places.
func canBeNoisy(s *subject) bool {
	return hasArchitecture(s) && (s.geometric || slices.ContainsFunc(s.manifest.Inputs, func(in onnx.Input) bool {
		return in.Field == "node_features" && in.DType == graph.Float32
	}))
}
func hasElements(s *subject) bool { return s.manifest.Chemistry.Elements != nil }

// What a manifest claims of space.
func isGeometric(s *subject) bool        { return s.geometric }
func turns(s *subject) bool              { return s.manifest.Symmetry.Group != "permutation" }
func reflects(s *subject) bool           { return s.manifest.Symmetry.Group == "E(3)" }
func hasForces(s *subject) bool          { return s.gradient != "" }
func hasReferenceForces(s *subject) bool { return hasForces(s) && hasArchitecture(s) }
func hasEnergies(s *subject) bool        { return hasArchitecture(s) && s.geometric && len(s.energies()) > 0 }
func hasCutoff(s *subject) bool          { return s.manifest.Graph.Cutoff != nil }
func hasVirial(s *subject) bool          { return hasForces(s) && hasCutoff(s) }
func hasExtensive(s *subject) bool {
	return slices.ContainsFunc(s.manifest.Outputs, func(o onnx.Output) bool { return o.Extensive })
}

// doubles tells models with an answer that is known of a cell twice as long.
func doubles(s *subject) bool {
	return slices.ContainsFunc(s.manifest.Outputs, func(o onnx.Output) bool { return o.Extensive || o.Per == graph.PerAtom })
}

// isSmooth tells models that claim it, by forces or by an envelope, of more than edges.
func isSmooth(s *subject) bool {
	beyondEdges := slices.ContainsFunc(s.manifest.Outputs, func(o onnx.Output) bool { return o.Per != graph.PerEdge })
	return hasCutoff(s) && (hasForces(s) || beyondEdges) && (hasForces(s) || slices.ContainsFunc(s.manifest.Inputs, func(in onnx.Input) bool { return in.Envelope != nil }))
}

func both(a, b func(*subject) bool) func(*subject) bool {
	return func(s *subject) bool { return a(s) && b(s) }
}

func none(*subject) float64          { return 0 }
func byGolden(s *subject) float64    { return s.manifest.Tolerance.Golden }
func byReference(s *subject) float64 { return s.manifest.Tolerance.Reference }
func bySymmetry(s *subject) float64  { return s.manifest.Tolerance.Symmetry }

// byTruth bounds what is compared with the reference where there is one, else with another run.
func byTruth(s *subject) float64 {
	if hasArchitecture(s) {
		return s.manifest.Tolerance.Reference
	}
	return s.manifest.Tolerance.Symmetry
}

// loosestTolerance is the largest bound that a manifest may set. Float32 networks of a few layers agree
// with float64 to 1e-6; a bound of 1e-3 already lets a weight change in its third digit pass.
const loosestTolerance = 1e-3

func loosest(*subject) float64 { return loosestTolerance }

// tolerances measures the loosest bound of the manifest.
func tolerances(_ context.Context, s *subject) (outcome, error) {
	t := s.manifest.Tolerance
	for _, v := range []float64{t.Golden, t.Reference, t.Symmetry} {
		if !(v > 0) {
			return outcome{}, fmt.Errorf("tolerance %g is not positive", v)
		}
	}
	return outcome{measured: max(t.Golden, t.Reference, t.Symmetry), detail: "the manifest's loosest bound"}, nil
}

// run measures and judges. The error is why nothing could be measured; the row says so.
func (p proof) run(ctx context.Context, s *subject) (Check, error) {
	start := time.Now()
	o, err := p.measure(ctx, s)
	if err != nil {
		o = outcome{measured: math.Inf(1), detail: "could not be measured", worst: err.Error()}
	}
	bound := p.bound(s)
	return Check{Name: p.name, Measured: o.measured, Bound: bound, OK: o.measured <= bound,
		Detail: o.detail, Worst: o.worst, Took: time.Since(start)}, err
}
