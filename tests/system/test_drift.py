"""What somebody changed by hand: a preview shows it as live => wanted, the next `up` heals it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.system import previewed
from tests.system.as_found import left_as_found
from tests.system.installation import Installation, docker, until
from tests.system.outcome import assert_converged

MODEL = "drifting@upstream-openai:openai/drifting"
CREDENTIAL = "upstream-openai"
BY_HAND_BASE = "http://by-hand.invalid"
# Every type that LiteLLM's side of the catalog has, over what the dev catalog holds.
OVERLAY = {
    "providers": {
        "upstream": {
            "api_key": "sk-upstream-for-the-drift-test",
            "api_base": "http://upstream.invalid",
            "access_groups": ["General"],
            "interfaces": {
                "openai": {"models": {"drifting": {"litellm_params": {"mock_response": "drifting", "rpm": 100}}}}
            },
        }
    },
    "users": {"developer": {"max_budget": 10}},
}
# A worker of 1.81.12 learns of a changed credential at its next poll.
POLL_SECONDS = 60


@pytest.fixture(scope="module")
def drifting(gateway: Installation) -> Iterator[Installation]:
    """The gateway with one object of every type."""
    with left_as_found(gateway):
        (gateway.clone / "catalog" / "local.json").write_text(json.dumps(OVERLAY), encoding="utf-8")
        gateway.make("up")
        yield gateway


def test_what_was_changed_by_hand_is_shown_and_healed(drifting: Installation) -> None:
    with left_as_found(drifting):
        SomebodyElse(drifting, drifting.master_key()).change_each_type()
        label = ["--label-add", "llmproxy.project=by-hand"]
        docker("service", "update", "--detach", "--replicas", "2", *label, drifting.service("litellm"))
        database = docker("service", "ps", "-q", drifting.service("db"))
        docker("service", "update", "--detach", *label, drifting.service("db"))
        steps = previewed.steps(drifting.make("preview").stdout)
        healed = drifting.make("up")
        assert_converged(drifting)
        assert docker("service", "ps", "-q", drifting.service("db")) == database, "a label restarts no database"

    litellm = {name: step for name, step in steps.items() if name.split()[1] not in ("Service", "RolloutGate")}
    assert set(litellm) == {
        f"update Credential {CREDENTIAL}",
        f"update Model {MODEL}",
        "update RouterSettings router-settings",
        "update User developer",
        "update Key developer",
    }
    router = steps["update RouterSettings router-settings"]
    assert steps[f"update Credential {CREDENTIAL}"].shows(
        "api_base", live=f'"{BY_HAND_BASE}"', wanted='"http://upstream.invalid/v1"'
    )
    assert steps[f"update Model {MODEL}"].shows("rpm", live="7", wanted="100")
    assert router.shows("hello", live='"mock-large"', wanted='"mock-small"')
    assert router.shows("[0]", live='"drifting"', wanted='"mock-small"'), "the fallback of mock-large"
    assert steps["update User developer"].shows("max_budget", live="99", wanted="10")
    assert '- [1]: "Premium"' in steps["update Key developer"].text
    assert steps["update Service litellm"].shows("replicas", live="2", wanted="1")
    for service in ("litellm", "db"):
        assert steps[f"update Service {service}"].shows("value", live='"by-hand"', wanted='"llmproxy"')
    assert " updated (" in healed.stderr
    assert "created" not in healed.stderr


def test_what_vanished_is_made_again(drifting: Installation) -> None:
    key = drifting.make("key").stdout
    with left_as_found(drifting):
        SomebodyElse(drifting, drifting.master_key()).remove_each_type()
        steps = previewed.steps(drifting.make("preview").stdout)
        drifting.make("up")
        assert_converged(drifting)

    assert set(steps) == {
        f"create Credential {CREDENTIAL}",
        f"create Model {MODEL}",
        "update RouterSettings router-settings",
        "create User developer",
        "create Key developer",
    }
    router = steps["update RouterSettings router-settings"].text
    assert '+ hello: "mock-small"' in router
    assert "+ mock-large: [" in router
    assert drifting.make("key").stdout == key, "nobody has to be given another key"
    answers = [drifting.chat(model, key.strip()) for model in ("drifting", "hello")]
    assert [answer.status_code for answer in answers] == [200, 200], [answer.text for answer in answers]


@dataclass(frozen=True)
class SomebodyElse:
    """A person with the master key who works on LiteLLM by hand."""

    gateway: Installation
    key: str

    def change_each_type(self) -> None:
        row = self.row_id("drifting")
        self.do(
            "PATCH",
            f"/credentials/{CREDENTIAL}",
            {
                "credential_name": CREDENTIAL,
                "credential_values": {"api_base": BY_HAND_BASE},
                "credential_info": self.credential()["credential_info"],
            },
        )
        self.do("PATCH", f"/model/{row}/update", {"model_info": {"id": row}, "litellm_params": {"rpm": 7}})
        self.set_router({"hello": "mock-large"}, [{"mock-large": ["drifting"]}])
        self.do("POST", "/user/update", {"user_id": "developer", "max_budget": 99})
        self.do("POST", "/key/update", {"key": self.token(), "models": ["General", "Premium"]})
        until(lambda: self.credential()["credential_values"]["api_base"] == BY_HAND_BASE, seconds=POLL_SECONDS)

    def remove_each_type(self) -> None:
        self.do("POST", "/key/delete", {"keys": [self.token()]})
        self.do("POST", "/user/delete", {"user_ids": ["developer"]})
        self.set_router({}, [])
        self.do("POST", "/model/delete", {"id": self.row_id("drifting")})
        self.do("DELETE", f"/credentials/{CREDENTIAL}")

    def set_router(self, aliases: dict[str, str], fallbacks: list[dict[str, list[str]]]) -> None:
        self.do("POST", "/config/update", {"router_settings": {"model_group_alias": aliases, "fallbacks": fallbacks}})

    def row_id(self, model_name: str) -> str:
        rows = self.do("GET", "/v2/model/info?size=1000")["data"]
        (row,) = (row for row in rows if row["model_name"] == model_name)
        return str(row["model_info"]["id"])

    def token(self) -> str:
        (key,) = self.do("GET", "/key/list?return_full_object=true&key_alias=developer")["keys"]
        return str(key["token"])

    def credential(self) -> dict[str, Any]:
        found = self.do("GET", "/credentials")["credentials"]
        (one,) = (one for one in found if one["credential_name"] == CREDENTIAL)
        return dict(one)

    def do(self, method: str, path: str, body: object = None) -> Any:
        answer = self.gateway.call(method, path, self.key, body)
        answer.raise_for_status()
        return answer.json()
