"""Go's durations: the engine counts nanoseconds, the resources hold text such as `1m30s`.

`shortest` writes what the official plugin reads back, so any other spelling of the same time (`90s`) shows as a
difference, under the official plugin as here.
"""

import re
from decimal import Decimal

_NANOSECONDS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)")


def nanoseconds(duration: str) -> int:
    """Returns the duration in nanoseconds.

    Raises:
        ValueError: Not a duration as Go writes it, or a negative one.
    """
    if duration in ("0", "+0"):
        return 0
    body = duration.removeprefix("+")
    if not body or _PART.sub("", body):
        raise ValueError(f"{duration!r} is not a duration; allowed: numbers with ns, us, ms, s, m or h, such as 1m30s")
    return int(sum(Decimal(number) * _NANOSECONDS[unit] for number, unit in _PART.findall(body)))


def seconds(duration: str) -> float:
    """Returns the duration in seconds.

    Raises:
        ValueError: Not a duration.
    """
    return nanoseconds(duration) / 10**9


def shortest(amount: int) -> str:
    """Returns nanoseconds as Go's shortest text: `1m30s`, `1h`, `500ms`, `0s`."""
    if amount == 0:
        return "0s"
    for unit in ("ns", "µs", "ms"):
        if amount < _NANOSECONDS[unit] * 1000:
            return _trimmed(Decimal(amount) / _NANOSECONDS[unit]) + unit
    minutes, rest = divmod(amount, _NANOSECONDS["m"])
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours}h" if hours else "", f"{minutes}m" if minutes or (hours and rest) else ""]
    return "".join(parts) + (_trimmed(Decimal(rest) / _NANOSECONDS["s"]) + "s" if rest else "")


def _trimmed(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
