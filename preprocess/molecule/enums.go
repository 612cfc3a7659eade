package molecule

// Chirality is RDKit's chiral tag; the numbers are RDKit's.
type Chirality uint8

// RDKit's Atom::ChiralType.
const (
	ChiralNone Chirality = iota
	ChiralCW
	ChiralCCW
	ChiralOther
	ChiralTetrahedral
	ChiralAllene
	ChiralSquarePlanar
	ChiralTrigonalBipyramidal
	ChiralOctahedral
)

// Hybridization is RDKit's Atom::HybridizationType; the numbers are RDKit's.
type Hybridization uint8

// RDKit's Atom::HybridizationType.
const (
	Unspecified Hybridization = iota
	S
	SP
	SP2
	SP3
	SP2D
	SP3D
	SP3D2
	OtherHybridization
)

var hybridizationNames = [...]string{"UNSPECIFIED", "S", "SP", "SP2", "SP3", "SP2D", "SP3D", "SP3D2", "OTHER"}

// String returns RDKit's name.
func (h Hybridization) String() string { return hybridizationNames[h] }

// BondType is RDKit's Bond::BondType; the numbers are RDKit's.
type BondType uint8

// RDKit's Bond::BondType.
const (
	BondUnspecified BondType = iota
	Single
	Double
	Triple
	Quadruple
	Quintuple
	Hextuple
	OneAndAHalf
	TwoAndAHalf
	ThreeAndAHalf
	FourAndAHalf
	FiveAndAHalf
	AromaticBond
	Ionic
	HydrogenBond
	ThreeCenter
	DativeOne
	Dative
	DativeL
	DativeR
	OtherBond
	ZeroBond
)

var bondTypeNames = [...]string{"UNSPECIFIED", "SINGLE", "DOUBLE", "TRIPLE", "QUADRUPLE", "QUINTUPLE", "HEXTUPLE",
	"ONEANDAHALF", "TWOANDAHALF", "THREEANDAHALF", "FOURANDAHALF", "FIVEANDAHALF", "AROMATIC", "IONIC", "HYDROGEN",
	"THREECENTER", "DATIVEONE", "DATIVE", "DATIVEL", "DATIVER", "OTHER", "ZERO"}

// String returns RDKit's name.
func (t BondType) String() string { return bondTypeNames[t] }

// BondDir is the direction mark of a bond as it was written.
type BondDir uint8

// The marks of SMILES, / and \, and of molfiles.
const (
	DirNone         BondDir = iota
	DirUp                   // /
	DirDown                 // \
	DirWedge                // solid wedge, narrow at Begin (RDKit's BEGINWEDGE)
	DirDash                 // hashed wedge, narrow at Begin (BEGINDASH)
	DirEitherDouble         // crossed double bond (EITHERDOUBLE)
	DirUnknown              // wavy single bond (UNKNOWN)
)

// BondStereo is RDKit's Bond::BondStereo; the numbers are RDKit's.
type BondStereo uint8

// RDKit's Bond::BondStereo.
const (
	StereoNone BondStereo = iota
	StereoAny
	StereoZ
	StereoE
	StereoCis
	StereoTrans
	StereoAtropCW
	StereoAtropCCW
)

var bondStereoNames = [...]string{"NONE", "ANY", "Z", "E", "CIS", "TRANS", "ATROPCW", "ATROPCCW"}

// String returns RDKit's name.
func (s BondStereo) String() string { return bondStereoNames[s] }

// Flip returns the direction seen from the other end.
func (d BondDir) Flip() BondDir {
	switch d {
	case DirUp:
		return DirDown
	case DirDown:
		return DirUp
	}
	return d
}
