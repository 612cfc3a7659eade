"""Compares fields of batches with RDKit, and eigenvectors with themselves when the atoms are shuffled.

    python tests/parity/fields.py --molserve bin/molserve FILE.smi[.gz] … [--every K] [--most N]

Of each SMILES: ring_distances is the least r of AreAtomsInSameRingOfSize, shortest_paths GetDistanceMatrix, total_charge
GetFormalCharge. Then the molecule is written with its atoms shuffled
(RDKit 2026.3) and read again: every column that is constant on the symmetry classes of the skeleton, which is elements and bonds
without orders, charges and hydrogens, must follow the atoms. Prints counts; exits 1 on a difference.
"""

import argparse
import gzip
import json
import random
import subprocess
import sys

import numpy as np
from rdkit import Chem, RDLogger

RDLogger.DisableLog("rdApp.*")
SIZE, BATCH = 8, 100


def lines(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt") as f:
        yield from (line.split()[0] for line in f if line.strip())


def batches(binary, smiles, layout, *fields):
    """Per molecule, the rows of each field; None where molserve refuses."""
    for at in range(0, len(smiles), BATCH):
        part = smiles[at : at + BATCH]
        args = [binary, "inspect", "--batch", layout, "--max-atoms", "100000", "--input", "smiles"]
        for f in (*fields, {"field": "atoms_per_graph"}):
            args += ["--field", json.dumps(f)]
        out = json.loads(subprocess.run([*args, "-"], input="\n".join(part), text=True, capture_output=True, check=True).stdout)
        tensors = {k: np.reshape(v["data"], v["shape"]) for k, v in out["fields"].items()}
        rows = [None] * len(part)
        for g, row in enumerate(out["rows"]):
            n = tensors["atoms_per_graph"][g]
            cut = {k: t[g, :n, :n] if t.ndim == 3 and t.shape[1] == t.shape[2] else t[g, :n] if t.ndim > 1 else t[g] for k, t in tensors.items()}
            rows[row] = cut
        yield from rows


def rings(mol):
    n, info = mol.GetNumAtoms(), mol.GetRingInfo()
    d = np.zeros((n, n))
    for ring in sorted(info.AtomRings(), key=len, reverse=True):
        d[np.ix_(ring, ring)] = len(ring)
    return d


def paths(mol):
    d = Chem.GetDistanceMatrix(mol)
    return np.where(d > 1e6, -1, d)


def classes_of(mol):
    """RDKit's symmetry classes of the skeleton."""
    skeleton = Chem.RWMol()
    for atom in mol.GetAtoms():
        bare = Chem.Atom(atom.GetAtomicNum())
        bare.SetNoImplicit(True)
        skeleton.AddAtom(bare)
    for bond in mol.GetBonds():
        skeleton.AddBond(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx(), Chem.BondType.SINGLE)
    skeleton.UpdatePropertyCache(strict=False)
    Chem.FastFindRings(skeleton)
    return np.array(Chem.CanonicalRankAtoms(skeleton, breakTies=False))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--molserve", required=True)
    p.add_argument("--every", type=int, default=1)
    p.add_argument("--most", type=int, default=10**9)
    p.add_argument("files", nargs="+")
    a = p.parse_args()
    random.seed(0)
    smiles = [s for f in a.files for s in lines(f)][:: a.every][: a.most]
    smiles = [s for s in smiles if (m := Chem.MolFromSmiles(s)) and 1 < m.GetNumAtoms() <= 120]
    fields = [{"field": f} for f in ("ring_distances", "shortest_paths", "total_charge")] + [{"field": "laplacian_encoding", "size": SIZE}]
    shuffled, orders = [], []
    for s in smiles:
        mol = Chem.MolFromSmiles(s)
        order = list(range(mol.GetNumAtoms()))
        random.shuffle(order)
        again = Chem.RenumberAtoms(mol, order)
        shuffled.append(Chem.MolToSmiles(again, canonical=False))
        written = [int(i) for i in again.GetProp("_smilesAtomOutputOrder").strip("[],").split(",")]
        orders.append([order[i] for i in written])  # atom k of the new string is atom orders[k] of the old
    bad, columns, fixed, molecules = 0, 0, 0, 0
    both = zip(batches(a.molserve, smiles, "padded", *fields), batches(a.molserve, shuffled, "padded", *fields), strict=True)
    for s, order, (was, now) in zip(smiles, orders, both, strict=True):
        if was is None or now is None:
            continue
        mol = Chem.MolFromSmiles(s)
        if mol.GetNumAtoms() != was["atoms_per_graph"] or len(order) != now["atoms_per_graph"]:
            continue  # a shuffled string whose hydrogens fold otherwise
        molecules += 1
        for name, want in (("ring_distances", rings(mol)), ("shortest_paths", paths(mol)), ("total_charge", Chem.GetFormalCharge(mol))):
            if not np.array_equal(was[name], want):
                bad += 1
                print(s, name, "differs from RDKit")
        x, y = was["laplacian_encoding"][order], now["laplacian_encoding"]
        classes = classes_of(mol)[order]
        for c in range(min(SIZE, len(order) - 1)):
            columns += 1
            spread = max(np.ptp(x[classes == k, c]) for k in set(classes))
            if spread > 1e-5:
                continue  # a symmetry turns it around or mixes it
            fixed += 1
            if np.abs(x[:, c] - y[:, c]).max() > 1e-5:
                bad += 1
                print(s, "column", c, "does not follow the atoms")
    print(f"{molecules} molecules; {columns} columns, {fixed} that symmetry leaves; {bad} differences")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
