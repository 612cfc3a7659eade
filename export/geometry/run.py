"""Data to model folder: train, score, export, prove, publish.

python -m export.geometry.run --data DIR --out DIR [--model NAME] [--weights DIR]

--weights keeps the trained network in DIR/NAME.pt, and takes it from there when it is. Exit status 1: a check failed,
and the folder that was there before is as it was.
"""

import argparse
import dataclasses
import json
import logging
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from export import gate as common
from export.geometry import gate, score, train
from export.geometry.card import card
from export.geometry.cases import boxed, cases, short
from export.geometry.data import Labels
from export.geometry.golden import golden
from export.geometry.manifest import manifest
from export.geometry.recipe import ETHANOL, RECIPES, Recipe, transforms
from export.geometry.to_onnx import to_onnx
from export.run import document, publish


def fit(recipe: Recipe, parts: dict[str, Labels], cache: Path | None) -> train.Fitted:
    """Trains, or takes what was trained before."""
    if cache is not None and cache.exists():
        return train.Fitted(**torch.load(cache, weights_only=True))

    def keep(fitted: train.Fitted, suffix: str = ".best") -> None:
        if cache is not None:
            torch.save(dataclasses.asdict(fitted), cache.with_suffix(suffix))

    score.seeded(0)
    if recipe is ETHANOL:
        fitted = train.fit_potential(recipe.fit, recipe.build(), parts, score.shift(parts), keep)
    else:
        fitted = train.fit_properties(recipe.fit, recipe.build(), parts, score.standard(parts), keep)
    keep(fitted, ".pt")
    return fitted


def build(recipe: Recipe, parts: dict[str, Labels], fitted: train.Fitted, folder: Path) -> bool:
    """Writes the folder and says whether every check holds."""
    units = transforms(recipe, parts)
    scores = score.score(recipe, fitted, parts)
    test = parts["test"].structures
    sets = cases(test)
    trace = recipe.tensors([*sets["mixed sizes"], *(short(s) for s in test[6:8])])
    proto = to_onnx(recipe, recipe.build(fitted.state), trace)
    subject = gate.Subject(recipe, proto.SerializeToString(), recipe.build(fitted.state, torch.float64), units)
    checks = score.bars(recipe, scores) + gate.file(recipe, proto)
    checks.append(common.weights(proto, {k: v.numpy() for k, v in fitted.state.items()}))
    checks += prove(subject, sets | {"fifty of the test part": [short(s) for s in test[:50]]})
    (folder / "model.onnx").write_bytes(subject.raw)
    save_file({k: v.contiguous() for k, v in fitted.state.items()}, folder / "weights.safetensors")
    (folder / "golden.json").write_text(document(golden(recipe, subject.exact, units, sets, test)))
    text = json.dumps(manifest(recipe, units, scores, folder), indent=1, ensure_ascii=False)
    (folder / "manifest.json").write_text(text + "\n")
    (folder / "README.md").write_text(card(recipe, scores, units, list(sets)))
    return common.report(checks)


def prove(subject: gate.Subject, sets: dict[str, Any]) -> list[common.Check]:
    """Everything that needs no label."""
    molecule = next(iter(sets["one molecule"]))
    cell = boxed(molecule, [[6.5, 0.3, 0.0], [0.0, 6.1, -0.4], [0.2, 0.0, 7.0]])
    few = {k: v for k, v in sets.items() if not k.startswith("fifty")}
    return (
        gate.parity(subject, sets)
        + gate.symmetry(subject, gate.structures_of(few))
        + gate.laws(subject, molecule, cell)
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="export.geometry.run", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the .extxyz.gz files, at any depth")
    parser.add_argument("--out", type=Path, required=True, help="folder of model folders")
    parser.add_argument("--model", choices=sorted(RECIPES), help="default: both")
    parser.add_argument("--weights", type=Path, help="folder that keeps trained networks")
    options = parser.parse_args()
    torch.set_num_threads(1)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it warns that torchvision is absent
    good = True
    for name in [options.model] if options.model else list(RECIPES):
        recipe = RECIPES[name]
        parts = recipe.load(options.data)
        fitted = fit(recipe, parts, options.weights / f"{name}.pt" if options.weights else None)
        options.out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".staging-", dir=options.out) as staging:
            good &= build(recipe, parts, fitted, Path(staging)) and publish(
                Path(staging), options.out / name / recipe.version
            )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
