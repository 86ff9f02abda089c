"""What of `litellm.yaml` LiteLLM's database could override is held to what the file says (ADR 0019).

Takes the settings that the file is rendered from; gives the one resource.
"""

from __future__ import annotations

import pulumi

from litellm_resources.gateway_config import GatewayConfig, GatewayConfigArgs
from stacks import litellm_config
from stacks.settings import Settings


def deploy(settings: Settings, opts: pulumi.ResourceOptions) -> GatewayConfig:
    """Makes it; to come after the router settings, whose write puts the former file into the database of 1.81.12."""
    said = litellm_config.document(settings.litellm, with_metrics=settings.netdata.enabled, redis=settings.redis)
    of_litellm = said.get("litellm_settings", {})
    args = GatewayConfigArgs(
        general_settings=said["general_settings"],
        litellm_settings=of_litellm,
        callbacks=litellm_config.callbacks(of_litellm),
    )
    return GatewayConfig("gateway-config", args, opts)
