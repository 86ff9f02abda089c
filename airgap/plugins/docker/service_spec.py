"""A Service's planned outputs as the engine's service spec.

Pure. The spec is always written whole: what the tree does not hold goes, also what somebody set by hand. Blocks that
are given in part send zeros for the rest, as the official plugin does.

One exception: the environment is sorted by name. The official plugin sends it in random order, and each new order
restarts the tasks; sorted, only a changed variable does.
"""

from __future__ import annotations

from airgap.plugins.docker.blocks import label_map
from airgap.plugins.docker.durations import nanoseconds
from airgap.plugins.docker.service_mounts import mount_spec
from airgap.plugins.values import Tree, integer, items, mapping, mappings, text, texts


def service_spec(tree: Tree) -> Tree:
    """Returns the spec for a planned tree without unknown values."""
    spec: Tree = {
        "Name": text(tree.get("name")),
        "Labels": label_map(tree.get("labels")),
        "Mode": _mode(mapping(tree.get("mode"))),
        "TaskTemplate": _task_template(mapping(tree.get("taskSpec"))),
    }
    if tree.get("updateConfig") is not None:
        spec["UpdateConfig"] = _rollout(mapping(tree["updateConfig"]))
    if tree.get("rollbackConfig") is not None:
        spec["RollbackConfig"] = _rollout(mapping(tree["rollbackConfig"]))
    if tree.get("endpointSpec") is not None:
        spec["EndpointSpec"] = _endpoint(mapping(tree["endpointSpec"]))
    return spec


def _mode(mode: Tree) -> Tree:
    if mode.get("global") is True:
        return {"Global": {}}
    replicas = mapping(mode.get("replicated")).get("replicas")
    return {"Replicated": {"Replicas": 1 if replicas is None else integer(replicas)}}


def _rollout(block: Tree) -> Tree:
    return {
        "Parallelism": integer(block.get("parallelism")),
        "Delay": _nanoseconds(block, "delay"),
        "FailureAction": text(block.get("failureAction")),
        "Monitor": _nanoseconds(block, "monitor"),
        "MaxFailureRatio": float(text(block.get("maxFailureRatio")) or 0),
        "Order": text(block.get("order")),
    }


def _endpoint(block: Tree) -> Tree:
    ports = [
        {
            "Name": text(port.get("name")),
            "Protocol": text(port.get("protocol")),
            "TargetPort": integer(port.get("targetPort")),
            "PublishedPort": integer(port.get("publishedPort")),
            "PublishMode": text(port.get("publishMode")),
        }
        for port in mappings(block.get("ports"))
    ]
    return {"Mode": text(block.get("mode")), "Ports": ports}


def _task_template(block: Tree) -> Tree:
    template: Tree = {"ContainerSpec": _container(mapping(block.get("containerSpec")))}
    if block.get("resources") is not None:
        template["Resources"] = _resources(mapping(block["resources"]))
    if block.get("restartPolicy") is not None:
        policy = mapping(block["restartPolicy"])
        template["RestartPolicy"] = {
            "Condition": text(policy.get("condition")),
            "Delay": _nanoseconds(policy, "delay"),
            "MaxAttempts": integer(policy.get("maxAttempts")),
            "Window": _nanoseconds(policy, "window"),
        }
    if block.get("placement") is not None:
        template["Placement"] = _placement(mapping(block["placement"]))
    template["ForceUpdate"] = integer(block.get("forceUpdate"))
    if text(block.get("runtime")):
        template["Runtime"] = text(block["runtime"])
    if block.get("networksAdvanceds"):
        template["Networks"] = [_network(entry) for entry in mappings(block["networksAdvanceds"])]
    if block.get("logDriver") is not None:
        driver = mapping(block["logDriver"])
        template["LogDriver"] = {"Name": text(driver.get("name")), "Options": mapping(driver.get("options"))}
    return template


def _network(block: Tree) -> Tree:
    options = dict(entry.partition("=")[::2] for entry in texts(block.get("driverOpts")))
    return {
        "Target": text(block.get("id")) or text(block.get("name")),
        "Aliases": texts(block.get("aliases")),
        "DriverOpts": options,
    }


