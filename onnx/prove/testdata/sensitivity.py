"""How small a change of one weight the reference checks catch: the table of docs/checks.md.

    PYTHONPATH=. python onnx/prove/testdata/sensitivity.py exported_models

For weight w and compared outputs y_i the change that is caught is, to first order,
tolerance / max_i (|∂y_i/∂w| / max(1, |y_i|)). A weight that no output depends on is unseen.
"""

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from export.features import featurize, pack, pad
from export.models import dmpnn, gcn

MODELS: dict[str, tuple[nn.Module, Callable]] = {
    "esol-dmpnn": (dmpnn.DMPNN(dmpnn.Config()), pack),
    "esol-gcn": (gcn.GCN(gcn.Config()), pad),
}
NOISY, ONE_IN, LOUDEST = 64, 4, 4.0  # as in reference_check.go


def inputs(smiles: Iterable[str], collate: Callable, noise: bool) -> Iterable[list[Tensor]]:
    for s in smiles:
        tensors = {k: v.double() if v.is_floating_point() else v for k, v in collate([featurize(s)]).items()}
        for name in {"V", "E", "x"} & set(tensors) if noise else ():
            u = torch.rand(2, *tensors[name].shape)
            tensors[name] = (u[0] * LOUDEST * (u[1] < 1 / ONE_IN)).double()
        yield list(tensors.values())


def steepest(net: nn.Module, batches: Iterable[list[Tensor]]) -> dict[str, Tensor]:
    """max_i |∂y_i/∂w| / max(1, |y_i|) of every weight."""
    most = {k: torch.zeros_like(p) for k, p in net.named_parameters()}
    for batch in batches:
        y = net(*batch).reshape(())
        for (k, _), g in zip(most.items(), torch.autograd.grad(y, list(net.parameters()), allow_unused=True), strict=True):
            if g is not None:
                most[k] = torch.maximum(most[k], g.abs() / max(1.0, abs(y.item())))
    return most


def main() -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    for name, (net, collate) in MODELS.items():
        folder = Path(sys.argv[1]) / name / "1"
        net.load_state_dict(load_file(folder / "weights.safetensors"))
        net.double().eval()
        tolerance = json.loads((folder / "manifest.json").read_text())["tolerance"]["reference"]
        golden = json.loads((folder / "golden.json").read_text())
        records = [r["smiles"] for c in golden["cases"] for r in c["records"]] + [r["smiles"] for r in golden["probe"]]
        data = steepest(net, inputs(records, collate, False))
        noise = steepest(net, inputs(records[:NOISY], collate, True))
        for k, p in net.named_parameters():
            row = [f"{name} {k}"]
            for s in (data[k], torch.maximum(data[k], noise[k])):
                seen = s > 0
                caught = np.median((tolerance / s[seen] / p.detach()[seen].abs().clamp(min=1e-12)).numpy())
                row.append(f"unseen {1 - seen.double().mean():.1%}, median {caught:.2%}")
            print(" | ".join(row))


if __name__ == "__main__":
    main()
