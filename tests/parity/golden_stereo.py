"""Write preprocess/smiles/testdata/stereo.jsonl: what RDKit leaves of stereo in hard cases.

    python tests/parity/golden_stereo.py > preprocess/smiles/testdata/stereo.jsonl

One object a line: the versions first, then smiles, why it is hard, chiral tags and CIP codes per atom,
[begin, end, stereo] per bond, and all hydrogens per atom; or {"smiles": …, "why": …, "refused": true}.
"""

import json
import platform

import rdkit
from rdkit import Chem, RDLogger

CASES = [
    # text order against bond order
    ("C[C@H](O)c1cc[nH]c1", "the example of the contract"),
    ("[C@H](F)(Cl)Br", "begins with a centre that has an H"),
    ("[C@@H](F)(Cl)Br", "its mirror image"),
    ("[C@](F)(Cl)(Br)I", "begins with a centre of four atoms"),
    ("F[C@](Cl)(Br)I", "four atoms, one before"),
    ("C[C@@]12CC[C@H](C1)CC2O", "two ring closures at a centre"),
    ("[C@@]12(F)CC[C@](C1)(Cl)CC2O", "begins with two ring closures at a centre"),
    ("F[C@]1CCO1", "three neighbours and a ring closure"),
    ("F[C@]1(Br)I.Cl1", "a ring closure to another part of the text"),
    ("[C@@](F)1(C)CCO1", "a ring digit after a branch, first atom"),
    ("C1CN[C@](O)(N)1", "a ring digit after two branches"),
    ("[C@](Cl)(F)1CC[C@H](F)CC1", "a ring digit after two branches, first atom"),
    ("[C@@]1(Cl)(F)I.Br1", "ring digit before the branches"),
    ("[C@@](Cl)1(F)I.Br1", "ring digit after one branch"),
    ("[C@@](Cl)(F)1I.Br1", "ring digit after two branches"),
    ("[C@@](Cl)(F)(I)1.Br1", "ring digit after three branches"),
    ("C.[C@@](F)(Cl)1CCO1", "ring digit after two branches, first atom of a later part"),
    ("C[C@]%10(F)OCC%10", "two-digit ring number"),
    ("O1[C@H]2C[C@@H]1CC2", "ring digits at centres with H"),
    ("[C@TH1](F)(Cl)(Br)I", "@TH1 is @"),
    ("[C@TH2](F)(Cl)(Br)I", "@TH2 is @@"),
    # hydrogens
    ("[C@]([H])(F)(Cl)Br", "an H atom folded, second place"),
    ("F[C@](Cl)([H])Br", "an H atom folded, third place"),
    ("[H][C@](F)(Cl)Br", "an H atom folded, first place"),
    ("[H][C@]1(F)CCO1", "an H atom folded beside a ring closure"),
    ("[2H][C@H](F)Cl", "deuterium is a ligand of its own"),
    ("C[C@]([2H])([H])O", "deuterium and hydrogen"),
    ("[H]/N=C/C", "an H that carries the stereo of a double bond"),
    ("[H]/C(C)=C/C", "a mark on an H that is folded away"),
    ("C/C([H])=C(/[H])C", "marks on two H"),
    ("C[C@@H](C)O", "two equal ligands: the tag goes, the H becomes implicit"),
    ("C[C@@H]C", "a radical that loses its tag and its H"),
    ("C[C@H](O)[13CH3]", "isotopes alone tell the ligands apart"),
    ("C[C@H](O)[CH3:1]", "map numbers tell ligands apart"),
    ("C[C@H](O)[CH3:0]", "map number zero does too"),
    # elements
    ("C[S@](=O)CC", "sulfoxide"),
    ("C[S@@](=O)c1ccccc1", "aryl sulfoxide"),
    ("C[S@+](CC)CCC", "sulfonium"),
    ("C[S@](=O)(=O)CC", "sulfone has no stereo"),
    ("C[Se@](=O)CC", "selenoxide"),
    ("C[P@](CC)c1ccccc1", "phosphine"),
    ("C[P@H]CC", "secondary phosphine"),
    ("C[P@](=O)(O)CC", "phosphinic acid: d orbitals do not count"),
    ("C[P@@](=O)(OC)Oc1ccccc1", "phosphonate"),
    ("C[As@](CC)CCC", "arsine"),
    ("C[N@](CC)CCC", "amines invert"),
    ("C[N@+](CC)(CCC)CCCC", "ammonium does not"),
    ("C[N@]1C[C@H]1F", "aziridine N in a three-ring"),
    ("C1C[N@]2CC[C@@H]1CC2C", "bridgehead N"),
    ("F[Si@](Cl)(Br)C", "silicon"),
    ("C[B@-](F)(Cl)Br", "borate"),
    ("Cl[Pt@SP1](F)(Br)N", "square planar"),
    ("[Pt@SP3](Cl)(F)(Br)N", "square planar, first atom"),
    ("Cl[As@TB5](F)(Br)(N)S", "trigonal bipyramid"),
    ("C[Co@OH12](F)(Cl)(Br)(I)S", "octahedron"),
    ("F[Co@OH3]1(Cl)(Br)(I)N.S1", "octahedron with a ring closure"),
    ("FC=[C@AL1]=CF", "an allene tag goes"),
    ("C[C@H]1CC[NH2]->[Pt]1", "a donor beside a centre"),
    # rings and symmetry
    ("C[C@H]1CC[C@H](C)CC1", "cis-1,4-dimethylcyclohexane"),
    ("C[C@H]1CC[C@@H](C)CC1", "trans-1,4-dimethylcyclohexane"),
    ("C[C@H]1CCCCC1", "one ring mark alone goes"),
    ("C[C@H]1C[C@@H](C)C1", "1,3-dimethylcyclobutane"),
    ("O[C@H]1[C@H](O)[C@@H](O)[C@H](O)[C@H](O)[C@@H]1O", "inositol"),
    ("C[C@H]1CC2CCCC3CCCC(C1)[C@@H]23", "three ring neighbours, two ranks"),
    ("C[C@H]1CC[C@]2(CC1)CC[C@@H](C)CC2", "spiro"),
    ("C1CC[C@@]2(CC1)OC[C@H](C)O2", "spiro with equal ring arms"),
    ("C1C[C@H]2CC[C@@H]1CC2", "bicyclo[2.2.2]octane bridgeheads"),
    ("O[C@H](C)[C@@H](C)O", "meso form"),
    ("C[C@H](O)[C@@H](F)[C@H](C)O", "equal arms of one hand: no stereo between"),
    ("C[C@H](O)[C@@H](F)[C@@H](C)O", "arms of opposite hand: pseudoasymmetric"),
    ("O[C@@H](/C=C/C)/C=C\\C", "E and Z arms tell apart"),
    ("C/C=C/C(C)/C=C\\C", "a centre without a tag"),
    ("[C@](C)(O)(CC(C)C)CC(C)(C)C", "a difference two bonds away"),
    ("C[C@@H]1CCC[C@H](C)N1[C@H](C)F", "ring marks tell after ranking again"),
    # double bonds
    ("F/C=C/F", "trans"),
    ("F/C=C\\F", "cis"),
    ("F\\C=C\\F", "trans with backslashes"),
    ("C(/F)=C/F", "cis, the mark in a branch"),
    ("C/C(F)=C(/F)C", "four ligands"),
    ("C/C=C/C=C\\C", "conjugated"),
    ("C/1=C/CCCCCC1", "eight-membered ring, mark at the opening digit"),
    ("C1=C/CCCCCC/1", "eight-membered ring, mark at the closing digit"),
    ("C/1=C\\CCCCCCCC1", "ten-membered ring"),
    ("C/1=C/CCCCC1", "seven-membered ring"),
    ("C/C=C(/C)C", "equal ligands at one end"),
    ("C/C=C/C=C", "one terminal"),
    ("F/C=C=C/F", "an allene is none"),
    ("F/C=C=C=C/F", "a cumulene is none here"),
    ("C/C=N/O", "oxime"),
    ("C/N=N/C", "diazene"),
    ("C/C=N\\N=C\\C", "azine"),
    ("F\\C(/Cl)=C/F", "marks that contradict each other"),
    ("C/C(=C/C)/C=C/C", "a shared single bond"),
    ("C/C=C\\[C@H](F)/C=C/C", "a centre between Z and E"),
    ("FC=C/C=C/F", "one side of a pair unmarked"),
    ("c1ccccc1/C=C/c1ccccc1", "stilbene"),
    ("O=C/C=C/c1ccc(/C=C\\C)cc1", "two in one molecule"),
    # refused
    ("C[C@TH3](F)(Cl)Br", "no such permutation"),
    ("C[Pt@SP4](F)(Cl)Br", "no such permutation"),
    ("C[Co@OH31](F)(Cl)(Br)(I)S", "no such permutation"),
    ("C[Co@OH0](F)(Cl)(Br)(I)S", "permutation zero"),
]


def record(smiles: str, why: str) -> dict:
    mol = Chem.MolFromSmiles(smiles)
    if mol is None:
        return {"smiles": smiles, "why": why, "refused": True}
    atoms, bonds = list(mol.GetAtoms()), list(mol.GetBonds())
    return {
        "smiles": smiles,
        "why": why,
        "chi": [int(a.GetChiralTag()) for a in atoms],
        "cip": [a.GetProp("_CIPCode") if a.HasProp("_CIPCode") else "" for a in atoms],
        "bonds": [[b.GetBeginAtomIdx(), b.GetEndAtomIdx(), b.GetStereo().name.removeprefix("STEREO")] for b in bonds],
        "h": [a.GetTotalNumHs() for a in atoms],
        "permutation": [a.GetIntProp("_chiralPermutation") if a.HasProp("_chiralPermutation") else 0 for a in atoms],
    }


if __name__ == "__main__":
    RDLogger.DisableLog("rdApp.*")
    print(json.dumps({"rdkit": rdkit.__version__, "python": platform.python_version()}))
    for smiles, why in CASES:
        print(json.dumps(record(smiles, why), separators=(",", ":")))
