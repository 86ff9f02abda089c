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
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import requests
from requests.adapters import BaseAdapter

from litellm_resources.admin_api import health, keys, litellm_settings
from tests.litellm_resources import fake_budgets, openapi
from tests.litellm_resources.fake_guardrails import FakeGuardrails
from tests.litellm_resources.fake_mcp import FakeMcpServers
from tests.litellm_resources.fake_teams import FakeTeams

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
USER_ROLES = ("proxy_admin", "proxy_admin_viewer", "internal_user", "internal_user_viewer")
# What 1.109.1 takes besides; 1.81.12 drops it without a word.
NEWER_ROUTER_KEYS = ("content_policy_fallbacks", "retry_policy")
Answer = tuple[int, Any]


@dataclass
class FakeTime:
    """A clock that moves only when somebody sleeps."""

    seconds: float = 1000.0

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    @property
    def clock(self) -> health.Clock:
        return health.Clock(
            now=lambda: self.seconds, sleep=self.sleep, today=lambda: datetime.fromtimestamp(self.seconds, UTC)
        )


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
    budgets: dict[str, dict[str, Any]] = field(default_factory=dict)
    customers: dict[str, dict[str, Any]] = field(default_factory=dict)
    teams: FakeTeams = field(init=False)
    mcp: FakeMcpServers = field(init=False)
    guardrails: FakeGuardrails = field(init=False)
    # 1.109.1 answers for a key from its cache, also after the key is gone.
    cached_keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    router: dict[str, Any] = field(default_factory=dict)
    # What 1.81.12's router goes by until a restart, although the row does not hold it any more.
    lives_on: dict[str, Any] = field(default_factory=dict)
    # What the gateway's own litellm.yaml sets of the router.
    in_file: dict[str, Any] = field(default_factory=dict)
    # The section of the YAML that the gateway started with, what the database holds of it, and what counts.
    yaml_general: dict[str, Any] = field(default_factory=dict)
    stored_general: dict[str, Any] = field(default_factory=dict)
    callbacks: list[str] = field(default_factory=list)
    # The same of `litellm_settings`.
    yaml_settings: dict[str, Any] = field(default_factory=dict)
    stored_settings: dict[str, Any] = field(default_factory=dict)
    master_keys: tuple[str, ...] = (MASTER_KEY,)
    database: str = "connected"
    before: Callable[[str], Answer | Exception | None] = lambda _call: None
    # Until when 1.81.12 shows which former row.
    stale_credentials: dict[str, tuple[float, dict[str, Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()
        self.mcp = FakeMcpServers(self.old)
        self.guardrails = FakeGuardrails(self.old)
        self.teams = FakeTeams(self.old, lambda: self.users, lambda: self.keys)

    @property
    def old(self) -> bool:
        return self.version == OLD

    @property
    def workers(self) -> int:
        """How many processes answer."""
        return 1

    def clear(self) -> None:
        """Removes the keys, so that a test begins anew."""
        self.keys, self.budgets = {}, {}

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
        self.undocumented += openapi.unknown(OLD if self.old else NEW, f"{request.method} {parts.path}", query, body)
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
            "GET /v2/model/info": lambda: self._page(
                query, "data", "size", [*map(self._model, filter(self._in_router, self.models))]
            ),
            "GET /model/info": lambda: self._served(query["litellm_model_id"]),
            "POST /model/new": lambda: self._make_model(body),
            "POST /model/delete": lambda: self._delete(self.models, body["id"], unknown=400),
            "GET /router/settings": self._router,
            "POST /config/update": lambda: self._write_router(body["router_settings"]),
            "GET /config/list": self._list_fields,
            "GET /config/field/info": lambda: self._stored_field(query["field_name"]),
            "POST /config/field/update": lambda: self._store_field(body),
            **{f"GET {read}": partial(self._setting, name) for name, (read, _) in litellm_settings.PATHS.items()},
            **{
                f"PATCH {written}": partial(self._store_setting, name, body)
                for name, (_, written) in litellm_settings.PATHS.items()
            },
            "GET /get/config/callbacks": lambda: (200, {"callbacks": [{"name": each} for each in self.callbacks]}),
            "GET /user/list": lambda: self._page(
                query, "users", "page_size", self._listed_users(query.get("user_email", ""))
            ),
            "GET /user/info": lambda: self._one(self.users, query["user_id"], "user_info"),
            "POST /user/new": lambda: self._make_user(body),
            "POST /user/update": lambda: self._update_user(body),
            "POST /user/delete": lambda: self._delete_user(body["user_ids"][0]),
            "GET /key/list": lambda: self._page(query, "keys", "size", self._listed_keys(query)),
            "POST /v2/key/info": lambda: self._keys_whole(body["keys"]),
            "POST /key/generate": lambda: self._make_key(body),
            "POST /key/update": lambda: self._update_key(body),
            "POST /key/delete": lambda: self._delete(self.keys, body["keys"][0], unknown=404),
            **self.teams.answers(query, body),
            **fake_budgets.answers(self.budgets, self.keys, self.customers, body, old=self.old),
        }
        if (answer := self.mcp.answer(call, body) or self.guardrails.answer(call, body)) is not None:
            return answer
        if call in exact:
            return exact[call]()
        method, _, name = call.partition(" /credentials/")
        return self._change_credential(name, body) if method == "PATCH" else self._delete_credential(name)

    def _readiness(self) -> Answer:
        named = {"litellm_version": self.version} if self.old else {}
        return 200, {"status": "connected", "db": self.database, **named}

    def _page(self, query: dict[str, str], name: str, size_name: str, rows: list[Any]) -> Answer:
        page, size = int(query["page"]), int(query[size_name])
        if page < 1 or (size_name != "size" and size > 100):
            return 422, {"detail": [{"msg": "from 1 on, at most 100"}]}
        pages = -(-len(rows) // size)
        return 200, {name: rows[(page - 1) * size : page * size], "total_pages": pages, "total_count": len(rows)}

    def _model(self, row_id: str) -> dict[str, Any]:
        row = self.models[row_id]
        shown = _without(row["litellm_params"], {"api_key"})
        params = {name: self._as_read(name, value) for name, value in shown.items()}
        newer = {} if self.old else {"allow_client_keepalive_override": False, "use_xai_oauth": False}
        found = {"key": "gpt", "max_tokens": 4096, "mode": "chat"}
        prices = dict.fromkeys(("input_cost_per_query", "tpm", "rpm")) | found
        info = {**prices, **row["model_info"], "db_model": True}
        params = {**PARAMS_NOISE, **newer, **{name: value for name, value in params.items() if value is not None}}
        return {"model_name": row["model_name"], "litellm_params": params, "model_info": info}

    def _as_read(self, name: str, value: Any) -> Any:
        return str(value) if self.old and "cost" in name else value

    def _in_router(self, row_id: str) -> bool:
        """Lists and answers come out of the router, which takes no model of an unknown provider."""
        return row_id in self.models and not self.models[row_id]["litellm_params"]["model"].startswith("unknown/")

    def _served(self, row_id: str) -> Answer:
        if not self._in_router(row_id):
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
        stale = {name: row for name, (until, row) in self.stale_credentials.items() if self.time.seconds < until}
        rows = {**self.credentials, **stale}
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
        self.stale_credentials.pop(body["credential_name"], None)
        return 200, {"success": True, "message": "Credential created successfully"}

    def _change_credential(self, name: str, body: Any) -> Answer:
        if name not in self.credentials:
            found = {"message": "Credential not found in DB.", "type": "None", "param": "None", "code": "404"}
            return (200, found) if self.old else _error(404, "Credential not found in DB.")
        row = self.credentials[name]
        if self.old and self.time.seconds >= self.stale_credentials.get(name, (0.0, row))[0]:
            # Reads show the former values until the server's next poll.
            self.stale_credentials[name] = (self.time.seconds + POLL_SECONDS, {**row})
        row["credential_values"] = {**row["credential_values"], **body["credential_values"]}
        row["credential_info"] = body["credential_info"]
        return 200, {"success": True, "message": "Credential updated successfully"}

    def _delete_credential(self, name: str) -> Answer:
        self.stale_credentials.pop(name, None)
        if self.credentials.pop(name, None) is None and not self.old:
            return _error(404, "not found")
        return 200, {"success": True, "message": "Credential deleted successfully"}

    def _router(self) -> Answer:
        names = ROUTER_DEFAULTS.keys() | (set() if self.old else {*NEWER_ROUTER_KEYS})
        source = {name: "db" if name in self.router else "default" for name in names}
        source |= dict.fromkeys(self.in_file, "config")
        # 1.81.12 lets the database win over the file, newer ones the file over the database.
        newest = {} if self.old else self.in_file
        values = {**ROUTER_DEFAULTS, **self.in_file, **self.lives_on, **self.router, **newest}
        return 200, {"current_values": values, **({} if self.old else {"source": source})}

    def _write_router(self, settings: Any) -> Answer:
        if isinstance(settings.get("num_retries"), str):
            return 422, {"detail": [{"msg": "Input should be a valid integer"}]}
        allowed = ROUTER_DEFAULTS.keys() | (set() if self.old else {*NEWER_ROUTER_KEYS})
        if not self.old and (unknown := settings.keys() - allowed):
            return _error(400, f"Unsupported router settings: {unknown}")
        if not self.old and (
            owned := [name for name in settings if settings[name] != self.in_file.get(name, settings[name])]
        ):
            return _error(400, f"router_settings keys {owned} are set in the config file and cannot be changed here")
        known = {name: value for name, value in settings.items() if name in allowed and value is not None}
        self.router = {"model_group_alias": {}, **known} if self.old else {**self.router, **known}
        self.lives_on |= self.router if self.old else {}
        if self.old:
            # The YAML goes into the database, where what is there already wins.
            self.stored_general = {**self.yaml_general, **self.stored_general}
            self.stored_settings = {**self.yaml_settings, **self.stored_settings}
        return 200, {"message": "Config updated successfully"}

    @property
    def general(self) -> dict[str, Any]:
        """What counts: after a poll 1.81.12 goes by the database, newer ones by the YAML."""
        return (
            {**self.yaml_general, **self.stored_general} if self.old else {**self.stored_general, **self.yaml_general}
        )

    def _list_fields(self) -> Answer:
        names = ("max_parallel_requests", "maximum_spend_logs_retention_period", "store_prompts_in_spend_logs")
        return 200, [{"field_name": name, "field_value": self.general.get(name)} for name in names]

    def _stored_field(self, name: str) -> Answer:
        if name not in self.stored_general:
            return 400, {"detail": {"error": f"Field name={name} not in DB"}}
        return 200, {"field_name": name, "field_value": self.stored_general[name]}

    def _store_field(self, body: Any) -> Answer:
        self.stored_general[body["field_name"]] = body["field_value"]
        return 200, {"param_name": "general_settings", "param_value": self.stored_general}

    def _setting(self, name: str) -> Answer:
        """1.81.12 merges both, and the database has the last word; newer ones go by the YAML."""
        whole = {**self.yaml_settings.get(name, {}), **self.stored_settings.get(name, {})}
        added = {"user_role": "internal_user", "models": None} if name == litellm_settings.NEW_USERS else {}
        return 200, {"values": {**added, **(whole if self.old else self.yaml_settings.get(name, {}))}}

    def _store_setting(self, name: str, body: Any) -> Answer:
        self.stored_settings = {**self.yaml_settings, **self.stored_settings, name: body}
        return 200, {"status": "success"}

    def _update_user(self, body: Any) -> Answer:
        by_null = {"max_budget"} if self.old else {"max_budget", "budget_duration", "tpm_limit", "rpm_limit"}
        taken = {name: value for name, value in body.items() if value not in (None, [], {}) or name in by_null}
        return self._write(self.users, body["user_id"], taken)

    def _listed_users(self, part_of_email: str) -> list[dict[str, Any]]:
        hidden = {"max_parallel_requests"} if self.old else set()
        rows = [row for row in self.users.values() if part_of_email.lower() in (row.get("user_email") or "").lower()]
        return [_without(row, hidden) for row in rows]

    def _make_user(self, body: Any) -> Answer:
        emails = {(row.get("user_email") or "").lower() for row in self.users.values()} - {""}
        if body.get("user_id") in self.users or (body.get("user_email") or "").lower() in emails:
            return _error(409, "User already exists")
        if body.get("user_role") not in (None, *USER_ROLES):
            return 422, {"detail": [{"msg": f"Input should be {USER_ROLES}"}]}
        user_id = body.get("user_id") or f"random-{len(self.users)}"
        return self._write(self.users, user_id, {**body, "user_id": user_id})

    def _delete_user(self, user_id: str) -> Answer:
        """Takes the user's keys along, whoever made them, and the user out of every team."""
        status, answer = self._delete(self.users, user_id, unknown=404)
        if status == 200:
            self.keys = {token: row for token, row in self.keys.items() if row.get("user_id") != user_id}
            self.teams.forget_user(user_id)
        return status, answer

    def _make_key(self, body: Any) -> Answer:
        if self._alias_taken(body.get("key_alias"), by_other_than=""):
            return 400, {"error": {"message": "Unique key aliases across all keys are required", "code": "400"}}
        token = hashlib.sha256(body["key"].encode()).hexdigest()
        if not body["key"].startswith("sk-"):
            return _error(400, "Invalid key format")
        if token in self.keys:
            # Nothing is stored or changed, and nothing said.
            return 200, body
        routes = keys.ROUTES[body.get("key_type", "default")]
        made = {"token": token, "allowed_routes": routes, "spend": 0.0, "expires": None}
        self._write(self.keys, token, {**made, **self._key_changes(body)})
        return 200, {"key": body["key"], "token": token}

    def _update_key(self, body: Any) -> Answer:
        if body["key"] not in self.keys:
            return _error(401 if self.old else 404, "Key not found.")
        if self._alias_taken(body.get("key_alias"), by_other_than=body["key"]):
            return 400, {"error": {"message": "Unique key aliases across all keys are required", "code": "400"}}
        if (refused := self.teams.refusal(self.keys[body["key"]], body)) is not None:
            return _error(401 if self.old else 403, refused)
        if body.get("budget_id") not in (None, *self.budgets):
            return 400, {"error": {"message": "Foreign key constraint failed", "code": "400"}}
        return self._write(self.keys, body["key"], self._key_changes(body))

    def _listed_keys(self, query: dict[str, str]) -> list[dict[str, Any]]:
        wanted = {name: query.get(asked) for name, asked in (("token", "key_hash"), ("key_alias", "key_alias"))}
        rows = [
            row for row in self.keys.values() if all(value in (None, row.get(name)) for name, value in wanted.items())
        ]
        if self.old:
            return [{**_without(row, {"budget_id"}), "litellm_budget_table": None} for row in rows]
        return [self._with_budget(row) for row in rows]

    def _keys_whole(self, tokens: list[str]) -> Answer:
        """1.109.1 leaves the tokens out of the rows."""
        rows = [self._with_budget(self.keys[token]) for token in tokens if token in self.keys]
        return 200, {"key": tokens, "info": rows if self.old else [_without(row, {"token"}) for row in rows]}

    def _with_budget(self, row: dict[str, Any]) -> dict[str, Any]:
        budget_id = row.get("budget_id")
        return {**row, "budget_id": budget_id, "litellm_budget_table": self.budgets.get(str(budget_id))}

    def _alias_taken(self, alias: str | None, by_other_than: str) -> bool:
        return any(
            alias == row.get("key_alias") and token != by_other_than for token, row in self.keys.items() if alias
        )

    def _key_changes(self, body: Any) -> dict[str, Any]:
        changes = _without(body, {"key", "key_type", "duration"})
        if self.old and changes.get("budget_duration", "") is None:
            del changes["budget_duration"]
        if (duration := body.get("duration")) is not None:
            changes["expires"] = None if duration == "-1" else self._end_of(duration)
        return changes

    def _end_of(self, duration: str) -> str:
        seconds = int(duration[:-1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[duration[-1]]
        return (self.time.clock.today() + timedelta(seconds=seconds)).isoformat()

    def _one(self, table: dict[str, dict[str, Any]], name: str, within: str) -> Answer:
        return (200, {within: table[name]}) if name in table else (404, {"detail": "not found"})

    def _write(self, table: dict[str, dict[str, Any]], name: str, fields: dict[str, Any]) -> Answer:
        table[name] = {**table.get(name, {}), **fields}
        return 200, table[name]

    def _delete(self, table: dict[str, Any], name: str, *, unknown: int) -> Answer:
        return (200, 1) if table.pop(name, None) is not None else _error(unknown, f"{name} not found")


def _without(row: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _masked(name: str, value: str) -> str:
    if name != "api_key":
        return value
    return f"{value[:2]}****{value[-2:]}" if len(value) > 4 else "*****"


def _error(status: int, message: str) -> Answer:
    return status, {"error": {"message": message, "type": "auth_error", "param": "None", "code": str(status)}}
