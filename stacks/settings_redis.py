"""The setting `redis`: what several tasks of the gateway share. A part of `settings.py`. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pydantic import Field, JsonValue

from stacks.settings_base import Service, Strict, one_task
from stacks.settings_certificates import Authorities
from stacks.settings_types import HostName, OneLine, Port

VARIABLES = "REDIS_"
CACHE_KEYS = frozenset({"cache", "cache_params"})


class ExternalRedis(Strict):
    """A Redis that this program does not run. Its password, if it has one, is the secret `llmproxy:redis-password`."""

    host: HostName = Field(description="Host name or IPv4 address, as the gateway's containers reach it.")
    port: Port = Field(6379, description="TCP port.")
    username: OneLine = Field("", description="User of its access list; empty is the default one.")
    tls: bool = Field(True, description="Speak TLS, and check the server's certificate and name.")
    ca_certificate: Authorities | None = Field(
        None, description="Who signs its certificate, as PEM; null trusts the authorities of the gateway's image."
    )


class Redis(Service):
    """Redis: rate limits and cool-downs that hold for all tasks of the gateway together."""

    CANNOT_BE_SET = one_task(
        "one server holds the volume", remedy="take it out, or name one of others in redis.external"
    )

    external: ExternalRedis | None = Field(
        None, description="A Redis run by others; then no redis service and no volume is made. Needs enabled as well."
    )
    max_memory_mib: int = Field(256, ge=16, description="What ours may keep; then the longest unused goes, in MiB.")
    cache_answers: bool = Field(
        False, description="Keep models' answers too, and give the same answer to the same request again."
    )
    cache_seconds: int = Field(600, ge=1, description="How long an answer is given again.")

    def problems(self, variables: Collection[str], litellm_settings: Mapping[str, JsonValue]) -> list[str]:
        """What contradicts itself, or is said of the gateway a second time."""
        found = [
            f"litellm.environment or secretEnvironment holds {name}, which redis.enabled sets; take it out there"
            for name in sorted(variables)
            if self.enabled and name.startswith(VARIABLES)
        ]
        found += [
            f"litellm.litellmSettings holds {key!r}, which redis.enabled sets; take it out there, and see "
            "redis.cacheAnswers"
            for key in sorted(CACHE_KEYS & litellm_settings.keys())
            if self.enabled
        ]
        if self.external and not self.enabled:
            found.append("redis.external is set, but redis.enabled is false, so nothing uses it; set it to true")
        if self.external and self.external.ca_certificate and not self.external.tls:
            found.append(
                "redis.external.caCertificate is set, but tls is false, so nothing is checked; set tls to true"
            )
        return found
