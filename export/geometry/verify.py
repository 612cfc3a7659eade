"""Proves finished model folders again, from their files alone: python -m export.geometry.verify FOLDER …

Exit status 1: a check failed.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from safetensors.torch import load

from export import gate as common
from export.gate import Check, equal, within
from export.geometry import gate
from export.geometry.data import Structure
from export.geometry.recipe import RECIPES, Recipe, in_units
from export.geometry.run import prove
from export.geometry.runtime import run
from export.manifest import fingerprint
from export.runtime import error, open_session
from export.verify import array, same


def verify(folder: Path) -> bool:
    manifest = json.loads((folder / "manifest.json").read_text())
    golden = json.loads((folder / "golden.json").read_text())
    recipe, raw = RECIPES[manifest["name"]], (folder / "model.onnx").read_bytes()
    proto = onnx.load_from_string(raw)
    state = load((folder / "weights.safetensors").read_bytes())
    fingerprints = {name: fingerprint(folder / name) for name in manifest["files"]}
    units = {o["tensor"]: o["transform"] for o in manifest["outputs"] if "transform" in o}
    bare = [{k: v for k, v in o.items() if k != "transform"} for o in manifest["outputs"]]
    checks = [
        equal("fingerprints", fingerprints == manifest["files"], True),
        equal("inputs of the manifest are the recipe's", manifest["inputs"] == recipe.inputs, True),
        equal("outputs of the manifest are the recipe's", bare == recipe.outputs, True),
    ]
    checks += gate.file(recipe, proto)
    checks.append(common.weights(proto, {k: v.numpy() for k, v in state.items()}))
    checks += cases(recipe, raw, golden, units)
    sets = {f"golden {k}": [Structure.of(r) for r in c["records"]] for k, c in enumerate(golden["cases"])}
    sets["one molecule"] = sets["golden 1"]
    checks += prove(gate.Subject(recipe, raw, recipe.build(state, torch.float64), units), sets)
    print(f"{manifest['name']} {manifest['version']}", file=sys.stderr)
    return common.report(checks)


def cases(recipe: Recipe, raw: bytes, golden: dict[str, Any], units: dict[str, Any]) -> list[Check]:
    """The golden file against tensors built again, against ONNX Runtime, and within itself."""
    session = open_session(raw)
    different, output, value, force = [], 0.0, 0.0, 0.0
    for number, case in enumerate(golden["cases"]):
        structures = [Structure.of(r) for r in case["records"]]
        tensors = {name: array(t) for name, t in case["tensors"].items()}
        built = recipe.tensors(structures)
        different += [f"{number}/{name}" for name, t in built.items() if not same(t.numpy(), tensors[name])]
        got = run(session, tensors)
        for o in recipe.outputs:
            want = array(case["outputs"][o["tensor"]])
            output = max(output, error(got[o["tensor"]], want))
            if o["role"] == "value" and o["per"] == "graph":
                mine = in_units(units[o["tensor"]], want, structures, "graph")
                value = max(value, error(mine, np.array([v[o["name"]] for v in case["values"]])))
        if "edge_gradient" in got:
            n = sum(len(s.numbers) for s in structures)
            f = gate.exact.scattered(got["edge_gradient"], tensors, n)
            force = max(force, float(np.abs(f - np.concatenate([v["forces"] for v in case["values"]])).max()))
    probes = [Structure.of(r) for r in golden["probe"]]
    answers = [run(session, recipe.tensors(probes[k : k + 65])) for k in range(0, len(probes), 65)]
    finite = sum(int(np.isfinite(a["energy"]).sum()) for a in answers)
    return [
        Check("golden cases", str(len(golden["cases"])), "≥ 8", len(golden["cases"]) >= 8),
        equal("golden tensors built again, to the bit", different, []),
        within("golden outputs", output, gate.TOLERANCE),
        within("golden values = transform of outputs", value, 1e-6),
        within("golden forces, eV/Å", force, gate.FORCE),
        Check("probes", str(len(probes)), "≥ 512", len(probes) >= 512),
        equal("probes with a finite answer", finite, len(probes)),
    ]


def main() -> int:
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    return 0 if all([verify(Path(folder)) for folder in sys.argv[1:]]) else 1


if __name__ == "__main__":
    sys.exit(main())
