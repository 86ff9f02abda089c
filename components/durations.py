"""Durations in the one spelling that the docker provider reads back.

Takes seconds, gives Go's shortest form (`1m30s`, `1h`, `500ms`). Apart, because any other spelling of the same time
(`90s`, `1m0s`) shows as a difference in every preview. Pure.
"""

from __future__ import annotations

MILLISECONDS = 1000


def go_duration(seconds: float) -> str:
    """Spells a time as Go does, without trailing zero units.

    Raises:
        ValueError: The time is negative or finer than a millisecond.
    """
    milliseconds = round(seconds * MILLISECONDS)
    if milliseconds < 0 or abs(milliseconds - seconds * MILLISECONDS) > 1e-6:
        raise ValueError(f"duration: found {seconds!r} seconds; allowed are 0 and more, in whole milliseconds")
    if 0 < milliseconds < MILLISECONDS:
        return f"{milliseconds}ms"
    minutes, rest = divmod(milliseconds, 60 * MILLISECONDS)
    hours, minutes = divmod(minutes, 60)
    whole, fraction = divmod(rest, MILLISECONDS)
    decimals = f".{fraction:03d}".rstrip("0") if fraction else ""
    spelled = f"{hours}h" if hours else ""
    if minutes or (hours and rest):
        spelled += f"{minutes}m"
    if rest or not spelled:
        spelled += f"{whole}{decimals}s"
    return spelled
