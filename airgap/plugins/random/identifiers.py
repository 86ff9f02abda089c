"""RandomId: outputs from inputs, with the operating system's randomness."""

from __future__ import annotations

import base64
import secrets

from airgap.plugins.failures import PluginError
from airgap.plugins.values import UNKNOWN, Tree, integer, text

INPUTS = ("byteLength", "keepers", "prefix")
REQUIRED = ("byteLength",)
SECRETS: tuple[str, ...] = ()
DEFAULTS: Tree = {}
_OUTPUTS = ("b64Std", "b64Url", "dec", "hex", "id")


def preview(inputs: Tree) -> Tree:
    """Returns the outputs as far as they are known before the id is made."""
    return {**inputs, **dict.fromkeys(_OUTPUTS, UNKNOWN)}


def create(inputs: Tree) -> tuple[str, Tree]:
    """Returns id and outputs of a new random id; the prefix is in all forms but the id itself."""
    length = integer(inputs.get("byteLength"))
    if length < 1:
        raise PluginError(f"RandomId: byteLength is {length}; allowed: 1 or more")
    raw = secrets.token_bytes(length)
    url = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    prefix = text(inputs.get("prefix"))
    forms: Tree = {
        "b64Std": prefix + base64.b64encode(raw).decode(),
        "b64Url": prefix + url,
        "dec": prefix + str(int.from_bytes(raw)),
        "hex": prefix + raw.hex(),
    }
    return url, {**inputs, **forms, "id": url}
