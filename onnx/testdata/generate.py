"""Writes the small networks of the tests. Run: python onnx/testdata/generate.py (onnx 1.23.2)."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).parent
F32, F64, I64, BOOL = TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.INT64, TensorProto.BOOL


def info(name, dtype, shape):
    return helper.make_tensor_value_info(name, dtype, shape)


def const(name, values, dtype):
    return numpy_helper.from_array(np.asarray(values, dtype), name)


def save(name, nodes, inputs, outputs, initializers=()):
    graph = helper.make_graph(nodes, name, inputs, outputs, list(initializers))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], producer_name="molserve tests")
    model.ir_version = 10
    onnx.checker.check_model(model, full_check=True)
    (HERE / f"{name}.onnx").write_bytes(model.SerializeToString())


def types():
    """Every element type in and out; rows may be none."""
    dtypes = {"f32": F32, "f64": F64, "i64": I64, "flag": BOOL}
    save(
        "types",
        [helper.make_node("Identity", [n], [f"{n}_out"]) for n in dtypes],
        [info(n, t, ["N", 2]) for n, t in dtypes.items()],
        [info(f"{n}_out", t, ["N", 2]) for n, t in dtypes.items()],
    )


def scatter():
    """Sums x [E,1] into the rows index [E,1] of zeros [64,1]: the operator that is wrong with two threads."""
    save(
        "scatter",
        [helper.make_node("ScatterND", ["zeros", "index", "x"], ["sums"], reduction="add")],
        [info("x", F32, ["E", 1]), info("index", I64, ["E", 1])],
        [info("sums", F32, [64, 1])],
        [const("zeros", np.zeros((64, 1)), np.float32)],
    )


def endless():
    """Adds x to itself 2^62 times, a node at a time: only Terminate ends it."""
    body = helper.make_graph(
        [helper.make_node("Identity", ["go_in"], ["go_out"]), helper.make_node("Add", ["y_in", "x"], ["y_out"])],
        "body",
        [info("i", I64, []), info("go_in", BOOL, []), info("y_in", F32, ["N"])],
        [info("go_out", BOOL, []), info("y_out", F32, ["N"])],
    )
    save(
        "endless",
        [helper.make_node("Loop", ["trips", "go", "x"], ["y"], body=body)],
        [info("x", F32, ["N"])],
        [info("y", F32, ["N"])],
        [const("trips", 1 << 62, np.int64), const("go", True, np.bool_)],
    )


def packed():
    """y [G,2]: the sum of all features, and log(atoms − 1), which is not finite for a lone atom.
    h [N]: the sum of an atom's features. z [N,3]: the first three of them. emb [G,2] is y again.
    Fails when a graph has an atom of element 9."""
    nodes = [
        helper.make_node("ReduceSum", ["V", "one"], ["h"], keepdims=0),  # [N]
        helper.make_node("Slice", ["V", "zero", "three", "one"], ["z"]),  # [N,3]
        helper.make_node("ReduceSum", ["E", "one"], ["e"], keepdims=0),  # [E]
        helper.make_node("Gather", ["edge_index", "first"], ["src"], axis=0),  # [E]
        helper.make_node("Unsqueeze", ["src", "one"], ["src1"]),  # [E,1]
        helper.make_node("ScatterND", ["h", "src1", "e"], ["he"], reduction="add"),  # [N]
        helper.make_node("Sub", ["ones", "ones"], ["none"]),  # [G]
        helper.make_node("Unsqueeze", ["batch", "one"], ["batch1"]),  # [N,1]
        helper.make_node("ScatterND", ["none", "batch1", "he"], ["total"], reduction="add"),  # [G]
        helper.make_node("Div", ["h", "h"], ["hones"]),  # [N], 1 each
        helper.make_node("ScatterND", ["none", "batch1", "hones"], ["atoms"], reduction="add"),  # [G]
        helper.make_node("Sub", ["atoms", "ones"], ["others"]),
        helper.make_node("Log", ["others"], ["log"]),
        helper.make_node("Equal", ["Z", "nine"], ["is_f"]),
        helper.make_node("Cast", ["is_f"], ["bad"], to=I64),
        helper.make_node("Gather", ["table", "bad"], ["checked"], axis=0),  # index 1 is out of range
        helper.make_node("Cast", ["checked"], ["checked32"], to=F32),
        helper.make_node("ScatterND", ["total", "batch1", "checked32"], ["total2"], reduction="add"),
        helper.make_node("Unsqueeze", ["total2", "one"], ["total1"]),
        helper.make_node("Unsqueeze", ["log", "one"], ["log1"]),
        helper.make_node("Concat", ["total1", "log1"], ["y"], axis=1),
        helper.make_node("Identity", ["total1"], ["emb0"]),
        helper.make_node("Concat", ["emb0", "emb0"], ["emb"], axis=1),
    ]
    save(
        "packed",
        nodes,
        [  # not in the order of the manifest: binding goes by name
            info("batch", I64, ["N"]),
            info("V", F32, ["N", 72]),
            info("E", F32, ["E", 14]),
            info("edge_index", I64, [2, "E"]),
            info("ones", F32, ["G"]),
            info("Z", I64, ["N"]),
        ],
        [info("y", F32, ["G", 2]), info("h", F32, ["N"]), info("z", F32, ["N", 3]), info("emb", F32, ["G", 2])],
        [
            const("zero", [0], np.int64),
            const("one", [1], np.int64),
            const("three", [3], np.int64),
            const("first", 0, np.int64),
            const("nine", [9], np.int64),
            const("table", [0], np.int64),
        ],
    )


def padded():
    """y [B,1]: the sum of real features; h [B,n,2]: an atom's sum and degree, rubbish in padding."""
    nodes = [
        helper.make_node("Unsqueeze", ["mask", "two"], ["mask1"]),  # [B,n,1]
        helper.make_node("Unsqueeze", ["mask", "one"], ["mask2"]),  # [B,1,n]
        helper.make_node("And", ["mask1", "mask2"], ["pairs"]),  # [B,n,n]
        helper.make_node("Where", ["mask1", "X", "zero"], ["x"]),
        helper.make_node("Where", ["pairs", "A", "zero"], ["a"]),
        helper.make_node("ReduceSum", ["x", "two"], ["sums"], keepdims=1),  # [B,n,1]
        helper.make_node("ReduceSum", ["a", "two"], ["degree"], keepdims=1),  # [B,n,1]
        helper.make_node("Concat", ["sums", "degree"], ["h"], axis=2),
        helper.make_node("ReduceSum", ["sums", "one"], ["y"], keepdims=0),  # [B,1]
    ]
    save(
        "padded",
        nodes,
        [info("X", F32, ["B", "n", 72]), info("A", F32, ["B", "n", "n"]), info("mask", BOOL, ["B", "n"])],
        [info("y", F32, ["B", 1]), info("h", F32, ["B", "n", 2])],
        [const("zero", 0, np.float32), const("one", [1], np.int64), const("two", [2], np.int64)],
    )


