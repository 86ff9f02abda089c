"""Volume: local to the node that answers; every argument replaces it."""

# ruff: noqa: ARG002 - the signatures are those of DockerObject

from __future__ import annotations

from airgap.plugins.docker.blocks import label_blocks, label_map
from airgap.plugins.docker.objects import DockerObject, engine_errors, found_or_none, retried
from airgap.plugins.values import Tree, mapping, text

_DELETE_SECONDS = 20


class Volume(DockerObject):
    """A named volume; its id is its name."""

    token = "docker:index/volume:Volume"  # noqa: S105 - a type token is no secret

    def create(self, planned: Tree) -> str:
        """Makes the volume; one that exists with the same driver is taken over, which is how the engine does it."""
        with engine_errors(f"volume {text(planned.get('name'))}: create"):
            made = self._client.create_volume(
                name=text(planned.get("name")) or None,
                driver=text(planned.get("driver")) or None,
                driver_opts=mapping(planned.get("driverOpts")) or None,
                labels=label_map(planned.get("labels")) or None,
            )
        return text(made["Name"])

    def read(self, object_id: str, known: Tree) -> Tree | None:
        """Returns the volume."""
        found = found_or_none(lambda: self._client.inspect_volume(object_id), f"volume {object_id}: read")
        if found is None:
            return None
        return {
            "id": object_id,
            "cluster": None,
            "driver": text(found.get("Driver")),
            "driverOpts": mapping(found.get("Options")),
            "labels": label_blocks(found.get("Labels")),
            "mountpoint": text(found.get("Mountpoint")),
            "name": text(found.get("Name")),
        }

    def delete(self, object_id: str, properties: Tree) -> None:
        """Removes the volume, waiting a while for a container that is just going away."""
        with engine_errors(f"volume {object_id}: delete"):
            retried(lambda: self._client.remove_volume(object_id, force=True), ("is in use",), _DELETE_SECONDS)
