"""Writes preprocess/featurize/testdata/tables_*.json: what each library makes of a few molecules, a file a family.

    python tests/parity/golden_tables.py preprocess/featurize/testdata

Rows are sparse: column, value, column, value, … of all that is not 0. "refused" where the library raises. Needs what
libraries.py names.
"""

import json
import sys
from pathlib import Path

from rdkit import Chem, RDLogger

from libraries import TABLES, VERSIONS

FAMILIES = {
    "chemprop": ["chemprop_organic", "chemprop_rigr", "chemprop_v1"],
    "indices": ["ogb", "pyg", "dgllife_pretrain", "dgllife_pretrain_loops"],
    "dgllife": ["dgllife_canonical", "dgllife_canonical_loops", "dgllife_attentivefp", "dgllife_attentivefp_loops"],
    "weave": ["dgllife_weave"],
    "multifidelity": ["multifidelity", "multifidelity_35", "multifidelity_53"],
}
MOLECULES = [
    "C", "C=O", "[H][H]", "[Na+].[Cl-]", "*C", "[U]", "[CH3]", "[13CH3]I", "F/C=C/Cl", "C[C@H](O)Br", "CC(F)Cl",
    "Cl[C@H](/C=C/C)Br", "C/C(F)=C\\C=C", "c1c[nH]cn1", "CC(=O)[O-]", "C[N+](=O)[O-]", "N->[Pt](Cl)(Cl)<-N", "FS(F)(F)(F)(F)F",
    "C[Si](C)(C)[Se]C", "C1CC1C#N", "[AlH4-]", "[CH2-][NH2+2]", "Cl[Pt@SP1](F)(Br)N", "OC[C@@H]1CC[C@H](C)O1", "O=c1cc[nH]cc1",
    "[Sn+4]", "C~C",
]


def sparse(row) -> list:
    return [v for c, x in enumerate(row.tolist()) if x for v in (c, x)]


def golden(name: str, smiles: str) -> dict:
    try:
        x, edges, attributes = TABLES[name](Chem.MolFromSmiles(smiles))
    except (ValueError, AssertionError):
        return {"smiles": smiles, "refused": True}
    return {
        "smiles": smiles,
        "atoms": [sparse(row) for row in x],
        "edges": [sparse(row) for row in attributes],
        "src": edges[0].tolist(),
        "dst": edges[1].tolist(),
    }


def main() -> None:
    RDLogger.DisableLog("rdApp.*")
    for family, names in FAMILIES.items():
        tables = {n: [golden(n, s) for s in MOLECULES] for n in names}
        body = ",\n".join(
            f'{json.dumps(n)}:[\n' + ",\n".join(json.dumps(m, separators=(",", ":")) for m in rows) + "\n]" for n, rows in tables.items()
        )
        path = Path(sys.argv[1]) / f"tables_{family}.json"
        path.write_text(f'{{"versions":{json.dumps(VERSIONS)},"tables":{{\n{body}\n}}}}\n')


if __name__ == "__main__":
    main()
