"""What the docker plugin asks of the docker SDK's low-level client, with types: the SDK itself has hardly any.

Tests may give anything with these methods.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from airgap.plugins.values import Tree


class Engine(Protocol):
    """One Docker Engine."""

    def inspect_distribution(self, image: str, auth_config: Mapping[str, object] | None = None) -> Tree:
        """Returns what the registry knows of an image."""

    def create_service(
        self,
        *,
        task_template: object,
        name: object,
        labels: object,
        mode: object,
        update_config: object,
        endpoint_spec: object,
        rollback_config: object,
    ) -> Tree:
        """Makes a service."""

    def update_service(
        self,
        service: str,
        version: object,
        *,
        task_template: object,
        name: object,
        labels: object,
        mode: object,
        update_config: object,
        endpoint_spec: object,
        rollback_config: object,
    ) -> Tree:
        """Writes a service's whole spec."""

    def inspect_service(self, service: str) -> Tree:
        """Returns a service, by id or name."""

    def remove_service(self, service: str) -> object:
        """Removes a service."""

    def tasks(self, filters: Mapping[str, str]) -> list[object]:
        """Returns the tasks that match."""

    def wait(self, container: str, timeout: float, condition: str) -> object:
        """Waits for a container."""

    def create_network(self, name: str, driver: str | None, **settings: object) -> Tree:
        """Makes a network."""

    def inspect_network(self, net_id: str) -> Tree:
        """Returns a network."""

    def remove_network(self, net_id: str) -> None:
        """Removes a network."""

    def create_volume(self, name: str | None, driver: str | None, driver_opts: object, labels: object) -> Tree:
        """Makes a volume."""

    def inspect_volume(self, name: str) -> Tree:
        """Returns a volume."""

    def remove_volume(self, name: str, force: bool) -> None:
        """Removes a volume."""

    def create_config(self, name: str, data: bytes, labels: object) -> Tree:
        """Makes a config."""

    def inspect_config(self, id: str) -> Tree:  # noqa: A002 - the SDK's name
        """Returns a config."""

    def remove_config(self, id: str) -> object:  # noqa: A002 - the SDK's name
        """Removes a config."""

    def create_secret(self, name: str, data: bytes, labels: object) -> Tree:
        """Makes a secret."""

    def inspect_secret(self, id: str) -> Tree:  # noqa: A002 - the SDK's name
        """Returns a secret, without its content."""

    def remove_secret(self, id: str) -> object:  # noqa: A002 - the SDK's name
        """Removes a secret."""
