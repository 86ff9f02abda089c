"""Fixtures: a fake LiteLLM of each supported version, and the providers connected to it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from pulumi.dynamic import CheckResult, DiffResult

from litellm_resources import session
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.connection import Connection
from litellm_resources.provider import LitellmProvider
from tests.litellm_resources.fake_litellm import MASTER_KEY, NEW, OLD, FakeLitellm

RUNS = itertools.count(1)


@dataclass(frozen=True)
class Result:
    """What a provider's method gives back, without its Nones."""

    id: str
    outs: dict[str, Any]
    inputs: dict[str, Any]


@dataclass(frozen=True)
class Driven:
    """A provider as Pulumi drives it."""

    itself: LitellmProvider

    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        return self.itself.check(olds, news)

    def diff(self, identity: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        return self.itself.diff(identity, olds, news)

    def create(self, props: dict[str, Any]) -> Result:
        made = self.itself.create(props)
        return Result(made.id or "", made.outs or {}, {})

    def update(self, identity: str, olds: dict[str, Any], news: dict[str, Any]) -> Result:
        return Result(identity, self.itself.update(identity, olds, news).outs or {}, {})

    def read(self, identity: str, props: dict[str, Any]) -> Result:
        found = self.itself.read(identity, props)
        return Result(found.id or "", found.outs or {}, found.inputs or {})

    def delete(self, identity: str, props: dict[str, Any]) -> None:
        self.itself.delete(identity, props)


class Run:
    """One Pulumi run: one provider process with one session; the next run sees the server anew."""

    def __init__(self, server: FakeLitellm) -> None:
        # Of this machine, as a stack has it: a client asks for no proxy of the environment on its way there.
        self.connection = Connection(f"http://localhost:{next(RUNS)}", MASTER_KEY, workers=server.workers)
        self.session = session.GatewaySession(AdminClient(self.connection, server.connect), server.time.clock)
        session.use(self.connection, self.session)

    def provider(self, kind: type[LitellmProvider], *, connected: bool = True) -> Driven:
        """A provider as `configure` leaves it."""
        provider = kind()
        if connected:
            provider.connection = self.connection
        return Driven(provider)


@pytest.fixture(params=[OLD, NEW])
def litellm(request: pytest.FixtureRequest) -> Iterator[FakeLitellm]:
    """A gateway of each supported version in turn, which was asked only what that version's document has."""
    server = FakeLitellm(version=request.param)
    yield server
    assert server.undocumented == []


@pytest.fixture
def run(litellm: FakeLitellm) -> Run:
    """A run against it."""
    return Run(litellm)
