"""The stack of the plugins' system tests: one of each resource; the environment sets what changes between runs."""

import base64
import os
from typing import Any

import pulumi
import pulumi_command as command
import pulumi_docker as docker
import pulumi_random as random

prefix = os.environ["PLUGINS_PREFIX"]
revision = os.environ.get("PLUGINS_REVISION", "1")
content = os.environ.get("PLUGINS_CONTENT", "1")
host = os.environ.get("PLUGINS_HOST", "unix:///var/run/docker.sock")

opts = pulumi.ResourceOptions(provider=docker.Provider("engine", host=host))
password = random.RandomPassword("password", length=24, special=False, keepers={"v": "1"})
labels: Any = [{"label": "off.app", "value": "demo"}]
network = docker.Network("network", name=f"{prefix}net", driver="overlay", attachable=True, labels=labels, opts=opts)
volume = docker.Volume(f"{prefix}volume", opts=opts)
config = docker.ServiceConfig(f"{prefix}config", data=base64.b64encode(content.encode()).decode(), opts=opts)
secret = docker.Secret(
    f"{prefix}secret",
    data=password.result.apply(lambda value: base64.b64encode(value.encode()).decode()),
    labels=labels,
    opts=opts,
)
loop = "trap 'exit 0' TERM; while :; do /bin/busybox sleep 0.1; done"
container: dict[str, Any] = {
    "image": os.environ["PLUGINS_IMAGE"],
    "commands": ["/bin/busybox", "sh", "-c", loop],
    "env": {"OFF_VAR": "value"},
    "stop_grace_period": "20s",
    "read_only": True,
    "healthcheck": {
        "tests": ["CMD", "/bin/busybox", "true"],
        "interval": "5s",
        "timeout": "3s",
        "retries": 2,
        "start_period": "0s",
    },
    "configs": [{"config_id": config.id, "config_name": config.name, "file_name": "/etc/off.conf"}],
    "secrets": [{"secret_id": secret.id, "secret_name": secret.name, "file_name": "/run/secrets/off_pw"}],
    "mounts": [{"type": "volume", "source": volume.name, "target": "/data"}],
}
task_spec: Any = {
    "container_spec": container,
    "log_driver": {"name": "json-file", "options": {"max-file": "3"}},
    "networks_advanceds": [{"id": network.id, "aliases": ["service"]}],
    "placement": {"constraints": ["node.role == manager"], "max_replicas": 0},
    "resources": {"limits": {"memory_bytes": 33554432}, "reservation": {"memory_bytes": 4194304}},
    "restart_policy": {"condition": "any", "delay": "1s", "max_attempts": 0, "window": "30s"},
}
service = docker.Service(
    "service",
    name=f"{prefix}service",
    labels=[*labels, {"label": "off.rev", "value": revision}],
    mode={"replicated": {"replicas": 1}},
    converge_config={"delay": "1s", "timeout": "1m"},
    endpoint_spec={"mode": "dnsrr"},
    update_config={"failure_action": "rollback"},
    rollback_config={"parallelism": 1},
    task_spec=task_spec,
    opts=opts,
)
created = command.local.Command(
    "command",
    create="echo created $OFF_X",
    update="echo updated $OFF_X",
    delete="echo deleted",
    environment={"OFF_X": revision},
    triggers=["a"],
)
pulumi.export("said", created.stdout)
