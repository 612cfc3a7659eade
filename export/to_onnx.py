"""torch to ONNX, opset 18: torch.export first (it refuses a size that the code made static), then torch.onnx."""

import copy
from collections.abc import Iterable
from typing import Any

import onnx
import torch
from torch import Tensor, nn

from export.recipe import Recipe

OPSET = 18


def to_onnx(recipe: Recipe, model: nn.Module, trace: dict[str, Tensor]) -> onnx.ModelProto:
    """Exports model with every symbolic dimension of recipe.inputs free; trace is any batch with unlike sizes.

    Sizes that coincide in the trace (N = E, or G = a feature width) may be merged into one symbol; sizes of 0 and 1
    are made constants.
    """
    symbols = {d for i in recipe.inputs for d in i["shape"] if isinstance(d, str)}
    free = {s: torch.export.Dim(s) for s in symbols}
    shapes = tuple({axis: free[d] for axis, d in enumerate(i["shape"]) if d in free} for i in recipe.inputs)
    network = copy.deepcopy(model).float().eval().requires_grad_(False)
    program = torch.export.export(network, tuple(trace.values()), dynamic_shapes=shapes)
    exported = torch.onnx.export(
        program,
        (),
        input_names=[i["tensor"] for i in recipe.inputs],
        output_names=["y"],
        opset_version=OPSET,
        external_data=False,
        dynamo=True,
        verbose=False,
    )
    proto = exported.model_proto
    clean(proto)
    name_dimensions(proto, recipe)
    onnx.checker.check_model(proto, full_check=True)
    return proto


def clean(proto: onnx.ModelProto) -> None:
    """Removes stack traces, which hold paths of this machine, and everything else that no runtime reads."""
    graph = proto.graph
    graph.name = "main"
    for part in (proto, graph, *graph.node, *graph.input, *graph.output, *graph.initializer):
        part.ClearField("doc_string")
        part.ClearField("metadata_props")
    graph.ClearField("value_info")
    graph.ClearField("quantization_annotation")


def name_dimensions(proto: onnx.ModelProto, recipe: Recipe) -> None:
    """Gives symbols the manifest's names; a symbol that was merged or split is an error."""
    names: dict[str, str] = {}  # exporter's → ours
    for value, declared in zip(proto.graph.input, recipe.inputs, strict=True):
        for dim, want in zip(dims(value), declared["shape"], strict=True):
            if isinstance(want, str) and (not dim.dim_param or names.setdefault(dim.dim_param, want) != want):
                raise ValueError(f"{value.name}: dimension {want} came out as {dim.dim_param or dim.dim_value}")
    if len(names) != len(set(names.values())):
        raise ValueError(f"one size has several symbols: {names}")
    for value in (*proto.graph.input, *proto.graph.output):
        for dim in dims(value):
            if dim.dim_param:
                dim.dim_param = names[dim.dim_param]


def dims(value: onnx.ValueInfoProto) -> Iterable[Any]:
    return value.type.tensor_type.shape.dim
