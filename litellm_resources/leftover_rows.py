"""Rows of this stack in LiteLLM that no program declares, compared with what is declared.

Takes the live lists and identities by kind; gives the rows that are left over, in the order in which they may go, and
those of them that must stay. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from pydantic import Field

from litellm_resources.admin_api.credentials import CredentialRow
from litellm_resources.admin_api.keys import KeyRow
from litellm_resources.admin_api.models import ModelRow
from litellm_resources.admin_api.users import UserRow
from litellm_resources.ownership import noted, owner_of
from litellm_resources.properties import ProviderInputs

KEY, USER, MODEL, CREDENTIAL = "key", "user", "model", "credential"


class LeftoversInputs(ProviderInputs):
    """What is declared, identities by kind, and what is to be removed, as `<kind> <identity>`."""

    declared: dict[str, list[str]]
    remove: list[str] = Field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """A row of any kind.

    Attributes:
        kind: The type's name in a word.
        row_id: What LiteLLM knows it by.
        name: What people know it by; a model's name is none, as several may share it.
        owner: By the marker, `<project>/<stack>`.
        identity: By the marker.
        user_id: A key's user.
    """

    kind: str
    row_id: str
    name: str | None
    owner: str
    identity: str
    user_id: str | None = None

    @property
    def label(self) -> str:
        """How the row is told to the user, and named in the inputs."""
        return f"{self.kind} {self.identity}"


def listed(
    keys: Iterable[KeyRow], users: Iterable[UserRow], models: Iterable[ModelRow], credentials: Iterable[CredentialRow]
) -> list[Row]:
    """Every row, in the order of removal: a key before its user, a model before its credential."""
    found = [
        *((KEY, row.token, row.key_alias, row.metadata, row.user_id) for row in keys),
        *((USER, row.user_id, row.user_id, row.metadata, None) for row in users),
        *((MODEL, row.row_id, None, row.model_info, None) for row in models),
        *((CREDENTIAL, row.credential_name, row.credential_name, row.credential_info, None) for row in credentials),
    ]
    return [
        Row(kind, row_id, name, owner_of(info), noted(info, "identity"), user_id)
        for kind, row_id, name, info, user_id in found
    ]


def undeclared(rows: Iterable[Row], owner: str, declared: Iterable[Mapping[str, Collection[str]]]) -> list[Row]:
    """The owner's rows that none of `declared` knows, neither by the marker's identity nor by the name.

    A row whose name is declared under another marker was changed by hand: that is for its own resource to heal.
    """
    known = {(kind, name) for each in declared for kind, names in each.items() for name in names}
    return [
        row
        for row in rows
        if row.owner == owner and row.identity and not {(row.kind, row.identity), (row.kind, row.name)} & known
    ]


def kept_keys(rows: Iterable[Row], going: Collection[Row]) -> dict[str, list[str]]:
    """The users among `going` that own keys which stay: LiteLLM deletes a user's keys along, whoever made them."""
    leaving = {row.row_id for row in going if row.kind == USER}
    staying = [row for row in rows if row.kind == KEY and row not in going]
    keys: dict[str, list[str]] = {}
    for key in staying:
        if key.user_id in leaving:
            keys.setdefault(key.user_id, []).append(key.name or key.row_id)
    return keys