def potential():
    """A potential of many bodies, float64: with r = edge_vectors, u = 1 - |r|^2 / 25, a = an element's number,

        rho_i = sum over edges into i of a_src u^3,  atom_energy_i = a_i rho_i^2,  energy = their sum over a graph.

    gradient [E,3] is d energy / d r = -12/25 a_dst rho_dst a_src u^2 r. features [N,4], 1x0e+1x1o, sums a_src u^3 (1, r)."""
    nodes = [
        helper.make_node("Gather", ["table", "species"], ["a"]),  # [N]
        helper.make_node("Gather", ["edge_index", "first"], ["src"], axis=0),  # [E]
        helper.make_node("Gather", ["edge_index", "second"], ["dst"], axis=0),
        helper.make_node("Unsqueeze", ["dst", "one"], ["dst1"]),  # [E,1]
        helper.make_node("Unsqueeze", ["batch", "one"], ["batch1"]),  # [N,1]
        helper.make_node("Mul", ["r", "r"], ["rr"]),
        helper.make_node("ReduceSum", ["rr", "one"], ["r2"], keepdims=0),  # [E]
        helper.make_node("Div", ["r2", "cutoff2"], ["x"]),
        helper.make_node("Sub", ["unit", "x"], ["u"]),
        helper.make_node("Mul", ["u", "u"], ["u2"]),
        helper.make_node("Gather", ["a", "src"], ["a_src"]),
        helper.make_node("Mul", ["a_src", "u2"], ["au2"]),
        helper.make_node("Mul", ["au2", "u"], ["au3"]),
        helper.make_node("Sub", ["a", "a"], ["zeros"]),  # [N]
        helper.make_node("ScatterND", ["zeros", "dst1", "au3"], ["rho"], reduction="add"),
        helper.make_node("Mul", ["a", "rho"], ["arho"]),
        helper.make_node("Mul", ["arho", "rho"], ["atom_energy"]),
        helper.make_node("Sub", ["ones", "ones"], ["none"]),  # [G]
        helper.make_node("Cast", ["none"], ["none64"], to=F64),
        helper.make_node("ScatterND", ["none64", "batch1", "atom_energy"], ["energy"], reduction="add"),
        helper.make_node("Gather", ["arho", "dst"], ["arho_dst"]),
        helper.make_node("Mul", ["arho_dst", "au2"], ["slope"]),
        helper.make_node("Mul", ["slope", "factor"], ["slope2"]),
        helper.make_node("Unsqueeze", ["slope2", "one"], ["slope3"]),
        helper.make_node("Mul", ["slope3", "r"], ["gradient"]),  # [E,3]
        helper.make_node("Unsqueeze", ["au3", "one"], ["au31"]),  # [E,1]
        helper.make_node("Mul", ["au31", "r"], ["arrows"]),
        helper.make_node("Concat", ["au31", "arrows"], ["rows"], axis=1),  # [E,4]
        helper.make_node("Unsqueeze", ["zeros", "one"], ["zeros1"]),
        helper.make_node("Concat", ["zeros1"] * 4, ["zeros4"], axis=1),
        helper.make_node("ScatterND", ["zeros4", "dst1", "rows"], ["features"], reduction="add"),
    ]
    save(
        "potential",
        nodes,
        [
            info("species", I64, ["N"]),
            info("edge_index", I64, [2, "E"]),
            info("r", F64, ["E", 3]),
            info("batch", I64, ["N"]),
            info("ones", F32, ["G"]),
        ],
        [
            info("energy", F64, ["G"]),
            info("atom_energy", F64, ["N"]),
            info("gradient", F64, ["E", 3]),
            info("features", F64, ["N", 4]),
        ],
        [
            const("table", [0.7, 1.3, 1.9], np.float64),
            const("first", 0, np.int64),
            const("second", 1, np.int64),
            const("one", [1], np.int64),
            const("unit", [1], np.float64),
            const("cutoff2", [25], np.float64),
            const("factor", [-12 / 25], np.float64),
        ],
    )


