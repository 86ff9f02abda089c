"""A gateway that is down never wedges the stack: preview says what it cannot read, one `make up` heals."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.system import previewed, stack_file
from tests.system.hands import Break, removed, scaled_to_none
from tests.system.installation import Installation, free_port
from tests.system.outcome import assert_converged, one_error
from tests.system.stack_file import MASTER_KEY, PREVIOUS_MASTER_KEY


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        pytest.param("litellm", removed, id="the gateway's service is removed"),
        pytest.param("litellm", scaled_to_none, id="the gateway is scaled to none"),
        pytest.param("db", scaled_to_none, id="the database is scaled to none"),
        pytest.param("db", removed, id="the database's service is removed"),
    ],
)
def test_what_was_stopped_by_hand_is_told_by_a_preview_and_healed_by_one_up(
    gateway: Installation, name: str, broken: Callable[[str], Break]
) -> None:
    rows = models(gateway)
    with converged_in_the_end(gateway):
        broken(name)(gateway)
        preview = gateway.make("preview", expect=None)

        if preview.returncode == 0:
            # LiteLLM answers for a while without its database: then everything can be read, and is shown.
            steps = previewed.steps(preview.stdout)
            assert any(f"Service {name}" in what or gateway.service(name) in step.text for what, step in steps.items())
        else:
            told = one_error(preview)
            assert gateway.url in told
            assert "make up" in told

        gateway.make("up")

        assert models(gateway) == rows
        assert gateway.call("GET", "/health/readiness", "").json()["db"] == "connected"
        assert_converged(gateway)


def test_a_rotated_master_key_is_previewed_with_the_previous_one_and_taken_over_by_one_up(
    gateway: Installation,
) -> None:
    old, new = gateway.master_key(), f"sk-{secrets.token_urlsafe(32)}"
    with converged_in_the_end(gateway), stack_file.edited(gateway, keep_as_previous):
        gateway.pulumi("config", "set", "--secret", MASTER_KEY, given=new)

        preview = gateway.make("preview")

        assert "litellm-master-key" in preview.stdout
        assert answers(gateway, old)

        gateway.make("up")

        assert answers(gateway, new)
        assert not answers(gateway, old)
        assert_converged(gateway)

    # The block has put the old key back, without a word of the new one.
    told = one_error(gateway.make("preview", expect=None))
    assert gateway.url in told
    assert PREVIOUS_MASTER_KEY in told

    gateway.make("up")

    assert answers(gateway, old)
    assert_converged(gateway)


def test_an_admin_url_that_leads_nowhere_is_one_error_and_gone_with_the_setting(gateway: Installation) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    with stack_file.setting(gateway, "litellm.adminUrl", nowhere):
        for target in ("preview", "up"):
            told = one_error(gateway.make(target, expect=None))
            assert nowhere in told
            assert "litellm.adminUrl" in told

    assert_converged(gateway)


def keep_as_previous(config: stack_file.Config) -> None:
    """Notes today's master key as the previous one, as the runbook of the rotation says."""
    config[PREVIOUS_MASTER_KEY] = config[MASTER_KEY]


def models(gateway: Installation) -> list[str]:
    """The rows of the model table: what a healed gateway must have neither lost nor made twice."""
    rows = gateway.call("GET", "/model/info", gateway.master_key()).json()["data"]
    return sorted(row["model_info"]["id"] for row in rows)


def answers(gateway: Installation, key: str) -> bool:
    """Whether the gateway takes a key for its master key."""
    return gateway.call("GET", "/model/info", key).status_code == 200


@contextmanager
def converged_in_the_end(gateway: Installation) -> Iterator[None]:
    """The gateway is shared: a test that fails half-way heals it for those that follow."""
    try:
        yield
    except BaseException:
        gateway.make("up", expect=None)
        raise
