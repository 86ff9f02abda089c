"""Router settings: aliases, fallbacks of three kinds and further keys, one row for the whole gateway.

A read shows what the router does, defaults of the router included; 1.109.1 says of each key where it comes from. A
write of 1.81.12 replaces the row, so everything that shall stay is sent each time (see `version`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from litellm_resources.admin_api.answers import Answer, parse
from litellm_resources.admin_api.client import AdminClient
from litellm_resources.admin_api.errors import Rejected
from litellm_resources.admin_api.version import NEWEST_KNOWN, ROUTER_KEYS_1_81, ROUTER_SET_BACK

READ_PATH = "/router/settings"
WRITE_PATH = "/config/update"
ALIASES = "model_group_alias"
FALLBACKS = "fallbacks"
CONTEXT_WINDOW = "context_window_fallbacks"
CONTENT_POLICY = "content_policy_fallbacks"
RULES = (FALLBACKS, CONTEXT_WINDOW, CONTENT_POLICY)


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
        return self.rules(FALLBACKS)

    def rules(self, kind: str) -> dict[str, JsonValue]:
        """Fallbacks of a kind by model; on the wire they are a list of objects of one key each."""
        return by_model(self.current_values.get(kind))

    def is_set(self, key: str) -> bool:
        """Whether somebody set this key in the database, as far as it can be told."""
        value = self.current_values.get(key)
        if self.source is not None and self.source.get(key) != "db":
            return False
        # Newer versions unset no key: one that was set back to its default is nobody's any more.
        return value not in (None, [], {}) and value != ROUTER_SET_BACK.get(key)

    @property
    def others(self) -> dict[str, JsonValue]:
        """The keys that somebody set and that a write can keep, without aliases and fallbacks."""
        keys = (set(self.source) if self.source is not None else set(ROUTER_KEYS_1_81)) - {ALIASES, *RULES}
        return {key: self.current_values[key] for key in sorted(keys) if self.is_set(key)}

    def in_file(self, keys: Iterable[str]) -> list[str]:
        """Which of the keys the gateway's own litellm.yaml sets; 1.81.12 does not say."""
        return sorted(key for key in keys if (self.source or {}).get(key) == "config")


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


def write(client: AdminClient, settings: Mapping[str, JsonValue]) -> None:
    """Writes the row whole: what is left out is gone on 1.81.12.

    Raises:
        Rejected: A key that this version does not take.
    """
    client.post(WRITE_PATH, {"router_settings": dict(settings)})


def dropped_keys(client: AdminClient, keys: Iterable[str]) -> tuple[str, str] | None:
    """What is wrong with keys that this version drops without a word, and the remedy; newer versions refuse them."""
    allowed = client.differences.router_keys
    unknown = [] if allowed is None else sorted(set(keys) - allowed)
    if not unknown:
        return None
    newest = ".".join(map(str, NEWEST_KNOWN))
    found = f"{', '.join(unknown)}: LiteLLM {client.differences.version} drops this without a word"
    return found, f"run LiteLLM {newest}, or remove it; this version takes {', '.join(sorted(allowed or ()))}"


def refuse_dropped_keys(client: AdminClient, keys: Iterable[str]) -> None:
    """Stops before anything is written.

    Raises:
        Rejected: Naming the keys, the version and what is allowed.
    """
    if (dropped := dropped_keys(client, keys)) is not None:
        raise Rejected("router settings", *dropped)
