"""Rows of this stack in LiteLLM that no program declares, compared with what is declared.

Takes the live lists and identities by kind; gives the rows that are left over, in the order in which they may go, and
those of them that must stay for the sake of others. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from pydantic import Field

from litellm_resources import model_row
from litellm_resources.admin_api.credentials import CredentialRow
from litellm_resources.admin_api.keys import KeyRow
from litellm_resources.admin_api.models import ModelRow
from litellm_resources.admin_api.users import UserRow
from litellm_resources.ownership import noted, owner_of
from litellm_resources.properties import ProviderInputs

KEY, USER, MODEL, CREDENTIAL = "key", "user", "model", "credential"
NOTHING = ("", "")


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
        name: What people know it by.
        owner: By the marker, `<project>/<stack>`.
        identity: By the marker.
        needs: Kind and id of the row that it falls with: a key's user, a model's credential.
    """

    kind: str
    row_id: str
    name: str
    owner: str
    identity: str
    needs: tuple[str, str]

    @property
    def label(self) -> str:
        """How the row is told to the user, and named in the inputs."""
        return f"{self.kind} {self.identity}"

    @property
    def identities(self) -> set[tuple[str, str]]:
        """What it may be declared as: by its marker, and by its name unless several may share it."""
        names = {self.identity} if self.kind == MODEL else {self.identity, self.name}
        return {(self.kind, name) for name in names}


def listed(
    keys: Iterable[KeyRow], users: Iterable[UserRow], models: Iterable[ModelRow], credentials: Iterable[CredentialRow]
) -> list[Row]:
    """Every row, in the order of removal: a key before its user, a model before its credential."""
    found = [
        *((KEY, row.token, row.key_alias, row.metadata, (USER, str(row.user_id))) for row in keys),
        *((USER, row.user_id, row.user_id, row.metadata, NOTHING) for row in users),
        *((MODEL, row.row_id, row.model_name, row.model_info, (CREDENTIAL, _credential(row))) for row in models),
        *((CREDENTIAL, row.credential_name, row.credential_name, row.credential_info, NOTHING) for row in credentials),
    ]
    return [
        Row(kind, row_id, name or row_id, owner_of(info), noted(info, "identity"), needs)
        for kind, row_id, name, info, needs in found
    ]


def undeclared(rows: Iterable[Row], owner: str, declared: Iterable[Mapping[str, Collection[str]]]) -> list[Row]:
    """The owner's rows that none of `declared` knows, neither by the marker's identity nor by the name.

    A row whose name is declared under another marker was changed by hand: that is for its own resource to heal.
    """
    known = {(kind, name) for each in declared for kind, names in each.items() for name in names}
    return [row for row in rows if row.owner == owner and row.identity and not row.identities & known]


def held(rows: Iterable[Row], going: Collection[Row]) -> dict[str, list[str]]:
    """What of `going` must stay, by its label, and for what that stays.

    LiteLLM deletes a user's keys along, and models without their credential fail, whoever made them.
    """
    labels = {(row.kind, row.row_id): row.label for row in going}
    found: dict[str, list[str]] = {}
    for row in rows:
        if row not in going and row.needs in labels:
            found.setdefault(labels[row.needs], []).append(f"{row.kind} {row.name}")
    return found


def _credential(row: ModelRow) -> str:
    return str(row.litellm_params.get(model_row.CREDENTIAL))
