"""Models change in every way without a failed request: the real CLI on a real LiteLLM of each version."""

from __future__ import annotations

from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from tests.system.litellm_stack import Server, Stack
from tests.system.real_litellm import RealLitellms
from tests.system.steady_load import steadily
from tests.system.test_litellm_resources import model, objects
from tests.system.versions import VERSIONS

A_SECOND = 20


@pytest.fixture(name="server", params=VERSIONS)
def _server(request: pytest.FixtureRequest, real_litellms: RealLitellms) -> Server:
    return real_litellms.shared(request.param)


def another(name: str, **changes: Any) -> dict[str, Any]:
    """A second deployment of the same name, with an identity of its own."""
    return {**model(name), "identity": f"{name}@mock-openai:openai/other", "upstream_model": "openai/other", **changes}


# One after the other; each is a change of what came before.
CHANGES: dict[str, list[dict[str, Any]]] = {
    "a parameter changed": [model("m-a", rpm=90_000), model("m-b", rpm=80_000)],
    "parameters removed": [model("m-a"), model("m-b")],
    "a second deployment of one name": [model("m-a"), another("m-a"), model("m-b")],
    "another upstream model": [another("m-a"), model("m-b")],
    "a second deployment of equal content": [another("m-a"), model("m-b"), {**model("m-b"), "identity": "m-b again"}],
    "one of the two gone": [another("m-a"), {**model("m-b"), "identity": "m-b again"}],
}


def test_no_change_of_models_fails_a_request_or_leaves_a_row(server: Server, tmp_path: Path) -> None:
    stack = Stack(tmp_path, server.url, server.master_key).prepare()
    stack.wants(objects(model("m-a", rpm=100_000), model("m-b")))
    stack.up()
    made = {row["model_info"]["created_at"] for row in server.rows()}
    with steadily((partial(server.chat_failure, name) for name in cycle(("m-a", "m-b"))), a_second=A_SECOND) as load:
        for change, wanted in CHANGES.items():
            stack.wants(objects(*wanted))
            stack.up()
            found = sorted(row["model_info"]["llmproxy"]["identity"] for row in server.rows())
            assert found == sorted(one["identity"] for one in wanted), change
            if change == "parameters removed":
                assert not any("rpm" in row["litellm_params"] for row in server.rows())
                assert {row["model_info"]["created_at"] for row in server.rows()} == made
                assert {row["model_info"]["created_by"] for row in server.rows()} == {"llmproxy/dev"}
    assert load.failures == []
    assert load.answered > A_SECOND
    assert stack.is_unchanged()
