"""One resource of a state in its three forms: as recorded, in a call to a plugin, in an exported state.

The recording writes a secret as `{"SECRET": value}` and leaves out `__defaults` that name nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.airgap.plugins.translation import AUTOMATIC_NAME, GIVEN_OUTPUTS, Path, identifier

_MARK = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


def as_recorded(tree: Any) -> Any:
    """Returns a part of a call or of an exported state in the recorded form."""
    if isinstance(tree, list):
        return [as_recorded(value) for value in tree]
    if not isinstance(tree, dict):
        return tree
    if tree.items() >= _MARK.items():
        return {"SECRET": json.loads(tree["plaintext"]) if "plaintext" in tree else tree["value"]}
    return {key: as_recorded(value) for key, value in tree.items() if (key, value) != ("__defaults", [])}


def in_call(tree: Any) -> Any:
    """Returns a recorded part as a plugin gets it that does not accept secrets."""
    return _with_secrets(tree, lambda value: value)


def in_export(tree: Any) -> Any:
    """Returns a recorded part as an exported state has it."""
    return _with_secrets(tree, lambda value: {**_MARK, "plaintext": json.dumps(value)})


def arguments(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what the program gave: recorded inputs without what check filled in."""
    filled_in = ["__defaults", *inputs.get("__defaults", [])]
    return {key: _arguments(value) for key, value in inputs.items() if key not in filled_in}


def given(entry: Mapping[str, Any]) -> dict[Path, str]:
    """Returns the places of a recorded resource that the engine, or chance, fills, and their forms."""
    outputs = {
        ("outputs", *("SECRET" if step == "value" else step for step in path)): form
        for path, form in GIVEN_OUTPUTS[entry["type"]].items()
    }
    places: dict[Path, str] = {("id",): identifier(entry["type"]), **outputs}
    if "name" in entry["inputs"].get("__defaults", []):
        places["inputs", "name"] = AUTOMATIC_NAME
    return places


def _arguments(value: Any) -> Any:
    if isinstance(value, dict):
        return arguments(value) if "SECRET" not in value else value
    return [_arguments(item) for item in value] if isinstance(value, list) else value


def _with_secrets(tree: Any, secret: Callable[[Any], Any]) -> Any:
    if isinstance(tree, dict):
        if "SECRET" in tree:
            return secret(tree["SECRET"])
        return {key: _with_secrets(value, secret) for key, value in tree.items()}
    return [_with_secrets(value, secret) for value in tree] if isinstance(tree, list) else tree
