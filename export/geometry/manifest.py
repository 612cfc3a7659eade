"""manifest.json: the contract between a model folder and the server."""

from pathlib import Path
from typing import Any

from export.geometry.data import ELEMENTS, SYMBOLS
from export.geometry.features import CUTOFF
from export.geometry.gate import TOLERANCE
from export.geometry.recipe import Recipe
from export.manifest import FILES, fingerprint


def manifest(recipe: Recipe, transforms: dict[str, Any], scores: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The manifest of the files in folder."""
    symbols = {z: s for s, z in SYMBOLS.items()}
    return {
        "manifest": 1,
        "name": recipe.name,
        "version": recipe.version,
        "description": recipe.description,
        "architecture": {"name": recipe.architecture, "hyperparameters": recipe.config.hyperparameters()},
        "task": {"level": recipe.level, "kind": "regression"},
        "accepts": ["atoms", "xyz", "sdf"],
        "symmetry": {"group": "E(3)"},
        "chemistry": {
            "perception": "rdkit-2026.03.6",
            "hydrogens": "keep",
            "stereo": "legacy",
            "elements": [symbols[z] for z in ELEMENTS],
            "max_atoms": 500,
        },
        "graph": {"edges": "radius", "cutoff": CUTOFF, "self_loops": False},
        "layout": "packed",
        "inputs": recipe.inputs,
        "outputs": [o | with_transform(transforms, o["tensor"]) for o in recipe.outputs],
        "tolerance": {"golden": TOLERANCE, "reference": TOLERANCE, "symmetry": TOLERANCE},
        "files": {name: fingerprint(folder / name) for name in FILES},
        "lineage": {
            "data": recipe.lineage["data"],
            "split": recipe.lineage["split"],
            "metrics": scores["metrics"],
            "published": recipe.lineage["published"],
            "baseline": scores["baseline"],
            "base_model": None,
            "frozen": [],
        },
    }


def with_transform(transforms: dict[str, Any], tensor: str) -> dict[str, Any]:
    return {"transform": transforms[tensor]} if tensor in transforms else {}
