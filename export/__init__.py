"""From a data file to a model folder that molserve can prove: data → features → train → ONNX → gate → folder."""
