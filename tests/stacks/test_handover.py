"""The first half of a handover: what it does with a changed key, and what it leaves alone."""

from __future__ import annotations

import itertools

import pytest

from components.handover_spec import clone_name
from litellm_resources import session
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.connection import Connection
from litellm_resources.ownership import marker
from stacks.handover import HandoverInputs, HandoverProvider
from tests.components.test_handover import NAME, FakeHost, host
from tests.litellm_resources.fake_litellm import MASTER_KEY, FakeLitellm

NUMBERS = itertools.count(1)
FILES = {"/run/secrets/key": "old-key"}
INPUTS = HandoverInputs(
    docker_host="unix:///nowhere",
    service_name=NAME,
    alias="manager",
    port=8045,
    credentials=["m-openai"],
    owner="llmproxy/dev",
    key_file="/run/secrets/key",
    secret_files=FILES,
    private_paths=[],
)
CHANGED = INPUTS.model_copy(update={"secret_files": {"/run/secrets/key": "new-key"}})


@pytest.fixture
def litellm() -> FakeLitellm:
    return FakeLitellm()


def provider(litellm: FakeLitellm) -> HandoverProvider:
    connection = Connection(f"http://handover-{next(NUMBERS)}.example", MASTER_KEY)
    session.use(connection, session.GatewaySession(AdminClient(connection, litellm.connect), litellm.time.clock))
    made = HandoverProvider()
    made.connection = connection
    return made


def used_at(litellm: FakeLitellm, where: str) -> None:
    litellm.credentials["m-openai"] = {
        "credential_name": "m-openai",
        "credential_values": {"api_key": "sk-old", "api_base": f"http://{where}:8045/v1"},
        "credential_info": marker("llmproxy/dev", "m-openai"),
    }


def hand_over(litellm: FakeLitellm, swarm: FakeHost) -> bool:
    return provider(litellm)._hand_over(swarm, INPUTS, CHANGED, masked=[])


@pytest.mark.parametrize("last", [{}, INPUTS.model_dump()], ids=["the first up", "the key of before"])
def test_nothing_is_asked_where_no_key_changes(litellm: FakeLitellm, last: dict[str, object]) -> None:
    found = provider(litellm).converge(INPUTS.model_dump(), last)  # type: ignore[arg-type]  # plain JSON
    assert found == {"begun": 0}
    assert litellm.calls == []


def test_another_secret_of_the_service_begins_no_handover(litellm: FakeLitellm) -> None:
    more = INPUTS.model_copy(update={"secret_files": {**FILES, "/run/secrets/web": "new"}})
    assert provider(litellm).converge(more.model_dump(), INPUTS.model_dump()) == {"begun": 0}


def test_a_changed_key_makes_a_clone_with_the_old_one_and_leads_requests_there(litellm: FakeLitellm) -> None:
    used_at(litellm, "manager")
    swarm = host(seconds=10)
    assert hand_over(litellm, swarm)
    assert b"old-key" in [value for value, _ in swarm.files.stored.values()]
    assert litellm.credentials["m-openai"]["credential_values"] == {
        "api_key": "sk-old",
        "api_base": "http://manager-handover:8045/v1",
    }


def test_a_clone_that_litellm_uses_since_a_killed_run_is_kept_as_it_is(litellm: FakeLitellm) -> None:
    used_at(litellm, "manager-handover")
    swarm = host(seconds=10)
    swarm.made.append({"Name": clone_name(NAME)})
    assert hand_over(litellm, swarm)
    assert len(swarm.made) == 1
    assert swarm.removed == []


def test_a_clone_that_nobody_uses_is_made_anew(litellm: FakeLitellm) -> None:
    used_at(litellm, "manager")
    swarm = host(seconds=10)
    swarm.made.append({"Name": clone_name(NAME)})
    assert hand_over(litellm, swarm)
    assert len(swarm.made) == 2
    assert swarm.removed == ["s1"]


def test_without_a_credential_that_uses_the_key_nothing_is_made(
    litellm: FakeLitellm, capsys: pytest.CaptureFixture[str]
) -> None:
    swarm = host(seconds=10)
    assert not hand_over(litellm, swarm)
    assert swarm.made == []
    assert "nothing is handed over" in capsys.readouterr().out


def test_a_service_that_is_down_is_not_cloned(litellm: FakeLitellm, capsys: pytest.CaptureFixture[str]) -> None:
    used_at(litellm, "manager")
    swarm = host(live_tasks=[])
    assert not hand_over(litellm, swarm)
    assert swarm.made == []
    assert "does not run now" in capsys.readouterr().out