def refused():
    """Networks that no session is made of: rank 0, a type without a tensor."""
    save("scalar", [helper.make_node("Identity", ["x"], ["y"])], [info("x", F32, [])], [info("y", F32, [])])
    save(
        "half",
        [helper.make_node("Identity", ["x"], ["y"])],
        [info("x", TensorProto.FLOAT16, ["N"])],
        [info("y", TensorProto.FLOAT16, ["N"])],
    )


def links():
    """score [P] = the products of the first features of the atoms of a pair; total [G] = charge + 10 spin + the sum of aux."""
    nodes = [
        helper.make_node("ReduceSum", ["V", "one"], ["h"], keepdims=0),  # [N]
        helper.make_node("Gather", ["pairs", "first"], ["i"], axis=0),  # [P]
        helper.make_node("Gather", ["pairs", "second"], ["j"], axis=0),
        helper.make_node("Gather", ["h", "i"], ["hi"]),
        helper.make_node("Gather", ["h", "j"], ["hj"]),
        helper.make_node("Mul", ["hi", "hj"], ["score"]),
        helper.make_node("ReduceSum", ["aux", "one"], ["sum"], keepdims=0),  # [G]
        helper.make_node("Cast", ["charge"], ["q"], to=F32),
        helper.make_node("Mul", ["spin", "ten"], ["s"]),
        helper.make_node("Add", ["q", "s"], ["qs"]),
        helper.make_node("Add", ["qs", "sum"], ["total"]),
    ]
    save(
        "links",
        nodes,
        [info("V", F32, ["N", 1]), info("pairs", I64, [2, "P"]), info("aux", F32, ["G", 2]), info("charge", I64, ["G"]), info("spin", F32, ["G"])],
        [info("score", F32, ["P"]), info("total", F32, ["G"])],
        [const("one", [1], np.int64), const("first", 0, np.int64), const("second", 1, np.int64), const("ten", 10, np.float32)],
    )


def whole():
    """sums [72] = the sum of each feature over all atoms of the batch, atoms [1] = how many they are, h [N] = the sum
    of an atom's features: a network of one molecule, which knows no graphs."""
    save(
        "whole",
        [
            helper.make_node("ReduceSum", ["V", "zero"], ["sums"], keepdims=0),
            helper.make_node("ReduceSum", ["V", "one"], ["h"], keepdims=0),
            helper.make_node("Shape", ["V"], ["n"], start=0, end=1),
            helper.make_node("Cast", ["n"], ["atoms"], to=F32),
        ],
        [info("V", F32, ["N", 72])],
        [info("sums", F32, [72]), info("atoms", F32, [1]), info("h", F32, ["N"])],
        [const("zero", [0], np.int64), const("one", [1], np.int64)],
    )


def aided():
    """y [G] = the sum of aux + the sum of all features of the atoms."""
    save(
        "aided",
        [
            helper.make_node("ReduceSum", ["aux", "one"], ["told"], keepdims=0),  # [G]
            helper.make_node("ReduceSum", ["V", "one"], ["h"], keepdims=0),  # [N]
            helper.make_node("Unsqueeze", ["batch", "one"], ["batch1"]),  # [N,1]
            helper.make_node("ScatterND", ["told", "batch1", "h"], ["y"], reduction="add"),
        ],
        [info("V", F32, ["N", 72]), info("batch", I64, ["N"]), info("aux", F32, ["G", 2])],
        [info("y", F32, ["G"])],
        [const("one", [1], np.int64)],
    )


def external():
    """A weight that lies in another file of the folder the process runs in."""
    w = const("w", [1, 2], np.float32)
    w.ClearField("raw_data")
    w.data_location = TensorProto.EXTERNAL
    for key, value in {"location": "generate.py", "offset": "0", "length": "8"}.items():
        w.external_data.add(key=key, value=value)
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "w"], ["y"])], "external", [info("x", F32, ["N", 2])], [info("y", F32, ["N", 2])], [w]
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], producer_name="molserve tests")
    model.ir_version = 10
    (HERE / "external.onnx").write_bytes(model.SerializeToString())


for write in (types, scatter, endless, packed, padded, potential, links, whole, aided, refused, external):
    write()
