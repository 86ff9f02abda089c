"""The engine's service as a Service's outputs: the full tree, with the empty values that the official plugin writes.

Pure. `convergeConfig` and `auth` are not in the engine; they are taken over from the state or the plan.
"""

from __future__ import annotations

from airgap.plugins.docker.blocks import label_blocks, sorted_blocks
from airgap.plugins.docker.durations import shortest
from airgap.plugins.docker.service_mounts import mount_block
from airgap.plugins.values import Tree, integer, items, mapping, mappings, text, texts


def service_tree(service: Tree, known: Tree) -> Tree:
    """Returns the outputs.

    Args:
        service: The answer of a service inspect.
        known: Old or planned outputs, for what the engine does not hold.
    """
    spec = mapping(service.get("Spec"))
    return {
        "id": text(service.get("ID")),
        "auth": known.get("auth"),
        "convergeConfig": known.get("convergeConfig"),
        "endpointSpec": _endpoint(mapping(service.get("Endpoint")), mapping(spec.get("EndpointSpec"))),
        "labels": label_blocks(spec.get("Labels")),
        "mode": _mode(mapping(spec.get("Mode"))),
        "name": text(spec.get("Name")),
        "rollbackConfig": _rollout(spec.get("RollbackConfig")),
        "taskSpec": _task(mapping(spec.get("TaskTemplate"))),
        "updateConfig": _rollout(spec.get("UpdateConfig")),
    }


def _mode(mode: Tree) -> Tree:
    if "Global" in mode:
        return {"global": True, "replicated": None}
    return {"global": False, "replicated": {"replicas": integer(mapping(mode.get("Replicated")).get("Replicas"))}}


def _rollout(config: object) -> object:
    if config is None:
        return None
    block = mapping(config)
    ratio = block.get("MaxFailureRatio")
    return {
        "parallelism": integer(block.get("Parallelism")),
        "delay": shortest(integer(block.get("Delay"))),
        "failureAction": text(block.get("FailureAction")),
        "monitor": shortest(integer(block.get("Monitor"))),
        "maxFailureRatio": f"{float(ratio) if isinstance(ratio, int | float) else 0.0:.1f}",
        "order": text(block.get("Order")),
    }


def is_allocated(service: Tree) -> bool:
    """Returns whether Swarm has given out all ports of the spec; it does so a moment after a create or update."""
    wanted = mapping(mapping(service.get("Spec")).get("EndpointSpec"))
    given = {_port_key(port) for port in mappings(mapping(service.get("Endpoint")).get("Ports"))}
    keys = [_port_key(port) for port in mappings(wanted.get("Ports"))]
    chosen = {(target, protocol) for target, protocol, _ in given}
    return len(given) == len(keys) and all(key in given if key[2] else (key[0], key[1]) in chosen for key in keys)


def _port_key(port: Tree) -> tuple[int, str, int]:
    return integer(port.get("TargetPort")), text(port.get("Protocol")), integer(port.get("PublishedPort"))


def _endpoint(endpoint: Tree, wanted: Tree) -> Tree:
    """Returns the run-time end point, whose ports have the numbers that Swarm gave out.

    A dnsrr service without ports has none; its mode stands in the spec alone.
    """
    ports: list[object] = [
        {
            "name": text(port.get("Name")),
            "protocol": text(port.get("Protocol")),
            "publishMode": text(port.get("PublishMode")),
            "publishedPort": integer(port.get("PublishedPort")),
            "targetPort": integer(port.get("TargetPort")),
        }
        for port in mappings(endpoint.get("Ports"))
    ]
    mode = text(mapping(endpoint.get("Spec")).get("Mode")) or text(wanted.get("Mode"))
    return {"mode": mode, "ports": ports}


def _task(template: Tree) -> Tree:
    return {
        "containerSpec": _container(mapping(template.get("ContainerSpec"))),
        "forceUpdate": integer(template.get("ForceUpdate")),
        "logDriver": _log_driver(template.get("LogDriver")),
        "networksAdvanceds": sorted_blocks([_network(entry) for entry in mappings(template.get("Networks"))]),
        "placement": _placement(template.get("Placement")),
        "resources": _resources(template.get("Resources")),
        "restartPolicy": _restart_policy(template.get("RestartPolicy")),
        "runtime": text(template.get("Runtime")),
    }


def _log_driver(driver: object) -> object:
    if driver is None:
        return None
    return {"name": text(mapping(driver).get("Name")), "options": mapping(mapping(driver).get("Options"))}


def _network(network: Tree) -> Tree:
    options = mapping(network.get("DriverOpts"))
    return {
        "aliases": sorted(texts(network.get("Aliases"))),
        "driverOpts": sorted(f"{name}={value}" for name, value in options.items()),
        "id": text(network.get("Target")),
        "name": "",
    }


