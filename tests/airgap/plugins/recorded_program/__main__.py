"""The program behind the recorded state, made from that state's own inputs: same resources, same arguments.

The environment says where the recording is and gives the values of this run: the start of all names, the image, the
host port. What a resource took from another (an id, an automatic name, the password) is taken from that one again.
"""

import base64
import json
import os
from pathlib import Path
from typing import Any

import pulumi
import pulumi_docker as docker

PREFIX = os.environ["PLUGINS_PREFIX"]
LOGICAL_NAMES = {
    "random:index/randomPassword:RandomPassword": "pw",
    "docker:index/serviceConfig:ServiceConfig": "cfg",
    "docker:index/secret:Secret": "sec",
    "docker:index/network:Network": "net",
    "docker:index/service:Service": "svc0",
    "command:local:Command": "cmd",
}
# Ids and outputs that another resource may use; asking for the output's name registers it.
OUTPUTS = {"docker:index/serviceConfig:ServiceConfig": "name", "docker:index/secret:Secret": "name"}
PASSWORD = "random:index/randomPassword:RandomPassword"

provider = docker.Provider("prov", host="unix:///var/run/docker.sock")
values: dict[Any, Any] = {"off-box:1": os.environ["PLUGINS_IMAGE"], 18080: int(os.environ["PLUGINS_PORT"])}


def _taken(value: Any) -> Any:
    if isinstance(value, dict):
        if "SECRET" in value:
            return values[value["SECRET"]]
        filled_in = ["__defaults", *value.get("__defaults", [])]
        return {key: _taken(item) for key, item in value.items() if key not in filled_in}
    if isinstance(value, list):
        return [_taken(item) for item in value]
    if not isinstance(value, bool) and value in values:
        return values[value]
    return value.replace("off-", PREFIX) if isinstance(value, str) else value


def _made(entry: dict[str, Any]) -> None:
    token, properties = entry["type"], _taken(entry["inputs"])
    wanted = "result" if token == PASSWORD else OUTPUTS.get(token)
    if wanted is not None:
        properties[wanted] = None
    options = pulumi.ResourceOptions(provider=provider if token.startswith("docker:") else None)
    resource = pulumi.CustomResource(token, PREFIX + LOGICAL_NAMES[token], properties, options)
    values[entry["id"]] = resource.id
    if wanted == "name":
        values[entry["outputs"]["name"]] = resource.name  # type: ignore[attr-defined]
    elif wanted == "result":
        secret = entry["outputs"]["result"]["SECRET"].encode()
        encoded = resource.result.apply(lambda text: base64.b64encode(text.encode()).decode())  # type: ignore[attr-defined]
        values[base64.b64encode(secret).decode()] = encoded


for recorded in json.loads(Path(os.environ["PLUGINS_RECORDED_STATE"]).read_text(encoding="utf-8")):
    if recorded["type"] == "docker:index/service:Service" and "PLUGINS_CHANGED" in os.environ:
        recorded["inputs"]["labels"][1]["value"] = "2"
        # 5 s, as recorded, are too short for a destroy: the engine removes a container a little later.
        recorded["inputs"]["taskSpec"]["containerSpec"]["stopGracePeriod"] = "20s"
    _made(recorded)
