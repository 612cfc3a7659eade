"""Writes the networks of TestRewrittenIsHeldAgainstTheOriginal, of the signature of esol-dmpnn.

    python onnx/prove/testdata/rewritable.py        (onnx 1.23.2)

rewritable sums features over each graph by expanded indices. denormal_matters does so too, and scales by 1e-40 and
1e40 in turn: it is not the same network when weights that small are 0.
"""

from pathlib import Path

import numpy as np
from liars import PACKED
from onnx import TensorProto as T
from onnx import checker, helper, numpy_helper, save

HERE = Path(__file__).parent


def write(name: str, tail: list, weights: dict) -> None:
    node = helper.make_node
    nodes = [
        node("Unsqueeze", ["batch", "one"], ["column"]),
        node("Shape", ["V"], ["shape"]),
        node("Expand", ["column", "shape"], ["index"]),
        node("Shape", ["graph_ones"], ["graphs"]),
        node("Concat", ["graphs", "width"], ["size"], axis=0),
        node("ConstantOfShape", ["size"], ["zeros"]),
        node("ScatterElements", ["zeros", "index", "V"], ["total"], "sum", axis=0, reduction="add"),
        *tail,
    ]
    ints = {"one": [1], "width": [72]}
    held = [numpy_helper.from_array(np.array(v, np.int64), k) for k, v in ints.items()]
    held += [numpy_helper.from_array(np.array(v, np.float32), k) for k, v in weights.items()]
    between = [("column", T.INT64, ["N", 1]), ("index", T.INT64, ["N", 72]), ("zeros", T.FLOAT, ["G", 72])]
    graph = helper.make_graph(nodes, name, [helper.make_tensor_value_info(*i) for i in PACKED], [helper.make_tensor_value_info("y", T.FLOAT, ["G", 1])],
                              held, value_info=[helper.make_tensor_value_info(*i) for i in between])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    checker.check_model(model)
    save(model, HERE / f"{name}.onnx")


def main() -> None:
    node = helper.make_node
    write("rewritable", [node("ReduceSum", ["total", "one"], ["y"])], {})
    write("denormal_matters", [
        node("ReduceSum", ["total", "one"], ["sum"]),
        node("Mul", ["sum", "tiny"], ["small"]),
        node("Mul", ["small", "huge"], ["some"]),
        node("Mul", ["some", "large"], ["y"]),
    ], {"tiny": [1e-40], "huge": [1e30], "large": [1e10]})


if __name__ == "__main__":
    main()
