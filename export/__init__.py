"""From a data file to a model folder that molserve can prove: data → features → train → ONNX → gate → folder."""

import os

# ONNX Runtime sends what it loads to its maker unless it is told otherwise before it is imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
