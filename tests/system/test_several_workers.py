"""A gateway of several worker processes: each answers LiteLLM's lists out of its own memory, up to 30 s old."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.system.as_found import left_as_found
from tests.system.installation import Installation, until
from tests.system.outcome import assert_converged

# Each opens connections of its own: without the rule that is tested, one of four lands on the other worker.
PREVIEWS = 4
# Until both workers have polled.
POLL_SECONDS = 60


@pytest.fixture(scope="module")
def two_workers(gateway: Installation) -> Iterator[Installation]:
    with left_as_found(gateway):
        gateway.setting("litellm.workers", "2")
        up_with(gateway, "one", "two")
        yield gateway


def up_with(gateway: Installation, *models: str) -> None:
    """Brings the catalog up with these models of a provider of its own; without any, the provider goes as well."""
    provider = {
        "api_key": "sk-upstream-for-the-workers-test",
        "api_base": "http://upstream.invalid",
        "access_groups": ["General"],
        "interfaces": {"openai": {"models": {name: {"litellm_params": {"mock_response": name}} for name in models}}},
    }
    overlay = {"providers": {"upstream": provider} if models else {}}
    (gateway.clone / "catalog" / "local.json").write_text(json.dumps(overlay), encoding="utf-8")
    gateway.make("up")


@pytest.mark.parametrize(
    "models",
    [("one", "two", "three"), ("three",), (), ("one", "two")],
    ids=["a model added", "models removed", "the provider removed", "the provider back"],
)
def test_a_preview_right_after_an_up_shows_no_change_whichever_worker_answers(
    two_workers: Installation, models: tuple[str, ...]
) -> None:
    up_with(two_workers, *models)
    for _ in range(PREVIEWS):
        assert_converged(two_workers)


def test_what_was_changed_by_hand_is_shown_after_the_poll_and_healed(two_workers: Installation) -> None:
    listed = two_workers.admin("GET", "/v2/model/info?size=1000").json()["data"]
    row_id = next(row["model_info"]["id"] for row in listed if row["model_name"] == "one")
    change = {"litellm_params": {"rpm": 7}, "model_info": {"id": row_id}}
    assert two_workers.admin("PATCH", f"/model/{row_id}/update", change).ok

    def shown() -> bool:
        printed = two_workers.pulumi("preview", "--diff").stdout
        return "~ 1 to update" in printed and "- rpm" in printed

    until(shown, seconds=POLL_SECONDS)
    two_workers.make("up")
    for _ in range(PREVIEWS):
        assert_converged(two_workers)
