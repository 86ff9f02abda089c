"""What one model costs in the provider process, however many there are: its own process, called as the engine does.

Takes numbers of models; gives for each the milliseconds a model of a first `up` and of a refresh without change, and
the memory of the process afterwards.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import grpc
import psutil
from google.protobuf import json_format, struct_pb2
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from litellm_resources.model import ModelProvider
from tests.bench.fake_gateway import ROOT, fake_gateway
from tests.bench.litellm_objects import wanted
from tests.litellm_resources.fake_litellm import MASTER_KEY

LARGEST_MESSAGE = 400 * 2**20


@dataclass(frozen=True)
class Cost:
    """Of one number of models."""

    models: int
    milliseconds_to_make_one: float
    milliseconds_to_look_at_one: float
    mebibytes: float


def cost_of(count: int) -> Cost:
    """Makes so many models in a fake gateway, then looks at them in a new process as a refresh and a preview do."""
    inputs = [_inputs(model) for model in wanted(count)["models"]]
    with fake_gateway() as url:
        with _provider(url) as (provider, _):
            began = time.perf_counter()
            states = [provider.Create(provider_pb2.CreateRequest(properties=each)).properties for each in inputs]
            made = time.perf_counter() - began
        with _provider(url) as (provider, process):
            began = time.perf_counter()
            for each, state in zip(inputs, states, strict=True):
                _look(provider, each, state)
            looked = time.perf_counter() - began
            memory = process.memory_info().rss / 2**20
    return Cost(count, 1000 * made / count, 1000 * looked / count, memory)


def _look(provider: Any, inputs: struct_pb2.Struct, state: struct_pb2.Struct) -> None:
    """What the engine asks of one resource in a preview; it must find no change."""
    identity = inputs["identity"]
    read = provider.Read(provider_pb2.ReadRequest(id=identity, properties=state, inputs=inputs))
    assert read.id == identity
    provider.Check(provider_pb2.CheckRequest(olds=read.inputs, news=inputs))
    found = provider.Diff(provider_pb2.DiffRequest(id=identity, olds=read.properties, news=inputs))
    assert found.changes == provider_pb2.DiffResponse.DIFF_NONE


@contextmanager
def _provider(url: str) -> Iterator[tuple[Any, psutil.Process]]:
    """The process that the engine starts for dynamic resources, configured for a gateway."""
    words = [sys.executable, "-u", "-m", "pulumi.dynamic"]
    environment = {**os.environ, "PULUMI_PROJECT": "llmproxy", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        try:
            options = [("grpc.max_receive_message_length", LARGEST_MESSAGE)]
            with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}", options) as channel:
                provider = provider_pb2_grpc.ResourceProviderStub(channel)
                settings = json.dumps({"litellm": {"adminUrl": url, "workers": 1}})
                config = {"llmproxy:settings": settings, "llmproxy:litellm-master-key": MASTER_KEY}
                provider.Configure(provider_pb2.ConfigureRequest(args=_struct(config)))
                yield provider, psutil.Process(process.pid)
        finally:
            process.kill()


def _inputs(model: Mapping[str, Any]) -> struct_pb2.Struct:
    return _struct({"__provider": serialize_provider(ModelProvider()), "owner": "llmproxy/bench", **model})


def _struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(values, struct_pb2.Struct())
