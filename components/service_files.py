"""The files that a service of ours is started with: entry point, environment, secrets, further configs.

Takes texts and secret values of one service, makes the Swarm objects, gives what its `ServiceArgs` need. Each is a
child of the service's component and named after it. Apart, because every service has the same files.
"""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from components import entrypoint, env_file
from components.config import Config, ConfigArgs
from components.naming import SwarmStack
from components.secret import Secret, SecretArgs
from components.service_args import READABLE_BY_ALL, ConfigFile, SecretFile

RUN_SECRETS = "/run/secrets"


class ServiceFiles:
    """Makes the files of one service, in any number.

    Args:
        name: The service's logical name, which all of its files begin with.
        stack: The Swarm stack whose labels they carry.
        parent: The service's component.
    """

    def __init__(self, name: str, stack: SwarmStack, parent: pulumi.Resource) -> None:
        self._name, self._stack = name, stack
        self._child = pulumi.ResourceOptions(parent=parent)

    def config(
        self, name: str, text: pulumi.Input[str], path: str, *, mode: int = READABLE_BY_ALL, uid: str = "0"
    ) -> ConfigFile:
        """A text as a file in the container; it must hold no secret."""
        args = ConfigArgs(text=text, labels=self._stack.labels)
        return ConfigFile(Config(f"{self._name}-{name}", args, self._child), path, mode, uid)

    def secret(
        self,
        name: str,
        value: pulumi.Input[str],
        path: str | None = None,
        *,
        mode: int = READABLE_BY_ALL,
        uid: str = "0",
        keeps_first: bool = False,
    ) -> SecretFile:
        """A secret as a file in the container; `/run/secrets/<name>` unless a path is given."""
        args = SecretArgs(value=value, labels=self._stack.labels, keeps_first=keeps_first)
        return SecretFile(Secret(f"{self._name}-{name}", args, self._child), path or secret_path(name), mode, uid)

    def entrypoint(self) -> ConfigFile:
        """The wrapper; the service's command is `entrypoint.COMMAND`."""
        return self.config("entrypoint", entrypoint.script(), entrypoint.PATH, mode=entrypoint.MODE)

    def environment(
        self,
        values: Mapping[str, pulumi.Input[str]],
        *,
        secret_files: Mapping[str, str] | None = None,
        database_urls: Mapping[str, pulumi.Input[env_file.DatabaseUrl]] | None = None,
        drain_seconds: int = 0,
        kill_seconds: int = 0,
        name: str = "env",
    ) -> ConfigFile:
        """The environment that the wrapper sets; see `env_file.render`."""
        text = pulumi.Output.all(dict(values), dict(database_urls or {})).apply(
            lambda given: env_file.render(
                given[0],
                secret_files=secret_files,
                database_urls=given[1],
                drain_seconds=drain_seconds,
                kill_seconds=kill_seconds,
            )
        )
        return self.config(name, text, env_file.PATH)


def secret_path(name: str) -> str:
    """Where a secret of that name lies in the container."""
    return f"{RUN_SECRETS}/{name}"
