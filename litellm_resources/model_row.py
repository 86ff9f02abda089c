"""A deployment as it is wanted, and rows of LiteLLM's model table compared with it.

Takes inputs and rows; says whose a row is, whether it holds what is wanted, and how it reads in our words. Pure.
"""

from __future__ import annotations

from pydantic import Field, JsonValue

from litellm_resources.admin_api.models import ModelRow
from litellm_resources.comparison import live_declared, live_parameters, same
from litellm_resources.listing import Listing
from litellm_resources.ownership import NOBODY, marker, noted, owner_of, row_id
from litellm_resources.properties import Props, ProviderInputs

UPSTREAM = "model"
CREDENTIAL = "litellm_credential_name"


class ModelInputs(ProviderInputs):
    """A deployment as it is wanted. `leftover_rows` are further rows of the same identity: we want none."""

    identity: str
    model_name: str
    upstream_model: str
    credential_name: str | None = None
    litellm_params: dict[str, JsonValue] = Field(default_factory=dict)
    model_info: dict[str, JsonValue] = Field(default_factory=dict)
    leftover_rows: list[str] = Field(default_factory=list)
    adopt: bool = False

    @property
    def params(self) -> dict[str, JsonValue]:
        """What LiteLLM keeps as `litellm_params`."""
        credential: dict[str, JsonValue] = {} if self.credential_name is None else {CREDENTIAL: self.credential_name}
        return {**self.litellm_params, UPSTREAM: self.upstream_model, **credential}

    @property
    def info(self) -> dict[str, JsonValue]:
        """What LiteLLM keeps as `model_info`, the marker included."""
        return {**self.model_info, **marker(self.owner, self.identity)}

    @property
    def row_id(self) -> str:
        """The id of a row that holds just this."""
        content: dict[str, JsonValue] = {"model_name": self.model_name, "params": self.params, "info": self.model_info}
        return row_id(self.owner, self.identity, content)


def rows_of(rows: Listing[ModelRow], inputs: ModelInputs) -> list[ModelRow]:
    """The rows that carry our marker with this identity."""
    return rows.having(_marked_as, (inputs.owner, inputs.identity))


def holds(row: ModelRow, inputs: ModelInputs) -> bool:
    live, wanted = live_fields(row, inputs), inputs.model_dump()
    return all(same(wanted[name], value) for name, value in live.items())


def foreign_twins(rows: Listing[ModelRow], inputs: ModelInputs) -> list[ModelRow]:
    """Rows made by hand for the same name, upstream model and credential: beside ours they would halve its traffic."""
    found = rows.having(_serves, (inputs.model_name, inputs.upstream_model, str(inputs.credential_name)))
    return [row for row in found if row.in_database and owner_of(row.model_info) == NOBODY]


def holder(rows: Listing[ModelRow], inputs: ModelInputs) -> str | None:
    """Whose the deployment is that is there already; None when none is."""
    if foreign_twins(rows, inputs):
        return NOBODY
    return inputs.owner if rows_of(rows, inputs) else None


def needs_another_credential(rows: Listing[ModelRow], inputs: ModelInputs) -> bool:
    """Whether its name is served until now, and through none of its credential."""
    served = rows.having(_name_of, inputs.model_name)
    return bool(served) and all(row.credential_name != inputs.credential_name for row in served)


def _name_of(row: ModelRow) -> str:
    return row.model_name


def _marked_as(row: ModelRow) -> tuple[str, str]:
    return owner_of(row.model_info), noted(row.model_info, "identity")


def _serves(row: ModelRow) -> tuple[str, str, str]:
    params = row.litellm_params
    return row.model_name, str(params.get(UPSTREAM)), str(params.get(CREDENTIAL))


def live_fields(row: ModelRow, known: ModelInputs) -> Props:
    """The inputs that can be read, in our own words where they mean the same."""
    params = {name: value for name, value in row.litellm_params.items() if name not in (UPSTREAM, CREDENTIAL)}
    return {
        "model_name": row.model_name,
        "upstream_model": row.litellm_params.get(UPSTREAM),
        "credential_name": row.litellm_params.get(CREDENTIAL),
        "litellm_params": live_parameters(known.litellm_params, params),
        # The server adds prices and abilities of the base model, another set in each version.
        "model_info": live_declared(known.model_info, row.model_info),
        "owner": owner_of(row.model_info),
    }
