"""Writes preprocess/standardize/testdata/standardize.json: RDKit's answers for molecules that show each rule.

    python golden_standardize.py OUT.json
"""

import json
import sys

import rdkit
from standardize import ALL, STEPS, changed

SMILES = """CC(=O)[O-].[Na+] C[N+](C)(C)CC(=O)[O-].[Cl-] [NH3+]CC([O-])=O CC[NH3+].[Cl-] O=[N+]([O-])c1ccccc1[O-] C[N+](C)(C)CCO.[Cl-]
[O-][N+](=O)[O-].[NH4+] [O-]c1ccccc1.[K+] [O-]S(=O)(=O)[O-].[Na+].[Na+] [n-]1nnnc1C [n-]1ncnn1 [BH4-].[Na+] [B-](F)(F)(F)F.[nH+]1ccccc1 [CH2+]C
[CH2-]C CP(=O)([O-])[O-].[Ca+2] [O-][Cl+3]([O-])([O-])[O-].[Li+] C[S+](C)[O-] C[S+](C)C.[O-]C=O [NH3+][O-] [OH3+].[Cl-] [Fe+2].[O-]C(=O)C.[O-]C(=O)C
[13CH3]C(=O)O[2H] [2H]OC [C@H](F)(Cl)Br F/C=C/F.C C1CC1.c1ccccc1.c1ccccc1 [Cl-].[Cl-].[Mg+2] CCO.O.O OS(=O)(=O)O.CN
C[N+]#[C-] [O-][n+]1ccccc1 CC(=O)[O-].C[N+](C)(C)C.CC(=O)[O-].[Na+] [NH2-].[Na+] [C-]#N.[K+] [O-][I+2]([O-])C [S-]C(=S)N(C)C.[Na+] CC [He]""".split()


def main():
    rows = []
    for smiles in SMILES:
        for steps in [*STEPS, ALL]:
            row = changed(smiles, steps.split(","))
            kept = {k: row[k] for k in ("error", "z", "q", "h", "iso", "chi", "hyb") if k in row}
            rows.append({"smiles": smiles, "steps": steps.split(","), **kept})
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        lines = ",\n".join(json.dumps(r, separators=(",", ":")) for r in rows)
        out.write(f'{{"rdkit":"{rdkit.__version__}","rows":[\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
