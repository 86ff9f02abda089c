"""Secrets and configs that no Pulumi resource stands for: those of a service that lives for minutes only.

Takes the Docker SDK's client; stores, reads and removes them by a label. Apart from the engine's other calls, because
nothing but a handover needs it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol

import docker
from docker.errors import NotFound


class Files(Protocol):
    """What the logic needs."""

    def store_secret(self, name: str, value: bytes, labels: Mapping[str, str]) -> str: ...
    def store_config(self, name: str, value: bytes, labels: Mapping[str, str]) -> str: ...
    def config(self, config_id: str) -> bytes: ...
    def remove_labelled(self, label: str, value: str) -> None: ...


class FileStore:
    """`Files` over the Docker SDK."""

    def __init__(self, client: docker.APIClient) -> None:
        self._client = client

    def store_secret(self, name: str, value: bytes, labels: Mapping[str, str]) -> str:
        """Gives the new secret's id."""
        made = self._client.create_secret(name, value, labels=dict(labels))
        return str(made["ID"])

    def store_config(self, name: str, value: bytes, labels: Mapping[str, str]) -> str:
        """Gives the new config's id."""
        made = self._client.create_config(name, value, labels=dict(labels))
        return str(made["ID"])

    def config(self, config_id: str) -> bytes:
        """A config's content; a secret's never comes back."""
        return base64.b64decode(self._client.inspect_config(config_id)["Spec"]["Data"])  # type: ignore[no-untyped-call]  # the stubs leave it out

    def remove_labelled(self, label: str, value: str) -> None:
        """Removes every secret and config that carries this label; one that is gone is done."""
        filters = {"label": f"{label}={value}"}
        for found in self._client.secrets(filters=filters):
            with suppress(NotFound):
                self._client.remove_secret(found["ID"])
        for found in self._client.configs(filters=filters):  # type: ignore[no-untyped-call]  # the stubs leave it out
            with suppress(NotFound):
                self._client.remove_config(found["ID"])  # type: ignore[no-untyped-call]  # the stubs leave it out
