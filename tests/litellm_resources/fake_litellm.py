"""A small LiteLLM behind a transport adapter: what 1.81.12 and 1.109.1 were measured to do, as far as we use it.

Takes prepared requests, gives answers shaped like recorded ones, noise included, and keeps what of a request the
version's OpenAPI document does not know, which fails the test. Held to the real servers by
tests/system/test_litellm_resources.py, which proves the same rules on them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import requests
from requests.adapters import BaseAdapter

from litellm_resources.admin_api import health
from tests.litellm_resources import openapi

MASTER_KEY = "sk-master"
OLD, NEW = "1.81.12", "1.109.1"
POLL_SECONDS = 30.0
PARAMS_NOISE = {"use_in_pass_through": False, "use_litellm_proxy": False, "merge_reasoning_content_in_choices": False}
ROUTER_DEFAULTS = {
    "routing_strategy": "simple-shuffle",
    "routing_strategy_args": {},
    "num_retries": 2,
    "timeout": 6000.0,
    "fallbacks": None,
    "context_window_fallbacks": None,
    "allowed_fails": 3,
    "cooldown_time": 5,
    "retry_after": 0,
    "model_group_alias": {},
}
Answer = tuple[int, Any]


@dataclass
class FakeTime:
    """A clock that moves only when somebody sleeps."""

    seconds: float = 1000.0

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    @property
    def clock(self) -> health.Clock:
        return health.Clock(now=lambda: self.seconds, sleep=self.sleep)


@dataclass
class FakeLitellm(BaseAdapter):
    """One gateway; tests read and change its tables as a person would by hand."""

    version: str = OLD
    time: FakeTime = field(default_factory=FakeTime)
    calls: list[str] = field(default_factory=list)
    undocumented: list[str] = field(default_factory=list)
    models: dict[str, dict[str, Any]] = field(default_factory=dict)
    credentials: dict[str, dict[str, Any]] = field(default_factory=dict)
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    teams: dict[str, dict[str, Any]] = field(default_factory=dict)
    # 1.109.1 answers for a key from its cache, also after the key is gone.
    cached_keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    router: dict[str, Any] = field(default_factory=dict)
    master_keys: tuple[str, ...] = (MASTER_KEY,)
    database: str = "connected"
    before: Callable[[str], Answer | Exception | None] = lambda _call: None
    stale_credentials: list[tuple[float, dict[str, dict[str, Any]]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    @property
    def old(self) -> bool:
        return self.version == OLD

    @property
    def workers(self) -> int:
        """How many processes answer."""
        return 1

    def connect(self) -> BaseAdapter:
        """A new connection; one worker answers all of them."""
        return self

    def close(self) -> None:
        """Nothing to close."""

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        parts = urlsplit(str(request.url))
        call = f"{request.method} {unquote(parts.path)}"
        self.calls.append(call)
        planned = self.before(call)
        if isinstance(planned, Exception):
            raise planned
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        body = json.loads(request.body or "null")
        self.undocumented += openapi.unknown(OLD if self.old else NEW, call, query, body)
        known = request.headers["Authorization"].removeprefix("Bearer ") in self.master_keys
        status, answer = planned or (self._answer(call, query, body) if known else _error(401, "No such key"))
        response = requests.Response()
        response.status_code, response.request, response.url = status, request, str(request.url)
        response.raw = BytesIO(answer if isinstance(answer, bytes) else json.dumps(answer).encode())
        return response

    def _answer(self, call: str, query: dict[str, str], body: Any) -> Answer:
        exact: dict[str, Callable[[], Answer]] = {
            "GET /health/readiness": self._readiness,
            "GET /health/readiness/details": lambda: (200, {"db": self.database, "litellm_version": self.version}),
            "GET /credentials": self._list_credentials,
            "POST /credentials": lambda: self._make_credential(body),
            "GET /v2/model/info": lambda: self._page(query, "data", "size", [*map(self._model, self.models)]),
            "GET /model/info": lambda: self._served(query["litellm_model_id"]),
            "POST /model/new": lambda: self._make_model(body),
            "POST /model/delete": lambda: self._delete(self.models, body["id"], unknown=400),
            "GET /router/settings": self._router,
            "POST /config/update": lambda: self._write_router(body["router_settings"]),
            "GET /user/list": lambda: self._page(query, "users", "page_size", [*self.users.values()]),
            "GET /user/info": lambda: self._user_info(query["user_id"]),
            "POST /user/new": lambda: self._write(self.users, body["user_id"], body),
            "POST /user/update": lambda: self._update_user(body),
            "POST /user/delete": lambda: self._delete_user(body["user_ids"][0]),
            "GET /key/list": lambda: self._page(query, "keys", "size", self._listed_keys(query.get("key_hash"))),
            "GET /key/info": lambda: self._one(self.keys if self.old else self.cached_keys, query["key"], "info"),
            "POST /key/generate": lambda: self._make_key(body),
            "POST /key/update": lambda: self._update_key(body),
            "POST /key/delete": lambda: self._delete(self.keys, body["keys"][0], unknown=404),
        }
        if call in exact:
            return exact[call]()
        method, _, name = call.partition(" /credentials/")
        return self._change_credential(name, body) if method == "PATCH" else self._delete_credential(name)

    def _readiness(self) -> Answer:
        named = {"litellm_version": self.version} if self.old else {}
        return 200, {"status": "connected", "db": self.database, **named}

    def _page(self, query: dict[str, str], name: str, size_name: str, rows: list[Any]) -> Answer:
        page, size = int(query["page"]), int(query[size_name])
        if size_name != "size" and size > 100:
            return 422, {"detail": [{"msg": "at most 100"}]}
        pages = -(-len(rows) // size)
        return 200, {name: rows[(page - 1) * size : page * size], "total_pages": pages, "total_count": len(rows)}

    def _model(self, row_id: str) -> dict[str, Any]:
        row = self.models[row_id]
        params = {name: self._as_read(name, value) for name, value in row["litellm_params"].items()}
        newer = {} if self.old else {"allow_client_keepalive_override": False, "use_xai_oauth": False}
        prices = dict.fromkeys(("input_cost_per_query", "tpm", "rpm")) | {"max_tokens": 4096, "mode": "chat"}
        info = {**prices, **row["model_info"], "db_model": True}
        params = {**PARAMS_NOISE, **newer, **{name: value for name, value in params.items() if value is not None}}
        return {"model_name": row["model_name"], "litellm_params": params, "model_info": info}

    def _as_read(self, name: str, value: Any) -> Any:
        return str(value) if self.old and "cost" in name else value

    def _served(self, row_id: str) -> Answer:
        if row_id not in self.models or self.models[row_id]["litellm_params"]["model"].startswith("unknown/"):
            return 400, {"detail": {"error": f"Model id = {row_id} not found on litellm proxy"}}
        return 200, {"data": [self._model(row_id)]}

    def _make_model(self, body: Any) -> Answer:
        row_id = body["model_info"]["id"]
        if row_id in self.models:
            return _error(500, "Failed to add model to db")
        self.models[row_id] = body
        failed = not self.old and body["litellm_params"]["model"].startswith("unknown/")
        return _error(500, "unknown provider") if failed else (200, body)

    def _list_credentials(self) -> Answer:
        rows = self.credentials
        if self.stale_credentials and self.time.seconds < self.stale_credentials[-1][0]:
            rows = self.stale_credentials[-1][1]
        masked = [
            {
                **row,
                "credential_values": {name: _masked(name, value) for name, value in row["credential_values"].items()},
            }
            for row in rows.values()
        ]
        return 200, {"success": True, "credentials": masked}

    def _make_credential(self, body: Any) -> Answer:
        if not body["credential_values"]:
            return 422, {"detail": [{"msg": "missing"}]}
        if body["credential_name"] in self.credentials:
            return _error(500 if self.old else 409, "Unique constraint failed")
        self.credentials[body["credential_name"]] = body
        return 200, {"success": True, "message": "Credential created successfully"}

    def _change_credential(self, name: str, body: Any) -> Answer:
        if name not in self.credentials:
            found = {"message": "Credential not found in DB.", "type": "None", "param": "None", "code": "404"}
            return (200, found) if self.old else _error(404, "Credential not found in DB.")
        if self.old:
            # Reads show the former values until the server's next poll.
            self.stale_credentials.append((self.time.seconds + POLL_SECONDS, json.loads(json.dumps(self.credentials))))
        row = self.credentials[name]
        row["credential_values"] = {**row["credential_values"], **body["credential_values"]}
        row["credential_info"] = body["credential_info"]
        return 200, {"success": True, "message": "Credential updated successfully"}

    def _delete_credential(self, name: str) -> Answer:
        if self.credentials.pop(name, None) is None and not self.old:
            return _error(404, "not found")
        return 200, {"success": True, "message": "Credential deleted successfully"}

    def _router(self) -> Answer:
        source = {name: "db" if name in self.router else "default" for name in ROUTER_DEFAULTS}
        values = {**ROUTER_DEFAULTS, **self.router}
        return 200, {"current_values": values, **({} if self.old else {"source": source})}

    def _write_router(self, settings: Any) -> Answer:
        known = {name: value for name, value in settings.items() if name in ROUTER_DEFAULTS and value is not None}
        self.router = {"model_group_alias": {}, **known} if self.old else {**self.router, **known}
        return 200, {"message": "Config updated successfully"}

    def _update_user(self, body: Any) -> Answer:
        ignored = {None, "[]", "{}"}
        kept = {name: value for name, value in body.items() if value not in (None, [], {})}
        if self.old:
            clears = {"max_budget"} & set(body)
        else:
            clears = {name for name in body if name not in ("models", "metadata", "user_email")}
        cleared = {name: None for name in clears if str(body[name]) in ("None", *ignored - {None})}
        return self._write(self.users, body["user_id"], {**kept, **cleared})

    def _user_info(self, user_id: str) -> Answer:
        status, answer = self._one(self.users, user_id, "user_info")
        teams = [row for row in self.teams.values() if user_id in row["members"]]
        return status, {**answer, "teams": teams} if status == 200 else answer

    def _delete_user(self, user_id: str) -> Answer:
        """Takes the user's keys along, whoever made them, and the user out of every team."""
        status, answer = self._delete(self.users, user_id, unknown=404)
        if status == 200:
            self.keys = {token: row for token, row in self.keys.items() if row.get("user_id") != user_id}
            for team in self.teams.values():
                team["members"] = [member for member in team["members"] if member != user_id]
        return status, answer

    def _make_key(self, body: Any) -> Answer:
        if any(row.get("key_alias") == body.get("key_alias") for row in self.keys.values()):
            return 400, {"error": {"message": "Unique key aliases across all keys are required", "code": "400"}}
        token = hashlib.sha256(body["key"].encode()).hexdigest()
        routes = {"llm_api": ["llm_api_routes"], "default": []}[body.get("key_type", "default")]
        self._write(self.keys, token, {**self._key_changes(body), "token": token, "allowed_routes": routes})
        return 200, {"key": body["key"], "token": token}

    def _update_key(self, body: Any) -> Answer:
        if body["key"] not in self.keys:
            return _error(401 if self.old else 404, "Key not found.")
        return self._write(self.keys, body["key"], self._key_changes(body))

    def _listed_keys(self, key_hash: str | None) -> list[dict[str, Any]]:
        rows = [row for token, row in self.keys.items() if key_hash in (None, token)]
        hidden = {"litellm_budget_table"} if self.old else set()
        return [{name: value for name, value in row.items() if name not in hidden} for row in rows]

    def _key_changes(self, body: Any) -> dict[str, Any]:
        changes = {name: value for name, value in body.items() if name not in ("key", "key_type", "soft_budget")}
        if body.get("soft_budget") is not None:
            changes["litellm_budget_table"] = {"soft_budget": body["soft_budget"]}
        return changes

    def _one(self, table: dict[str, dict[str, Any]], name: str, within: str) -> Answer:
        return (200, {within: table[name]}) if name in table else (404, {"detail": "not found"})

    def _write(self, table: dict[str, dict[str, Any]], name: str, fields: dict[str, Any]) -> Answer:
        table[name] = {**table.get(name, {}), **fields}
        if table is self.keys:
            self.cached_keys[name] = table[name]
        return 200, table[name]

    def _delete(self, table: dict[str, Any], name: str, *, unknown: int) -> Answer:
        return (200, 1) if table.pop(name, None) is not None else _error(unknown, f"{name} not found")


def _masked(name: str, value: str) -> str:
    if name != "api_key":
        return value
    return f"{value[:2]}****{value[-2:]}" if len(value) > 4 else "*****"


def _error(status: int, message: str) -> Answer:
    return status, {"error": {"message": message, "type": "auth_error", "param": "None", "code": str(status)}}
