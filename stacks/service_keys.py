"""The services that have a key of their own, which a catalog provider may use: `api_key_of_service`.

Takes the settings; says which of them are switched on and what else is to be done, and where a service's key lies. A
row here is all that the catalog and the handover of a changing key need to know of a service. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from components.services import cli_proxy_file
from stacks.settings import Settings

API_KEY = "/run/secrets/api-key"


@dataclass(frozen=True)
class ServiceKey:
    """One service.

    Attributes:
        setting: The setting that switches it on.
        is_on: Reads it.
        port: Where the service answers.
        key: The secret that is its key, one of `service_secrets.NAMES`.
        key_file: Where the key lies in the container.
        other_files: Its other secrets by the path in the container.
        private_paths: Mounts that hold what a start writes from the key: a clone must not share them.
    """

    setting: str
    is_on: Callable[[Settings], bool]
    port: int
    key: str
    key_file: str
    other_files: Mapping[str, str] = field(default_factory=dict)
    private_paths: tuple[str, ...] = ()


SERVICES: Mapping[str, ServiceKey] = {
    "antigravity-manager": ServiceKey(
        setting="antigravityManager.enabled",
        is_on=lambda settings: settings.antigravity_manager.enabled,
        port=8045,
        key="antigravity-api-key",
        key_file=API_KEY,
        other_files={"/run/secrets/web-password": "antigravity-web-password"},
    ),
    "cli-proxy-api": ServiceKey(
        setting="cliProxyApi.enabled",
        is_on=lambda settings: settings.cli_proxy_api.enabled,
        port=cli_proxy_file.PORT,
        key="cli-proxy-api-key",
        key_file=API_KEY,
        other_files={"/run/secrets/management-key": "cli-proxy-api-management-key"},
        private_paths=(cli_proxy_file.CONFIG_FOLDER,),
    ),
}


def switched(settings: Settings, project: str) -> dict[str, str | None]:
    """Every service by name; for one that is off, what to type to have it on."""
    return {
        name: None if one.is_on(settings) else f"pulumi config set --path {project}:settings.{one.setting} true"
        for name, one in SERVICES.items()
    }
