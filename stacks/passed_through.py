"""What may be passed through to LiteLLM beside the settings that have a name here, and what may not.

Takes the keys of `generalSettings`, `litellmSettings` and `environment`; refuses those that are settings of their own
(the checks of `settings.py` would be by-passed), those that the program needs as it sets them, and secrets: all of it
stands in clear in a Swarm config, and LiteLLM 1.81.12 writes its YAML into the database (measured). Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from stacks.settings_errors import Faults, Path

# What LiteLLM would otherwise fetch from outside at start; packages carry a copy of each. With it a start needs no
# Internet access and does not wait for one.
OFFLINE_ENVIRONMENT = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_LOCAL_POLICY_TEMPLATES": "True",
    "LITELLM_LOCAL_BLOG_POSTS": "True",
    "LITELLM_LOCAL_AUTOROUTER_PRESETS": "True",
    "LITELLM_DISABLE_LATEST_RELEASE_CHECK": "True",
    "LITELLM_OFFLINE_MODE": "True",
}

_OWN_SETTING = "it has a setting of its own; write it as litellm.{} and take it out here"
_CONFIG_KEY = "a secret would stand in clear here; type: pulumi config set --secret llmproxy:{}, and take it out here"
_DATABASE = "the settings under postgres give the address, the secret llmproxy:db-password its password; take it out"
_MIGRATIONS = "a job of its own migrates the database, a gateway never does; take it out"
# Names of LiteLLM, in YAML or environment, in small letters; and what to do instead.
_REMEDIES = {
    "store_model_in_db": _OWN_SETTING.format("storeModelInDb"),
    "proxy_batch_write_at": _OWN_SETTING.format("proxyBatchWriteAt"),
    "database_connection_pool_limit": _OWN_SETTING.format("databaseConnectionPoolLimit"),
    "store_prompts_in_spend_logs": _OWN_SETTING.format("storePromptsInSpendLogs"),
    "json_logs": _OWN_SETTING.format("jsonLogs"),
    "drop_params": _OWN_SETTING.format("dropParams"),
    "litellm_drop_params": _OWN_SETTING.format("dropParams"),
    "litellm_mode": _OWN_SETTING.format("mode"),
    "litellm_log": _OWN_SETTING.format("log"),
    "num_workers": _OWN_SETTING.format("workers"),
    "master_key": _CONFIG_KEY.format("litellm-master-key"),
    "litellm_master_key": _CONFIG_KEY.format("litellm-master-key"),
    "salt_key": _CONFIG_KEY.format("litellm-salt-key"),
    "litellm_salt_key": _CONFIG_KEY.format("litellm-salt-key"),
    "database_url": _DATABASE,
    "direct_url": _DATABASE,
    "disable_schema_update": _MIGRATIONS,
    "disable_prisma_schema_update": _MIGRATIONS,
}
_OFFLINE = "imageSource airgap sets it, for there is no Internet to fetch from; take it out"
_IN_CLEAR = "a secret would stand in clear here, in a Swarm config and in the state; take it out"
_RESOLVED = "os.environ/… would stand in clear in LiteLLM's database; use litellm.environment"

_SECRET_NAME = re.compile(
    r"(^|[_-])((api|access|private|secret|signing|encryption|master|salt)[_-]?key|password|passphrase|secret|token"
    r"|authorization|license|database_url)$",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(r"(?<![\w-])sk-[\w-]{6,}|://[^/\s:@]*:[^@\s/]+@")
_SWITCHES = {"", "true", "false"}


def yaml_section(section: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Gives a section of litellm.yaml back.

    Raises:
        Faults: With one fault for each key or value that may not stand in it.
    """
    resolved = ((place, _RESOLVED) for place, text in _texts((), section) if "os.environ/" in text)
    _refuse([*_reserved(section), *resolved, *_secrets(section)])
    return section


def environment(variables: dict[str, str]) -> dict[str, str]:
    """Gives the variables back.

    Raises:
        Faults: With one fault for each that may not be among them.
    """
    _refuse([*_reserved(variables), *_secrets(variables)])
    return variables


def refuse_offline(variables: Mapping[str, str], *, within: Path) -> None:
    """Refuses what images without the Internet need as it is.

    Raises:
        Faults: With one fault for each such variable, at its place `within` the document.
    """
    _refuse([((*within, name), _OFFLINE) for name in variables if name in OFFLINE_ENVIRONMENT])


def _refuse(faults: list[tuple[Path, str]]) -> None:
    first_of_each_place: dict[Path, str] = {}
    for place, text in faults:
        first_of_each_place.setdefault(place, text)
    if first_of_each_place:
        raise Faults(first_of_each_place)


def _reserved(names: Mapping[str, object]) -> Iterator[tuple[Path, str]]:
    for name in names:
        if name.lower() in _REMEDIES:
            yield (name,), _REMEDIES[name.lower()]


def _secrets(document: Mapping[str, object]) -> Iterator[tuple[Path, str]]:
    for place, text in _texts((), document):
        name = next(step for step in reversed(place) if isinstance(step, str))
        is_named_so = _SECRET_NAME.search(name) and text.lower() not in _SWITCHES
        if is_named_so or _SECRET_VALUE.search(text):
            yield place, _IN_CLEAR


def _texts(place: Path, value: object) -> Iterator[tuple[Path, str]]:
    """Every string, with its place."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from _texts((*place, key), part)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _texts((*place, index), part)
