"""What this stack left in LiteLLM is found by catalog and state, and removed without touching anybody else's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from litellm_resources.credential import CredentialProvider
from litellm_resources.key import KeyProvider
from litellm_resources.model import ModelProvider
from litellm_resources.user import UserProvider
from operations import pruning
from operations.pruning import Leftovers
from tests.litellm_resources import test_key, test_model, test_user
from tests.litellm_resources.conftest import Run
from tests.litellm_resources.fake_litellm import NEW, OLD, FakeLitellm
from tests.litellm_resources.test_provider import CREDENTIAL

OWNER = "llmproxy/dev"
MODEL = "m@c:openai/m"
NOTHING: dict[str, list[str]] = {"credential": [], "model": [], "user": [], "key": []}
ALL = ["key k", "user u", f"model {MODEL}", "credential p"]


@pytest.fixture(params=[OLD, NEW])
def litellm(request: pytest.FixtureRequest) -> Iterator[FakeLitellm]:
    """A gateway with one object of each kind that this stack made."""
    server = FakeLitellm(version=request.param)
    made(server, OWNER)
    yield server
    assert server.undocumented == []


def made(server: FakeLitellm, owner: str) -> None:
    run = Run(server)
    run.provider(CredentialProvider).create({**CREDENTIAL, "owner": owner})
    run.provider(ModelProvider).create(test_model.wanted(owner=owner))
    run.provider(UserProvider).create(test_user.wanted(owner=owner))
    run.provider(KeyProvider).create(test_key.wanted(owner=owner))


def left_over(server: FakeLitellm, known: dict[str, list[str]] | None = None, **declared: list[str]) -> Leftovers:
    return pruning.left_over(Run(server).session, OWNER, {**NOTHING, **declared}, known or {})


def labels(found: Leftovers) -> list[str]:
    return [row.label for row in found.going]


def test_with_the_state_lost_all_that_the_catalog_does_not_declare_goes(litellm: FakeLitellm) -> None:
    found = left_over(litellm, user=["u"], key=["k"])
    assert labels(found) == [f"model {MODEL}", "credential p"]
    assert [row.label for row in pruning.remove(found)] == labels(found)
    assert (litellm.models, litellm.credentials) == ({}, {})
    assert (len(litellm.users), len(litellm.keys)) == (1, 1)
    assert labels(left_over(litellm, user=["u"], key=["k"])) == []


def test_what_the_state_knows_is_left_to_the_next_up(litellm: FakeLitellm) -> None:
    found = left_over(litellm, {"model": [MODEL], "credential": ["p"]})
    assert labels(found) == ["key k", "user u"]
    (words,) = found.kept_in_words(" STACK=prod")
    assert words == f"left to make up STACK=prod, as the state knows them: model {MODEL}, credential p"


def test_what_others_made_never_goes_and_what_they_would_lose_something_with_stays(litellm: FakeLitellm) -> None:
    params = {"model": "openai/x", "litellm_credential_name": "p"}
    litellm.models["theirs"] = {"model_name": "theirs", "litellm_params": params, "model_info": {"id": "theirs"}}
    litellm.keys["t"] = {"token": "t", "key_alias": "theirs", "user_id": "u", "metadata": {}}
    litellm.teams.by_hand("crew", "u")
    found = left_over(litellm)
    assert labels(found) == ["key k", f"model {MODEL}"]
    assert list(found.kept_in_words("")) == [
        "kept: user u: as long as these stay: key theirs, team membership crew/u",
        "kept: credential p: as long as these stay: model theirs",
    ]
    pruning.remove(found)
    assert (list(litellm.models), list(litellm.keys)) == (["theirs"], ["t"])


@pytest.mark.parametrize("owner", ["llmproxy/prod", "other/dev"])
def test_of_another_stack_nothing_is_seen(owner: str) -> None:
    server = FakeLitellm()
    made(server, owner)
    assert labels(left_over(server)) == []


def test_what_lost_its_marker_while_somebody_was_asked_stays(litellm: FakeLitellm) -> None:
    found = left_over(litellm)
    assert labels(found) == ALL
    litellm.users["u"]["metadata"] = {}
    pruning.remove(found)
    assert list(litellm.users) == ["u"]
    assert [litellm.models, litellm.keys, litellm.credentials] == [{}, {}, {}]


def test_a_state_tells_the_identities_by_kind() -> None:
    def resource(token: str, identity: str) -> dict[str, Any]:
        return {"type": token, "id": identity}

    token = "pulumi-python:dynamic/litellm:"
    deployment = {
        "resources": [
            resource(f"{token}Model", MODEL),
            resource(f"{token}Credential", "p"),
            resource(f"{token}TeamMembership", "t/u"),
            resource(f"{token}McpServer", "tools"),
            resource(f"{token}Leftovers", "leftovers"),
            resource("docker:index/service:Service", "x"),
        ]
    }
    assert pruning.in_state(deployment) == {
        "model": [MODEL],
        "credential": ["p"],
        "team membership": ["t/u"],
        "MCP server": ["tools"],
    }
    assert pruning.in_state(None) == {}
