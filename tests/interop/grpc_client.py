"""Triton's gRPC client against a running molserve: grpc_client.py PUBLIC ADMIN GRPC."""

import queue
import sys
import threading

import grpc
import numpy as np
import tritonclient.grpc as tc
from common import MODEL, SMILES, check_predictions, golden, raises, texts
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

address = sys.argv[3]
client = tc.InferenceServerClient(address)


def smiles(values=SMILES):
    t = tc.InferInput("SMILES", [len(values)], "BYTES")
    t.set_data_from_numpy(texts(values))
    return [t]


def check(r):
    check_predictions(r.as_numpy("logS"), r.as_numpy("status"), r.as_numpy("error"))


assert client.is_server_live() and client.is_server_ready() and client.is_model_ready(MODEL) and client.is_model_ready(MODEL + ".tensors", "1")
raises("no model of this name", "NOT_FOUND", lambda: client.is_model_ready("nobody"))
assert "binary_tensor_data" in client.get_server_metadata().extensions
model = client.get_model_metadata(MODEL)
assert [o.name for o in model.outputs] == ["logS", "status", "error"] and list(model.inputs[0].shape) == [-1]
config = client.get_model_config(MODEL).config
assert config.max_batch_size == 0 and config.input[0].data_type == 13 and config.output[0].data_type == 12, config
assert any(m.name == MODEL and m.state == "READY" for m in client.get_model_repository_index().models)

r = client.infer(MODEL, smiles(), request_id="mine", parameters={"unit_system": "si"}, headers={"x-request": "1"}, timeout=5_000_000)
check(r)
assert r.get_response().id == "mine" and r.get_response().model_version == "1"
r = client.infer(MODEL, smiles(), outputs=[tc.InferRequestedOutput("status"), tc.InferRequestedOutput("logS", class_count=1)])
assert [o.name for o in r.get_response().outputs] == ["status", "logS"] and len(r.as_numpy("logS")) == 1
check(client.infer(MODEL, smiles(), compression_algorithm="gzip"))
check(client.infer(MODEL, smiles(), compression_algorithm="deflate"))
done = queue.Queue()
for _ in range(8):
    client.async_infer(MODEL, smiles(), lambda result, error: done.put((result, error)))
for _ in range(8):
    result, error = done.get(timeout=30)
    assert error is None, error
    check(result)

for name in (MODEL, "esol-dmpnn"):
    inputs, want = golden(name)
    sent = []
    for key, value in inputs.items():
        t = tc.InferInput(key, list(value.shape), {"float32": "FP32", "int64": "INT64", "bool": "BOOL"}[str(value.dtype)])
        t.set_data_from_numpy(value)
        sent.append(t)
    r = client.infer(name + ".tensors", sent)
    for key, value in want.items():
        assert np.allclose(r.as_numpy(key), value, rtol=1e-5, atol=1e-5), (name, key)

# A stream: one reply a request, in order, and one that fails does not end it.
replies = queue.Queue()
client.start_stream(lambda result, error: replies.put((result, error)))
for k in range(6):
    client.async_stream_infer(MODEL if k != 3 else "nobody", smiles(), request_id=str(k), enable_empty_final_response=True)
for k in range(6):
    result, error = replies.get(timeout=30)
    if k == 3:
        assert "no model of this name" in str(error), error
        continue
    check(result)
    assert result.get_response().id == str(k) and result.get_response().parameters["triton_final_response"].bool_param
client.stop_stream()

stats = client.get_inference_statistics(MODEL).model_stats[0]
assert stats.inference_count >= 15 and stats.inference_stats.success.count == stats.inference_count, stats
assert len(client.get_inference_statistics().model_stats) >= 8

# Deadlines and cancelling.
long = smiles(["C" * 90] * 1000)
raises("", "DEADLINE_EXCEEDED", lambda: client.infer(MODEL, long, timeout=1))
# Both sides keep the client's deadline; when the server's clock is first it resets the stream, which reads CANCELLED.
raises("", ("DEADLINE_EXCEEDED", "CANCELLED"), lambda: client.infer(MODEL, long, client_timeout=0.005))
cancelled = threading.Event()
context = client.async_infer(MODEL, long, lambda result, error: cancelled.set() if error is not None and "ancel" in str(error) else None)
context.cancel()
assert cancelled.wait(30)

# Refusals.
raises("no output", "INVALID_ARGUMENT", lambda: client.infer(MODEL, smiles(), outputs=[tc.InferRequestedOutput("logP")]))
raises("sequences", "UNIMPLEMENTED", lambda: client.infer(MODEL, smiles(), sequence_id=7))
raises("more than 1024", "INVALID_ARGUMENT", lambda: client.infer(MODEL, smiles(["C"] * 1025)))
shared = smiles()
shared[0].set_shared_memory("region", 8)
raises("shared memory", "UNIMPLEMENTED", lambda: client.infer(MODEL, shared))
for call in (client.get_system_shared_memory_status, client.get_cuda_shared_memory_status, client.get_trace_settings, client.get_log_settings,
             client.unregister_system_shared_memory):
    raises("", "UNIMPLEMENTED", call)
raises("admin", "PERMISSION_DENIED", lambda: client.load_model(MODEL))
raises("admin", "PERMISSION_DENIED", lambda: client.unload_model(MODEL))

# Reflection and health.
with grpc.insecure_channel(address) as channel:
    asked = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo(iter([reflection_pb2.ServerReflectionRequest(list_services="")]))
    services = {s.name for s in next(asked).list_services_response.service}
    assert {"inference.GRPCInferenceService", "grpc.health.v1.Health"} <= services, services
    check_health = channel.unary_unary("/grpc.health.v1.Health/Check", request_serializer=lambda b: b, response_deserializer=lambda b: b)
    assert check_health(b"") == b"\x08\x01"  # SERVING
    watch = channel.unary_stream("/grpc.health.v1.Health/Watch", request_serializer=lambda b: b, response_deserializer=lambda b: b)(b"")
    assert next(watch) == b"\x08\x01"
    watch.cancel()
client.close()
