"""How a key's value of before is named while it works on beside the new one, and for how long.

Takes an alias; gives the old key's. The catalog refuses such names, and the key resource gives them. Pure.
"""

OLD_SUFFIX = "~old"
# No time at all: the old value is deleted as soon as the new one is there.
AT_ONCE = "0s"
GRACE = "24h"


def old_alias(alias: str) -> str:
    """The alias of the value of before."""
    return f"{alias}{OLD_SUFFIX}"


def is_reserved(alias: str) -> bool:
    """Whether only a rotation may give this alias."""
    return alias.endswith(OLD_SUFFIX)
