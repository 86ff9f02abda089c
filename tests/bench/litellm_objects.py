"""The objects that the bench has in LiteLLM: so many models, with twenty aliases and twenty fallbacks.

Takes a number; gives what a `Stack` wants, and the same as raw admin calls one after the other, which are the floor.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests

from tests.system.installation import until
from tests.system.litellm_stack import Server

ALIASES = FALLBACKS = 20
CREDENTIAL = "bench-openai"
CALL_SECONDS = 60
# A poll that runs while a row is deleted puts it back into 1.81.12's memory, until the next one 30 s later.
GONE_SECONDS = 90


def wanted(count: int, **of_the_first: Any) -> dict[str, Any]:
    """The objects; further parameters are those of the first model, for a change of one."""
    return {
        "credentials": [
            {
                "credential_name": CREDENTIAL,
                "api_base": "http://127.0.0.1:9/v1",
                "custom_llm_provider": "OpenAI_Compatible",
            }
        ],
        "models": [_model(number, of_the_first if number == 0 else {}) for number in range(count)],
        "router_settings": [_router(count)],
    }


@contextmanager
def raw_session(server: Server) -> Iterator[RawCalls]:
    """Admin calls on one connection."""
    with requests.Session() as session:
        session.trust_env = False
        session.headers["authorization"] = f"Bearer {server.master_key}"
        yield RawCalls(session, server.url)


class RawCalls:
    """What somebody would type, as fast as one connection goes. Nothing is looked at but the status."""

    def __init__(self, session: requests.Session, url: str) -> None:
        self._session = session
        self._url = url

    def seconds_of_all(self, count: int) -> float:
        """Makes all the objects; gives how long it took, and removes them untimed."""
        models = [_row(_model(number, {}), f"raw-{number}") for number in range(count)]
        try:
            began = time.perf_counter()
            body = {"credential_values": {"api_key": "sk-bench"}, "credential_info": {}}
            self._post("/credentials", {"credential_name": CREDENTIAL, **body})
            for row in models:
                self._post("/model/new", row)
            self._post("/config/update", {"router_settings": _router(count)})
            return time.perf_counter() - began
        finally:
            for row in models:
                self._post("/model/delete", {"id": row["model_info"]["id"]})
            self._session.delete(f"{self._url}/credentials/{CREDENTIAL}", timeout=CALL_SECONDS).raise_for_status()
            until(self._lists_nothing_raw, seconds=GONE_SECONDS)

    def seconds_of_one_change(self) -> float:
        """A second row for one model, a look whether it is served, and the end of the first; the rows go again."""
        first, second = (_row(_model(0, {"rpm": rpm}), f"raw-change-{rpm}") for rpm in (1, 2))
        self._post("/model/new", first)
        began = time.perf_counter()
        self._post("/model/new", second)
        served = {"litellm_model_id": second["model_info"]["id"]}
        self._session.get(f"{self._url}/model/info", params=served, timeout=CALL_SECONDS).raise_for_status()
        self._post("/model/delete", {"id": first["model_info"]["id"]})
        took = time.perf_counter() - began
        self._post("/model/delete", {"id": second["model_info"]["id"]})
        return took

    def _lists_nothing_raw(self) -> bool:
        answer = self._session.get(f"{self._url}/v2/model/info", params={"size": 1000}, timeout=CALL_SECONDS)
        answer.raise_for_status()
        return not any(row["model_info"]["id"].startswith("raw-") for row in answer.json()["data"])

    def _post(self, path: str, body: Mapping[str, Any]) -> None:
        self._session.post(f"{self._url}{path}", json=body, timeout=CALL_SECONDS).raise_for_status()


def _model(number: int, more: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "identity": f"bench-{number}@{CREDENTIAL}:openai/bench-{number}",
        "model_name": f"bench-{number}",
        "upstream_model": f"openai/bench-{number}",
        "credential_name": CREDENTIAL,
        "litellm_params": {"mock_response": "bench", **more},
        "model_info": {"base_model": "gpt-4o", "access_groups": ["General"]},
    }


def _row(model: Mapping[str, Any], row_id: str) -> dict[str, Any]:
    params = {**model["litellm_params"], "model": model["upstream_model"], "litellm_credential_name": CREDENTIAL}
    info = {**model["model_info"], "id": row_id}
    return {"model_name": model["model_name"], "litellm_params": params, "model_info": info}


def _router(count: int) -> dict[str, Any]:
    last = count - 1
    return {
        "model_group_alias": {f"bench-alias-{number}": f"bench-{min(number, last)}" for number in range(ALIASES)},
        "fallbacks": [{f"bench-{number}": [f"bench-{number + 1}"]} for number in range(min(FALLBACKS, last))],
    }
