"""What the scripts of Triton's four clients have in common."""

import json
from pathlib import Path

import numpy as np

MODEL = "esol-gcn"
SMILES = ["CCO", "C1CC", "c1ccccc1O"]


def texts(values):
    """BYTES [n] as Triton's clients take them."""
    return np.array([v.encode() if isinstance(v, str) else v for v in values], dtype=np.object_)


def golden(model):
    """Tensors and outputs of the first golden case."""
    case = json.loads((Path(__file__).parents[2] / "exported_models" / model / "1" / "golden.json").read_text())["cases"][0]
    return array_of(case["tensors"]), array_of(case["outputs"])


def array_of(tensors):
    kinds = {"float32": np.float32, "float64": np.float64, "int64": np.int64, "bool": np.bool_}
    return {name: np.array(t["data"], dtype=kinds[t["dtype"]]).reshape(t["shape"]) for name, t in tensors.items()}


def check_predictions(values, status, errors):
    """The rows of SMILES: two numbers and a refusal with its code and place."""
    assert list(status) == [b"ok", b"unclosed_ring", b"ok"], status
    assert np.isfinite(values[[0, 2]]).all() and np.isnan(values[1]), values
    assert errors[0] == b"" and json.loads(errors[1])["offset"] == 1, errors


def raises(reason, status, call):
    """Wants a call to fail with the client's own exception, in these words and with one of these statuses."""
    from tritonclient.utils import InferenceServerException

    try:
        call()
    except InferenceServerException as e:
        assert reason in str(e), (reason, e)
        allowed = (status,) if isinstance(status, str) else status
        assert any(s in str(e.status()) for s in allowed), (status, e.status())
        return
    raise AssertionError(f"nothing was raised, {reason!r} was expected")
