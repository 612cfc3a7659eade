"""golden.json: structures, the exact tensors made of them, what the network answers, and the values in units."""

import platform
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
from torch import nn

from export.geometry import exact
from export.geometry.cases import short
from export.geometry.data import Structure
from export.geometry.recipe import Recipe, in_units
from export.golden import tensor
from export.runtime import error

PROBES = 520
LIBRARIES = ("torch", "e3nn", "numpy", "onnx", "onnxscript", "onnxruntime")


def golden(
    recipe: Recipe,
    model: nn.Module,
    transforms: dict[str, Any],
    sets: dict[str, list[Structure]],
    probes: Sequence[Structure],
) -> dict[str, Any]:
    """cases with answers; probes without, spread over the test part."""
    chosen = probes[:: len(probes) // PROBES][:PROBES]
    return {
        "golden": 1,
        "versions": {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES},
        "cases": [case(recipe, model, transforms, structures) for structures in sets.values()],
        "probe": [short(s).record() for s in chosen],
    }


def case(recipe: Recipe, model: nn.Module, transforms: dict[str, Any], structures: list[Structure]) -> dict[str, Any]:
    """One batch. outputs: float64 torch on the float32 tensors; values: float64 from the coordinates, in units."""
    tensors = {name: t.numpy() for name, t in recipe.tensors(structures).items()}
    outputs = exact.outputs(recipe, model, tensors)
    values = [served(exact.values(recipe, model, transforms, s)) for s in structures]
    for o in recipe.outputs:
        if o["role"] == "value" and o["per"] == "graph":
            units = in_units(transforms[o["tensor"]], outputs[o["tensor"]], structures, "graph")
            off = error(units, np.array([v[o["name"]] for v in values]))
            if off > 1e-6:
                raise ValueError(f"{o['name']}: tensors and coordinates differ by {off}")
    return {
        "records": [s.record() for s in structures],
        "tensors": {name: tensor(t) for name, t in tensors.items()},
        "outputs": {name: tensor(y) for name, y in outputs.items()},
        "values": values,
    }


def served(values: exact.Values) -> dict[str, Any]:
    """Values by name; features stand among the outputs and would only be repeated."""
    return {k: np.asarray(v).tolist() for k, v in values.items() if k != "features"}
