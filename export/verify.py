"""python -m export.verify FOLDER …

Checks finished model folders with ONNX Runtime and chemprop, without the network's code: fingerprints, the structure of
the graph, weights, golden vectors, batch mates, order, padding. Exit 1 when anything fails.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from safetensors.numpy import load

from export import gate
from export.features import featurize
from export.gate import Check, equal, within
from export.manifest import fingerprint
from export.recipe import RECIPES, Recipe
from export.runtime import error, open_session, run


def verify(folder: Path) -> bool:
    """One table on stderr; true when every row holds."""
    manifest = json.loads((folder / "manifest.json").read_text())
    golden = json.loads((folder / "golden.json").read_text())
    recipe = RECIPES[manifest["name"]]
    raw = (folder / "model.onnx").read_bytes()
    proto = onnx.load_from_string(raw)
    fingerprints = {name: fingerprint(folder / name) for name in manifest["files"]}
    checks = [
        Check("fingerprints", ", ".join(fingerprints), "equal", fingerprints == manifest["files"]),
        Check("inputs of the manifest", str(len(recipe.inputs)), "the recipe's", manifest["inputs"] == recipe.inputs),
    ]
    checks += gate.structure(recipe, proto)
    checks.append(gate.weights(proto, load((folder / "weights.safetensors").read_bytes())))
    checks += cases(recipe, raw, golden, manifest["outputs"][0]["transform"])
    checks += gate.laws(recipe, raw)
    print(f"{manifest['name']} {manifest['version']}", file=sys.stderr)
    return gate.report(checks)


def cases(recipe: Recipe, raw: bytes, golden: dict[str, Any], transform: dict[str, float]) -> list[Check]:
    """The golden file against chemprop's featurizer, against ONNX Runtime and within itself."""
    session = open_session(raw)
    different, output, value = [], 0.0, 0.0
    for number, case in enumerate(golden["cases"]):
        tensors = {name: array(t) for name, t in case["tensors"].items()}
        built = recipe.collate([featurize(r["smiles"]) for r in case["records"]])
        different += [f"{number}/{name}" for name, t in built.items() if not same(t.numpy(), tensors[name])]
        y = array(case["outputs"]["y"])
        output = max(output, error(run(session, tensors), y))
        units = y[:, 0] * transform["scale"] + transform["shift"]
        value = max(value, error(units, np.array(case["values"])))
    probes = [r["smiles"] for r in golden["probe"]]
    answers = run(session, recipe.collate([featurize(s) for s in probes]))
    return [
        Check("golden cases", str(len(golden["cases"])), "≥ 8", len(golden["cases"]) >= 8),
        equal("golden tensors rebuilt from SMILES, to the bit", different, []),
        within("golden outputs", output),
        within("golden values = scale × output + shift", value, 1e-6),
        Check("distinct probes", str(len(set(probes))), "≥ 512", len(set(probes)) >= 512),
        equal("probes with a finite answer", int(np.isfinite(answers).sum()), len(probes)),
    ]


def array(t: dict[str, Any]) -> np.ndarray:
    """A golden tensor; decimals of a float32 are read as float64 first, as Go reads them."""
    wide = np.float64 if t["dtype"].startswith("float") else t["dtype"]
    return np.array(t["data"], dtype=wide).astype(t["dtype"]).reshape(t["shape"])


def same(a: np.ndarray, b: np.ndarray) -> bool:
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def main() -> int:
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    return 0 if all([verify(Path(folder)) for folder in sys.argv[1:]]) else 1


if __name__ == "__main__":
    sys.exit(main())
