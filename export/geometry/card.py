"""README.md of a model folder: the model card, from the text of cards/NAME.md and cards/rest.md."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from export.geometry.data import KCAL_PER_MOL
from export.geometry.golden import PROBES
from export.geometry.recipe import ETHANOL, Recipe


def card(recipe: Recipe, scores: dict[str, Any], transforms: dict[str, Any], titles: Sequence[str]) -> str:
    potential = recipe is ETHANOL
    elements = transforms["energy"]["atom_energies"]
    counts = {"H": 6, "C": 2, "O": 1} if potential else {"H": 10, "C": 7, "O": 2}
    facts = recipe.config.hyperparameters() | scores["metrics"] | scores["baseline"]
    facts |= {
        "name": recipe.name,
        "version": recipe.version,
        "description": recipe.description,
        "irreps": recipe.outputs[-1]["symmetry"],
        "elements": ", ".join(f"{s} {e:.3f}" for s, e in elements.items()),
        "mean": sum(e * counts[s] for s, e in elements.items()),
        "kcal": KCAL_PER_MOL,
        "split": recipe.lineage["split"],
        "epochs": recipe.fit.epochs,
        "minutes": scores["metrics"]["training_cpu_seconds"] / 60,
        "inputs": ", ".join(f"`{i['tensor']}`" for i in recipe.inputs),
        "outputs": ", ".join(f"`{o['tensor']}`" for o in recipe.outputs),
        "cases": len(titles),
        "probes": PROBES,
        "values": ", with forces (and virial for a cell) by autograd on positions" if potential else "",
        "titles": "; ".join(titles),
    }
    cards = Path(__file__).parent / "cards"
    return "".join((cards / f"{name}.md").read_text() for name in (recipe.name, "rest")).format(**facts)
