"""Mounts of a Service, in both directions: block to engine, engine to block. Pure."""

from __future__ import annotations

from airgap.plugins.docker.blocks import label_blocks, label_map
from airgap.plugins.values import Tree, integer, mapping, text


def mount_spec(block: Tree) -> Tree:
    """Returns a mount block as the engine's mount."""
    mount: Tree = {
        "Type": text(block.get("type")),
        "Source": text(block.get("source")),
        "Target": text(block.get("target")),
        "ReadOnly": block.get("readOnly") is True,
    }
    if block.get("bindOptions") is not None:
        mount["BindOptions"] = {"Propagation": text(mapping(block["bindOptions"]).get("propagation"))}
    if block.get("volumeOptions") is not None:
        mount["VolumeOptions"] = _volume_options(mapping(block["volumeOptions"]))
    if block.get("tmpfsOptions") is not None:
        options = mapping(block["tmpfsOptions"])
        mount["TmpfsOptions"] = {
            "SizeBytes": integer(options.get("sizeBytes")),
            "Mode": integer(options.get("mode")),
        }
    return mount


def _volume_options(block: Tree) -> Tree:
    options: Tree = {
        "NoCopy": block.get("noCopy") is True,
        "Labels": label_map(block.get("labels")),
    }
    if text(block.get("driverName")) or mapping(block.get("driverOptions")):
        options["DriverConfig"] = {
            "Name": text(block.get("driverName")),
            "Options": mapping(block.get("driverOptions")),
        }
    return options


def mount_block(mount: Tree) -> Tree:
    """Returns the engine's mount as a mount block."""
    return {
        "type": text(mount.get("Type")),
        "source": text(mount.get("Source")),
        "target": text(mount.get("Target")),
        "readOnly": mount.get("ReadOnly") is True,
        "bindOptions": _bind_block(mount.get("BindOptions")),
        "volumeOptions": _volume_block(mount.get("VolumeOptions")),
        "tmpfsOptions": _tmpfs_block(mount.get("TmpfsOptions")),
    }


def _bind_block(options: object) -> object:
    return None if options is None else {"propagation": text(mapping(options).get("Propagation"))}


def _tmpfs_block(options: object) -> object:
    if options is None:
        return None
    return {
        "sizeBytes": integer(mapping(options).get("SizeBytes")),
        "mode": integer(mapping(options).get("Mode")),
    }


def _volume_block(options: object) -> object:
    if options is None:
        return None
    driver = mapping(mapping(options).get("DriverConfig"))
    return {
        "noCopy": mapping(options).get("NoCopy") is True,
        "labels": label_blocks(mapping(options).get("Labels")),
        "driverName": text(driver.get("Name")),
        "driverOptions": mapping(driver.get("Options")),
    }
