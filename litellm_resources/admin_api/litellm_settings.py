"""Those of `litellm_settings` that 1.81.12 takes over from its database at every poll, whatever its YAML says.

They got there with a write of router settings (`gateway_config.py`). Each has a place of its own to be read and
written; LiteLLM merges database and YAML for both, so it is the value that counts. The `public_*` among them are not
here: nobody can take them back (docs/litellm-objects.md).
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, JsonValue

from litellm_resources.admin_api.answers import Answer, parse
from litellm_resources.admin_api.client import AdminClient

NEW_USERS = "default_internal_user_params"
# Where it is read and where it is changed.
PATHS = {
    "cost_discount_config": ("/config/cost_discount_config", "/config/cost_discount_config"),
    "cost_margin_config": ("/config/cost_margin_config", "/config/cost_margin_config"),
    NEW_USERS: ("/get/internal_user_settings", "/update/internal_user_settings"),
}
# What LiteLLM adds where nothing is said.
ADDED: Mapping[str, dict[str, JsonValue]] = {NEW_USERS: {"user_role": "internal_user"}}

Setting = dict[str, JsonValue]


class _Shown(Answer):
    values: Setting = Field(default_factory=dict)


def read_all(client: AdminClient) -> dict[str, Setting]:
    """The values that count, by name, without what LiteLLM adds by itself."""
    return {name: stated(name, _read(client, name)) for name in PATHS}


def stated(name: str, value: Setting) -> Setting:
    """Without null keys and what LiteLLM adds by itself."""
    added = ADDED.get(name, {})
    return {key: part for key, part in value.items() if part is not None and added.get(key) != part}


def change(client: AdminClient, name: str, value: Setting) -> None:
    """Puts a value into the database in place of the whole one that is there."""
    client.patch(PATHS[name][1], value)


def _read(client: AdminClient, name: str) -> Setting:
    path = PATHS[name][0]
    return parse(_Shown, client.get(path), f"{client.url}: GET {path}").values
