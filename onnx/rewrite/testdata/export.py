"""Writes the networks beside it, as torch.onnx exports what people write.

    python export.py          torch 2.15.0, torch_geometric 2.8.1, onnx 1.23.2, onnxruntime 1.30.0

gin, gcn, gat are layers of PyG with a sum over each graph; scatter_add and index_add spell sums by hand; mean
is a mean that the export loses; tensor_product is an equivariant product of features, written with Einsum;
wide is timed; denormal has weights that are no normal numbers; equations and empty are Einsum alone.
"""

import pathlib
import warnings

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch.export import Dim
from torch_geometric.nn import GATv2Conv, GCNConv, GINConv, global_add_pool

HERE = pathlib.Path(__file__).parent
N, E, G = Dim("N"), Dim("E"), Dim("G")
F, H = 5, 8


class Gin(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.head = GINConv(torch.nn.Linear(F, H)), GINConv(torch.nn.Linear(H, H)), torch.nn.Linear(H, 1)

    def forward(self, x, edge_index, batch, slots):
        h = self.second(self.first(x, edge_index).relu(), edge_index).relu()
        return self.head(global_add_pool(h, batch, slots.shape[0]))  # [G,1]


class Wide(torch.nn.Module):
    """As gin, 64 wide and four deep: what is timed. Its weights are all one number."""

    def __init__(self):
        super().__init__()
        self.convs = torch.nn.ModuleList(GINConv(torch.nn.Linear(F if k == 0 else 64, 64)) for k in range(4))
        for p in self.parameters():
            torch.nn.init.constant_(p, 0.01)

    def forward(self, x, edge_index, batch, slots):
        for conv in self.convs:
            x = conv(x, edge_index).relu()
        return global_add_pool(x, batch, slots.shape[0])


class Gcn(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = GCNConv(F, H)

    def forward(self, x, edge_index, batch, slots):
        return global_add_pool(self.conv(x, edge_index), batch, slots.shape[0])


class Gat(torch.nn.Module):
    """Two heads: the sum of messages is of tensors [E,2,4]."""

    def __init__(self):
        super().__init__()
        self.conv = GATv2Conv(F, 4, heads=2, add_self_loops=False)

    def forward(self, x, edge_index, batch, slots):
        return global_add_pool(self.conv(x, edge_index), batch, slots.shape[0])


class ScatterAdd(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(F, H)

    def forward(self, x, edge_index, batch, slots):
        h = self.linear(x)
        m = h[edge_index[0]]
        h = torch.zeros_like(h).scatter_add(0, edge_index[1].unsqueeze(1).expand_as(m), m)
        return h.new_zeros(slots.shape[0], H).scatter_reduce(0, batch.view(-1, 1).expand(-1, H), h, "sum")


class IndexAdd(torch.nn.Module):
    def forward(self, x, edge_index, batch, slots):
        h = torch.zeros_like(x).index_add(0, edge_index[1], x[edge_index[0]])
        return h.new_zeros(slots.shape[0], F).index_add(0, batch, h)


class Mean(torch.nn.Module):
    def forward(self, x, edge_index, batch, slots):
        return x.new_zeros(slots.shape[0], F).scatter_reduce(0, batch.view(-1, 1).expand(-1, F), x, "mean", include_self=False)


class TensorProduct(torch.nn.Module):
    """w[u,v,k] C[a,b,c] x[e,u,a] y[e,v,b], in the spellings of e3nn."""

    def __init__(self):
        super().__init__()
        self.w, self.c = torch.nn.Parameter(torch.randn(2, 3, 4)), torch.nn.Parameter(torch.randn(3, 1, 5))

    def forward(self, x, edge_index, batch, slots):
        e = x[edge_index[0]]
        u = torch.stack([e[:, :3], e[:, 2:]], 1)  # [E,2,3]
        v = torch.stack([e[:, :1], e[:, 1:2], e[:, 2:3]], 1)  # [E,3,1]
        outer = torch.einsum("eua,evb->euvab", u, v)
        pairs = torch.einsum("abc,euvab->euvc", self.c, outer)
        k = torch.einsum("uvk,euvc->ekc", self.w, pairs)
        turned = torch.einsum("ekc,euc->euk", k[:, :, :3], u)
        total = torch.einsum("euk->ke", turned)
        return k.new_zeros(slots.shape[0], 4).index_add(0, batch[edge_index[1]], total.T)


def export(network: torch.nn.Module) -> onnx.ModelProto:
    args = (torch.randn(17, F), torch.randint(0, 17, (2, 22)), torch.arange(17) * 3 // 17, torch.zeros(3))
    program = torch.onnx.export(network.eval(), args, dynamo=True, opset_version=18, verbose=False, external_data=False,
                                input_names=["x", "edge_index", "batch", "slots"],
                                dynamic_shapes=({0: N}, {1: E}, {0: N}, {0: G}))
    model = program.model_proto
    for holder in [model, model.graph, *model.graph.node, *model.graph.initializer, *model.graph.input, *model.graph.output, *model.graph.value_info]:
        if hasattr(holder, "metadata_props"):
            del holder.metadata_props[:]  # paths of the machine
        if hasattr(holder, "doc_string"):
            holder.doc_string = ""
    return model


EQUATIONS = ["ij,jk->ik", "ij,jk", "ij->ji", "ij->", "ij->ij", "i,j->ij", "ij,ij->", "ij,ij->ij", "ijk,jkl->il", "ijk,kjl->li", "zuv,zvw,zwx->zux",
             "ij,kl->ik", "abc,cd->dab", "a,a->", "eua,evb->euvab", "abc,euvab->euvc", "uvk,euvc->ekc", "ij,ik,il->jkl", "aBc,Bd->acd"]


def equations() -> onnx.ModelProto:
    """Each equation over constants times an input s[1]."""
    make, sizes = onnx.helper.make_node, {}
    rng = np.random.default_rng(0)
    nodes, weights, outputs = [], [], []
    for k, equation in enumerate(EQUATIONS):
        operands = equation.split("->")[0].split(",")
        names = []
        for j, labels in enumerate(operands):
            shape = [sizes.setdefault(label, 2 + len(sizes) % 4) for label in labels]
            weights.append(numpy_helper.from_array(rng.standard_normal(shape).astype(np.float32), f"w{k}_{j}"))
            nodes.append(make("Mul", [f"w{k}_{j}", "s"], [f"x{k}_{j}"]))
            names.append(f"x{k}_{j}")
        nodes.append(make("Einsum", names, [f"e{k}"], f"einsum {equation}", equation=equation))
        nodes.append(make("Reshape", [f"e{k}", "flat"], [f"y{k}"]))
        outputs.append(onnx.helper.make_tensor_value_info(f"y{k}", 1, [None]))
    weights.append(numpy_helper.from_array(np.array([-1], np.int64), "flat"))
    return finish(nodes, [onnx.helper.make_tensor_value_info("s", 1, [1])], outputs, weights)


def empty() -> onnx.ModelProto:
    """The equation at which ONNX Runtime 1.30 and 1.32 end the process when E is 0."""
    info = onnx.helper.make_tensor_value_info
    return finish([onnx.helper.make_node("Einsum", ["p", "q"], ["y"], "product", equation="edab,eca->edbc")],
                  [info("p", 1, ["E", 1, 5, 3]), info("q", 1, ["E", 8, 5])], [info("y", 1, ["E", 1, 3, 8])], [])


def finish(nodes, inputs, outputs, weights) -> onnx.ModelProto:
    model = onnx.helper.make_model(onnx.helper.make_graph(nodes, "g", inputs, outputs, weights),
                                   opset_imports=[onnx.helper.make_opsetid("", 18)], ir_version=10)
    onnx.checker.check_model(model)
    return model


def main() -> None:
    warnings.filterwarnings("ignore")
    torch.manual_seed(0)
    for name, network in {"gin": Gin(), "gcn": Gcn(), "gat": Gat(), "scatter_add": ScatterAdd(), "index_add": IndexAdd(), "mean": Mean(), "wide": Wide(),
                          "tensor_product": TensorProduct()}.items():
        onnx.save(export(network), HERE / f"{name}.onnx")
    onnx.save(equations(), HERE / "equations.onnx")
    onnx.save(empty(), HERE / "empty.onnx")
    small = onnx.load(HERE / "index_add.onnx")
    weights = np.array([1.0, 1e-40, -3e-39, 0.0, 2e-38], np.float32)
    small.graph.initializer.append(numpy_helper.from_array(weights, "weights"))
    for node in small.graph.node:
        for i, name in enumerate(node.input):
            node.input[i] = "scaled" if name == "x" else name
    small.graph.node.insert(0, onnx.helper.make_node("Mul", ["x", "weights"], ["scaled"], "scale"))
    onnx.checker.check_model(small)
    onnx.save(small, HERE / "denormal.onnx")


if __name__ == "__main__":
    main()
