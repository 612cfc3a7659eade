"""Triton's HTTP client against a running molserve: http_client.py PUBLIC ADMIN GRPC."""

import gzip
import json
import sys
import urllib.error
import urllib.request

import numpy as np
import tritonclient.http as tc
from common import MODEL, SMILES, check_predictions, golden, raises, texts

public, admin, _ = sys.argv[1:]
client = tc.InferenceServerClient(public, concurrency=4)


def smiles(values=SMILES, binary=True):
    t = tc.InferInput("SMILES", [len(values)], "BYTES")
    t.set_data_from_numpy(texts(values), binary_data=binary)
    return [t]


assert client.is_server_live() and client.is_server_ready() and client.is_model_ready(MODEL) and client.is_model_ready(MODEL + ".tensors", "1")
assert not client.is_model_ready("nobody")
meta = client.get_server_metadata()
assert meta["name"] == "molserve" and "binary_tensor_data" in meta["extensions"]
for absent in ("sequence", "trace", "logging", "system_shared_memory", "cuda_shared_memory"):
    assert absent not in meta["extensions"]
model = client.get_model_metadata(MODEL)
assert model["inputs"] == [{"name": "SMILES", "datatype": "BYTES", "shape": [-1]}], model
assert model["versions"] == ["1"] and model["properties"]["logS.unit"] == "log10(mol/L)"
assert [o["name"] for o in model["outputs"]] == ["logS", "status", "error"]
assert client.get_model_config(MODEL)["max_batch_size"] == 0
index = client.get_model_repository_index()
assert {"name": MODEL + ".tensors", "version": "1", "state": "READY", "reason": ""} in index

for binary in (True, False):
    r = client.infer(MODEL, smiles(binary=binary), request_id="mine", parameters={"unit_system": "si"},
                     headers={"x-request": "1"}, timeout=5_000_000)
    check_predictions(r.as_numpy("logS"), r.as_numpy("status"), r.as_numpy("error"))
    assert r.get_response()["id"] == "mine" and r.get_response()["model_version"] == "1"
outputs = [tc.InferRequestedOutput("status", binary_data=False), tc.InferRequestedOutput("logS", binary_data=True)]
r = client.infer(MODEL, smiles(), outputs=outputs)
assert [o["name"] for o in r.get_response()["outputs"]] == ["status", "logS"] and r.as_numpy("error") is None
assert list(r.as_numpy("status")) in ([b"ok", b"unclosed_ring", b"ok"], ["ok", "unclosed_ring", "ok"])
r = client.infer(MODEL, smiles(), outputs=[tc.InferRequestedOutput("logS", class_count=2)])
best = [t.decode().split(":") for t in r.as_numpy("logS")]
assert len(best) == 2 and {b[1] for b in best} == {"0", "2"} and float(best[0][0]) >= float(best[1][0]), best
r = client.infer(MODEL, smiles([]))
assert r.as_numpy("logS").shape == (0,)
for request, response in (("gzip", "gzip"), ("deflate", "deflate")):
    many = smiles(SMILES[:1] * 300)
    r = client.infer(MODEL, many, request_compression_algorithm=request, response_compression_algorithm=response)
    assert r.as_numpy("logS").shape == (300,) and np.isfinite(r.as_numpy("logS")).all()
pending = [client.async_infer(MODEL, smiles()) for _ in range(8)]
for p in pending:
    r = p.get_result()
    check_predictions(r.as_numpy("logS"), r.as_numpy("status"), r.as_numpy("error"))

# Refused rows are null in JSON.
body = json.dumps({"inputs": [{"name": "SMILES", "datatype": "BYTES", "shape": [3], "data": SMILES}]}).encode()


