"""Fixtures: a fake LiteLLM of each supported version, and the providers connected to it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from litellm_resources import session
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.connection import Connection
from litellm_resources.provider import LitellmProvider
from tests.litellm_resources.fake_litellm import MASTER_KEY, NEW, OLD, FakeLitellm

RUNS = itertools.count(1)


class Run:
    """One Pulumi run: one provider process with one session; the next run sees the server anew."""

    def __init__(self, server: FakeLitellm) -> None:
        self.connection = Connection(f"http://run-{next(RUNS)}.example", MASTER_KEY)
        self.session = session.GatewaySession(AdminClient(self.connection, server), server.time.clock)
        session.use(self.connection, self.session)

    def provider(self, kind: type[LitellmProvider]) -> LitellmProvider:
        """A provider as `configure` leaves it."""
        provider = kind()
        provider.connection = self.connection
        return provider


@pytest.fixture(params=[OLD, NEW])
def litellm(request: pytest.FixtureRequest) -> FakeLitellm:
    """A gateway of each supported version in turn."""
    return FakeLitellm(version=request.param)


@pytest.fixture
def run(litellm: FakeLitellm) -> Iterator[Run]:
    """A run against it."""
    return Run(litellm)
