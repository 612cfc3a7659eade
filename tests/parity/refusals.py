"""Prints the table of docs/refusals.md: what RDKit and molserve say of the commonest mistakes.

    python refusals.py --molserve BIN
"""

import argparse
import io
import json
import re
import subprocess
import sys

import rdkit
from rdkit import Chem, rdBase

MISTAKES = [
    ("C1CC", "a ring that is not closed"),
    ("CC(C", "a branch that is not closed"),
    ("CC)C", "a branch that was never opened"),
    ("C(C)(C)(C)(C)C", "carbon with five bonds"),
    ("CN(C)(C)C", "nitrogen with four bonds and no charge"),
    ("c1cccc1", "an aromatic ring of five carbons"),
    ("CC(=O)O-", "a charge without brackets"),
    ("c1ccccc1OH", "a hydrogen without brackets"),
    ("C%1CC%1", "a percent with one digit"),
    ("cc", "aromatic atoms outside a ring"),
    ("n1cccc1", "pyrrole without its hydrogen"),
    ("CXC", "a letter that is no element"),
    ("Cu", "a metal without brackets"),
    ("[Xx]", "no such element"),
    ("[C@@H", "a bracket that is not closed"),
    ("CC=", "a bond to nothing"),
    ("C==C", "two bond symbols"),
    ("C11", "an atom bound to itself"),
    ("C12CC12", "two bonds between two atoms"),
    ("F(C)C", "fluorine with two bonds"),
    ("", "nothing"),
    ("ethanol", "a name"),
]


def rdkits(smiles):
    caught, sys.stderr = io.StringIO(), io.StringIO()
    sys.stderr, before = caught, sys.__stderr__
    try:
        mol = Chem.MolFromSmiles(smiles)
    finally:
        sys.stderr = before
    if mol is not None:
        return "*read*" if mol.GetNumAtoms() else "*read, no atoms*"
    lines = [re.sub(r"^\[\d\d:\d\d:\d\d\] ", "", line).strip() for line in caught.getvalue().splitlines()]
    kept = [line for line in lines if line and not set(line) <= set("~^-|") and line != smiles and "check for" not in line]
    return " / ".join(dict.fromkeys(kept)) or "*no message*"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--molserve", required=True)
    options = parser.parse_args()
    rdBase.LogToPythonStderr()
    text = "".join(smiles + "\n" for smiles, _ in MISTAKES)
    out = subprocess.run([options.molserve, "inspect", "-"], input=text, capture_output=True, text=True, check=True)
    print(f"| SMILES | mistake | RDKit {rdkit.__version__} | molserve: code, offset, message |\n|---|---|---|---|")
    for (smiles, mistake), line in zip(MISTAKES, out.stdout.splitlines(), strict=True):
        e = json.loads(line).get("error")
        ours = f"`{e['code']}` {'–' if e['offset'] is None else e['offset']}: {e['message']}" if e else "*read*"
        print(f"| `{smiles}` | {mistake} | {rdkits(smiles)} | {ours} |".replace("``", " "))


if __name__ == "__main__":
    main()
