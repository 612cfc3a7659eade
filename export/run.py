"""python -m export.run --data DIR --out exported_models [--model NAME] [--seeds 0,1,2]

Trains, exports, proves and publishes model folders. Progress on stderr; exit 1 when a gate fails, and then the
folder that was there is left as it was.
"""

import argparse
import json
import logging
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save

from export import data, gate
from export.card import card
from export.features import featurize
from export.golden import golden
from export.manifest import manifest
from export.recipe import RECIPES, Recipe
from export.to_onnx import to_onnx
from export.train import Fitted, fit
from export.verify import verify

# A batch whose sizes N, E, G (B, n) differ from each other, from 0 and 1, and from every width of a network.
TRACE = ["CCO", "c1ccccc1O", "CC(=O)Oc1ccccc1C(=O)O", "C", "CC(C)CC(=O)N"]


def main() -> int:
    args = parse()
    torch.set_num_threads(1)  # more threads are slower beside other processes, and round differently
    torch.use_deterministic_algorithms(True)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it warns that torchvision is absent
    dataset = data.load(args.data)
    names = [args.model] if args.model else list(RECIPES)
    return 0 if all([produce(RECIPES[name], dataset, args.seeds, args.out) for name in names]) else 1


def parse() -> argparse.Namespace:
    p = argparse.ArgumentParser(prog="python -m export.run", description="train, export and prove the models")
    p.add_argument("--data", type=Path, required=True, help="a folder with delaney-processed.csv, at any depth")
    p.add_argument("--out", type=Path, required=True, help="where model folders go, NAME/VERSION below it")
    p.add_argument("--model", choices=sorted(RECIPES), help="one model; default: all")
    p.add_argument(
        "--seeds", type=seeds, default=[0, 1, 2], help="comma-separated; the first one's weights are shipped"
    )
    return p.parse_args()


def seeds(text: str) -> list[int]:
    return [int(s) for s in text.split(",")]


def produce(recipe: Recipe, dataset: data.Dataset, seeds: Sequence[int], out: Path) -> bool:
    """One model, from the data to its folder."""
    graphs = [featurize(s) for s in dataset.smiles]
    runs = [fit(recipe, dataset, graphs, data.split(dataset, seed), seed) for seed in seeds]
    for r in runs:
        print(f"{recipe.name} seed {r.seed}: test RMSE {r.test_rmse:.3f}, mean {r.baseline_rmse:.3f}", file=sys.stderr)
    shipped = runs[0]
    state = {k: np.ascontiguousarray(v) for k, v in shipped.model.state_dict().items()}
    proto = to_onnx(recipe, shipped.model, recipe.collate([featurize(s) for s in TRACE]))
    raw = proto.SerializeToString(deterministic=True)
    if not gate.report(gate.parity(recipe, raw, shipped.model)):
        return False
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".staging-", dir=out) as staging:
        write(recipe, shipped, runs, raw, state, dataset, Path(staging))
        return verify(Path(staging)) and publish(Path(staging), out / recipe.name / recipe.version)


def write(
    recipe: Recipe,
    shipped: Fitted,
    runs: Sequence[Fitted],
    raw: bytes,
    state: dict[str, np.ndarray],
    dataset: data.Dataset,
    folder: Path,
) -> None:
    """All files of a model folder."""
    (folder / "model.onnx").write_bytes(raw)
    (folder / "weights.safetensors").write_bytes(save(state))
    (folder / "golden.json").write_text(document(golden(recipe, shipped, dataset)))
    (folder / "README.md").write_text(card(recipe, shipped, runs))
    (folder / "manifest.json").write_text(json.dumps(manifest(recipe, shipped, runs, folder), indent=1) + "\n")


def document(golden: dict) -> str:
    """JSON with a line a case: small, and a changed case is one changed line."""
    compact = {"separators": (",", ":"), "allow_nan": False}
    cases = ",\n".join(json.dumps(c, **compact) for c in golden["cases"])
    head = json.dumps({k: golden[k] for k in ("golden", "versions")}, **compact)[:-1]
    return f'{head},\n"cases":[\n{cases}],\n"probe":{json.dumps(golden["probe"], **compact)}}}\n'


def publish(staging: Path, folder: Path) -> bool:
    """Moves the files into place. A folder without a manifest is not a model: it goes first and comes last."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").unlink(missing_ok=True)
    files = sorted(staging.iterdir(), key=lambda f: f.name == "manifest.json")
    for file in files:
        file.chmod(0o644)
        file.replace(folder / file.name)
    print(f"{folder}: {', '.join(f'{f.name} {(folder / f.name).stat().st_size}' for f in files)}", file=sys.stderr)
    return True


if __name__ == "__main__":
    sys.exit(main())
