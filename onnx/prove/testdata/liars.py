"""Writes the networks of TestEachLawIsBrokenBySomeNetwork: each breaks one law and keeps the manifest's signature.

    python onnx/prove/testdata/liars.py        (onnx)

Padded: x [B,n,72], adjacency [B,n,n], atom_mask [B,n] → y [B,1], as esol-gcn. Packed: as esol-dmpnn.
"""

from pathlib import Path

from onnx import TensorProto as T
from onnx import checker, helper, save

HERE = Path(__file__).parent
PADDED = [("x", T.FLOAT, ["B", "n", 72]), ("adjacency", T.FLOAT, ["B", "n", "n"]), ("atom_mask", T.BOOL, ["B", "n"])]
PACKED = [
    ("V", T.FLOAT, ["N", 72]),
    ("E", T.FLOAT, ["E", 14]),
    ("edge_index", T.INT64, [2, "E"]),
    ("rev_edge_index", T.INT64, ["E"]),
    ("batch", T.INT64, ["N"]),
    ("graph_ones", T.FLOAT, ["G"]),
]
INTS = {"one": [1], "two": [2], "zero": [0], "rest": [1, 2], "column": [-1, 1]}

# The mean over atoms m [B,1], done rightly: clean, sum, divide by the atoms.
RIGHT = [
    ("Unsqueeze", "atom_mask two", "real"),
    ("Where", "real x nought", "clean"),
    ("ReduceSum", "clean rest", "total"),
    ("Cast", "atom_mask", "ones"),
    ("ReduceSum", "ones one", "atoms"),
    ("Unsqueeze", "atoms one", "count"),
    ("Unsqueeze", "total one", "sum"),
    ("Div", "sum count", "m"),
]
LIARS = {
    "multiplied_mask": [("Unsqueeze", "ones two", "w"), ("Mul", "x w", "product"), ("ReduceSum", "product rest", "s"), ("Unsqueeze", "s one", "y")],
    "mean_over_slots": [("ReduceMean", "clean rest", "s"), ("Unsqueeze", "s one", "y")],
    "first_atom": [("Gather", "x first", "a"), ("ReduceSum", "a one", "s"), ("Unsqueeze", "s one", "y")],
    "batch_mean": [("ReduceMean", "m zero", "all"), ("Add", "m all", "y")],
    "crowd": [
        ("ReduceMean", "m zero", "all"),
        ("Shape", "x", "sizes"),
        ("Gather", "sizes none", "graphs"),
        ("Cast", "graphs", "many"),
        ("Sub", "many forty", "beyond"),
        ("Clip", "beyond nought unit", "felt"),
        ("Mul", "all felt", "leak"),
        ("Add", "m leak", "y"),
    ],
    "nothing": [("Mul", "m nought", "y")],
    "random": [("RandomUniformLike", "m", "noise"), ("Add", "m noise", "y")],
    "one_atom_is_infinite": [("Sub", "count unit", "less"), ("Div", "m less", "y")],
}
GHOST = [
    ("ReduceSum", "V one", "rows"),
    ("ReduceMean", "rows zero", "all"),
    ("Mul", "all nought", "nothing"),
    ("Add", "graph_ones nothing", "flat"),
    ("Unsqueeze", "flat one", "y"),
]


def network(name: str, inputs: list, steps: list) -> None:
    nodes = []
    for op, args, out in steps:
        extra = {"keepdims": 0} if op.startswith("Reduce") else {}
        extra |= {"to": T.FLOAT} if op == "Cast" else {}
        extra |= {"axis": 1} if op == "Gather" and "first" in args else {}
        nodes.append(helper.make_node(op, args.split(), [out], **extra))
    constants = [helper.make_tensor(k, T.INT64, [len(v)], v) for k, v in INTS.items()]
    constants += [helper.make_tensor("nought", T.FLOAT, [], [0.0]), helper.make_tensor("unit", T.FLOAT, [], [1.0]), helper.make_tensor("first", T.INT64, [], [0])]
    constants += [helper.make_tensor("none", T.INT64, [], [0]), helper.make_tensor("forty", T.FLOAT, [], [40.0])]
    used = {a for _, args, _ in steps for a in args.split()}
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info(*i) for i in inputs],
        [helper.make_tensor_value_info("y", T.FLOAT, [inputs[0][2][0] if inputs is PADDED else "G", 1])],
        [c for c in constants if c.name in used],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    checker.check_model(model)
    save(model, HERE / f"{name}.onnx")


def main() -> None:
    for name, steps in LIARS.items():
        network(name, PADDED, RIGHT + steps)
    network("ghost_is_felt", PACKED, GHOST)


if __name__ == "__main__":
    main()
