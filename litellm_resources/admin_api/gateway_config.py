"""What LiteLLM's database holds of the gateway's own `litellm.yaml`, and which of it counts.

1.81.12 writes `general_settings` and `litellm_settings` of its YAML into the database with every write of router
settings. A start reads the YAML alone; after that every poll puts what `OVERRIDING` names, and the callbacks, back to
what the database holds (measured, and read in its source). 1.109.1 writes none of it, and its YAML wins.
"""

from __future__ import annotations

from pydantic import JsonValue

from litellm_resources.admin_api.answers import Answer, items, parse
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.errors import Rejected

LIST_PATH = "/config/list"
FIELD_PATH = "/config/field"
CALLBACKS_PATH = "/get/config/callbacks"
GENERAL = "general_settings"
# What a poll of 1.81.12 takes over from the database, and what stands for nothing of it.
OVERRIDING: dict[str, JsonValue] = {
    "alerting_args": {},
    "global_max_parallel_requests": None,
    "max_parallel_requests": None,
    "maximum_spend_logs_retention_period": None,
    "pass_through_endpoints": [],
    "store_prompts_in_spend_logs": None,
    "ui_access_mode": None,
}


class Field(Answer):
    """One of `general_settings`."""

    field_name: str
    field_value: JsonValue = None


class Callback(Answer):
    """One callback that is in use."""

    name: str


def read_all(client: AdminClient) -> dict[str, Field]:
    """Those of `general_settings` that LiteLLM lists, with the value that counts, out of a worker's memory."""
    place = f"{client.url}: GET {LIST_PATH}"
    rows = client.get(LIST_PATH, {"config_type": GENERAL})
    found = [parse(Field, each, place) for each in items({GENERAL: rows}, GENERAL, place)]
    return {each.field_name: each for each in found}


def stored(client: AdminClient, name: str) -> JsonValue:
    """The value that the database holds; None when it holds none."""
    try:
        answer = client.get(f"{FIELD_PATH}/info", {"field_name": name})
    except Rejected:
        return None
    return parse(Field, answer, f"{client.url}: GET {FIELD_PATH}/info").field_value


def store(client: AdminClient, name: str, value: JsonValue) -> None:
    """Puts a value into the database; every worker goes by it after its next poll."""
    client.post(f"{FIELD_PATH}/update", {"field_name": name, "field_value": value, "config_type": GENERAL})


def callbacks(client: AdminClient) -> set[str]:
    """The callbacks that the YAML or the database name."""
    place = f"{client.url}: GET {CALLBACKS_PATH}"
    return {parse(Callback, each, place).name for each in items(client.get(CALLBACKS_PATH), "callbacks", place)}
