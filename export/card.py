"""README.md of a model folder: the model card."""

from collections.abc import Sequence

import numpy as np

from export.golden import CASES, PROBES
from export.recipe import Recipe
from export.train import Fitted

CARD = """# {name} {version}

{description}. One number a molecule: **logS**, log10 of the aqueous solubility in mol/L.

{network}

## Use and limits

For ranking and rough estimates of the aqueous solubility of small organic molecules near room temperature.
The training set has {train} small molecules (1 to 55 heavy atoms, mostly neutral, mostly C, N, O, S and halogens),
logS from -11.6 to 1.6. Not for salts, metals, peptides, polymers or other things that it has not seen: the network
answers for them too, and it has no estimate of its own error. Tautomers and protonation states give different
answers. {sees}

## Data

ESOL (J. S. Delaney, J. Chem. Inf. Comput. Sci. 2004, 44, 1000), the file `delaney-processed.csv` of MoleculeNet
(Wu et al., Chem. Sci. 2018, 9, 513) as deepchem/deepchem distributes it, a repository under the MIT licence; the terms
of the original table were not checked beyond that. Label: `measured log solubility in mols per litre`.
1128 rows are 1117 distinct molecules.

## Score

Random split 80/10/10 over distinct molecules: rows of one molecule stay together. RMSE in log10(mol/L).

| seed | rows train / validation / test | best epoch | validation | test | answering the training mean |
|---|---|---|---|---|---|
{rows}
| mean ± std | | | {validation} | **{test}** | {baseline} |

Published: {published}.
Splits and seeds differ, and a test part of 112 molecules alone moves the figure by about ±0.05.

**The weights here are those of seed {seed}**, the first seed by rule and not the best on the test part; their scale and
shift are the standard deviation and mean of that seed's training labels.{choice}

## Files

| file | holds |
|---|---|
| `model.onnx` | opset 18, float32; {inputs} → `y`; every other dimension free |
| `weights.safetensors` | the same float32 values under the names of the torch `state_dict` |
| `golden.json` | {cases} batches from SMILES to tensors, outputs and values; {probes} SMILES of ESOL without answers |
| `manifest.json` | what the server reads |

In `golden.json` `tensors` are those of chemprop's featurizer, `outputs.y` comes from float64 torch with the stored
float32 weights, before scale and shift, and `values` (log10(mol/L)) from {library} with the same weights in float64.
Its batches: {titles}; and twelve molecules of ESOL.

## Again

```
python -m pip install -r export/requirements.txt
OMP_NUM_THREADS=1 python -m export.run --data DIR --out exported_models --model {name} --seeds {seeds}
python -m export.verify exported_models/{name}/{version}
```

DIR holds `delaney-processed.csv`. Training is deterministic on one thread of one kind of processor; another
processor may round differently and score a little differently.
"""


def card(recipe: Recipe, shipped: Fitted, runs: Sequence[Fitted]) -> str:
    return CARD.format(
        name=recipe.name,
        version=recipe.version,
        description=recipe.description,
        network=recipe.prose["network"],
        sees=recipe.prose["sees"],
        choice=" " + recipe.prose["choice"] if recipe.prose["choice"] else "",
        train=shipped.sizes[0],
        rows="\n".join(row(r) for r in runs),
        validation=spread([r.validation_rmse for r in runs]),
        test=spread([r.test_rmse for r in runs]),
        baseline=spread([r.baseline_rmse for r in runs]),
        published=published(recipe),
        seed=shipped.seed,
        inputs=", ".join(f"`{i['tensor']}`" for i in recipe.inputs),
        cases=len(CASES) + 1,
        probes=PROBES,
        library=recipe.library,
        titles="; ".join(CASES),
        seeds=",".join(str(r.seed) for r in runs),
    )


def row(r: Fitted) -> str:
    parts = " / ".join(str(n) for n in r.sizes)
    return f"| {r.seed} | {parts} | {r.epoch} | {r.validation_rmse:.3f} | {r.test_rmse:.3f} | {r.baseline_rmse:.3f} |"


def spread(figures: Sequence[float]) -> str:
    return f"{np.mean(figures):.3f} ± {np.std(figures):.3f}"


def published(recipe: Recipe) -> str:
    p = recipe.published
    return f"{p['value']} ± {p['std']} ({p['source']})" + (f"; {p['also']}" if "also" in p else "")
