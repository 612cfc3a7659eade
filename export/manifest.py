"""manifest.json: the contract between a model folder and the server."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from export.gate import TOLERANCE
from export.recipe import Recipe
from export.train import Fitted

FILES = ("model.onnx", "weights.safetensors", "golden.json")


def manifest(recipe: Recipe, shipped: Fitted, runs: Sequence[Fitted], folder: Path) -> dict[str, Any]:
    """The manifest of the files in folder. Scores are over all runs, the weights are those of `shipped`."""
    return {
        "manifest": 1,
        "name": recipe.name,
        "version": recipe.version,
        "description": recipe.description,
        "architecture": {"name": recipe.architecture, "hyperparameters": recipe.config.hyperparameters()},
        "task": {"level": "graph", "kind": "regression"},
        "accepts": ["smiles", "sdf"],
        "symmetry": {"group": "permutation"},
        "chemistry": {
            "perception": "rdkit-2026.03.6",
            "hydrogens": "implicit",
            "stereo": "legacy",
            "elements": None,
            "max_atoms": 500,
        },
        "graph": {"edges": "bonds", "self_loops": False},
        "layout": recipe.layout,
        "inputs": recipe.inputs,
        "outputs": [
            {
                "tensor": "y",
                "column": 0,
                "name": "logS",
                "unit": "log10(mol/L)",
                "per": "graph",
                "symmetry": "invariant",
                "role": "value",
                "transform": {"scale": shipped.scale, "shift": shipped.shift},
            }
        ],
        "tolerance": {"golden": TOLERANCE, "reference": TOLERANCE, "symmetry": TOLERANCE},
        "files": {name: fingerprint(folder / name) for name in FILES},
        "lineage": lineage(recipe, shipped, runs),
    }


def fingerprint(path: Path) -> dict[str, Any]:
    raw = path.read_bytes()
    return {"sha256": hashlib.sha256(raw).hexdigest(), "bytes": len(raw)}


def lineage(recipe: Recipe, shipped: Fitted, runs: Sequence[Fitted]) -> dict[str, Any]:
    return {
        "data": "ESOL (Delaney 2004), MoleculeNet's delaney-processed.csv: 1128 rows, 1117 distinct molecules",
        "split": f"random 80/10/10 over distinct molecules, seeds {', '.join(str(r.seed) for r in runs)}; "
        f"the weights are those of seed {shipped.seed}",
        "metrics": {
            "test_rmse": round(float(np.mean([r.test_rmse for r in runs])), 4),
            "test_rmse_std": round(float(np.std([r.test_rmse for r in runs])), 4),
            "test_rmse_per_seed": {str(r.seed): round(r.test_rmse, 4) for r in runs},
            "validation_rmse_per_seed": {str(r.seed): round(r.validation_rmse, 4) for r in runs},
        },
        "published": recipe.published,
        "baseline": {"train_mean_rmse": round(float(np.mean([r.baseline_rmse for r in runs])), 4)},
        "base_model": None,
        "frozen": [],
    }
