"""Writes the small networks of reference's tests: weights, graphs, and what the libraries answer in float64.

    python reference/testdata/small.py        (chemprop 2.3.1, torch_geometric, torch, safetensors)

The answers come from chemprop's and PyG's own layers, so that the Go code is judged by the libraries
and not by this project's Python.
"""

import json
from pathlib import Path

import chemprop.nn as cnn
import torch
from chemprop.data.collate import BatchMolGraph
from chemprop.data.molgraph import MolGraph
from safetensors.torch import save_file
from torch import Tensor, nn
from torch_geometric.nn import GCNConv

HERE = Path(__file__).parent
F, D = 4, 3  # widths of a node and of an edge


def graphs() -> list[dict]:
    """A lone node, a path, a ring with a tail, two fragments of which one is a lone node."""
    bonds = [[], [(0, 1), (1, 2)], [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4)], [(0, 1), (2, 3), (3, 4)]]
    out = []
    for n, pairs in zip([1, 3, 5, 6], bonds, strict=True):
        edges = [e for a, b in pairs for e in ((a, b), (b, a))]
        rows = torch.randn(len(pairs), D).repeat_interleave(2, 0).reshape(-1, D)
        out.append({"n": n, "edges": edges, "node_features": torch.randn(n, F).tolist(), "edge_features": rows.tolist()})
    return out


def molgraph(g: dict) -> MolGraph:
    e = torch.tensor(g["edges"], dtype=torch.long).reshape(-1, 2)
    rev = torch.arange(len(e)) ^ 1
    return MolGraph(torch.tensor(g["node_features"]).numpy(), torch.tensor(g["edge_features"]).reshape(-1, D).numpy(), e.T.numpy(), rev.numpy())


def pool(h: Tensor, how: str, norm: float) -> Tensor:
    total = h.sum(0, keepdim=True)
    return {"mean": total / len(h), "norm": total / norm, "sum": total}[how]


def dmpnn(hyper: dict, all_graphs: list[dict]) -> tuple[dict[str, Tensor], list[list[float]]]:
    mp = cnn.BondMessagePassing(F, D, hyper["hidden"], depth=hyper["depth"])
    ffn = cnn.RegressionFFN(n_tasks=2, input_dim=hyper["hidden"], hidden_dim=hyper["ffn_hidden"], n_layers=hyper["ffn_layers"] - 1)
    weights = {f"message_passing.{k}": v.clone() for k, v in mp.state_dict().items() if k.startswith("W_")}
    weights |= {f"predictor.{k}": v.clone() for k, v in ffn.state_dict().items() if k.startswith("ffn.")}
    mp, ffn, answers = mp.double().eval(), ffn.double().eval(), []
    for g in all_graphs:
        b = BatchMolGraph([molgraph(g)])
        b.V, b.E = b.V.double(), b.E.double()
        h = mp(b)
        answers.append(ffn.ffn(pool(h, hyper["aggregation"], hyper.get("aggregation_norm", 100)))[0].tolist())
    return weights, answers


def gcn(hyper: dict, all_graphs: list[dict]) -> tuple[dict[str, Tensor], list[list[float]]]:
    widths = [F] + [hyper["hidden"]] * hyper["layers"]
    net = nn.Module()
    net.convs = nn.ModuleList(GCNConv(a, b) for a, b in zip(widths, widths[1:], strict=False))
    net.head = nn.Sequential(nn.Linear(widths[-1], hyper["head_hidden"]), nn.ReLU(), nn.Linear(hyper["head_hidden"], 2))
    for c in net.convs:
        nn.init.normal_(c.bias)
    weights = {k: v.clone() for k, v in net.state_dict().items()}
    net, answers = net.double().eval(), []
    for g in all_graphs:
        h = torch.tensor(g["node_features"]).double()
        e = torch.tensor(g["edges"], dtype=torch.long).reshape(-1, 2).T
        for c in net.convs:
            h = c(h, e).relu()
        answers.append(net.head(h.mean(0, keepdim=True))[0].tolist())
    return weights, answers


def main() -> None:
    torch.manual_seed(0)
    all_graphs = graphs()
    base = {"hidden": 5, "depth": 3, "aggregation": "mean", "ffn_hidden": 6, "ffn_layers": 2}
    recipes = {
        "dmpnn_mean": (dmpnn, base),
        "dmpnn_norm": (dmpnn, base | {"aggregation": "norm", "aggregation_norm": 7, "depth": 4, "ffn_layers": 3}),
        "dmpnn_sum": (dmpnn, base | {"aggregation": "sum", "depth": 1, "ffn_layers": 1}),
        "gcn": (gcn, {"hidden": 5, "layers": 3, "head_hidden": 4}),
    }
    cases = []
    for name, (build, hyper) in recipes.items():
        with torch.no_grad():
            weights, answers = build(hyper, all_graphs)
        save_file(weights, HERE / f"{name}.safetensors", metadata={"format": "pt"})
        cases.append({"name": name, "architecture": name.split("_")[0], "hyperparameters": hyper, "y": answers})
    (HERE / "small.json").write_text(json.dumps({"graphs": all_graphs, "cases": cases}) + "\n")


if __name__ == "__main__":
    main()
