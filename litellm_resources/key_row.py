"""A key as it is wanted, and keys of LiteLLM compared with it.

Takes inputs and rows; gives the bodies of writes and how a row reads in our words. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from pydantic import Field, JsonValue

from litellm_resources import account
from litellm_resources.admin_api import keys
from litellm_resources.admin_api.keys import KeyRow, token_of
from litellm_resources.budget_marks import id_owner, own_id
from litellm_resources.ownership import NOBODY, key_value, marker, noted, owner_of
from litellm_resources.properties import Props, ProviderInputs
from litellm_resources.resolver.old_keys import GRACE


class KeyInputs(ProviderInputs):
    """A key as wanted; `models` in order of their names."""

    key_alias: str
    fingerprint_key: str
    models: list[str]
    user_id: str | None = None
    team_id: str | None = None
    budget_id: str | None = None
    key_type: str = "default"
    limits: dict[str, JsonValue] = Field(default_factory=dict)
    metadata: dict[str, JsonValue] = Field(default_factory=dict)
    rotation: int = 0
    grace: str = GRACE
    adopt: bool = False

    @property
    def value(self) -> str:
        """The value that this rotation derives."""
        return key_value(self.fingerprint_key, self.owner, self.key_alias, self.rotation)

    @property
    def soft_budget_id(self) -> str:
        """The id of the row that holds the soft budget."""
        return own_id(self.owner, self.key_alias)

    @property
    def fields(self) -> dict[str, JsonValue]:
        """What a create and an update both take."""
        return {
            "key_alias": self.key_alias,
            "user_id": self.user_id,
            "team_id": self.team_id,
            "models": list[JsonValue](self.models),
            "metadata": {**self.metadata, **marker(self.owner, self.key_alias)},
            **{name: value for name, value in self.limits.items() if name in keys.LIMITS},
        }


def changes(inputs: KeyInputs, row: KeyRow, by_null: Collection[str]) -> dict[str, JsonValue]:
    """The body of an update: routes only when another type is wanted, since an update knows no types."""
    fields = {
        **inputs.fields,
        **_budget(inputs, row),
        **account.cleared(keys.LIMITS, inputs.limits, row.limits, by_null),
    }
    if row.key_type == inputs.key_type:
        return fields
    return {**fields, "allowed_routes": list[JsonValue](keys.ROUTES[inputs.key_type])}


def shared_budget(row: KeyRow, known: KeyInputs) -> str | None:
    """The budget that the key shares; the row that holds nothing but its own soft budget is none.

    A budget of a catalog is shared whatever it holds, also a soft budget only or nothing: its id says so.
    """
    table = row.litellm_budget_table
    of_a_catalog = row.budget_id is not None and id_owner(row.budget_id) != NOBODY
    is_shared = known.budget_id is not None or of_a_catalog or (table is not None and table.is_shared)
    return row.budget_id if is_shared else None


def _budget(inputs: KeyInputs, row: KeyRow) -> dict[str, JsonValue]:
    """Only where it changes: null would take the soft budget away as well."""
    return {} if shared_budget(row, inputs) == inputs.budget_id else {"budget_id": inputs.budget_id}


def live_fields(row: KeyRow, known: KeyInputs) -> Props:
    """The inputs that can be read, in our own words where they mean the same."""
    budget_id = shared_budget(row, known)
    # The soft budget of a shared budget is none of the key.
    own = {name: value for name, value in row.limits.items() if budget_id is None or name != keys.SOFT_BUDGET}
    return {
        "key_alias": row.key_alias,
        "user_id": row.user_id,
        "team_id": row.team_id,
        "budget_id": budget_id,
        "models": list[JsonValue](sorted(row.models or [])),
        "key_type": row.key_type,
        "limits": account.live_limits(known.limits, own),
        "metadata": account.live_metadata(known.metadata, row.metadata),
        "owner": owner_of(row.metadata),
    }


def foreign(rows: Iterable[KeyRow], inputs: KeyInputs) -> list[KeyRow]:
    """Keys of others that have the wanted alias; ours of another value is none of them."""
    token = token_of(inputs.value)
    return [
        row
        for row in rows
        if row.key_alias == inputs.key_alias and row.token != token and owner_of(row.metadata) != inputs.owner
    ]


def lost(rows: Iterable[KeyRow], inputs: KeyInputs) -> list[KeyRow]:
    """Keys of ours that have the wanted alias and another value, which nobody knows any more."""
    token = token_of(inputs.value)
    return [
        row
        for row in rows
        if row.key_alias == inputs.key_alias
        and row.token != token
        and owner_of(row.metadata) == inputs.owner
        and noted(row.metadata, "identity") == inputs.key_alias
    ]
