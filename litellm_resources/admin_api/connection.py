"""Where LiteLLM's admin API is, and with which key it opens.

Takes the stack's configuration, gives a `Connection`. It is read in the provider's `configure` and by the commands,
never from a resource's inputs: so it is in no state, and another key makes no difference in a preview.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from litellm_resources.admin_api.errors import Unauthorized, Unintelligible

DEFAULT_HOST_PORT = 4000
DEFAULT_WORKERS = 4
DEFAULT_REPLICAS = 1
# So often 1.81.12 polls its database, and 1.109.1 unless a setting of `general_settings` says otherwise; and what the
# reading itself takes.
POLL_SECONDS = 30.0
READING_SECONDS = 5.0
POLL_SETTING = "proxy_config_reload_interval_seconds"
SETTINGS = "llmproxy:settings"
MASTER_KEY = "llmproxy:litellm-master-key"
PREVIOUS_MASTER_KEY = "llmproxy:litellm-master-key-previous"


@dataclass(frozen=True)
class Connection:
    """One gateway and its keys.

    Attributes:
        url: Base URL without a slash at the end.
        master_key: Tried first.
        previous_master_key: Tried when the first is refused: in the middle of a rotation the gateway still knows
            only this one.
        workers: How many processes answer there, each out of a memory of its own.
        poll_seconds: How long after a write the last of them has read it, at the latest.
    """

    url: str
    master_key: str = field(repr=False)
    previous_master_key: str | None = field(default=None, repr=False)
    workers: int = 1
    poll_seconds: float = POLL_SECONDS + READING_SECONDS


def admin_url(settings: Mapping[str, JsonValue]) -> str:
    """Gives the admin API's base URL by the raw settings document: `litellm.adminUrl`, else the host port here."""
    url = _chosen(settings).get("adminUrl")
    if isinstance(url, str) and url:
        return url.rstrip("/")
    return f"http://127.0.0.1:{_number(settings, 'hostPort', DEFAULT_HOST_PORT)}"


def worker_processes(settings: Mapping[str, JsonValue]) -> int:
    """Gives how many processes answer at the admin URL, by the raw settings document."""
    return _number(settings, "workers", DEFAULT_WORKERS) * _number(settings, "replicas", DEFAULT_REPLICAS)


def poll_seconds(settings: Mapping[str, JsonValue]) -> float:
    """Gives how long after a write the last worker has read it, by the raw settings document."""
    general = _chosen(settings).get("generalSettings")
    found = general.get(POLL_SETTING) if isinstance(general, dict) else None
    # Never less than 1.81.12 takes, which does not know the setting.
    return max(POLL_SECONDS, float(found) if isinstance(found, int | float) else 0.0) + READING_SECONDS


def connection_from_config(get: Callable[[str], str | None]) -> Connection:
    """Reads the connection from a stack's configuration.

    Args:
        get: Gives the value of a full config key, secrets in clear; None when it is not set.

    Raises:
        Unauthorized: There is no master key.
        Unintelligible: The settings are not a JSON object.
    """
    master_key = get(MASTER_KEY)
    if not master_key:
        remedy = f"type: pulumi config set --secret {MASTER_KEY}"
        raise Unauthorized(MASTER_KEY, "no value, but LiteLLM's admin API is opened with it", remedy)
    settings = _settings(get(SETTINGS))
    previous = get(PREVIOUS_MASTER_KEY) or None
    return Connection(
        admin_url(settings),
        master_key,
        previous,
        workers=worker_processes(settings),
        poll_seconds=poll_seconds(settings),
    )


def _chosen(settings: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    litellm = settings.get("litellm")
    return litellm if isinstance(litellm, dict) else {}


def _number(settings: Mapping[str, JsonValue], name: str, default: int) -> int:
    found = _chosen(settings).get(name)
    return int(found) if isinstance(found, int | float) else default


def _settings(text: str | None) -> Mapping[str, JsonValue]:
    try:
        document = json.loads(text or "{}")
    except ValueError as error:
        raise Unintelligible(SETTINGS, "not JSON", "write an object, as settings.schema.json describes it") from error
    if not isinstance(document, dict):
        raise Unintelligible(SETTINGS, "not an object", "write an object, as settings.schema.json describes it")
    return document
