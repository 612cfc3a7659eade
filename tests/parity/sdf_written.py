"""Checks the molfiles that molserve writes.

    python tests/parity/sdf_written.py blocks.sdf [more.sdf …] [--keep]

Each record is read and written by molserve, as V2000 where that will do and as V3000. RDKit must read what was written
as it reads the original: the same canonical SMILES with stereo, the same atoms in order with charge, isotope, map
number, hydrogens and radical electrons, places within 0.0001 Å, data items. sdf.py make writes files to start from.
--keep: hydrogens stay atoms for all three. Exits 1 when one differs. Run it in the root of the repository. Needs rdkit
2026.3.6 and go.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from rdkit import Chem, RDLogger

import sdf

RDLogger.DisableLog("rdApp.*")
EXAMPLES = 5


def written(path, keep):
    """The records of both files that the Go test writes."""
    with tempfile.TemporaryDirectory() as folder:
        outs = [str(Path(folder) / name) for name in ("out.sdf", "v3000.sdf")]
        env = os.environ | {"MOLSERVE_DUMP_IN": os.path.abspath(path), "MOLSERVE_DUMP_OUT": outs[0], "MOLSERVE_DUMP_V3000": outs[1]}
        if keep:
            env["MOLSERVE_DUMP_KEEP"] = "1"
        subprocess.run(["go", "test", "-count=1", "-run", "^TestDumpWritten$", "./preprocess/molfile"], check=True, env=env, stdout=subprocess.DEVNULL)
        return [sdf.records(out) for out in outs]


def read(text, keep):
    supplier = Chem.SDMolSupplier()
    supplier.SetData(text + "$$$$\n", removeHs=not keep)
    return next(iter(supplier), None)


def fields(mol):
    """What must be the same, field by field."""
    atoms = list(mol.GetAtoms())
    return {
        "smiles": Chem.MolToSmiles(mol),
        "z": [a.GetAtomicNum() for a in atoms],
        "q": [a.GetFormalCharge() for a in atoms],
        "iso": [a.GetIsotope() for a in atoms],
        "map": [a.GetAtomMapNum() for a in atoms],
        "h": [a.GetTotalNumHs() for a in atoms],
        "rad": [a.GetNumRadicalElectrons() for a in atoms],
        "cip": [a.GetProp("_CIPCode") if a.HasProp("_CIPCode") else "" for a in atoms],
        "bonds": [(b.GetBeginAtomIdx(), b.GetEndAtomIdx(), b.GetBondType().name) for b in mol.GetBonds()],
        "3D": mol.GetConformer().Is3D(),
        "props": {name: mol.GetProp(name) for name in mol.GetPropNames() if not name.startswith("_")},
    }


def differences(want, got):
    a, b = fields(want), fields(got)
    names = {name for name in a if a[name] != b[name]}
    far = abs(want.GetConformer().GetPositions() - got.GetConformer().GetPositions()).max() if want.GetNumAtoms() == got.GetNumAtoms() else 1
    return names | ({"xyz"} if far > 1e-4 else set())


class Report:
    def __init__(self):
        self.counts, self.shown = Counter(), Counter()

    def differ(self, name, *example):
        self.counts[name] += 1
        if self.counts[name] <= EXAMPLES:
            print(f"{name}:", *example, sep="\n")

    def compare(self, version, original, want, text, keep):
        self.counts[f"{version}: records"] += 1
        if "molserve_error" in text:
            self.differ(f"{version}: not written", text.split("molserve_error>\n")[1].split("\n")[0])
            return
        self.counts[f"{version}: of these V3000"] += "V3000" in text
        got = read(text, keep)
        if got is None:
            self.differ(f"{version}: refused by RDKit", text)
            return
        for name in differences(want, got):
            self.differ(f"{version}: {name} differs", fields(want).get(name), fields(got).get(name), original, text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--keep", action="store_true")
    args = parser.parse_args()
    report = Report()
    for path in args.files:
        originals = sdf.records(path)
        for version, texts in zip(("default", "V3000"), written(path, args.keep), strict=True):
            for original, text in zip(originals, texts, strict=True):
                want = read(original, args.keep)
                if want is None or sdf.holds_query(want):
                    report.counts["refused, or a query"] += 1
                    continue
                report.compare(version, original, want, text, args.keep)
    for name, count in sorted(report.counts.items()):
        print(f"{name}: {count}")
    sys.exit(1 if any("differs" in name or "refused by RDKit" in name for name in report.counts) else 0)


if __name__ == "__main__":
    main()
