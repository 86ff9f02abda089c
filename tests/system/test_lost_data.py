"""Data that vanished or would become unreadable stops every run, until a setting allows to start anew."""

from __future__ import annotations

import secrets

import pytest

from tests.system import stack_file
from tests.system.hands import volume_removed
from tests.system.installation import Installation, docker
from tests.system.outcome import assert_converged, one_error
from tests.system.stack_file import SALT_KEY

RUNS = ("preview", "up")


@pytest.mark.parametrize("path", ["postgres.database", "postgres.user"])
def test_another_name_for_a_filled_volume_is_refused_with_the_remedy(spare: Installation, path: str) -> None:
    with stack_file.setting(spare, path, "other"):
        for target in RUNS:
            told = one_error(spare.make(target, expect=None))
            assert f"{path}: found 'other', allowed is 'llmproxy'" in told
            assert "set it back" in told
            assert "dump and restore" in told

    assert_converged(spare)


def test_a_volume_removed_by_hand_stops_every_run_until_a_setting_allows_an_empty_one(spare: Installation) -> None:
    volume = spare.service("db")
    volume_removed(spare)

    for target in RUNS:
        told = one_error(spare.make(target, expect=None))
        assert f"volume {volume}: found no volume of that name" in told
        assert "restore it" in told
        assert "postgres.allowNewVolume: true" in told
        assert volume not in volumes()
        assert wanted_replicas(volume) == 0

    with stack_file.setting(spare, "postgres.allowNewVolume", True):
        spare.make("up")

    assert volume in volumes()
    assert answers(spare)
    assert_converged(spare)


def test_what_a_running_gateway_remembers_of_lost_data_is_not_taken_for_what_the_new_database_holds(
    spare: Installation,
) -> None:
    before = rows(spare)
    assert all(before.values())

    volume_removed(spare)
    with stack_file.setting(spare, "postgres.allowNewVolume", True):
        spare.make("up")

    assert rows(spare) == before
    assert answers(spare)
    assert_converged(spare)


def test_another_salt_key_is_refused_until_a_setting_allows_it(spare: Installation) -> None:
    spare.pulumi("config", "set", "--secret", SALT_KEY, given=f"sk-{secrets.token_urlsafe(32)}")

    for target in RUNS:
        told = one_error(spare.make(target, expect=None))
        assert "the salt key is not the one that the database was written with" in told
        assert "put the old key back" in told
        assert "litellm.allowNewSaltKey: true" in told
    assert answers(spare)

    with stack_file.setting(spare, "litellm.allowNewSaltKey", True):
        spare.make("up")

    assert answers(spare)
    assert_converged(spare)


def volumes() -> list[str]:
    return docker("volume", "ls", "--format", "{{.Name}}").split()


def wanted_replicas(service: str) -> int:
    return int(docker("service", "inspect", "--format", "{{.Spec.Mode.Replicated.Replicas}}", service))


def rows(gateway: Installation) -> dict[str, int]:
    """How many rows the database holds of what LiteLLM's workers also have in memory."""
    tables = ("LiteLLM_CredentialsTable", "LiteLLM_ProxyModelTable", "LiteLLM_Config")
    return {table: int(gateway.sql(f'select count(*) from "{table}"')) for table in tables}  # noqa: S608


def answers(gateway: Installation) -> bool:
    """Whether the generated key gets a completion."""
    return gateway.chat("hello", gateway.output("virtualKey")).status_code == 200
