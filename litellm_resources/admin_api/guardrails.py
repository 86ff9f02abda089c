"""Guardrails: what LiteLLM looks at before or after a model.

Lists come out of the database. LiteLLM gives each an id of its own; names are unique. Secret parameters come back
masked, and every parameter that nobody set comes back too, as null or as its default. 1.81.12 keeps one of a kind that
it does not know and never runs it; 1.109.1 refuses it.
"""

from __future__ import annotations

from pydantic import Field, JsonValue

from litellm_resources.admin_api.answers import Answer, items, parse
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.errors import NotFound

PATH = "/guardrails"
LIST_PATH = "/v2/guardrails/list"
IN_DATABASE = "db"


class GuardrailRow(Answer):
    """One guardrail as it is read."""

    guardrail_id: str
    guardrail_name: str
    litellm_params: dict[str, JsonValue] = Field(default_factory=dict)
    guardrail_info: dict[str, JsonValue] | None = None
    guardrail_definition_location: str = IN_DATABASE


def read_all(client: AdminClient) -> dict[str, GuardrailRow]:
    """Every guardrail of the database by its id; those of `litellm.yaml` are none of ours."""
    place = f"{client.url}: GET {LIST_PATH}"
    found = items(client.get(LIST_PATH), "guardrails", place)
    in_database = [item for item in found if not _is_of_yaml(item)]
    rows = [parse(GuardrailRow, item, place) for item in in_database]
    return {row.guardrail_id: row for row in rows}


def create(
    client: AdminClient, name: str, litellm_params: dict[str, JsonValue], guardrail_info: dict[str, JsonValue]
) -> None:
    """Makes one."""
    client.post(PATH, _body(name, litellm_params, guardrail_info))


def replace(
    client: AdminClient,
    guardrail_id: str,
    name: str,
    litellm_params: dict[str, JsonValue],
    guardrail_info: dict[str, JsonValue],
) -> None:
    """Replaces all of one in place: what is left out is gone."""
    client.put(f"{PATH}/{guardrail_id}", _body(name, litellm_params, guardrail_info))


def delete(client: AdminClient, guardrail_id: str) -> None:
    """Removes one; one that is gone is done."""
    try:
        client.delete(f"{PATH}/{guardrail_id}")
    except NotFound:
        return


def _body(name: str, litellm_params: dict[str, JsonValue], guardrail_info: dict[str, JsonValue]) -> JsonValue:
    return {
        "guardrail": {
            "guardrail_name": name,
            "litellm_params": litellm_params,
            "guardrail_info": guardrail_info,
        }
    }


def _is_of_yaml(item: JsonValue) -> bool:
    return isinstance(item, dict) and item.get("guardrail_definition_location", IN_DATABASE) != IN_DATABASE
