package graph

import "molserve/preprocess/geometry"

// Field names one array of a batch, as a manifest's input does. Options that a field has not stay empty.
type Field struct {
	Name          string // such as node_features
	DType         DType  // default: the first that the field allows
	Order         string // such as src_dst; default: the first of Info.Orders
	Normalisation string // default: the first of Info.Normalisations
	SelfLoops     bool   // every node counts as its own neighbour too

	Elements []uint8            // species: atomic number of each index
	Sign     string             // edge vectors: src_minus_dst (default) or dst_minus_src
	Basis    *geometry.Basis    // radial_basis
	Envelope *geometry.Envelope // cutoff_envelope
	LMax     int                // spherical_harmonics; their normalisation is Normalisation
	Size     int                // encodings: columns k
}

// Info is what a layout knows of a field.
type Info struct {
	// Shape has a symbol or a number for each dimension: N nodes, E edges, G graphs (packed);
	// B graphs, n slots (padded); L edges of the line graph, M bonds, P pairs that are asked about. F and D
	// stand for the featurizer's widths, A for how many numbers a sender adds, K for the width that an option
	// of the field gives (Info.Width).
	Shape          []string
	DTypes         []DType  // allowed; the first is the default
	Orders         []string // allowed; the first is the default
	Normalisations []string // allowed; the first is the default
	Signs          []string // allowed; the first is the default
	SelfLoops      bool     // the option exists; so do those below, which then are needed
	Elements       bool
	Basis          bool
	Envelope       bool
	LMax           bool
	Size           bool
	Per            string // what has a row: graph, atom, edge or pair

	needs need
	ghost ghostRule
	full  bool                                // rows and fill write every number: nothing need be zeroed
	rows  func(*part) error                   // writes the rows of one graph
	fill  func(*Batch, *Field, *Tensor) error // in place of rows: what is no row a graph
}

// ghostRule says what ghosts have in a packed float field. Integers are 0 with either but follow.
type ghostRule int

const (
	padded ghostRule = iota // Padding.Fill
	follow                  // what rows makes of the ghost graph
)

var (
	features = []DType{Float32, Int64}
	floats   = []DType{Float32, Float64}
	single   = []DType{Float32}
	integer  = []DType{Int64}
	counts   = []DType{Int64, Float32}
	boolean  = []DType{Bool}

	directions = []string{"src_dst", "dst_src"}
	signs      = []string{"src_minus_dst", "dst_minus_src"}
	spheres    = []string{string(geometry.Component), string(geometry.Norm), string(geometry.Integral)}
	laplacians = []string{"laplacian_sym", "rw", "none"}
)

