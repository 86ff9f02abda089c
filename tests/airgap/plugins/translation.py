"""A recording's names and values as those of this run, and back.

Takes trees of both sides. What the engine or chance gives (ids, addresses, passwords) is open at the named places
alone: there the value of this run is learned, after a look at its form; everything else must be equal.
"""

from __future__ import annotations

import base64
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# The recorded program began all its names with this.
RECORDED_PREFIX = "off-"
RECORDED_IMAGE = "off-box:1"
RECORDED_PORT = 18080
AUTOMATIC_NAME = r".*-[0-9a-f]{7}"
SWARM_ID = "[a-z0-9]{25}"
Path = tuple[str | int, ...]
GIVEN_OUTPUTS: Mapping[str, Mapping[Path, str]] = {
    "docker:index/network:Network": {
        ("id",): SWARM_ID,
        ("ipamConfigs", 0, "gateway"): r"10\.\d+\.\d+\.\d+",
        ("ipamConfigs", 0, "subnet"): r"10\.\d+\.\d+\.\d+/24",
        ("options", "com.docker.network.driver.overlay.vxlanid_list"): r"\d+",
    },
    "docker:index/serviceConfig:ServiceConfig": {("id",): SWARM_ID},
    "docker:index/secret:Secret": {("id",): SWARM_ID},
    "docker:index/service:Service": {("id",): SWARM_ID},
    "random:index/randomPassword:RandomPassword": {
        ("result", "value"): "[A-Za-z0-9]{24}",
        ("bcryptHash", "value"): r"\$2a\$10\$[./A-Za-z0-9]{53}",
    },
    "command:local:Command": {},
}
"""Per type, the places in its outputs that are open, and the form of what stands there."""


def identifier(token: str) -> str:
    """Returns the form of a type's ids."""
    forms = {"docker": SWARM_ID, "random": "none", "command": r".*[0-9a-f]{8}"}
    return forms[token.partition(":")[0]]


def free_port() -> int:
    """Returns a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("", 0))
        port: int = probe.getsockname()[1]
    return port


@dataclass
class Translation:
    """The two sides.

    Attributes:
        prefix: What this run's names begin with.
        pairs: Recorded value to this run's.
    """

    prefix: str
    pairs: dict[Any, Any] = field(default_factory=dict)

    def ours(self, recorded: Any) -> Any:
        """Returns a recorded tree with this run's values."""
        return _replaced(recorded, self.pairs, RECORDED_PREFIX, self.prefix)

    def recorded(self, ours: Any) -> Any:
        """Returns a tree of this run with the recorded values."""
        back = {value: key for key, value in self.pairs.items()}
        return _replaced(ours, back, self.prefix, RECORDED_PREFIX)

    def learn(self, recorded: Any, ours: Any, given: Mapping[Path, str]) -> None:
        """Takes over this run's values at the places that are open, also in the base64 that a Swarm secret holds."""
        for path, form in given.items():
            theirs, found = _at(recorded, path), _at(ours, path)
            if theirs is None and found is None:
                continue
            assert re.fullmatch(form, str(found)), f"{path}: {found!r} is not of the form {form}"
            assert re.fullmatch(form, str(theirs)), f"{path}: recorded {theirs!r} is not of the form {form}"
            self.pairs[theirs] = found
            self.pairs[_base64(theirs)] = _base64(found)


def _replaced(tree: Any, pairs: Mapping[Any, Any], old: str, new: str) -> Any:
    if isinstance(tree, dict):
        return {key: _replaced(value, pairs, old, new) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_replaced(value, pairs, old, new) for value in tree]
    if isinstance(tree, bool) or tree is None:
        return tree
    if tree in pairs:
        return pairs[tree]
    return tree.replace(old, new) if isinstance(tree, str) else tree


def _at(tree: Any, path: Path) -> Any:
    for step in path:
        try:
            tree = tree[step]
        except (LookupError, TypeError):
            return None
    return tree


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def differences(found: Any, wanted: Any, path: str = "") -> list[str]:
    """Returns one line a place at which two trees differ."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        keys = sorted(found.keys() | wanted.keys())
        pairs = [(f"{path}.{key}", found.get(key, "(absent)"), wanted.get(key, "(absent)")) for key in keys]
    elif isinstance(found, list) and isinstance(wanted, list) and len(found) == len(wanted):
        pairs = [(f"{path}[{index}]", *pair) for index, pair in enumerate(zip(found, wanted, strict=True))]
    else:
        return [] if found == wanted else [f"{path}: found {found!r}, recorded {wanted!r}"]
    return [line for place, one, other in pairs for line in differences(one, other, place)]