def _placement(placement: object) -> object:
    if placement is None:
        return None
    block = mapping(placement)
    spreads = [mapping(entry.get("Spread")) for entry in mappings(block.get("Preferences"))]
    platforms: list[Tree] = [
        {"architecture": text(entry.get("Architecture")), "os": text(entry.get("OS"))}
        for entry in mappings(block.get("Platforms"))
    ]
    return {
        "constraints": sorted(texts(block.get("Constraints"))),
        "maxReplicas": integer(block.get("MaxReplicas")),
        "platforms": sorted_blocks(platforms),
        "prefs": sorted(text(spread.get("SpreadDescriptor")) for spread in spreads),
    }


def _resources(resources: object) -> object:
    if resources is None:
        return None
    limits = mapping(resources).get("Limits")
    reservation = mapping(resources).get("Reservations")
    return {
        "limits": _amounts(limits) if limits else None,
        "reservation": {"genericResources": None, **_amounts(reservation)} if reservation else None,
    }


def _amounts(amounts: object) -> Tree:
    return {
        "memoryBytes": integer(mapping(amounts).get("MemoryBytes")),
        "nanoCpus": integer(mapping(amounts).get("NanoCPUs")),
    }


def _restart_policy(policy: object) -> object:
    if policy is None:
        return None
    block = mapping(policy)
    return {
        "condition": text(block.get("Condition")),
        "delay": shortest(integer(block.get("Delay"))),
        "maxAttempts": integer(block.get("MaxAttempts")),
        "window": shortest(integer(block.get("Window"))),
    }


def _container(spec: Tree) -> Tree:
    hosts = [entry.split(" ", 1) for entry in texts(spec.get("Hosts"))]
    return {
        "args": items(spec.get("Args")),
        "capAdds": items(spec.get("CapabilityAdd")),
        "capDrops": items(spec.get("CapabilityDrop")),
        "commands": items(spec.get("Command")),
        "configs": sorted_blocks([_file(entry, "config") for entry in mappings(spec.get("Configs"))]),
        "dir": text(spec.get("Dir")),
        "dnsConfig": _dns(spec.get("DNSConfig")),
        "env": dict(entry.partition("=")[::2] for entry in sorted(texts(spec.get("Env")))),
        "groups": items(spec.get("Groups")),
        "healthcheck": _healthcheck(spec.get("Healthcheck")),
        "hostname": text(spec.get("Hostname")),
        "hosts": sorted_blocks([{"host": pair[-1], "ip": pair[0]} for pair in hosts]),
        "image": text(spec.get("Image")),
        "init": spec.get("Init") is True,
        "isolation": text(spec.get("Isolation")),
        "labels": label_blocks(spec.get("Labels")),
        "mounts": sorted_blocks([mount_block(entry) for entry in mappings(spec.get("Mounts"))]),
        "privileges": _privileges(spec.get("Privileges")),
        "readOnly": spec.get("ReadOnly") is True,
        "secrets": sorted_blocks([_file(entry, "secret") for entry in mappings(spec.get("Secrets"))]),
        "stopGracePeriod": shortest(integer(spec.get("StopGracePeriod"))) if "StopGracePeriod" in spec else "",
        "stopSignal": text(spec.get("StopSignal")),
        "sysctl": mapping(spec.get("Sysctls")),
        "user": text(spec.get("User")),
    }


def _dns(config: object) -> object:
    if config is None:
        return None
    names = {"nameservers": "Nameservers", "options": "Options", "searches": "Search"}
    return {ours: items(mapping(config).get(theirs)) or None for ours, theirs in names.items()}


def _healthcheck(check: object) -> object:
    if check is None:
        return None
    block = mapping(check)
    return {
        "interval": shortest(integer(block.get("Interval"))),
        "retries": integer(block.get("Retries")),
        "startPeriod": shortest(integer(block.get("StartPeriod"))),
        "tests": items(block.get("Test")),
        "timeout": shortest(integer(block.get("Timeout"))),
    }


def _privileges(privileges: object) -> object:
    context = mapping(privileges).get("SELinuxContext")
    if context is None:
        return None
    block = mapping(context)
    names = {"level": "Level", "role": "Role", "type": "Type", "user": "User"}
    selinux: Tree = {ours: text(block.get(theirs)) for ours, theirs in names.items()}
    return {"credentialSpec": None, "seLinuxContext": {"disable": block.get("Disable") is True, **selinux}}


def _file(entry: Tree, kind: str) -> Tree:
    title = kind.capitalize()
    file = mapping(entry.get("File"))
    return {
        f"{kind}Id": text(entry.get(f"{title}ID")),
        f"{kind}Name": text(entry.get(f"{title}Name")),
        "fileGid": text(file.get("GID")),
        "fileMode": integer(file.get("Mode")),
        "fileName": text(file.get("Name")),
        "fileUid": text(file.get("UID")),
    }
