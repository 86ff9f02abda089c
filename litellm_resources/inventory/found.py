"""One object of LiteLLM that is not this stack's, and what the catalog would have to say to make it so.

    CannotAdopt     why an object cannot be taken over, and what to do

Takes nothing; `listing` makes them. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from litellm_resources.admin_api.credentials import CredentialRow
from litellm_resources.admin_api.models import ModelRow
from litellm_resources.comparison import same
from litellm_resources.ownership import NOBODY
from litellm_resources.resolver.document import JsonObject
from litellm_resources.resolver.resolved import ResolvedCatalog

# Whose what is that the gateway's litellm.yaml sets.
CONFIG_FILE = "litellm.yaml"

Changes = Mapping[str, tuple[JsonValue, JsonValue]]


class CannotAdopt(Exception):
    """It cannot be taken over; the text gives the reason and the remedy."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason}; {remedy}")


@dataclass(frozen=True)
class Secrets:
    """What the stack's config holds.

    Attributes:
        provider_key: The key of a provider; None when there is none.
        has: Whether there is a value for a config key.
    """

    provider_key: Callable[[str], str | None]
    has: Callable[[str], bool]


@dataclass(frozen=True)
class Situation:
    """What a catalog entry depends on besides the object itself.

    Attributes:
        document: The merged catalog as it is authored.
        resolved: The same, resolved.
        models: Every model that LiteLLM lists.
        credentials: Every credential that LiteLLM lists, by name.
        secrets: What the stack's config and the local overlay hold.
    """

    document: JsonObject
    resolved: ResolvedCatalog
    models: tuple[ModelRow, ...]
    credentials: Mapping[str, CredentialRow]
    secrets: Secrets


@dataclass(frozen=True)
class Entry:
    """What goes into a catalog file: a value at a path, or one more entry of the list at the path."""

    path: tuple[str, ...]
    value: JsonValue
    is_appended: bool = False


@dataclass(frozen=True, kw_only=True)
class Form:
    """How one object is written.

    Attributes:
        identity: What the catalog knows it by, and what `litellm.adopt` takes.
        entry: Its catalog entry.
        changes: What the program would make different, by field, as live and wanted value, according to a resolved
            catalog; None when that does not hold it at all.
        expected: Fields that the entry cannot leave as they are, each with the reason.
        needs_setting: Whether the program takes it over only where `litellm.adopt` names it.
        notes: What a person should know besides.
    """

    identity: str
    entry: Entry
    changes: Callable[[Situation], Changes | None]
    expected: Mapping[str, str] = field(default_factory=dict)
    needs_setting: Callable[[Changes], bool] = lambda _changes: True
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Found:
    """One object that is not this stack's.

    Attributes:
        kind: The type's name in a word.
        name: What people know it by.
        row_id: What LiteLLM knows it by.
        owner: `NOBODY`, another stack, or `CONFIG_FILE`.
        detail: What tells it from others of its kind, without a secret.
        form: Gives its form, or raises `CannotAdopt`.
        needs: Kind and name of what it falls with.
    """

    kind: str
    name: str
    row_id: str
    owner: str
    detail: str
    form: Callable[[Situation], Form]
    needs: tuple[str, str] | None = None

    @property
    def label(self) -> str:
        """How it is told to the user."""
        return f"{self.kind} {self.name}"

    def form_in(self, situation: Situation) -> Form:
        """How the catalog would say it.

        Raises:
            CannotAdopt: It is not nobody's, or no catalog can say it.
        """
        if self.owner == CONFIG_FILE:
            raise CannotAdopt(
                "it stands in the gateway's litellm.yaml", "write it into the catalog, and take it out there"
            )
        if self.owner != NOBODY:
            raise CannotAdopt(f"it belongs to the stack {self.owner}", "rename it in one of the two stacks")
        return self.form(situation)


def differing(live: Mapping[str, JsonValue], wanted: Mapping[str, JsonValue]) -> Changes:
    """The fields whose live value is not the wanted one."""
    return {name: (live[name], value) for name, value in wanted.items() if not same(live[name], value)}
