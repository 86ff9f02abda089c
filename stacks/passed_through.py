"""What may be passed through to LiteLLM beside the settings that have a name here, and what may not.

Takes the keys of `generalSettings`, `litellmSettings` and `environment`; refuses those that are settings of their own
(the checks of `settings.py` would be by-passed), those that the program needs as it sets them, and secrets: all of it
stands in clear in a Swarm config, and LiteLLM 1.81.12 writes its YAML into the database (measured). A secret is a
variable of `secretEnvironment`, which LiteLLM reads by itself; every refusal of one says so. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from pydantic import JsonValue

from stacks import late_references
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
_CONFIG_KEY = "it has a config key of its own; take it out here, and type: pulumi config set --secret llmproxy:{}"
_DATABASE = "the settings under postgres give the address, the secret llmproxy:db-password its password; take it out"
_MIGRATIONS = "a job of its own migrates the database, a gateway never does; take it out"
# 1.81.12 does not tell them from what others set in the router's row and would write them into it, for good.
_ROUTER = "the catalog gives the router its settings; write it there under {} and take it out here"
_PUBLIC = (
    "LiteLLM 1.81.12 would keep it in its database for good, also after a way back to that version; choose it in "
    "LiteLLM's UI and take it out here"
)
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
    "graceful_shutdown_timeout": _OWN_SETTING.format("longestStreamSeconds"),
    "master_key": _CONFIG_KEY.format("litellm-master-key"),
    "litellm_master_key": _CONFIG_KEY.format("litellm-master-key"),
    "salt_key": _CONFIG_KEY.format("litellm-salt-key"),
    "litellm_salt_key": _CONFIG_KEY.format("litellm-salt-key"),
    "database_url": _DATABASE,
    "direct_url": _DATABASE,
    "disable_schema_update": _MIGRATIONS,
    "disable_prisma_schema_update": _MIGRATIONS,
    **dict.fromkeys(
        ("public_model_groups", "public_model_groups_links", "public_mcp_servers", "public_agent_groups"), _PUBLIC
    ),
    "router_settings": _ROUTER.format("router_settings"),
    "model_group_alias": _ROUTER.format("aliases"),
    "fallbacks": _ROUTER.format("fallbacks"),
    "default_fallbacks": _ROUTER.format('fallbacks, as the rule {"*": […]},'),
    **{
        name: _ROUTER.format(f"router_settings.{key}")
        for key, names in {
            "context_window_fallbacks": ["context_window_fallbacks"],
            "content_policy_fallbacks": ["content_policy_fallbacks"],
            "num_retries": ["num_retries", "default_max_retries"],
            "timeout": ["request_timeout"],
            "allowed_fails": ["allowed_fails", "default_allowed_fails"],
            "cooldown_time": ["cooldown_time", "default_cooldown_time_seconds"],
        }.items()
        for name in names
    },
}
_OFFLINE = "imageSource airgap sets it, for there is no Internet to fetch from; take it out"
_IN_CLEAR = "a secret would stand in clear here, in a Swarm config and in the state; {}; {}"
_RESOLVED = "LiteLLM 1.81.12 writes the value of os.environ/… into its database, in clear; {}; {}"
_DANGLING = "os.environ/{0} stands for nothing; {1}, or, where it is no secret, write it under litellm.environment"
_TWICE = "it is given twice; leave one of the two out"
_IN_CLEAR_TOO = "it is in litellm.environment as well, in clear; take it out of one of the two"
_TAKEN_OUT = "take it out here"
_READ_BY_ITSELF = (
    "take it out, LiteLLM reads its secrets from variables by itself, such as REDIS_PASSWORD or LANGFUSE_SECRET_KEY"
)
_SECRET_VARIABLE = "add {0} to litellm.secretEnvironment, and type: pulumi config set --secret litellm-environment:{0}"  # noqa: S105

_SECRET_NAME = re.compile(
    r"(^|[_-])((?<!user_)api[_-]?key|(access|private|secret|signing|encryption|master|salt)[_-]?key|password|passphrase"
    r"|secret|token|authorization|license|database_url|webhook[_-]?urls?)$",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(
    r"(?<![\w-])sk-[\w-]{6,}|://[^/\s:@]*:[^@\s/]+@|://hooks\.slack\.com/.|://discord(app)?\.com/api/webhooks/."
    r"|webhook\.office\.com/."
)
_NO_SECRETS = {"", "true", "false", "none", "null"}


def yaml_section(section: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Gives a section of litellm.yaml back.

    Raises:
        Faults: With one fault for each key or value that may not stand in it.
    """
    _refuse([*_reserved(section), *_early_references(section), *_secrets_in_yaml(section)])
    return section


