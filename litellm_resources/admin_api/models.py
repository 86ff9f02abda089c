"""Model rows: one deployment each; several may share a `model_name`.

A row is never changed in place: on 1.81.12 PATCH takes every database model out of the router for a moment, and no
version's PATCH removes a parameter. So there is no such function here.
"""

from __future__ import annotations

from pydantic import Field, JsonValue

from litellm_resources.admin_api.answers import Answer, items, parse, read_pages
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.errors import NotFound, Rejected

LIST_PATH = "/v2/model/info"
SERVED_PATH = "/model/info"
PAGE_SIZE = 1000


class ModelRow(Answer):
    """One row as it is read: parameters decrypted, `api_key` left out, server defaults and prices added."""

    model_name: str
    litellm_params: dict[str, JsonValue] = Field(default_factory=dict)
    model_info: dict[str, JsonValue] = Field(default_factory=dict)

    @property
    def row_id(self) -> str:
        return str(self.model_info.get("id", ""))

    @property
    def credential_name(self) -> JsonValue:
        """The credential that it reaches its provider with; None without one."""
        return self.litellm_params.get("litellm_credential_name")

    @property
    def in_database(self) -> bool:
        """False for a model of config.yaml, which the API cannot change."""
        return self.model_info.get("db_model") is True


def read_all(client: AdminClient) -> dict[str, ModelRow]:
    """Every model by its row id, to the last page."""
    place = f"{client.url}: GET {LIST_PATH}"
    found = read_pages(client, LIST_PATH, "data", {"size": PAGE_SIZE})
    rows = [parse(ModelRow, item, place) for item in found]
    return {row.row_id: row for row in rows}


def read_served(client: AdminClient, row_id: str) -> ModelRow | None:
    """The row as the router serves it; None when the router has none of that id."""
    place = f"{client.url}: GET {SERVED_PATH}"
    try:
        answer = client.get(SERVED_PATH, {"litellm_model_id": row_id})
    except (Rejected, NotFound):
        # Both versions say 400 for an unknown id.
        return None
    rows = [parse(ModelRow, item, place) for item in items(answer, "data", place)]
    return next((row for row in rows if row.row_id == row_id), None)


def create(
    client: AdminClient, row_id: str, model_name: str, params: dict[str, JsonValue], info: dict[str, JsonValue]
) -> None:
    """Makes a row under an id of ours; live at once on the worker that takes the write."""
    client.post(
        "/model/new", {"model_name": model_name, "litellm_params": params, "model_info": {**info, "id": row_id}}
    )


def delete(client: AdminClient, row_id: str) -> None:
    """Removes a row; one that is gone is done."""
    try:
        client.post("/model/delete", {"id": row_id})
    except (Rejected, NotFound):
        # Both versions say 400 for what the database does not hold. A worker's memory may still list such a row; one
        # of config.yaml was never in the database and cannot be removed.
        row = read_served(client, row_id)
        if row is not None and not row.in_database:
            raise
