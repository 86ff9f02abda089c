"""The stack file, edited as a user does in an editor: settings in clear, secrets by their ciphertext."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import yaml

from tests.system.installation import Installation

SETTINGS = "llmproxy:settings"
MASTER_KEY = "llmproxy:litellm-master-key"
PREVIOUS_MASTER_KEY = "llmproxy:litellm-master-key-previous"
SALT_KEY = "llmproxy:litellm-salt-key"

Config = dict[str, Any]


def edit(gateway: Installation, change: Callable[[Config], object]) -> None:
    """Changes the config of the dev stack for good."""
    path = gateway.clone / "Pulumi.dev.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(document["config"])
    path.write_text(yaml.safe_dump(document), encoding="utf-8")


@contextmanager
def edited(gateway: Installation, change: Callable[[Config], object]) -> Iterator[None]:
    """Changes the config for as long as the block runs."""
    path = gateway.clone / "Pulumi.dev.yaml"
    before = path.read_text(encoding="utf-8")
    edit(gateway, change)
    try:
        yield
    finally:
        path.write_text(before, encoding="utf-8")


@contextmanager
def setting(gateway: Installation, path: str, value: object) -> Iterator[None]:
    """Another setting, such as `litellm.workers`, for as long as the block runs."""
    *parents, last = path.split(".")

    def change(config: Config) -> None:
        found = config[SETTINGS]
        for parent in parents:
            found = found.setdefault(parent, {})
        found[last] = value

    with edited(gateway, change):
        yield
