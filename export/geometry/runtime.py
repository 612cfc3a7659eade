"""ONNX Runtime as molserve runs it, for networks with several outputs.

`python -m export.geometry.runtime MODEL TENSORS` runs MODEL once on the arrays of TENSORS (npz): a process of its own.
"""

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from export.runtime import open_session


def run(session: onnxruntime.InferenceSession, tensors: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Every output by name."""
    names = [o.name for o in session.get_outputs()]
    feed = {k: np.ascontiguousarray(v) for k, v in tensors.items()}
    return dict(zip(names, session.run(names, feed), strict=True))


def survives(model: bytes, tensors: Mapping[str, Any]) -> int:
    """Exit code of a child that runs model once: 0, or 3 for an answer that is not finite, or a signal's."""
    with tempfile.TemporaryDirectory() as folder:
        onnx, arrays = Path(folder, "model.onnx"), Path(folder, "tensors.npz")
        onnx.write_bytes(model)
        np.savez(arrays, **{k: np.asarray(v) for k, v in tensors.items()})
        command = [sys.executable, "-m", "export.geometry.runtime", str(onnx), str(arrays)]
        return subprocess.run(command, check=False, timeout=600).returncode


if __name__ == "__main__":
    answers = run(open_session(Path(sys.argv[1])), dict(np.load(sys.argv[2])))
    sys.exit(0 if all(np.isfinite(a).all() for a in answers.values()) else 3)
