"""torch to ONNX, opset 18, by way of make_fx: it writes the gradient of the energy out as ordinary operations."""

import onnx
import torch
from torch import Tensor, nn
from torch._decomp import get_decompositions
from torch.fx.experimental import _config as fx_config
from torch.fx.experimental.proxy_tensor import make_fx

from export.geometry.recipe import Recipe
from export.to_onnx import OPSET, clean, name_dimensions


def to_onnx(recipe: Recipe, model: nn.Module, trace: dict[str, Tensor]) -> onnx.ModelProto:
    """Exports recipe.answer of a frozen float32 model with N, E and G free; trace is a batch with unlike sizes.

    make_fx gives one symbol to sizes that coincide, unless it is told not to; sizes of 0 and 1 become constants.
    """
    symbols = {d for i in recipe.inputs for d in i["shape"] if isinstance(d, str)}
    free = {s: torch.export.Dim(s) for s in symbols}
    shapes = tuple({axis: free[d] for axis, d in enumerate(i["shape"]) if d in free} for i in recipe.inputs)
    inputs = tuple(trace.values())

    def answer(*tensors: Tensor) -> tuple[Tensor, ...]:
        return recipe.answer(model, *tensors)

    with fx_config.patch(use_duck_shape=False):
        traced = make_fx(
            answer,
            decomposition_table=get_decompositions([torch.ops.aten.silu_backward]),
            tracing_mode="symbolic",
            _allow_non_fake_inputs=True,
            _error_on_data_dependent_ops=True,
        )(*inputs)
    program = torch.export.export(traced, inputs, dynamic_shapes=shapes)
    exported = torch.onnx.export(
        program,
        (),
        input_names=[i["tensor"] for i in recipe.inputs],
        output_names=[o["tensor"] for o in recipe.outputs],
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
