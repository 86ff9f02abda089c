"""LiteLLM's own configuration: `litellm.yaml` and the environment, rendered from the settings.

Pure. `litellm.yaml` references no secret where LiteLLM 1.81.12 would write it back into its database with the
`os.environ/…` resolved, in clear (measured; `passed_through.py`); what is secret reaches the container as a file.
"""

from __future__ import annotations

import yaml
from pydantic import JsonValue

from stacks.passed_through import OFFLINE_ENVIRONMENT
from stacks.settings_litellm import Litellm


def config_yaml(settings: Litellm) -> str:
    """Gives the text of `litellm.yaml`: our settings by LiteLLM's names, then the keys passed through."""
    general: dict[str, JsonValue] = {
        "store_model_in_db": settings.store_model_in_db,
        "proxy_batch_write_at": settings.proxy_batch_write_at,
        "database_connection_pool_limit": settings.database_connection_pool_limit,
        "store_prompts_in_spend_logs": settings.store_prompts_in_spend_logs,
        **settings.general_settings,
    }
    document: dict[str, JsonValue] = {"general_settings": general}
    if settings.litellm_settings:
        document["litellm_settings"] = dict(settings.litellm_settings)
    return yaml.safe_dump(document, sort_keys=True, allow_unicode=True)


def environment(settings: Litellm, *, offline: bool) -> dict[str, str]:
    """Gives the gateway's environment without secrets.

    Args:
        settings: The gateway's settings.
        offline: True where nothing outside can be reached; LiteLLM then uses the copies in its package.
    """
    return {
        "LITELLM_MODE": settings.mode,
        "LITELLM_LOG": settings.log,
        "JSON_LOGS": str(settings.json_logs),
        "LITELLM_DROP_PARAMS": str(settings.drop_params),
        "STORE_MODEL_IN_DB": str(settings.store_model_in_db),
        **(OFFLINE_ENVIRONMENT if offline else {}),
        **settings.environment,
    }
