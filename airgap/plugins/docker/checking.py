"""Check: inputs as the program gives them, to inputs with defaults, or to a list of what is wrong.

Pure: takes the schema and plain trees. Every fault of a resource is reported at once, by path. A rejected value is
quoted only where it cannot be a secret (the official plugin quotes `Secret.data`, ours does not).
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from difflib import get_close_matches

from airgap.plugins.docker.durations import nanoseconds
from airgap.plugins.docker.schema import Block, Property
from airgap.plugins.values import UNKNOWN, Secret, Tree, items, mapping

_ALLOWED = {
    "failureAction": ("pause", "continue", "rollback"),
    "order": ("stop-first", "start-first"),
    "condition": ("none", "on-failure", "any"),
    "publishMode": ("ingress", "host"),
    "protocol": ("tcp", "udp", "sctp"),
    "isolation": ("default", "process", "hyperv"),
    "type": ("bind", "volume", "tmpfs", "npipe", "cluster"),
    "propagation": ("private", "rprivate", "shared", "rshared", "slave", "rslave"),
    "mode": ("vip", "dnsrr"),
}
_DURATIONS = ("delay", "monitor", "timeout", "interval", "startPeriod", "window", "stopGracePeriod")
_PYTHON_TYPES: dict[str, tuple[type, ...]] = {"String": (str, bool, int, float), "Int": (int,), "Bool": (bool,)}
_NOT_IMPLEMENTED = ("cluster", "genericResources", "credentialSpec")


@dataclass
class Checked:
    """The inputs with defaults, and what is wrong with them: pairs of path and reason."""

    inputs: Tree = field(default_factory=dict)
    failures: list[tuple[str, str]] = field(default_factory=list)


def check(block: Block, news: Tree) -> Checked:
    """Returns the inputs with the schema's defaults, secrets marked."""
    checked = Checked()
    checked.inputs = _object(block, news, "", checked)
    _conflicts(checked)
    return checked


def _object(block: Block, given: Tree, path: str, checked: Checked) -> Tree:
    result: Tree = {}
    for name, value in given.items():
        if name.startswith("__") or value is None:
            continue
        here = f"{path}.{name}" if path else name
        if name not in block:
            near = get_close_matches(name, block, n=1)
            hint = f"; did you mean {near[0]}?" if near else f"; allowed: {', '.join(sorted(block))}"
            checked.failures.append((here, f"unknown property {name}{hint}"))
        elif name in _NOT_IMPLEMENTED:
            checked.failures.append((here, f"{name} is not implemented by the stand-in plugin: use the official one"))
        else:
            result[name] = _value(block[name], value, here, checked)
    defaults = _defaults(block, result)
    result.update(defaults)
    for name, prop in block.items():
        if prop.required and name not in result and prop.name != "name":
            checked.failures.append((path, f"missing required property {name}"))
    return {"__defaults": sorted(defaults), **result}


def _defaults(block: Block, given: Tree) -> Tree:
    """Returns the defaults of what is absent; `global` has none beside `replicated`, which it excludes."""
    return {
        name: prop.default
        for name, prop in block.items()
        if prop.default is not None and name not in given and not (name == "global" and "replicated" in given)
    }


def _value(prop: Property, value: object, path: str, checked: Checked) -> object:
    if value is UNKNOWN:
        return Secret(value) if prop.sensitive else value
    if prop.block and prop.single:
        return _object(prop.block, mapping(value), path, checked) if _is(dict, value, path, checked) else value
    if prop.kind == "Map":
        _is(dict, value, path, checked)
        return value
    if prop.kind in ("List", "Set"):
        if not _is(list, value, path, checked):
            return value
        return [_element(prop, item, f"{path}[{index}]", checked) for index, item in enumerate(items(value))]
    if not isinstance(value, _PYTHON_TYPES[prop.kind]) or (prop.kind == "Int" and isinstance(value, bool)):
        checked.failures.append((path, f"expected {prop.kind.lower()}, found {type(value).__name__}"))
        return value
    _scalar(prop, value, path, checked)
    return Secret(value) if prop.sensitive else value


def _element(prop: Property, item: object, path: str, checked: Checked) -> object:
    if prop.block and item is not UNKNOWN and _is(dict, item, path, checked):
        return _object(prop.block, mapping(item), path, checked)
    return item


def _is(wanted: type, value: object, path: str, checked: Checked) -> bool:
    if isinstance(value, wanted):
        return True
    expected = "an object" if wanted is dict else "a list"
    checked.failures.append((path, f"expected {expected}, found {type(value).__name__}"))
    return False


def _scalar(prop: Property, value: object, path: str, checked: Checked) -> None:
    if not isinstance(value, str):
        return
    if prop.name in _DURATIONS:
        try:
            nanoseconds(value)
        except ValueError as error:
            checked.failures.append((path, str(error)))
    elif prop.name == "data":
        _base64(value, path, checked)
    elif prop.name in _ALLOWED and "seLinuxContext" not in path and value not in _ALLOWED[prop.name]:
        checked.failures.append((path, f"found {value!r}; allowed: {', '.join(_ALLOWED[prop.name])}"))


def _base64(value: str, path: str, checked: Checked) -> None:
    try:
        base64.b64decode(value, validate=True)
    except binascii.Error:
        checked.failures.append((path, "not base64 (standard alphabet, padded); its value is not shown"))


def _conflicts(checked: Checked) -> None:
    mode = mapping(checked.inputs.get("mode"))
    if mode.get("global") is not True:
        return
    if "replicated" in mode:
        checked.failures.append(("mode", "global conflicts with replicated: give one of them"))
    if "convergeConfig" in checked.inputs:
        checked.failures.append(("convergeConfig", "conflicts with mode.global: only replicated services converge"))
