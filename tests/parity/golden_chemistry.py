"""Writes testdata of preprocess/{charges,pharmacophore,fingerprint,scaffold}: RDKit's answers for a few molecules.

    python tests/parity/golden_chemistry.py preprocess
"""

import json
import math
import sys
from pathlib import Path

import rdkit
from rdkit import Chem, RDConfig, RDLogger
from rdkit.Chem import ChemicalFeatures, rdFingerprintGenerator, rdPartialCharges
from rdkit.Chem.Scaffolds import MurckoScaffold

MOLECULES = [
    "C", "CCO", "CC(=O)[O-]", "NC(=[NH2+])c1ccccc1", "CC(=O)Oc1ccccc1C(=O)O", "CS(C)(=O)=O", "CS(C)=O", "FS(F)(F)(F)(F)F", "C[Si](C)(C)C",
    "C[Hg]C", "[Na+].[Cl-]", "OP(=O)(O)O", "C[N+](C)(C)CC(=O)[O-]", "Cn1cnc2c1c(=O)n(C)c(=O)n2C", "c1ccc2[nH]ccc2c1", "c1c[nH]cn1", "CC#N",
    "C[N+](=O)[O-]", "O=NC", "Nc1ccccc1", "CN(C)c1ccccc1", "CN(C)C", "FC(F)(F)C", "FCC", "o1cccc1", "CSC", "CS", "c1nnn[nH]1", "[H]OC([2H])N",
    "OC[C@@H]1CC[C@H](C)O1", "Cc1ccc(CC(=O)NCC2CC2)cc1", "c1ccc(cc1)C(=O)CCC2CCNCC2", "C[C@]1(O)CCC(=C)C1", "Cn1ccc(C2CC2)c1", "C[n+]1ccccc1",
    "C1CC1.C1CC1C", "C1CC2(C1)CCC2", "O=S1(=O)CCCC1CC(=O)C1CC1", "N1CCN->[Cu]<-1", "C1CN->[Cu]2<-NCCN->2CC1CC1CC1", "C[N@@+]1(CC)CCCC1", "CC(C)=C1CCC1",
]
MORGAN = [(2, 2048), (3, 1024)]


def write(root: str, package: str, name: str, about: str, answer) -> None:
    rows = [json.dumps({"smiles": s, **answer(Chem.MolFromSmiles(s))}, separators=(",", ":")) for s in MOLECULES if Chem.MolFromSmiles(s)]
    path = Path(root) / package / "testdata" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f'{{"rdkit":"{rdkit.__version__}","about":"{about}","molecules":[\n' + ",\n".join(rows) + "\n]}\n")


def charges(mol: Chem.Mol) -> dict:
    rdPartialCharges.ComputeGasteigerCharges(mol)
    found = [a.GetDoubleProp("_GasteigerCharge") for a in mol.GetAtoms()]
    return {"charges": [q if math.isfinite(q) else None for q in found]}


def hydrogen_bonds(factory, mol: Chem.Mol) -> dict:
    of = {"Donor": set(), "Acceptor": set()}
    for f in factory.GetFeaturesForMol(mol):
        of.get(f.GetFamily(), set()).update(f.GetAtomIds())
    return {"donors": sorted(of["Donor"]), "acceptors": sorted(of["Acceptor"])}


def morgan(mol: Chem.Mol) -> dict:
    generators = [rdFingerprintGenerator.GetMorganGenerator(radius=r, fpSize=n) for r, n in MORGAN]
    return {"counts": [g.GetCountFingerprint(mol).GetNonzeroElements() for g in generators]}


def scaffold(mol: Chem.Mol) -> dict:
    for a in mol.GetAtoms():
        a.SetIntProp("index", a.GetIdx())
    try:
        kept = MurckoScaffold.GetScaffoldForMol(mol).GetAtoms()
    except Chem.AtomValenceException:
        return {"refused": True}
    return {"atoms": [a.GetIntProp("index") for a in kept], "hydrogens": [a.GetTotalNumHs() for a in kept]}


def main() -> None:
    RDLogger.DisableLog("rdApp.*")
    factory = ChemicalFeatures.BuildFeatureFactory(str(Path(RDConfig.RDDataDir) / "BaseFeatures.fdef"))
    root = sys.argv[1]
    write(root, "charges", "gasteiger.json", "ComputeGasteigerCharges, e; null: NaN or infinite", charges)
    write(root, "pharmacophore", "hydrogen_bonds.json", "Donor and Acceptor of BaseFeatures.fdef", lambda m: hydrogen_bonds(factory, m))
    write(root, "fingerprint", "morgan.json", f"GetCountFingerprint, radius and size {MORGAN}", morgan)
    write(root, "scaffold", "murcko.json", "MurckoScaffold.GetScaffoldForMol", scaffold)


if __name__ == "__main__":
    main()
