"""ServiceConfig and Secret: files that Swarm hands to tasks. Neither can be changed, only replaced."""

from __future__ import annotations

import base64

from airgap.plugins.docker.blocks import label_blocks, label_map
from airgap.plugins.docker.objects import DockerObject, engine_errors, found_or_none
from airgap.plugins.values import Secret as SecretValue
from airgap.plugins.values import Tree, mapping, text


class ServiceConfig(DockerObject):
    """A Swarm config; its content can be read back."""

    token = "docker:index/serviceConfig:ServiceConfig"  # noqa: S105 - a type token is no secret

    def create(self, planned: Tree) -> str:
        """Makes the config from `data` (base64) or `dataRaw`."""
        raw = planned.get("dataRaw")
        content = raw.encode() if isinstance(raw, str) and raw else base64.b64decode(text(planned.get("data")))
        with engine_errors(f"config {text(planned.get('name'))}: create"):
            made = self._client.create_config(text(planned.get("name")), content, label_map(planned.get("labels")))
        return text(made["ID"])

    def read(self, object_id: str, known: Tree) -> Tree | None:
        """Returns the config, its content in the form that the program gives."""
        found = found_or_none(lambda: self._client.inspect_config(object_id), f"config {object_id}: read")
        if found is None:
            return None
        spec = mapping(found.get("Spec"))
        data = text(spec.get("Data"))
        is_raw = known.get("dataRaw") is not None
        return {
            "id": object_id,
            "data": None if is_raw else data,
            "dataRaw": base64.b64decode(data).decode() if is_raw else None,
            "labels": label_blocks(spec.get("Labels")),
            "name": text(spec.get("Name")),
        }

    def delete(self, object_id: str, properties: Tree) -> None:
        """Removes the config."""
        with engine_errors(f"config {text(properties.get('name')) or object_id}: delete"):
            self._client.remove_config(object_id)


class Secret(DockerObject):
    """A Swarm secret; the engine never tells its content, the state's is kept."""

    token = "docker:index/secret:Secret"  # noqa: S105 - a type token is no secret

    def create(self, planned: Tree) -> str:
        """Makes the secret."""
        content = base64.b64decode(text(_plain(planned.get("data"))))
        with engine_errors(f"secret {text(planned.get('name'))}: create"):
            made = self._client.create_secret(text(planned.get("name")), content, label_map(planned.get("labels")))
        return text(made["ID"])

    def read(self, object_id: str, known: Tree) -> Tree | None:
        """Returns the secret with the content that is known."""
        found = found_or_none(lambda: self._client.inspect_secret(object_id), f"secret {object_id}: read")
        if found is None:
            return None
        spec = mapping(found.get("Spec"))
        return {
            "id": object_id,
            "data": SecretValue(_plain(known.get("data"))),
            "labels": label_blocks(spec.get("Labels")),
            "name": text(spec.get("Name")),
        }

    def delete(self, object_id: str, properties: Tree) -> None:
        """Removes the secret."""
        with engine_errors(f"secret {text(properties.get('name')) or object_id}: delete"):
            self._client.remove_secret(object_id)


def _plain(value: object) -> object:
    return value.value if isinstance(value, SecretValue) else value
