"""RandomPassword: outputs from inputs, with the operating system's randomness."""

from __future__ import annotations

import secrets
import string

from airgap.plugins.failures import PluginError
from airgap.plugins.values import UNKNOWN, Secret, Tree, integer, text

_SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
_BCRYPT_COST = 10
# bcrypt reads no more; the official plugin cuts off as well.
_BCRYPT_BYTES = 72
DEFAULTS: Tree = {
    "lower": True,
    "minLower": 0,
    "minNumeric": 0,
    "minSpecial": 0,
    "minUpper": 0,
    "number": True,
    "numeric": True,
    "special": True,
    "upper": True,
}
INPUTS = ("keepers", "length", "overrideSpecial", *DEFAULTS)
REQUIRED = ("length",)
SECRETS = ("bcryptHash", "result")
META: Tree = {"__meta": '{"schema_version":"3"}'}


def arguments(inputs: Tree) -> Tree:
    """Returns the inputs with defaults; `number` is the old name of `numeric`."""
    digits = inputs.get("numeric", inputs.get("number", True))
    return {**DEFAULTS, **inputs, "number": digits, "numeric": digits}


def preview(inputs: Tree) -> Tree:
    """Returns the outputs as far as they are known before the password is made."""
    return {**arguments(inputs), "id": UNKNOWN, "bcryptHash": UNKNOWN, "result": UNKNOWN}


def create(inputs: Tree) -> tuple[str, Tree]:
    """Returns id and outputs of a new password."""
    import bcrypt

    wanted = arguments(inputs)
    password = _password(wanted)
    salt = bcrypt.gensalt(_BCRYPT_COST, prefix=b"2a")
    hashed = bcrypt.hashpw(password.encode()[:_BCRYPT_BYTES], salt).decode()
    return "none", {**wanted, "id": "none", "bcryptHash": Secret(hashed), "result": Secret(password), **META}


def _password(wanted: Tree) -> str:
    classes = {
        "lower": ("minLower", string.ascii_lowercase),
        "numeric": ("minNumeric", string.digits),
        "special": ("minSpecial", text(wanted.get("overrideSpecial")) or _SPECIAL),
        "upper": ("minUpper", string.ascii_uppercase),
    }
    alphabet = "".join(letters for name, (_, letters) in classes.items() if wanted[name] is True)
    length = integer(wanted.get("length"))
    chosen = [
        secrets.choice(letters) for minimum, letters in classes.values() for _ in range(integer(wanted.get(minimum)))
    ]
    if length < max(1, len(chosen)) or (not alphabet and length > len(chosen)):
        raise PluginError(
            f"RandomPassword: length {length} cannot hold {len(chosen)} required characters; allowed: at least as many "
            "as minLower, minUpper, minNumeric and minSpecial together, from at least one class of characters"
        )
    chosen += [secrets.choice(alphabet) for _ in range(length - len(chosen))]
    secrets.SystemRandom().shuffle(chosen)
    return "".join(chosen)
