"""The detour of a handover: base URLs move and nothing else, each worker shows it, others' credentials stay."""

from __future__ import annotations

import pytest
import requests
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection
from urllib3.exceptions import MaxRetryError, NewConnectionError

from litellm_resources.admin_api.errors import ReadBackMismatch
from litellm_resources.detour import DEADLINE_SECONDS, Detour
from litellm_resources.ownership import marker
from tests.litellm_resources.conftest import Run
from tests.litellm_resources.fake_litellm import NEW, OLD, POLL_SECONDS, FakeLitellm
from tests.litellm_resources.fake_workers import FakeWorkers

OWNER = "llmproxy/dev"
HOST = "manager-handover"


def credential(name: str, path: str = "", owner: str = OWNER, host: str = "manager") -> dict[str, object]:
    values = {"api_key": f"sk-old-key-{name}", "api_base": f"http://{host}:8045{path}"}
    info = {"custom_llm_provider": "Anthropic", **marker(owner, name, fingerprint="f")}
    return {"credential_name": name, "credential_values": values, "credential_info": info}


def with_credentials(server: FakeLitellm) -> FakeLitellm:
    server.credentials["m-anthropic"] = credential("m-anthropic")
    server.credentials["m-openai"] = credential("m-openai", "/v1")
    server.credentials["theirs"] = credential("theirs", owner="other/dev")
    return server


def detour(server: FakeLitellm) -> Detour:
    return Detour(Run(server).session, OWNER, ["m-anthropic", "m-openai", "not-made-yet", "theirs"], HOST, 8045)


def bases(server: FakeLitellm) -> dict[str, str]:
    return {name: row["credential_values"]["api_base"] for name, row in server.credentials.items()}


def test_only_the_address_of_our_own_credentials_changes_the_key_and_the_marker_stay(litellm: FakeLitellm) -> None:
    with_credentials(litellm)
    before = {name: (row["credential_values"]["api_key"], row["credential_info"]) for name, row in _copied(litellm)}
    detour(litellm).send()
    assert bases(litellm) == {
        "m-anthropic": "http://manager-handover:8045",
        "m-openai": "http://manager-handover:8045/v1",
        "theirs": "http://manager:8045",
    }
    now = {name: (row["credential_values"]["api_key"], row["credential_info"]) for name, row in _copied(litellm)}
    assert now == before


def test_a_row_of_another_name_is_found_by_the_identity_in_its_marker(litellm: FakeLitellm) -> None:
    row = credential("m-openai", "/v1")
    litellm.credentials["m-openai~2"] = {**row, "credential_name": "m-openai~2"}
    detour(litellm).send()
    assert bases(litellm) == {"m-openai~2": "http://manager-handover:8045/v1"}


@pytest.mark.parametrize("version", [OLD, NEW])
def test_it_is_taken_only_when_every_worker_shows_it_and_has_had_the_time_to_poll(version: str) -> None:
    server = FakeWorkers(version)
    with_credentials(server)
    server.polled()
    began = server.time.seconds
    detour(server).send()
    assert server.time.seconds - began >= POLL_SECONDS
    for worker in server.each:
        assert HOST in worker.credentials["m-openai"]["credential_values"]["api_base"]


def test_what_a_killed_run_sent_there_is_seen_and_is_not_written_again(litellm: FakeLitellm) -> None:
    with_credentials(litellm)
    assert not detour(litellm).begun()
    litellm.credentials["m-openai"] = credential("m-openai", "/v1", host=HOST)
    assert detour(litellm).begun()
    detour(litellm).send()
    assert [call for call in litellm.calls if call.startswith("PATCH")] == ["PATCH /credentials/m-anthropic"]


def test_it_is_left_when_no_credential_leads_there(litellm: FakeLitellm) -> None:
    with_credentials(litellm)
    detour(litellm).wait_until_left()
    litellm.credentials["m-openai"] = credential("m-openai", "/v1", host=HOST)
    with pytest.raises(ReadBackMismatch, match=r"does not lead .*m-openai.* away from manager-handover"):
        detour(litellm).wait_until_left()


def test_a_write_that_never_shows_ends_in_an_error_that_names_the_credentials(litellm: FakeLitellm) -> None:
    with_credentials(litellm)
    litellm.before = lambda call: (200, {"success": True}) if call.startswith("PATCH") else None
    began = litellm.time.seconds
    with pytest.raises(ReadBackMismatch, match=r"m-anthropic, m-openai.* to manager-handover"):
        detour(litellm).send()
    assert litellm.time.seconds - began == pytest.approx(DEADLINE_SECONDS, abs=5)


def test_nothing_is_in_use_while_litellm_does_not_run_or_holds_none_of_them(litellm: FakeLitellm) -> None:
    assert detour(litellm).in_use() == []
    with_credentials(litellm)
    assert detour(litellm).in_use() == ["m-anthropic", "m-openai"]
    cause = NewConnectionError(HTTPConnection("gateway.example"), "refused")
    gone = requests.exceptions.ConnectionError(MaxRetryError(HTTPConnectionPool("gateway.example"), "/", cause))
    litellm.before = lambda _call: gone
    assert detour(litellm).in_use() == []


def _copied(server: FakeLitellm) -> list[tuple[str, dict[str, dict[str, object]]]]:
    return [
        (name, {key: dict(row[key]) for key in ("credential_values", "credential_info")})
        for name, row in server.credentials.items()
    ]
