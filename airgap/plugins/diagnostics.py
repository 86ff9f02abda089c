"""Failures of a plugin as the engine's diagnostics.

`pulumi.provider.experimental` lets an exception through to gRPC, which shows it as `Unexpected <class ...>`; here its
text arrives alone. A defect of ours is not caught: it must keep its traceback.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, TypeAlias, TypeVar

import grpc
import grpc.aio
from pulumi.runtime.proto import provider_pb2, status_pb2

from airgap.plugins.failures import PartialFailure, PluginError
from airgap.plugins.values import to_struct

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"
_Self = TypeVar("_Self")
_Request = TypeVar("_Request")
_Answer = TypeVar("_Answer")
_Call = Callable[[_Self, _Request, Context], Coroutine[Any, Any, _Answer]]


def diagnosed(call: _Call[_Self, _Request, _Answer]) -> _Call[_Self, _Request, _Answer]:
    """Makes a call of the protocol answer a plugin's failure with its text."""

    @wraps(call)
    async def answered(self: _Self, request: _Request, context: Context) -> _Answer:
        try:
            return await call(self, request, context)
        except PartialFailure as failure:
            await _abort_partially(context, failure, getattr(request, "oldInputs", None))
        except PluginError as failure:
            await context.abort(grpc.StatusCode.UNKNOWN, str(failure))
        raise AssertionError("abort always raises")

    return answered


async def _abort_partially(context: Context, failure: PartialFailure, old_inputs: Any) -> None:
    """Answers with the engine's "resource init failed": it keeps the old inputs and the properties that we send."""
    details = provider_pb2.ErrorResourceInitFailed(
        id=failure.resource_id,
        properties=to_struct(failure.properties),
        reasons=[str(failure)],
        inputs=old_inputs,
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(failure))
    status.details.add().Pack(details)
    trailer = (("grpc-status-details-bin", status.SerializeToString()),)
    await context.abort(grpc.StatusCode.UNKNOWN, str(failure), trailer)
