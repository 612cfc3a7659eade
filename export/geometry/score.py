"""What a trained network scores on the test part, what simple answers score, and the bars it must pass."""

from typing import Any

import numpy as np
import torch

from export.gate import Check, within
from export.geometry.baseline import ridge
from export.geometry.data import Labels
from export.geometry.recipe import ETHANOL, Recipe
from export.geometry.train import Fitted, Standard, potential_errors, property_errors


def score(recipe: Recipe, fitted: Fitted, parts: dict[str, Labels]) -> dict[str, Any]:
    """metrics and baseline, as the manifest's lineage holds them."""
    model = recipe.build(fitted.state)
    if recipe is ETHANOL:
        errors = {k: potential_errors(model, parts[k], shift(parts)) for k in ("validation", "test")}
        baseline = still(parts)
    else:
        errors = {k: property_errors(model, parts[k], standard(parts)) for k in ("validation", "test")}
        baseline = simple(parts)
    metrics = {f"{part}_{k}": round(v, 3) for part, e in errors.items() for k, v in e.items() if k != "standardised"}
    run = {"epoch": fitted.epoch, "training_cpu_seconds": round(fitted.seconds)}
    parameters = sum(p.numel() for p in model.parameters())
    return {"metrics": metrics | run | {"parameters": parameters}, "baseline": baseline}


def shift(parts: dict[str, Labels]) -> float:
    return float(parts["train"].values.mean())


def standard(parts: dict[str, Labels]) -> Standard:
    return Standard(parts["train"].values.mean(0), parts["train"].values.std(0))


def still(parts: dict[str, Labels]) -> dict[str, float]:
    """Answering the mean energy of training and no force."""
    test = parts["test"]
    return {
        "train_mean_energy_mae_meV": round(1e3 * float(np.abs(test.values - shift(parts)).mean()), 2),
        "zero_force_mae_meV_per_A": round(1e3 * float(np.abs(test.forces).mean()), 2),
    }


def simple(parts: dict[str, Labels]) -> dict[str, float]:
    """Answering the training mean, and ridge on the invariants of Go's tensors."""
    mean = np.abs(parts["test"].values - parts["train"].values.mean(0)).mean(0)
    both = {"train_mean": mean, "linear_on_invariants": ridge(parts)}
    named = ((a, b, e[k]) for a, e in both.items() for k, b in enumerate(("energy", "gap")))
    return {f"{a}_{b}_mae_meV": round(1e3 * float(v), 2) for a, b, v in named}


def bars(recipe: Recipe, scores: dict[str, Any]) -> list[Check]:
    m, b = scores["metrics"], scores["baseline"]
    if recipe is ETHANOL:
        return [
            within("test force MAE, meV/Å", m["test_force_mae_meV_per_A"], 60.0),
            within("test energy MAE, meV", m["test_energy_mae_meV"], 20.0),
        ]
    return [
        within(
            f"test {k} MAE, meV: half the mean's, and the linear model's",
            m[f"test_{k}_mae_meV"],
            min(b[f"train_mean_{k}_mae_meV"] / 2, b[f"linear_on_invariants_{k}_mae_meV"]),
        )
        for k in ("energy", "gap")
    ]


def seeded(seed: int) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(seed)
