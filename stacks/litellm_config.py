"""LiteLLM's own configuration: `litellm.yaml` and the environment, rendered from the settings.

Pure. `litellm.yaml` references no secret where LiteLLM 1.81.12 would write it back into its database with the
`os.environ/…` resolved, in clear (measured; `passed_through.py`); what is secret reaches the container as a file.
"""

from __future__ import annotations

from collections.abc import Mapping

import yaml
from pydantic import JsonValue

from stacks.passed_through import OFFLINE_ENVIRONMENT
from stacks.settings_litellm import Litellm
from stacks.settings_redis import Redis

PROMETHEUS = "prometheus"
# By model only: with LiteLLM's own labels, among them client addresses and e-mail addresses, the counts would grow for
# ever in the memory that the workers share.
COUNTED: JsonValue = [
    {
        "group": "requests",
        "metrics": ["litellm_proxy_total_requests_metric"],
        "include_labels": ["requested_model", "status_code"],
    },
    {
        "group": "failed",
        "metrics": ["litellm_proxy_failed_requests_metric"],
        "include_labels": ["requested_model", "exception_status"],
    },
    {
        "group": "answers",
        "metrics": [
            "litellm_input_tokens_metric",
            "litellm_output_tokens_metric",
            "litellm_request_total_latency_metric",
        ],
        "include_labels": ["requested_model"],
    },
    {"group": "spend", "metrics": ["litellm_spend_metric"], "include_labels": ["model"]},
]
# Every container has it, empty at its start, in memory: what prometheus_client's processes share must not outlive them.
SHARED_MEMORY = "/dev/shm"  # noqa: S108


def config_yaml(settings: Litellm, *, with_metrics: bool = False, redis: Redis | None = None) -> str:
    """Gives the text of `litellm.yaml`; the arguments as in `document`."""
    whole = document(settings, with_metrics=with_metrics, redis=redis)
    return yaml.safe_dump(whole, sort_keys=True, allow_unicode=True)


def document(
    settings: Litellm, *, with_metrics: bool = False, redis: Redis | None = None
) -> dict[str, dict[str, JsonValue]]:
    """Gives what `litellm.yaml` says, by section: our settings by LiteLLM's names, then the keys passed through.

    Args:
        settings: The gateway's settings.
        with_metrics: Serve `/metrics`, to those with a key only: it names keys, teams and users.
        redis: What the tasks share, where it is switched on.
    """
    general: dict[str, JsonValue] = {
        "store_model_in_db": settings.store_model_in_db,
        "proxy_batch_write_at": settings.proxy_batch_write_at,
        "database_connection_pool_limit": settings.database_connection_pool_limit,
        "store_prompts_in_spend_logs": settings.store_prompts_in_spend_logs,
        **settings.general_settings,
    }
    passed_on = {
        **settings.litellm_settings,
        **(_metrics(settings) if with_metrics else {}),
        **(_shared(redis) if redis and redis.enabled else {}),
    }
    return {"general_settings": general, **({"litellm_settings": passed_on} if passed_on else {})}


def callbacks(settings: Mapping[str, JsonValue]) -> list[str]:
    """The names in all lists of callbacks of `litellm_settings`."""
    lists = (settings.get(name) for name in ("callbacks", "success_callback", "failure_callback"))
    return [
        name for given in lists for name in (given if isinstance(given, list) else [given]) if isinstance(name, str)
    ]


def left_out_callbacks(settings: Litellm, *, with_metrics: bool) -> list[str]:
    """What only this program adds, where it does not and nobody else does."""
    return [] if with_metrics or PROMETHEUS in callbacks(settings.litellm_settings) else [PROMETHEUS]


def environment(settings: Litellm, *, offline: bool, with_metrics: bool = False) -> dict[str, str]:
    """Gives the gateway's environment without secrets.

    Args:
        settings: The gateway's settings.
        offline: True where nothing outside can be reached; LiteLLM then uses the copies in its package.
        with_metrics: The workers of a task share what they count.
    """
    return {
        "LITELLM_MODE": settings.mode,
        "LITELLM_LOG": settings.log,
        "JSON_LOGS": str(settings.json_logs),
        "LITELLM_DROP_PARAMS": str(settings.drop_params),
        "STORE_MODEL_IN_DB": str(settings.store_model_in_db),
        **(OFFLINE_ENVIRONMENT if offline else {}),
        **({"PROMETHEUS_MULTIPROC_DIR": SHARED_MEMORY} if with_metrics else {}),
        **settings.environment,
    }


def _shared(redis: Redis) -> dict[str, JsonValue]:
    """What makes LiteLLM count in Redis. Its address and password it reads from the environment by itself.

    A type alone in `cache_params` keeps LiteLLM from putting the password into its settings, which it writes into its
    database; no call types keep it from giving one person another's answer.
    """
    answers: dict[str, JsonValue] = (
        {"ttl": redis.cache_seconds} if redis.cache_answers else {"supported_call_types": []}
    )
    return {"cache": True, "cache_params": {"type": "redis", **answers}}


def _metrics(settings: Litellm) -> dict[str, JsonValue]:
    """What makes LiteLLM count; it needs no licence (1.81.12 and 1.109.1). 1.81.12 would show the page to everyone."""
    given = settings.litellm_settings.get("callbacks", [])
    callbacks = given if isinstance(given, list) else [given]
    return {
        "callbacks": [*callbacks, *([] if PROMETHEUS in callbacks else [PROMETHEUS])],
        "require_auth_for_metrics_endpoint": True,
        "prometheus_metrics_config": settings.litellm_settings.get("prometheus_metrics_config", COUNTED),
    }
