"""What counts as coming up no later than the slowest service plus a minute."""

from __future__ import annotations

import pytest

from tests.system.up_times import UpTimes


@pytest.mark.parametrize(
    ("whole", "slowest", "is_allowed"),
    [
        (79, 19, True),
        (81, 20, False),
        # Each of seven gates on its own, one after the other.
        (130, 20, False),
        # On a machine that others use, where the gateway takes twice as long.
        (155, 40, True),
        (165, 40, False),
    ],
)
def test_the_minute_grows_only_as_much_as_the_machine_is_slow(whole: float, slowest: float, is_allowed: bool) -> None:
    times = UpTimes(whole, {"litellm": slowest, "db": 5})
    assert (times.whole <= times.allowed) is is_allowed
