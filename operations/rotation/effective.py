"""What a secret of a stack is now: the value of its config, else the one that is derived or was generated.

Takes a pulumi and a name, gives the value; it is never written anywhere but to whom asked.
"""

import json
from collections.abc import Mapping

from operations import stack_file, state
from operations.errors import OperationsError
from operations.home import linked_file
from operations.pulumi_process import Pulumi
from operations.rotation import table
from stacks import service_secrets

SALT_KEY, DB_PASSWORD = "litellm-salt-key", "db-password"
GENERATED = "random:index/randomPassword:RandomPassword"
PREFIX = "llmproxy:"
# How a secret stands in an exported state.
PLAINTEXT = "plaintext"


def names() -> list[str]:
    """All that can be asked for."""
    return list(dict.fromkeys([*table.ROTATIONS, *service_secrets.NAMES, SALT_KEY]))


def value(pulumi: Pulumi, name: str | None) -> str:
    """The secret as the services have it.

    Raises:
        OperationsError: No such secret, or the stack has no value of it.
    """
    if name not in names():
        raise OperationsError(f"NAME: found {name or 'nothing'!r}, allowed are {', '.join(names())}")
    key = table.ROTATIONS[name].key if name in table.ROTATIONS else f"{PREFIX}{name}"
    if key in stack_file.read_config(linked_file(pulumi.places.clone, pulumi.home.stack)):
        return configured(pulumi, key)
    if name in service_secrets.NAMES:
        return service_secrets.derived(configured(pulumi, f"{PREFIX}{SALT_KEY}"), name)
    generated = _generated(pulumi) if name == DB_PASSWORD else None
    if generated is None:
        raise OperationsError(
            f"Pulumi.{pulumi.home.stack}.yaml: {key}: no value; type: pulumi config set --secret {key}"
        )
    return generated


def configured(pulumi: Pulumi, key: str) -> str:
    """The value of a config key."""
    return pulumi.ask("config", "get", key).removesuffix("\n")


def _generated(pulumi: Pulumi) -> str | None:
    """The database's password that the first `up` drew."""
    exported = json.loads(pulumi.ask("stack", "export", "--show-secrets"))["deployment"]
    for resource in state.resources(exported):
        outputs = resource.get("outputs")
        if resource.get("type") == GENERATED and isinstance(outputs, Mapping):
            result = outputs.get("result")
            found = result.get(PLAINTEXT) if isinstance(result, Mapping) else None
            return str(json.loads(found)) if isinstance(found, str) else None
    return None
