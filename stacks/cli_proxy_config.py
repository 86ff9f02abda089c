"""CLIProxyAPI's config file as this program declares it.

Takes the keys of the setting `cliProxyApi.config`, gives the file's text over the original's values as defaults.
Refuses what the program needs as it sets it and secrets, for the text is a Swarm config and stands in the state in
clear. The two secrets of the file are placeholders in it, which the service's start-up script fills in from secret
files. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import yaml
from pydantic import JsonValue

from components.services.cli_proxy_file import API_KEY, AUTH_FOLDER, MANAGEMENT_KEY, PORT
from stacks import passed_through
from stacks.settings_errors import Faults, Path

MANAGEMENT = "remote-management"
DEFAULTS: Mapping[str, JsonValue] = {"usage-statistics-enabled": True, "logging-to-file": False, "ws-auth": True}
MANAGEMENT_DEFAULTS: Mapping[str, JsonValue] = {"allow-remote": True}
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_NEEDED = "the program needs it as it sets it; take it out"
_OWN_KEY = (
    "it is a secret, which has a config key of its own; take it out here, and type: "
    "pulumi config set --secret llmproxy:{}"
)
_REMEDIES = {
    "host": _NEEDED,
    "port": _NEEDED,
    "tls": _NEEDED,
    "auth-dir": _NEEDED,
    "api-keys": _OWN_KEY.format("cli-proxy-api-key"),
}
_MANAGEMENT_KEY = _OWN_KEY.format("cli-proxy-api-management-key")
_IN_CLEAR = (
    "a secret would stand in clear here, in a Swarm config and in the state; take it out, and enter it in the "
    "management UI (/management.html): what that writes stays in the volume"
)
_NO_KEY = (
    "found what is no key of its config; allowed are letters, digits, '-' and '_', a letter first; mend or remove it"
)
_NO_OBJECT = "found what is no object; allowed are keys such as allow-remote; write them below it, or take it out"


def allowed(config: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Gives the keys back.

    Raises:
        Faults: With one fault for each that may not be among them.
    """
    faults = dict(_faults(config))
    if faults:
        raise Faults(faults)
    return config


def text(config: Mapping[str, JsonValue]) -> str:
    """Gives the text of the file, with placeholders for the two secrets."""
    given = config.get(MANAGEMENT)
    management = {**MANAGEMENT_DEFAULTS, **(given if isinstance(given, dict) else {}), "secret-key": MANAGEMENT_KEY}
    document: dict[str, JsonValue] = {
        "port": PORT,
        "auth-dir": AUTH_FOLDER,
        "api-keys": [API_KEY],
        **DEFAULTS,
        **{key: value for key, value in config.items() if key != MANAGEMENT},
        MANAGEMENT: management,
    }
    return yaml.dump(document, Dumper=_PlainDumper, sort_keys=True, allow_unicode=True, width=2**20)


class _PlainDumper(yaml.SafeDumper):
    """Without anchors: each top-level key must be readable by itself."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002  the base's own signature
        return True


def _faults(config: Mapping[str, JsonValue]) -> Iterator[tuple[Path, str]]:
    """What is said last of a place is what is told."""
    for place in passed_through.places_of_secrets(config):
        yield place, _IN_CLEAR
    for key in config:
        if not _KEY.fullmatch(key):
            yield (key,), _NO_KEY
        if key in _REMEDIES:
            yield (key,), _REMEDIES[key]
    management = config.get(MANAGEMENT, {})
    if not isinstance(management, dict):
        yield (MANAGEMENT,), _NO_OBJECT
    elif "secret-key" in management:
        yield (MANAGEMENT, "secret-key"), _MANAGEMENT_KEY
