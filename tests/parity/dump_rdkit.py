"""Writes RDKit's molecule records (the format of `molserve inspect --format jsonl --input smiles`).

    python dump_rdkit.py smiles.txt records.jsonl [implicit|keep|explicit]
"""

import json
import sys

from rdkit import Chem, RDLogger
from rdkit.Chem import Descriptors, rdMolDescriptors

RDLogger.DisableLog("rdApp.*")


def read(smiles, hydrogens):
    """The molecule, or the code of what RDKit refuses."""
    params = Chem.SmilesParserParams()
    params.removeHs = hydrogens != "keep"
    params.allowCXSMILES = False
    params.parseName = False
    try:
        mol = Chem.MolFromSmiles(smiles, params)
    except Exception as error:  # RDKit's invariants
        return None, type(error).__name__
    if mol is not None:
        return (Chem.AddHs(mol) if hydrogens == "explicit" else mol), None
    return None, refusal(smiles, hydrogens)


def refusal(smiles, hydrogens):
    """valence and kekulize, as RDKit names them; syntax for all that its parser refuses."""
    try:
        mol = Chem.MolFromSmiles(smiles, sanitize=False)
    except Exception as error:
        return type(error).__name__
    if mol is None:
        return "syntax"
    fold = Chem.RemoveHsParameters()
    fold.updateExplicitCount = True
    try:
        if hydrogens == "keep":
            Chem.SanitizeMol(mol)
        else:
            Chem.RemoveHs(mol, fold, sanitize=True)
    except Chem.AtomValenceException:
        return "valence"
    except (Chem.KekulizeException, Chem.AtomKekulizeException):
        return "kekulize"
    except Exception as error:
        return type(error).__name__
    return "sanitize"


def record(mol):
    rings = mol.GetRingInfo()
    atoms = list(mol.GetAtoms())
    frags = Chem.GetMolFrags(mol)
    frag = [0] * len(atoms)
    for number, members in enumerate(frags):
        for i in members:
            frag[i] = number
    out = {
        "n": mol.GetNumAtoms(),
        "nb": mol.GetNumBonds(),
        "frags": len(frags),
        "charge": Chem.GetFormalCharge(mol),
        "formula": rdMolDescriptors.CalcMolFormula(mol),
        "mass": Descriptors.MolWt(mol),
        "exact": Descriptors.ExactMolWt(mol),
        "z": [a.GetAtomicNum() for a in atoms],
        "q": [a.GetFormalCharge() for a in atoms],
        "iso": [a.GetIsotope() for a in atoms],
        "map": [a.GetAtomMapNum() for a in atoms],
        "h": [a.GetTotalNumHs() for a in atoms],
        "hi": [a.GetNumImplicitHs() for a in atoms],
        "rad": [a.GetNumRadicalElectrons() for a in atoms],
        "arom": [int(a.GetIsAromatic()) for a in atoms],
        "deg": [a.GetDegree() for a in atoms],
        "ring": [int(a.IsInRing()) for a in atoms],
        "minring": [rings.MinAtomRingSize(i) for i in range(len(atoms))],
        "hyb": [a.GetHybridization().name for a in atoms],
        "chi": [int(a.GetChiralTag()) for a in atoms],
        "cip": [a.GetProp("_CIPCode") if a.HasProp("_CIPCode") else "" for a in atoms],
        "frag": frag,
        "bonds": [
            [
                b.GetBeginAtomIdx(),
                b.GetEndAtomIdx(),
                b.GetBondType().name,
                int(b.GetIsAromatic()),
                int(b.GetIsConjugated()),
                int(b.IsInRing()),
                b.GetStereo().name.removeprefix("STEREO"),
            ]
            for b in mol.GetBonds()
        ],
        "symm": sorted(len(r) for r in rings.AtomRings()),
    }
    symm = out.pop("symm")
    out["sssr"] = sorted(len(r) for r in Chem.GetSSSR(mol))  # replaces the ring information
    out["symm"] = symm
    return out


def main():
    source, target = sys.argv[1:3]
    hydrogens = sys.argv[3] if len(sys.argv) > 3 else "implicit"
    with open(source, encoding="utf-8") as lines, open(target, "w") as out:
        for line in lines:
            parts = line.split(None, 1)
            if not parts:
                row = {"error": {"code": "empty"}}
            else:
                mol, code = read(parts[0], hydrogens)
                row = record(mol) if code is None else {"error": {"code": code}}
                if code is None and len(parts) > 1 and parts[1].strip():
                    row["title"] = parts[1].strip()
            out.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
