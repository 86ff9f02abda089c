"""One change of the catalog, of every kind at once: the preview names it, one `up` makes it, nobody else notices."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from tests.system import previewed
from tests.system.as_found import left_as_found
from tests.system.installation import Installation, until
from tests.system.steady_load import Load, steady_load

BY_HAND = "made-by-hand"
BY_HAND_ID = "00000000-by-hand"
SMALL, LARGE, ADDED = (f"{name}@mock-openai:openai/{name}" for name in ("mock-small", "mock-large", "mock-added"))
# LiteLLM 1.81.12 may answer by what it read of a key this long ago.
KEY_CACHE_SECONDS = 90
REFUSED = (401, 403)


@dataclass(frozen=True)
class Change:
    """What was seen while the catalog changed.

    Attributes:
        before: Status of the virtual key's requests by model, before the change.
        untouched: The rows of the model made by hand, before the change.
        preview: What was announced.
        up: What was done.
        load: What became of the requests meanwhile.
    """

    before: dict[str, int]
    untouched: list[Any]
    preview: str
    up: subprocess.CompletedProcess[str]
    load: Load


@pytest.fixture(scope="module")
def change(gateway: Installation) -> Iterator[Change]:
    """The dev catalog changed: one model of each kind of change, one alias."""
    master, virtual = gateway.master_key(), gateway.make("key").stdout.strip()
    with _model_made_by_hand(gateway), left_as_found(gateway):
        before = {model: gateway.chat(model, virtual).status_code for model in ("mock-small", "mock-large", "hello")}
        untouched = _rows(gateway, master, BY_HAND)
        gateway.edit_catalog(_change)
        preview = gateway.make("preview").stdout
        with steady_load(gateway, ["mock-small", BY_HAND], master, a_second=10) as load:
            up = gateway.make("up")
        yield Change(before, untouched, preview, up, load)


def test_preview_names_exactly_the_changes(change: Change) -> None:
    assert set(previewed.steps(change.preview)) == {
        f"update Model {SMALL}",
        f"delete Model {LARGE}",
        f"create Model {ADDED}",
        "update RouterSettings router-settings",
    }


def test_preview_shows_the_changed_parameter_and_the_changed_alias(change: Change) -> None:
    steps = previewed.steps(change.preview)
    assert steps[f"update Model {SMALL}"].shows("mock_response", live='"The gateway works.*"', wanted='"changed"')
    assert steps["update RouterSettings router-settings"].shows("hello", live='"mock-small"', wanted='"mock-added"')


def test_up_makes_no_other_change_than_the_announced(change: Change) -> None:
    assert "pulumi up: 1 created, 2 updated, 1 deleted" in change.up.stderr


def test_no_request_fails_while_models_change(change: Change) -> None:
    assert change.load.failures == []
    assert change.load.answered > 20


def test_gateway_serves_the_new_catalog(gateway: Installation, change: Change) -> None:
    key = gateway.master_key()
    answers = [_answer(gateway.chat(model, key)) for model in ("mock-small", "mock-added", "hello")]
    assert answers == ["changed", "added", "added"]
    assert gateway.chat("mock-large", key).status_code in (400, 404)
    assert len(_rows(gateway, key, "mock-small")) == 1, "the row of before is gone"


def test_a_model_made_by_hand_is_untouched(gateway: Installation, change: Change) -> None:
    assert change.untouched
    assert _rows(gateway, gateway.master_key(), BY_HAND) == change.untouched


def test_a_key_follows_the_access_groups_of_the_catalog(gateway: Installation, change: Change) -> None:
    key = gateway.make("key").stdout.strip()
    assert change.before["mock-small"] == change.before["hello"] == 200
    assert change.before["mock-large"] in REFUSED, "the key is limited to General, the model is in Premium"
    until(lambda: gateway.chat("mock-small", key).status_code in REFUSED, seconds=KEY_CACHE_SECONDS)
    assert gateway.chat("mock-added", key).status_code == 200
    assert gateway.chat("hello", key).status_code == 200


def _change(document: dict[str, Any]) -> None:
    models = document["providers"]["mock"]["interfaces"]["openai"]["models"]
    models["mock-small"]["litellm_params"]["mock_response"] = "changed"
    models["mock-small"]["access_groups"] = ["Premium"]
    del models["mock-large"]
    document["fallbacks"] = [entry for entry in document["fallbacks"] if "mock-large" not in entry]
    models["mock-added"] = {"litellm_params": {"mock_response": "added"}}
    document["aliases"]["hello"] = "mock-added"


@contextmanager
def _model_made_by_hand(gateway: Installation) -> Iterator[None]:
    made = {"model_name": BY_HAND, "litellm_params": {"model": "openai/by-hand", "mock_response": "by hand"}}
    gateway.admin("POST", "/model/new", {**made, "model_info": {"id": BY_HAND_ID}}).raise_for_status()
    try:
        yield
    finally:
        gateway.admin("POST", "/model/delete", {"id": BY_HAND_ID}).raise_for_status()


def _rows(gateway: Installation, key: str, model_name: str) -> list[Any]:
    rows = gateway.call("GET", "/v2/model/info?size=1000", key).json()["data"]
    return [row for row in rows if row["model_name"] == model_name]


def _answer(answer: requests.Response) -> str:
    return str(answer.json()["choices"][0]["message"]["content"])
