"""Speaks Pulumi's provider protocol for a plugin.

Takes a `Plugin`, serves it as `pulumi.provider.experimental` does. That package's own servicer is the base and answers
what is not about resources; the resource calls are overridden, because it cannot say what the official plugins say:
it always claims a detailed diff, drops `oldInputs`, `autonaming` and `supportsAutonamingConfiguration`, has no partial
failure and crashes on a DiffConfig with details. For the same reason `main` is ours: theirs makes its own servicer.
"""

# ruff: noqa: N802, ARG002 - names and signatures are the protocol's

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import grpc
import grpc.aio
from google.protobuf import empty_pb2
from google.protobuf.struct_pb2 import Struct
from pulumi.provider.experimental.provider import Provider
from pulumi.provider.experimental.server import ProviderServicer
from pulumi.runtime import proto
from pulumi.runtime.proto import provider_pb2_grpc

from airgap.plugins.diagnostics import Context, diagnosed
from airgap.plugins.plugin import CheckResult, Naming, Plugin, Resource
from airgap.plugins.values import from_struct, to_struct

# The engine asks for as many resources at once as it likes; nearly all of the time is waiting for another process.
_THREADS = 64
# A message holds a whole resource; gRPC's own limit of 4 MiB is less than Pulumi allows.
_MAX_MESSAGE_BYTES = 400 * 1024 * 1024
_Result = TypeVar("_Result")