def environment(variables: dict[str, str]) -> dict[str, str]:
    """Gives the variables back.

    Raises:
        Faults: With one fault for each that may not be among them.
    """
    secrets = (
        ((name,), _IN_CLEAR.format(_TAKEN_OUT, _SECRET_VARIABLE.format(name)))
        for name, text in variables.items()
        if _is_secret((name,), text)
    )
    _refuse([*_reserved(variables), *secrets])
    return variables


def secret_environment(names: list[str]) -> list[str]:
    """Gives the names of secret variables back.

    Raises:
        Faults: With one fault for each that may not be among them.
    """
    _refuse([*_reserved(names), *(((name,), _TWICE) for name in names if names.count(name) > 1)])
    return names


def refuse_twice(secret: Collection[str], plain: Collection[str], *, within: Path) -> None:
    """Refuses a variable that is both secret and in clear.

    Raises:
        Faults: With one fault for each, at its place `within` the document.
    """
    _refuse([((*within, name), _IN_CLEAR_TOO) for name in secret if name in plain])


def refuse_dangling(section: Mapping[str, JsonValue], variables: Collection[str], *, within: Path) -> None:
    """Refuses a reference to a variable that the gateway does not have.

    Raises:
        Faults: With one fault for each, at its place `within` the document.
    """
    named = ((place, late_references.variable(place, text)) for place, text in _texts((), section))
    _refuse(
        [
            ((*within, *place), _DANGLING.format(name, _SECRET_VARIABLE.format(name)))
            for place, name in named
            if name and name not in variables
        ]
    )


def refuse_offline(variables: Iterable[str], *, within: Path) -> None:
    """Refuses what images without the Internet need as it is.

    Raises:
        Faults: With one fault for each such variable, at its place `within` the document.
    """
    _refuse([((*within, name), _OFFLINE) for name in variables if name in OFFLINE_ENVIRONMENT])


def places_of_secrets(section: Mapping[str, object]) -> list[Path]:
    """Gives the place of every text that looks like a secret, or belongs to what is named like one."""
    return [place for place, text in _texts((), section) if _is_secret(place, text)]


def _refuse(faults: list[tuple[Path, str]]) -> None:
    first_of_each_place: dict[Path, str] = {}
    for place, text in faults:
        first_of_each_place.setdefault(place, text)
    if first_of_each_place:
        raise Faults(first_of_each_place)


def _reserved(names: Iterable[str]) -> Iterator[tuple[Path, str]]:
    for name in names:
        if name.lower() in _REMEDIES:
            yield (name,), _REMEDIES[name.lower()]


def _early_references(section: Mapping[str, object]) -> Iterator[tuple[Path, str]]:
    for place, text in _texts((), section):
        found = late_references.ANY.search(text)
        if found and late_references.variable(place, text) is None:
            yield place, _RESOLVED.format(_way_for(place), _SECRET_VARIABLE.format(found[1] or "NAME"))


def _secrets_in_yaml(section: Mapping[str, object]) -> Iterator[tuple[Path, str]]:
    for place, text in _texts((), section):
        if _is_secret(place, text) and late_references.variable(place, text) is None:
            yield place, _IN_CLEAR.format(_way_for(place), _SECRET_VARIABLE.format("NAME"))


def _is_secret(place: Path, text: str) -> bool:
    """Says whether a text looks like a secret, or what it belongs to is named like one."""
    if _SECRET_VALUE.search(text):
        return True
    names = [step for step in place if isinstance(step, str)]
    # What is named for webhooks holds their addresses at any depth.
    telling = [names[-1], *(name for name in names if "webhook" in name.lower())]
    return text.lower() not in _NO_SECRETS and any(_SECRET_NAME.search(name) for name in telling)


def _way_for(place: Path) -> str:
    form = late_references.example(place)
    return f"write {form} here" if form else _READ_BY_ITSELF


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
