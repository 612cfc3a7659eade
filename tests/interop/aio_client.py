"""Triton's asyncio clients against a running molserve: aio_client.py PUBLIC ADMIN GRPC."""

import asyncio
import sys

import tritonclient.grpc.aio as rpc
import tritonclient.http.aio as rest
from common import MODEL, SMILES, check_predictions, texts
from tritonclient.utils import InferenceServerException

public, _, address = sys.argv[1:]


def smiles(module, values=SMILES):
    t = module.InferInput("SMILES", [len(values)], "BYTES")
    t.set_data_from_numpy(texts(values))
    return [t]


def check(r):
    check_predictions(r.as_numpy("logS"), r.as_numpy("status"), r.as_numpy("error"))


async def common(client, module):
    assert await client.is_server_live() and await client.is_server_ready() and await client.is_model_ready(MODEL)
    await client.get_server_metadata()
    await client.get_model_metadata(MODEL)
    await client.get_model_config(MODEL)
    await client.get_model_repository_index()
    await client.get_inference_statistics(MODEL)
    for r in await asyncio.gather(*(client.infer(MODEL, smiles(module), request_id=str(k)) for k in range(8))):
        check(r)
    outputs = [module.InferRequestedOutput("logS")]
    r = await client.infer(MODEL, smiles(module), outputs=outputs, parameters={"mine": 1}, timeout=5_000_000)
    assert r.as_numpy("status") is None and r.as_numpy("logS").shape == (3,)
    for call in (client.infer("nobody", smiles(module)), client.load_model(MODEL), client.get_trace_settings(), client.get_log_settings()):
        try:
            await call
        except InferenceServerException:
            continue
        raise AssertionError("nothing was raised")


async def stream(client):
    async def requests():
        for k in range(4):
            yield {"model_name": MODEL, "inputs": smiles(rpc), "request_id": str(k)}

    ids = []
    async for result, error in client.stream_infer(requests()):
        assert error is None, error
        check(result)
        ids.append(result.get_response().id)
    assert ids == ["0", "1", "2", "3"], ids


async def main():
    async with rest.InferenceServerClient(public) as client:
        await common(client, rest)
        r = await client.infer(MODEL, smiles(rest), request_compression_algorithm="gzip", response_compression_algorithm="deflate")
        check(r)
    async with rpc.InferenceServerClient(address) as client:
        await common(client, rpc)
        await stream(client)
        call = asyncio.ensure_future(client.infer(MODEL, smiles(rpc, ["C" * 90] * 1000)))
        await asyncio.sleep(0.01)
        call.cancel()
        try:
            await call
        except asyncio.CancelledError:
            return
        raise AssertionError("it was not cancelled")


asyncio.run(main())
