"""Each rule of LiteLLM's admin API that we count on stands here once: held against the fakes, and both real servers.

To add one, write `test_<the rule as a sentence>(api: Api)` in the file of its kind of object, in terms of `admin_api`
or of `api.client`, and see it pass on four servers: the fast suite runs it on the fake of each version, `make test-all`
on the real ones as well. By hand on real ones: `pytest -m system tests/litellm_resources/contract`. A rule that differs
from version to version says so with `api.old`; a fake that fails a rule that the real server keeps is to be mended.
Nothing is there when a test begins. What shows after LiteLLM's next poll only is asked for with `api.eventually`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from requests.adapters import BaseAdapter

from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.connection import Connection
from litellm_resources.admin_api.health import Clock
from tests.litellm_resources.fake_litellm import MASTER_KEY, NEW, OLD, FakeLitellm
from tests.system.versions import VERSIONS

EVENTUALLY_SECONDS = 60.0
ON_A_REAL_ONE = [pytest.mark.system, pytest.mark.slow, pytest.mark.real_litellm]
SERVERS = [
    pytest.param(("fake", OLD), id=f"fake-{OLD}"),
    pytest.param(("fake", NEW), id=f"fake-{NEW}"),
    *(pytest.param(("real", version), id=f"real-{version}", marks=ON_A_REAL_ONE) for version in VERSIONS),
]


@dataclass(frozen=True)
class Api:
    """One empty gateway, asked as the program asks it."""

    client: AdminClient
    version: str
    clock: Clock
    connect: Callable[[], BaseAdapter] | None = None

    @property
    def old(self) -> bool:
        return self.version == OLD

    def with_key(self, key: str) -> AdminClient:
        """A client with another key."""
        return AdminClient(Connection(self.client.url, key), self.connect)

    def eventually(self, holds: Callable[[], object]) -> bool:
        """Whether something holds now, or after the server's next poll."""
        end = self.clock.now() + EVENTUALLY_SECONDS
        while not holds():
            if self.clock.now() > end:
                return False
            self.clock.sleep(1.0)
        return True


@pytest.fixture(params=SERVERS)
def api(request: pytest.FixtureRequest) -> Iterator[Api]:
    kind, version = request.param
    if kind == "real":
        server = request.getfixturevalue("real_litellms").shared(version)
        client = AdminClient(Connection(server.url, server.master_key))
        yield Api(client, client.differences.version, Clock())
        client.close()
        return
    fake = FakeLitellm(version=version)
    client = AdminClient(Connection("http://localhost", MASTER_KEY), fake.connect)
    yield Api(client, version, fake.time.clock, fake.connect)
    assert fake.undocumented == []