def _resources(block: Tree) -> Tree:
    result: Tree = {}
    for ours, theirs in (("limits", "Limits"), ("reservation", "Reservations")):
        if block.get(ours) is not None:
            amounts = mapping(block[ours])
            result[theirs] = {
                "NanoCPUs": integer(amounts.get("nanoCpus")),
                "MemoryBytes": integer(amounts.get("memoryBytes")),
            }
    return result


def _placement(block: Tree) -> Tree:
    return {
        "Constraints": sorted(texts(block.get("constraints"))),
        "Preferences": [{"Spread": {"SpreadDescriptor": entry}} for entry in texts(block.get("prefs"))],
        "MaxReplicas": integer(block.get("maxReplicas")),
        "Platforms": [
            {"Architecture": text(entry.get("architecture")), "OS": text(entry.get("os"))}
            for entry in mappings(block.get("platforms"))
        ],
    }


def _as_the_client_sorts(mount: Tree) -> tuple[str, str]:
    """The order that `docker service update` gives mounts: another one would restart the tasks after any use of it."""
    return text(mount["Source"]), text(mount["Target"])


def _container(block: Tree) -> Tree:
    spec: Tree = {
        "Image": text(block.get("image")),
        "Labels": label_map(block.get("labels")),
        "Command": texts(block.get("commands")),
        "Args": texts(block.get("args")),
        "Hostname": text(block.get("hostname")),
        "Env": [f"{name}={value}" for name, value in sorted(mapping(block.get("env")).items())],
        "Dir": text(block.get("dir")),
        "User": text(block.get("user")),
        "Groups": texts(block.get("groups")),
        "ReadOnly": block.get("readOnly") is True,
        "Init": block.get("init") is True,
        "Mounts": sorted((mount_spec(entry) for entry in mappings(block.get("mounts"))), key=_as_the_client_sorts),
        "StopSignal": text(block.get("stopSignal")),
        "StopGracePeriod": _nanoseconds(block, "stopGracePeriod"),
        "Hosts": [f"{text(entry.get('ip'))} {text(entry.get('host'))}" for entry in mappings(block.get("hosts"))],
        "DNSConfig": _dns(mapping(block.get("dnsConfig"))),
        "Secrets": [_file(entry, "secret") for entry in mappings(block.get("secrets"))],
        "Configs": [_file(entry, "config") for entry in mappings(block.get("configs"))],
        "Isolation": text(block.get("isolation")),
        "Sysctls": mapping(block.get("sysctl")),
        "CapabilityAdd": texts(block.get("capAdds")),
        "CapabilityDrop": texts(block.get("capDrops")),
    }
    if block.get("privileges") is not None:
        spec["Privileges"] = _privileges(mapping(block["privileges"]))
    if block.get("healthcheck") is not None:
        spec["Healthcheck"] = _healthcheck(mapping(block["healthcheck"]))
    return spec


def _privileges(block: Tree) -> Tree:
    if block.get("seLinuxContext") is None:
        return {}
    context = mapping(block["seLinuxContext"])
    names = {"user": "User", "role": "Role", "type": "Type", "level": "Level"}
    selinux: Tree = {theirs: text(context.get(ours)) for ours, theirs in names.items()}
    return {"SELinuxContext": {"Disable": context.get("disable") is True, **selinux}}


def _healthcheck(block: Tree) -> Tree:
    return {
        "Test": texts(block.get("tests")),
        "Interval": _nanoseconds(block, "interval"),
        "Timeout": _nanoseconds(block, "timeout"),
        "StartPeriod": _nanoseconds(block, "startPeriod"),
        "Retries": integer(block.get("retries")),
    }


def _dns(block: Tree) -> Tree:
    names = {"nameservers": "Nameservers", "searches": "Search", "options": "Options"}
    return {theirs: texts(block.get(ours)) for ours, theirs in names.items() if items(block.get(ours))}


def _file(block: Tree, kind: str) -> Tree:
    title = kind.capitalize()
    return {
        f"{title}ID": text(block.get(f"{kind}Id")),
        f"{title}Name": text(block.get(f"{kind}Name")),
        "File": {
            "Name": text(block.get("fileName")),
            "UID": text(block.get("fileUid")),
            "GID": text(block.get("fileGid")),
            "Mode": integer(block.get("fileMode")),
        },
    }


def _nanoseconds(block: Tree, name: str) -> int:
    return nanoseconds(text(block.get(name)) or "0s")
