"""Router settings: aliases, fallbacks and further keys, one row for the whole gateway.

A read shows what the router does, defaults of the router included; 1.109.1 says of each key where it comes from. A
write of 1.81.12 replaces the row, so everything that shall stay is sent each time (see `version`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from litellm_resources.admin_api.answers import Answer, parse
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.errors import Rejected
from litellm_resources.admin_api.version import ROUTER_DEFAULTS_1_81, ROUTER_KEYS_1_81

READ_PATH = "/router/settings"
WRITE_PATH = "/config/update"
ALIASES = "model_group_alias"
FALLBACKS = "fallbacks"


class RouterRow(Answer):
    """The settings as they are read.

    Attributes:
        current_values: Every key, also those that nobody set.
        source: Where a key comes from (`db`, `config`, `default`, `unset`); 1.81.12 does not say.
    """

    current_values: dict[str, JsonValue]
    source: dict[str, str] | None = None

    @property
    def aliases(self) -> dict[str, JsonValue]:
        found = self.current_values.get(ALIASES)
        return dict(found) if isinstance(found, dict) else {}

    @property
    def fallbacks(self) -> dict[str, JsonValue]:
        """By model; on the wire it is a list of objects of one key each."""
        return by_model(self.current_values.get(FALLBACKS))

    def is_set(self, key: str) -> bool:
        """Whether somebody set this key in the database, as far as it can be told."""
        value = self.current_values.get(key)
        if self.source is not None and self.source.get(key) != "db":
            return False
        # Newer versions unset no key: one that was set back to its default is nobody's any more.
        return value not in (None, [], {}) and value != ROUTER_DEFAULTS_1_81.get(key)

    @property
    def others(self) -> dict[str, JsonValue]:
        """The keys that somebody set and that a write can keep, without aliases and fallbacks."""
        keys = (set(self.source) if self.source is not None else set(ROUTER_KEYS_1_81)) - {ALIASES, FALLBACKS}
        return {key: self.current_values[key] for key in sorted(keys) if self.is_set(key)}


def by_model(fallbacks: JsonValue) -> dict[str, JsonValue]:
    """From the wire's list to a map by model."""
    entries = fallbacks if isinstance(fallbacks, list) else []
    return {model: targets for entry in entries if isinstance(entry, dict) for model, targets in entry.items()}


def as_list(fallbacks: Mapping[str, JsonValue]) -> list[JsonValue]:
    """From a map by model to the wire's list, in a steady order."""
    return [{model: targets} for model, targets in sorted(fallbacks.items())]


def read(client: AdminClient) -> RouterRow:
    """What the router does now."""
    return parse(RouterRow, client.get(READ_PATH), f"{client.url}: GET {READ_PATH}")


def write(
    client: AdminClient,
    aliases: Mapping[str, JsonValue],
    fallbacks: Mapping[str, JsonValue],
    others: Mapping[str, JsonValue],
) -> None:
    """Writes the row whole: what is left out is gone on 1.81.12.

    Raises:
        Rejected: A key that this version does not take.
    """
    refuse_unknown_keys(client, others)
    settings = {**others, ALIASES: dict(aliases), FALLBACKS: as_list(fallbacks)}
    client.post(WRITE_PATH, {"router_settings": settings})


def refuse_unknown_keys(client: AdminClient, keys: Sequence[str] | Mapping[str, JsonValue]) -> None:
    """1.81.12 drops what it does not know without a word; newer versions refuse it themselves.

    Raises:
        Rejected: Naming the keys and what is allowed.
    """
    allowed = client.differences.router_keys
    unknown = [] if allowed is None else sorted(set(keys) - allowed)
    if unknown:
        found = f"{', '.join(unknown)}: LiteLLM {client.differences.version} drops this without a word"
        raise Rejected("router settings", found, f"remove it, or use: {', '.join(sorted(allowed or ()))}")
