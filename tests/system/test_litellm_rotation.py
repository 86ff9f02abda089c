"""The rotation of a key, killed after each of its writes, on real LiteLLMs: the rules are those of the fast tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.litellm_resources import rotating
from tests.litellm_resources.fake_litellm import Answer, FakeLitellm
from tests.system.litellm_stack import Server
from tests.system.real_litellm import RealLitellms
from tests.system.versions import VERSIONS


@dataclass
class Forwarding(FakeLitellm):
    """Stands where the fake one does and passes each request on to a real one."""

    server: Server = field(default_factory=lambda: Server("", ""))

    def _answer(self, call: str, query: dict[str, str], body: Any) -> Answer:
        method, _, path = call.partition(" ")
        answer = self.server.raw(method, f"{path}?{urlencode(query)}", body)
        return answer.status_code, answer.content

    def clear(self) -> None:
        """Removes the keys of the round before; the rest was removed once."""
        for row in self.server.key_rows():
            self.server.call("POST", "/key/delete", {"keys": [row["token"]]})
        for budget in self.server.call("GET", "/budget/list"):
            self.server.call("POST", "/budget/delete", {"id": budget["budget_id"]})


@pytest.fixture(name="litellm", params=VERSIONS)
def _litellm(request: pytest.FixtureRequest, real_litellms: RealLitellms) -> FakeLitellm:
    server = real_litellms.shared(request.param)
    version = server.call("GET", "/health/readiness").get("litellm_version", "1.109.1")
    return Forwarding(version=version, server=server)


def test_a_kill_between_any_two_writes_converges_at_the_next_up(litellm: FakeLitellm) -> None:
    rotating.assert_converges(litellm, "24h")


def test_a_rotation_that_was_killed_and_is_not_wanted_any_more_leaves_the_old_value_alone(litellm: FakeLitellm) -> None:
    rotating.assert_taken_back(litellm)
