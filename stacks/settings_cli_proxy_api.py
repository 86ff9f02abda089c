"""The setting `cliProxyApi`: the proxy in front of coding assistants' accounts. A part of `settings.py`. Pure."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, JsonValue

from stacks import cli_proxy_config
from stacks.settings_base import RoutedService, one_task

Config = Annotated[dict[str, JsonValue], AfterValidator(cli_proxy_config.allowed)]


class CliProxyApi(RoutedService):
    """CLIProxyAPI. It keeps its accounts in one volume, so it has one task."""

    CANNOT_BE_SET = one_task("its accounts and its config are in volumes, which one task writes")

    config: Config = Field(
        {},
        description="Keys of its config file in its own words, over the defaults: remote-management {allow-remote: "
        "true}, usage-statistics-enabled true, logging-to-file false, ws-auth true. No secret, and nothing that the "
        "program needs as it sets it (host, port, tls, auth-dir, api-keys).",
    )
