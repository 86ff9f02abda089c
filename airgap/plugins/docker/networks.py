"""Network: every argument replaces it."""

# ruff: noqa: ARG002 - the signatures are those of DockerObject

from __future__ import annotations

import time

from airgap.plugins.docker.blocks import label_blocks, label_map, sorted_blocks
from airgap.plugins.docker.objects import DockerObject, engine_errors, found_or_none, retried
from airgap.plugins.failures import PluginError
from airgap.plugins.values import Tree, mapping, mappings, text

_OPTIONS_SECONDS = 30
_DELETE_SECONDS = 30
# Swarm answers "in use by task" until the agent has reported the end of a task whose service is gone already. The
# official plugin seldom meets it, because it waits 2 s for everything.
_TRANSIENT = ("has active endpoints", "is in use by task")


class Network(DockerObject):
    """A network of any driver."""

    token = "docker:index/network:Network"  # noqa: S105 - a type token is no secret

    def create(self, planned: Tree) -> str:
        """Makes the network."""
        options = mapping(planned.get("options"))
        configs: list[Tree] = [
            {
                "Subnet": text(entry.get("subnet")),
                "Gateway": text(entry.get("gateway")),
                "IPRange": text(entry.get("ipRange")),
                "AuxiliaryAddresses": mapping(entry.get("auxAddress")),
            }
            for entry in mappings(planned.get("ipamConfigs"))
        ]
        ipam: Tree = {"Driver": text(planned.get("ipamDriver")), "Options": mapping(planned.get("ipamOptions"))}
        with engine_errors(f"network {text(planned.get('name'))}: create"):
            made = self._client.create_network(
                text(planned.get("name")),
                driver=text(planned.get("driver")) or None,
                options=options or None,
                ipam=ipam | {"Config": configs},
                internal=planned.get("internal") is True,
                labels=label_map(planned.get("labels")),
                enable_ipv6=planned.get("ipv6") is True,
                attachable=planned.get("attachable") is True,
                ingress=planned.get("ingress") is True,
            )
        return text(made["Id"])

    def read(self, object_id: str, known: Tree) -> Tree | None:
        """Returns the network; an overlay's options appear a little after it was made."""
        deadline = time.monotonic() + _OPTIONS_SECONDS
        while True:
            found = found_or_none(lambda: self._client.inspect_network(object_id), f"network {object_id}: read")
            if found is None:
                return None
            if found.get("Driver") != "overlay" or found.get("Options"):
                return _outputs(found)
            if time.monotonic() > deadline:
                raise PluginError(f"network {object_id}: read: it has no VXLAN id after {_OPTIONS_SECONDS} s")
            time.sleep(0.1)

    def delete(self, object_id: str, properties: Tree) -> None:
        """Removes the network, waiting for end points that are just going away."""
        with engine_errors(f"network {text(properties.get('name')) or object_id}: delete"):
            retried(lambda: self._client.remove_network(object_id), _TRANSIENT, _DELETE_SECONDS)


def _outputs(found: Tree) -> Tree:
    ipam = mapping(found.get("IPAM"))
    configs: list[Tree] = [
        {
            "auxAddress": mapping(entry.get("AuxiliaryAddresses")),
            "gateway": text(entry.get("Gateway")),
            "ipRange": text(entry.get("IPRange")),
            "subnet": text(entry.get("Subnet")),
        }
        for entry in mappings(ipam.get("Config"))
    ]
    return {
        "id": text(found.get("Id")),
        "attachable": found.get("Attachable") is True,
        "driver": text(found.get("Driver")),
        "ingress": found.get("Ingress") is True,
        "internal": found.get("Internal") is True,
        "ipamConfigs": sorted_blocks(configs),
        "ipamDriver": text(ipam.get("Driver")),
        "ipamOptions": mapping(ipam.get("Options")),
        "ipv6": found.get("EnableIPv6") is True,
        "labels": label_blocks(found.get("Labels")),
        "name": text(found.get("Name")),
        "options": mapping(found.get("Options")),
        "scope": text(found.get("Scope")),
    }