class Servicer(ProviderServicer):
    """The protocol's calls, each handed to the plugin in a thread of its own."""

    def __init__(self, plugin: Plugin, engine_address: str = "") -> None:
        super().__init__([], plugin.version, Provider(), engine_address)
        self._plugin = plugin
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix=plugin.name)

    async def _run(self, work: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    @diagnosed
    async def CheckConfig(self, request: proto.CheckRequest, context: Context) -> proto.CheckResponse:
        """Answers the provider's checked configuration."""
        return _checked(self._plugin.check_config(from_struct(request.news, keep_secrets=True)))

    @diagnosed
    async def DiffConfig(self, request: proto.DiffRequest, context: Context) -> proto.DiffResponse:
        """Leaves it to the engine to compare configurations, as the official plugins do."""
        return proto.DiffResponse()

    @diagnosed
    async def Configure(self, request: proto.ConfigureRequest, context: Context) -> proto.ConfigureResponse:
        """Hands the configuration to the plugin, answers what it understands."""
        config = from_struct(request.args)
        await self._run(lambda: self._plugin.configure(config))
        features = self._plugin.features
        return proto.ConfigureResponse(
            acceptSecrets=features.accepts_secrets,
            acceptResources=features.accepts_resources,
            acceptOutputs=features.accepts_outputs,
            supportsPreview=True,
            supports_autonaming_configuration=features.has_autonaming,
        )

    @diagnosed
    async def Invoke(self, request: proto.InvokeRequest, context: Context) -> proto.InvokeResponse:
        """Refuses every function by name."""
        await context.abort(
            grpc.StatusCode.UNIMPLEMENTED,
            f"function {request.tok} is not implemented by the stand-in plugin {self._plugin.name}: "
            "use a resource, or install the official plugin",
        )
        raise AssertionError("abort always raises")

    @diagnosed
    async def Check(self, request: proto.CheckRequest, context: Context) -> proto.CheckResponse:
        """Answers the inputs with defaults."""
        olds, news = from_struct(request.olds), self._inputs(request.news)
        naming = Naming(
            seed=bytes(request.randomSeed),
            proposed=request.autonaming.proposed_name,
            is_disabled=request.HasField("autonaming")
            and request.autonaming.mode == proto.CheckRequest.AutonamingOptions.DISABLE,
        )
        resource = _resource(request.urn)
        return _checked(await self._run(lambda: self._plugin.check(resource, olds, news, naming)))

    @diagnosed
    async def Diff(self, request: proto.DiffRequest, context: Context) -> proto.DiffResponse:
        """Answers what the new inputs change."""
        olds, news = from_struct(request.olds), from_struct(request.news)
        resource, ignored = _resource(request.urn, request.id), list(request.ignoreChanges)
        found = await self._run(lambda: self._plugin.diff(resource, olds, news, ignored))
        details = {
            path: proto.PropertyDiff(kind=proto.PropertyDiff.Kind.Value(kind))
            for path, kind in (found.details or {}).items()
        }
        return proto.DiffResponse(
            changes=proto.DiffResponse.DIFF_SOME if found.has_changes else proto.DiffResponse.DIFF_NONE,
            diffs=found.diffs,
            replaces=found.replaces,
            stables=found.stables,
            deleteBeforeReplace=found.delete_before_replace,
            detailedDiff=details,
            hasDetailedDiff=found.details is not None,
        )

    @diagnosed
    async def Create(self, request: proto.CreateRequest, context: Context) -> proto.CreateResponse:
        """Makes the object."""
        inputs, resource, preview = self._inputs(request.properties), _resource(request.urn), request.preview
        made, outputs = await self._run(lambda: self._plugin.create(resource, inputs, is_preview=preview))
        return proto.CreateResponse(id=made, properties=to_struct(outputs))

    @diagnosed
    async def Read(self, request: proto.ReadRequest, context: Context) -> proto.ReadResponse:
        """Answers the object as it is; nothing at all when it is gone."""
        resource = _resource(request.urn, request.id)
        properties, inputs = self._inputs(request.properties), self._inputs(request.inputs)
        found = await self._run(lambda: self._plugin.read(resource, properties, inputs))
        if not found.resource_id:
            return proto.ReadResponse()
        return proto.ReadResponse(
            id=found.resource_id, properties=to_struct(found.properties), inputs=to_struct(found.inputs)
        )

    @diagnosed
    async def Update(self, request: proto.UpdateRequest, context: Context) -> proto.UpdateResponse:
        """Changes the object."""
        resource, ignored = _resource(request.urn, request.id), list(request.ignoreChanges)
        olds, news, preview = self._inputs(request.olds), self._inputs(request.news), request.preview
        outputs = await self._run(lambda: self._plugin.update(resource, olds, news, ignored, is_preview=preview))
        return proto.UpdateResponse(properties=to_struct(outputs))

    @diagnosed
    async def Delete(self, request: proto.DeleteRequest, context: Context) -> empty_pb2.Empty:
        """Removes the object."""
        resource, properties = _resource(request.urn, request.id), from_struct(request.properties)
        await self._run(lambda: self._plugin.delete(resource, properties))
        return empty_pb2.Empty()

    def _inputs(self, struct: Struct) -> dict[str, object]:
        return from_struct(struct, keep_secrets=self._plugin.features.accepts_secrets)


def _resource(urn: str, resource_id: str = "") -> Resource:
    qualified, name = urn.split("::", 3)[2:]
    return Resource(token=qualified.rpartition("$")[2], name=name, resource_id=resource_id)


def _checked(result: CheckResult) -> proto.CheckResponse:
    failures = [proto.CheckFailure(property=path, reason=reason) for path, reason in result.failures]
    return proto.CheckResponse(inputs=None if failures else to_struct(result.inputs), failures=failures)


def serve(plugin: Plugin) -> None:
    """Serves the plugin until the engine ends it; the first line on stdout is the port."""
    parser = argparse.ArgumentParser(description=f"Stand-in for the Pulumi provider plugin {plugin.name}")
    parser.add_argument("engine", nargs="?", default="", help="address of the Pulumi engine")
    arguments, _ = parser.parse_known_args()
    asyncio.run(_serve(Servicer(plugin, arguments.engine)))


async def _serve(servicer: Servicer) -> None:
    limits = [(f"grpc.max_{way}_message_length", _MAX_MESSAGE_BYTES) for way in ("receive", "send")]
    server = grpc.aio.server(options=limits)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await server.wait_for_termination()
