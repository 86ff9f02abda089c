"""What a server holds of a stack, and what its catalog says, in the same words: the two lists must be equal.

Takes the tables of a fake and a small catalog; gives one row an object: what is there twice is in the list twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from litellm_resources.account import NO_LIMIT
from litellm_resources.model_row import CREDENTIAL, UPSTREAM
from litellm_resources.ownership import noted, owner_of
from litellm_resources.router_record import RECORD
from tests.litellm_resources.fake_litellm import FakeLitellm
from tests.litellm_resources.walks.small_catalog import OWNER, Fields, SmallCatalog

Row = tuple[str, str, Fields]
LIMITS = ("max_budget", "tpm_limit", "rpm_limit")


def held(server: FakeLitellm, catalog: SmallCatalog) -> list[Row]:
    """What is ours on the server."""
    return sorted([*_held(server), *_routed(server, catalog)], key=str)


def said(catalog: SmallCatalog) -> list[Row]:
    """What the catalog says."""
    return sorted(_said(catalog), key=str)


def _held(server: FakeLitellm) -> Iterator[Row]:
    credentials = {name: noted(row["credential_info"], "identity") for name, row in server.credentials.items()}
    for row in _ours(server.credentials, "credential_info"):
        info = row["credential_info"]
        if row["credential_name"].startswith(RECORD):
            continue
        yield (
            "credential",
            noted(info, "identity"),
            {"values": row["credential_values"], "kind": info.get("custom_llm_provider")},
        )
    for row in _ours(server.models, "model_info"):
        params = {name: value for name, value in row["litellm_params"].items() if name not in (UPSTREAM, CREDENTIAL)}
        name = row["litellm_params"].get(CREDENTIAL)
        fields = {"name": row["model_name"], "upstream": row["litellm_params"][UPSTREAM], "params": params}
        yield "model", noted(row["model_info"], "identity"), {**fields, "credential": credentials.get(name, name)}
    for row in _ours(server.users, "metadata"):
        yield "user", row["user_id"], {"role": row["user_role"], "models": row["models"], **_limits(row)}
    for row in _ours(server.teams.rows, "metadata"):
        yield "team", row["team_id"], {"alias": row["team_alias"], "models": row["models"]}
        for user_id in server.teams.members(row["team_id"]):
            yield "membership", f"{row['team_id']}/{user_id}", {}
    for row in _ours(server.keys, "metadata"):
        yield "key", row["key_alias"], {"models": row["models"], "user": row.get("user_id"), **_limits(row)}


def _routed(server: FakeLitellm, catalog: SmallCatalog) -> Iterator[Row]:
    """The row carries no marker: what is not declared is others', unless it has a name of ours."""
    for name, model in server.router.get("model_group_alias", {}).items():
        if not name.startswith("theirs"):
            yield "alias", name, {"model": model}
    for entry in server.router.get("fallbacks", []):
        for name, targets in entry.items():
            if not name.startswith("theirs"):
                yield "fallback", name, {"targets": targets}
    for name in catalog.router:
        yield "router", name, {"value": server.router.get(name)}


def _said(catalog: SmallCatalog) -> Iterator[Row]:
    for name, fields in catalog.of("credential").items():
        values = {key: fields[key] for key in ("api_base", "api_key") if fields.get(key) is not None}
        yield "credential", name, {"values": values, "kind": fields.get("custom_llm_provider")}
    for name, fields in catalog.of("model").items():
        own = {"name": fields["model_name"], "upstream": fields["upstream_model"], "params": fields["litellm_params"]}
        yield "model", name, {**own, "credential": catalog.credential_of(fields)}
    for name, fields in catalog.of("user").items():
        yield "user", name, {"role": fields["user_role"], "models": fields["models"], **_limits(fields["limits"])}
    for name, fields in catalog.of("team").items():
        yield "team", name, {"alias": name, "models": fields["models"]}
    for name in catalog.of("membership"):
        yield "membership", name, {}
    for name, fields in catalog.of("key").items():
        own = {"models": fields["models"], "user": catalog.key(name, fields)["user_id"]}
        yield "key", name, {**own, **_limits(fields["limits"])}
    for name, fields in catalog.of("alias").items():
        yield "alias", name, {"model": fields["model"]}
    for name, fields in catalog.of("fallback").items():
        yield "fallback", name, {"targets": fields["targets"]}
    for name, value in catalog.router.items():
        yield "router", name, {"value": value}


def _ours(table: Mapping[str, Fields], info: str) -> Iterator[Fields]:
    return (row for row in table.values() if owner_of(row.get(info)) == OWNER)


def _limits(row: Mapping[str, Any]) -> Fields:
    """Those that limit: where null takes none away, a value of no effect stands for it."""
    return {name: row[name] for name in LIMITS if row.get(name) not in (None, NO_LIMIT.get(name))}