def post(path, data, **headers):
    request = urllib.request.Request(f"http://{public}{path}", data, {"Content-Type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as e:
        return e.code, json.load(e)


status, plain = post(f"/v2/models/{MODEL}/infer", body)
assert status == 200 and plain["outputs"][0]["data"][1] is None and plain["outputs"][0]["data"][0] is not None

# The network itself.
for name in (MODEL, "esol-dmpnn", "ethanol-egnn"):
    inputs, want = golden(name)
    sent = []
    for key, value in inputs.items():
        t = tc.InferInput(key, list(value.shape), {"float32": "FP32", "int64": "INT64", "bool": "BOOL"}[str(value.dtype)])
        t.set_data_from_numpy(value)
        sent.append(t)
    r = client.infer(name + ".tensors", sent)
    for key, value in want.items():
        got = r.as_numpy(key)
        assert got.shape == value.shape and np.allclose(got, value, rtol=1e-5, atol=1e-5), (name, key)
    raises("needs all of its inputs", "400", lambda: client.infer(name + ".tensors", sent[:-1]))
inputs, _ = golden("esol-dmpnn")
inputs["edge_index"] = inputs["edge_index"] + 1000
sent = []
for key, value in inputs.items():
    t = tc.InferInput(key, list(value.shape), {"float32": "FP32", "int64": "INT64"}[str(value.dtype)])
    t.set_data_from_numpy(value)
    sent.append(t)
if inputs["edge_index"].size:
    raises("edge_index", "400", lambda: client.infer("esol-dmpnn.tensors", sent))

# Energies and forces.
xyz = "3\n\nC 0 0 0\nO 0 0 1.4\nH 0 0.9 1.7\n"
t = tc.InferInput("XYZ", [3], "BYTES")
t.set_data_from_numpy(texts([xyz, "nonsense", xyz]))
r = client.infer("ethanol-egnn", [t])
assert r.as_numpy("forces").shape == (6, 3) and list(r.as_numpy("atom_offsets")) == [0, 3, 3, 6]
assert np.isnan(r.as_numpy("energy")[1]) and np.array_equal(r.as_numpy("forces")[:3], r.as_numpy("forces")[3:])
assert r.as_numpy("virial").shape == (3, 3, 3) and np.isnan(r.as_numpy("virial")).all()

stats = client.get_inference_statistics(MODEL)["model_stats"][0]
assert stats["name"] == MODEL and stats["inference_stats"]["success"]["count"] >= 10 and stats["last_inference"] > 0

# Refusals.
raises("no model of this name", "404", lambda: client.infer("nobody", smiles()))
raises("no output", "400", lambda: client.infer(MODEL, smiles(), outputs=[tc.InferRequestedOutput("logP")]))
raises("deadline", "504", lambda: client.infer(MODEL, smiles(["C" * 90] * 1000), timeout=1))
raises("more than 1024 molecules", "413", lambda: client.infer(MODEL, smiles(["C"] * 1025)))
raises("sequences", "501", lambda: client.infer(MODEL, smiles(), sequence_id=7, sequence_start=True))
raises("classified", "400", lambda: client.infer(MODEL, smiles(), outputs=[tc.InferRequestedOutput("status", class_count=2)]))
shared = smiles()
shared[0].set_shared_memory("region", 8)
raises("shared memory", "501", lambda: client.infer(MODEL, shared))
for call in (client.get_system_shared_memory_status, client.get_cuda_shared_memory_status, client.get_trace_settings, client.get_log_settings,
             lambda: client.update_log_settings({"log_info": True}), lambda: client.update_trace_settings(settings={"trace_rate": "1"}),
             lambda: client.register_system_shared_memory("r", "/k", 8), client.unregister_system_shared_memory):
    raises("not supported", "501", call)
raises("admin", "403", lambda: client.load_model(MODEL))
raises("admin", "403", lambda: client.unload_model(MODEL))
bomb = gzip.compress(b" " * 4_000_000 + body)
status, refused = post(f"/v2/models/{MODEL}/infer", bomb, **{"Content-Encoding": "gzip"})
assert status == 413 and "expands" in refused["error"], (status, refused)
assert post(f"/v2/models/{MODEL}/infer", b"x", **{"Content-Encoding": "br"})[0] == 415
assert post(f"/v2/models/{MODEL}/infer", b"{")[0] == 400

# Load and unload, on the admin address.
boss = tc.InferenceServerClient(admin)
boss.unload_model("esol-dmpnn")
assert not client.is_model_ready("esol-dmpnn") and client.is_model_ready(MODEL)
raises("", "503", lambda: client.infer("esol-dmpnn", smiles()))
raises("in no other way", "400", lambda: boss.load_model("esol-dmpnn", config="{}"))
raises("in no other way", "400", lambda: boss.load_model("esol-dmpnn", config="{}", files={"file:1/model.onnx": b"x"}))
boss.load_model("esol-dmpnn")
assert client.is_model_ready("esol-dmpnn")
check_predictions(*(client.infer("esol-dmpnn", smiles()).as_numpy(k) for k in ("logS", "status", "error")))
raises("", "404", lambda: boss.load_model("nobody"))
client.close()