// table is the whole vocabulary: one row a field. A field lies in the layouts that have its rows:
//
//	per    packed     padded
//	atom   [N,…]      [B,n,…]     concatenated; a slot each
//	edge   [E,…]      –           concatenated, indices offset by the atoms before
//	graph  [G,…]      [B,…]       one each
//	pair   [P,…]      [B,n,n,…]   packed those that are asked about; padded row = receiver, column = sender
//
// unless only says otherwise. Shape here is what follows those dimensions, or all of it for a fill.
var table = map[string]row{
	"node_features":  {Info: Info{Per: PerAtom, Shape: dims("F"), DTypes: features, needs: needNodeFeatures, rows: nodeFeatures, full: true}},
	"atomic_numbers": {Info: Info{Per: PerAtom, DTypes: integer, needs: needNumbers, ghost: follow, rows: atomicNumbers}},
	"species":        {Info: Info{Per: PerAtom, DTypes: integer, Elements: true, needs: needNumbers, rows: species}},
	"graph_index":    {Info: Info{Per: PerAtom, DTypes: integer, ghost: follow, rows: graphIndex, full: true}, only: Packed},
	"positions":      {Info: Info{Per: PerAtom, Shape: dims("3"), DTypes: floats, needs: needPositions, ghost: follow, rows: positions}},
	"velocities":     {Info: Info{Per: PerAtom, Shape: dims("3"), DTypes: floats, needs: needVelocities, rows: velocities}},
	"atom_mask":      {Info: Info{Per: PerAtom, DTypes: boolean, rows: atomMask}, only: Padded},

	"edge_features":    {Info: Info{Per: PerEdge, Shape: dims("D"), DTypes: features, needs: needEdgeFeatures, rows: edgeFeatures, full: true}},
	"edge_index":       {Info: Info{Per: PerEdge, Shape: dims("2", "E"), DTypes: integer, Orders: directions, fill: edgeIndex, full: true}, only: Packed},
	"edge_list":        {Info: Info{Per: PerEdge, Shape: dims("2"), DTypes: integer, Orders: directions, ghost: follow, rows: edgeList, full: true}},
	"edge_src":         {Info: Info{Per: PerEdge, DTypes: integer, ghost: follow, rows: edgeSrc, full: true}},
	"edge_dst":         {Info: Info{Per: PerEdge, DTypes: integer, ghost: follow, rows: edgeDst, full: true}},
	"reverse_edge":     {Info: Info{Per: PerEdge, DTypes: integer, needs: needReverse, ghost: follow, rows: reverseEdge, full: true}},
	"edge_graph_index": {Info: Info{Per: PerEdge, DTypes: integer, ghost: follow, rows: graphIndex}},
	"line_graph_index": {Info: Info{Per: PerEdge, Shape: dims("2", "L"), DTypes: integer, Orders: directions, needs: needReverse, fill: lineGraphIndex}, only: Packed},

	"bond_features":   {Info: Info{Per: PerEdge, Shape: dims("M", "D"), DTypes: features, needs: needEdgeFeatures | needReverse | needBonds, fill: bondFeatures}, only: Packed},
	"edge_bond_index": {Info: Info{Per: PerEdge, DTypes: integer, needs: needReverse | needBonds, ghost: follow, rows: edgeBondIndex, full: true}},

	"graph_ones":      {Info: Info{Per: PerGraph, DTypes: single, ghost: follow, rows: graphOnes}},
	"atoms_per_graph": {Info: Info{Per: PerGraph, DTypes: integer, ghost: follow, rows: atomsPerGraph}},
	"graph_offsets":   {Info: Info{Per: PerGraph, Shape: dims("G+1"), DTypes: integer, fill: graphOffsets}, only: Packed},
	"cell":            {Info: Info{Per: PerGraph, Shape: dims("3", "3"), DTypes: floats, needs: needPositions, ghost: follow, rows: cell}},

	"total_charge":      {Info: Info{Per: PerGraph, DTypes: counts, ghost: follow, rows: totalCharge}},
	"spin_multiplicity": {Info: Info{Per: PerGraph, DTypes: counts, ghost: follow, rows: spinMultiplicity}},
	"auxiliary":         {Info: Info{Per: PerGraph, Shape: dims("A"), DTypes: single, needs: needAuxiliary, rows: auxiliary}},

	"edge_vectors":      {Info: Info{Per: PerEdge, Shape: dims("3"), DTypes: floats, Signs: signs, needs: needVectors, ghost: follow, rows: edgeVectors, full: true}},
	"edge_unit_vectors": {Info: Info{Per: PerEdge, Shape: dims("3"), DTypes: floats, Signs: signs, needs: needVectors, ghost: follow, rows: edgeUnitVectors, full: true}},
	"edge_lengths":      {Info: Info{Per: PerEdge, DTypes: floats, needs: needVectors, ghost: follow, rows: edgeLengths, full: true}},
	"edge_shifts":       {Info: Info{Per: PerEdge, Shape: dims("3"), DTypes: floats, Signs: signs, needs: needVectors, ghost: follow, rows: edgeShifts, full: true}},
	"radial_basis":      {Info: Info{Per: PerEdge, Shape: dims("K"), DTypes: floats, Basis: true, needs: needVectors, ghost: follow, rows: radialBasis, full: true}},
	"cutoff_envelope":   {Info: Info{Per: PerEdge, DTypes: floats, Envelope: true, needs: needVectors, ghost: follow, rows: cutoffEnvelope}},
	"spherical_harmonics": {Info: Info{Per: PerEdge, Shape: dims("K"), DTypes: floats, LMax: true, Normalisations: spheres, Signs: signs,
		Orders: []string{"e3nn"}, needs: needVectors, ghost: follow, rows: sphericalHarmonics, full: true}},

	"degree": {Info: Info{Per: PerAtom, DTypes: single, Normalisations: []string{"none", "inverse", "inverse_sqrt"},
		SelfLoops: true, rows: degree}},
	"gcn_norm": {Info: Info{Per: PerEdge, DTypes: single, Normalisations: []string{"gcn_sym", "both", "right", "left"},
		SelfLoops: true, rows: gcnNorm}},
	"laplacian_norm": {Info: Info{Per: PerEdge, DTypes: single, Normalisations: laplacians, SelfLoops: true,
		needs: needReverse, rows: laplacianNorm}},
	"pseudo_coordinates": {Info: Info{Per: PerEdge, Shape: dims("2"), DTypes: single, Orders: []string{"dst_src", "src_dst"},
		SelfLoops: true, rows: pseudoCoordinates}},
	"laplacian_max_eigenvalue": {Info: Info{Per: PerGraph, DTypes: single, Normalisations: laplacians, needs: needReverse,
		ghost: follow, rows: laplacianMaxEigenvalue}},
	"laplacian_encoding":   {Info: Info{Per: PerAtom, Shape: dims("K"), DTypes: single, Size: true, needs: needReverse, rows: laplacianEncoding}},
	"random_walk_encoding": {Info: Info{Per: PerAtom, Shape: dims("K"), DTypes: single, Size: true, rows: randomWalkEncoding}},

	"adjacency": {Info: Info{Per: PerPair, DTypes: single, Normalisations: []string{"none", "gcn_sym", "rw", "laplacian_sym"},
		SelfLoops: true, rows: adjacency}, only: Padded},
	"pair_features":  {Info: Info{Per: PerPair, Shape: dims("D"), DTypes: single, needs: needEdgeFeatures, rows: pairFeatures}, only: Padded},
	"distances":      {Info: Info{Per: PerPair, DTypes: floats, needs: needPositions, rows: distances}, only: Padded},
	"shortest_paths": {Info: Info{Per: PerPair, DTypes: single, rows: shortestPaths}, only: Padded},
	"ring_distances": {Info: Info{Per: PerPair, DTypes: single, needs: needRings, rows: ringDistances}, only: Padded},
	"pair_mask":      {Info: Info{Per: PerPair, DTypes: boolean, rows: pairMask}, only: Padded},
	"pair_index":     {Info: Info{Per: PerPair, Shape: dims("2", "P"), DTypes: integer, needs: needPairs, fill: pairIndex, full: true}, only: Packed},
}

// row is a field of the table.
type row struct {
	Info
	only Layout // "": every layout that has its rows
}

func dims(symbols ...string) []string { return symbols }
